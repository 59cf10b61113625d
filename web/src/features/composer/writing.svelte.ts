/** What stands in a composer: the draft or, for a while, the message that is being edited. */
export class Writing {
  text = $state('');
  /** The draft, while an edit has borrowed the box. */
  #waiting: string | null = null;

  constructor(draft: string) {
    this.text = draft;
  }

  /* Each is true when the box now shows something else. */

  borrow(words: string): boolean {
    this.#waiting ??= this.text;
    this.text = words;
    return true;
  }

  giveBack(): boolean {
    if (this.#waiting === null) return false;
    this.text = this.#waiting;
    this.#waiting = null;
    return true;
  }

  /** Another device wrote on. */
  adopt(draft: string): boolean {
    const mine = this.#waiting ?? this.text;
    if (draft === mine || (draft === '' && mine.trim() === '')) return false;
    if (this.#waiting === null) this.text = draft;
    else this.#waiting = draft;
    return this.#waiting === null;
  }
}
