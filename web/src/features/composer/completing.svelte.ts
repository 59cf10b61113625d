import { complete, tokenAt, type Token } from './completion';
import type { Suggestion, Suggestions } from './suggestions.svelte';
import { replaceText } from './textBox';

/** The list over the composer: what it is asked, which line is chosen, and the keys that move through it. */
export class Completing {
  #suggestions: Suggestions;
  #picked: (suggestion: Suggestion) => void;
  #token = $state.raw<Token | null>(null);
  #chosen = $state(0);

  constructor(suggestions: Suggestions, picked: (suggestion: Suggestion) => void) {
    this.#suggestions = suggestions;
    this.#picked = picked;
  }

  get list(): readonly Suggestion[] {
    return this.#suggestions.list;
  }

  get chosen(): number {
    return this.#chosen;
  }

  get open(): boolean {
    return this.#token !== null && this.list.length > 0;
  }

  /** Looks at what stands before the cursor. */
  look(box: HTMLTextAreaElement): void {
    const token = box.selectionStart === box.selectionEnd ? tokenAt(box.value, box.selectionStart) : null;
    this.#token = token;
    this.#chosen = 0;
    if (token) void this.#suggestions.ask(token);
    else this.#suggestions.clear();
  }

  close(): void {
    this.#token = null;
    this.#suggestions.clear();
  }

  pick(box: HTMLTextAreaElement, suggestion: Suggestion): void {
    if (!this.#token) return;
    const { text, cursor } = complete(box.value, this.#token, suggestion.insert);
    replaceText(box, { text, start: cursor, end: cursor });
    this.close();
    this.#picked(suggestion);
  }

  /** Whether the key was for the list. */
  press(event: KeyboardEvent, box: HTMLTextAreaElement): boolean {
    if (!this.open) return false;
    const suggestion = this.list[this.#chosen];
    if (event.key === 'ArrowDown') this.#move(1);
    else if (event.key === 'ArrowUp') this.#move(-1);
    else if ((event.key === 'Tab' || (event.key === 'Enter' && !event.shiftKey)) && suggestion) this.pick(box, suggestion);
    else if (event.key === 'Escape') this.close();
    else return false;
    event.stopPropagation();
    return true;
  }

  #move(by: 1 | -1): void {
    this.#chosen = (this.#chosen + by + this.list.length) % this.list.length;
  }
}
