import { SvelteMap } from 'svelte/reactivity';
import type { Id, Message, Update } from '$protocol/wire';
import { applyToMessage } from '$client/changes';
import type { Connection } from '$client/connection';
import { ApiError } from '$client/errors';

/** Messages that others quote and that are not loaded: each is asked for once. */
export class Quotes {
  readonly #known = new SvelteMap<Id, Message | null>();
  readonly #asked = new Set<Id>();
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Undefined until it is here, null when it is gone. */
  get(id: Id): Message | null | undefined {
    if (!this.#asked.has(id)) {
      this.#asked.add(id);
      queueMicrotask(() => void this.#fetch(id));
    }
    return this.#known.get(id);
  }

  apply(update: Update, viewerId: Id): void {
    for (const [id, message] of this.#known) {
      const changed = message && applyToMessage(message, update, viewerId);
      if (changed !== message) this.#known.set(id, changed);
    }
  }

  clear(): void {
    this.#known.clear();
    this.#asked.clear();
  }

  async #fetch(id: Id): Promise<void> {
    try {
      const { message } = await this.#connection.request('conversations.get_message', { message_id: id });
      this.#known.set(id, message);
    } catch (error) {
      if (error instanceof ApiError && error.code === 'not_found') this.#known.set(id, null);
      else this.#asked.delete(id);
    }
  }
}
