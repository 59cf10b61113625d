/** One timer for each key; setting it again puts it off. */
export class Timers<Key> {
  readonly #running = new Map<Key, ReturnType<typeof setTimeout>>();

  has(key: Key): boolean {
    return this.#running.has(key);
  }

  set(key: Key, milliseconds: number, act: () => void): void {
    this.cancel(key);
    const timer = setTimeout(() => {
      this.#running.delete(key);
      act();
    }, milliseconds);
    this.#running.set(key, timer);
  }

  cancel(key: Key): void {
    clearTimeout(this.#running.get(key));
    this.#running.delete(key);
  }

  clear(): void {
    for (const key of [...this.#running.keys()]) this.cancel(key);
  }
}
