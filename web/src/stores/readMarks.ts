import type { Id } from '$protocol/wire';
import type { Connection } from '$client/connection';

const EVERY_MS = 1000;

/** Tells the server how far was read: at once, then at most once a second for a conversation, always the furthest. */
export class ReadMarks {
  readonly #connection: Connection;
  readonly #reached = new Map<Id, number>();
  readonly #told = new Map<Id, number>();
  readonly #timers = new Map<Id, ReturnType<typeof setTimeout>>();

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.on('state', (state) => {
      this.#told.clear();
      if (state === 'ready') for (const id of this.#reached.keys()) this.#tell(id);
    });
  }

  reach(id: Id, seq: number): void {
    this.#reached.set(id, Math.max(seq, this.#reached.get(id) ?? 0));
    if (!this.#timers.has(id)) this.#tell(id);
  }

  /** Marked unread by hand, or another history: what was reached before counts no more. */
  forget(id: Id): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.#reached.delete(id);
    this.#told.delete(id);
  }

  #tell(id: Id): void {
    const seq = this.#reached.get(id);
    if (seq === undefined || seq <= (this.#told.get(id) ?? 0) || this.#connection.state !== 'ready') return;
    this.#told.set(id, seq);
    this.#connection.request('conversations.mark_read', { conversation_id: id, seq }).catch(() => this.#told.delete(id));
    this.#timers.set(id, setTimeout(() => this.#again(id), EVERY_MS));
  }

  #again(id: Id): void {
    this.#timers.delete(id);
    this.#tell(id);
  }
}
