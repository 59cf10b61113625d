const KEY = 'tertulia.emojis';
const KEPT = 16;
const FIRST = ['👍', '❤️', '😂', '🎉', '👏', '🙌', '👀', '🤔'];

class RecentEmojis {
  #used = $state.raw<readonly string[]>(read());

  /** The latest used on this device, newest first; before that, the ones people use most. */
  readonly list = $derived([...new Set([...this.#used, ...FIRST])].slice(0, KEPT));

  use(emoji: string): void {
    this.#used = [emoji, ...this.#used.filter((other) => other !== emoji)].slice(0, KEPT);
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#used));
    } catch {
      return;
    }
  }
}

function read(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

export const recentEmojis = new RecentEmojis();
