import { SvelteMap } from 'svelte/reactivity';
import type { Id, State, Typing } from '$protocol/wire';
import type { Connection } from '$client/connection';

/** People that one connection may watch. */
const WATCHED = 500;
const WATCH_DELAY_MS = 150;
const TYPING_EVERY_MS = 3000;
/** Whatever our clock and the server's say of `until`, nobody writes for less or for longer. */
const TYPING_LEAST_MS = 2000;
const TYPING_MOST_MS = 10_000;
/** Without a connection for longer, what was known of who is here is not worth showing. */
const STALE_MS = 3000;

/** Who is here and who is writing: as far as it is watched, and only while the connection stands. */
export class Presence {
  readonly #states = new SvelteMap<Id, State>();
  readonly #typing = new SvelteMap<Id, readonly Id[]>();
  readonly #connection: Connection;
  readonly #watchers = new Map<symbol, readonly Id[]>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #told = new Map<Id, number>();
  #watched = '';
  #pending: ReturnType<typeof setTimeout> | undefined;
  #stale: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.on('presence.changed', ({ user_id, state }) => void this.#states.set(user_id, state));
    connection.on('presence.typing', (typing) => this.#heardTyping(typing));
    connection.on('state', (state) => {
      this.#watched = '';
      if (state === 'ready') this.#watchSoon();
      else this.#typing.clear();
      this.#doubt(state === 'ready');
    });
  }

  of(id: Id): State {
    return this.#states.get(id) ?? 'offline';
  }

  typing(conversationId: Id): readonly Id[] {
    return this.#typing.get(conversationId) ?? [];
  }

  watch(userIds: readonly Id[]): () => void {
    const watcher = Symbol('watcher');
    this.#watchers.set(watcher, [...userIds]);
    this.#watchSoon();
    return () => {
      this.#watchers.delete(watcher);
      this.#watchSoon();
    };
  }

  setTyping(conversationId: Id): void {
    const now = Date.now();
    if (now - (this.#told.get(conversationId) ?? -Infinity) < TYPING_EVERY_MS) return;
    this.#told.set(conversationId, now);
    this.#connection.tell('presence.set_typing', { conversation_id: conversationId });
  }

  /** When I last wrote anywhere. */
  get wroteAt(): number {
    return Math.max(0, ...this.#told.values());
  }

  /** Who has said it is not writing it any more. */
  spoke(conversationId: Id, userId: Id): void {
    this.#stop(conversationId, userId);
  }

  clear(): void {
    this.#states.clear();
    this.#typing.clear();
  }

  #doubt(ready: boolean): void {
    if (ready) clearTimeout(this.#stale);
    this.#stale = ready ? undefined : (this.#stale ?? setTimeout(() => this.#states.clear(), STALE_MS));
  }

  #heardTyping({ conversation_id, user_id, until }: Typing): void {
    const left = Date.parse(until) - Date.now();
    const lasts = Math.min(TYPING_MOST_MS, Math.max(TYPING_LEAST_MS, left));
    const writing = this.typing(conversation_id);
    if (!writing.includes(user_id)) this.#typing.set(conversation_id, [...writing, user_id]);
    const key = `${conversation_id} ${user_id}`;
    clearTimeout(this.#timers.get(key));
    this.#timers.set(key, setTimeout(() => this.#stop(conversation_id, user_id), lasts));
  }

  #stop(conversationId: Id, userId: Id): void {
    const key = `${conversationId} ${userId}`;
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    const writing = this.typing(conversationId);
    if (writing.includes(userId)) this.#typing.set(conversationId, writing.filter((id) => id !== userId));
  }

  #watchSoon(): void {
    clearTimeout(this.#pending);
    this.#pending = setTimeout(() => void this.#watchNow(), WATCH_DELAY_MS);
  }

  async #watchNow(): Promise<void> {
    const user_ids = [...new Set([...this.#watchers.values()].flat())].slice(0, WATCHED);
    const watched = user_ids.toSorted().join(' ');
    if (this.#connection.state !== 'ready' || watched === this.#watched) return;
    this.#watched = watched;
    try {
      const { states } = await this.#connection.request('presence.watch', { user_ids });
      for (const [id, state] of Object.entries(states)) this.#states.set(id, state);
    } catch {
      this.#watched = '';
    }
  }
}
