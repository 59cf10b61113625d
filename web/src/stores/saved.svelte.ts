import type { Connection } from '$client/connection';
import { ApiError } from '$client/errors';
import { wordError } from '$i18n/errors';
import { t } from '$i18n/t';
import type { Id, SavedPage } from '$protocol/wire';
import type { SavedStore, ToastsStore } from './surface';

const AGAIN_MS = 5000;

/** Which messages I saved, as the server says it; what they say is asked for by who looks. */
export class Saved implements SavedStore {
  #ids = $state.raw<readonly Id[]>([]);
  readonly #known = $derived(new Set(this.#ids));
  readonly #connection: Connection;
  readonly #toasts: ToastsStore;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: Connection, toasts: ToastsStore) {
    this.#connection = connection;
    this.#toasts = toasts;
    connection.on('state', (state) => {
      if (state === 'ready') void this.#load();
    });
    connection.on('personal.message_saved', ({ message_id }) => this.#put(message_id, true));
    connection.on('personal.message_unsaved', ({ message_id }) => this.#put(message_id, false));
  }

  get ids(): readonly Id[] {
    return this.#ids;
  }

  has(messageId: Id): boolean {
    return this.#known.has(messageId);
  }

  async set(messageId: Id, saved: boolean): Promise<void> {
    const before = this.has(messageId);
    this.#put(messageId, saved);
    try {
      await this.#connection.request(saved ? 'personal.save_message' : 'personal.unsave_message', { message_id: messageId });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#put(messageId, before);
      this.#toasts.show({ tone: 'alert', text: t('saved.failed', { reason: wordError(error) }) });
    }
  }

  list(cursor: string | null): Promise<SavedPage> {
    return this.#connection.request('personal.list_saved', { cursor });
  }

  clear(): void {
    this.#ids = [];
  }

  #put(messageId: Id, saved: boolean): void {
    if (this.#known.has(messageId) === saved) return;
    this.#ids = saved ? [messageId, ...this.#ids] : this.#ids.filter((id) => id !== messageId);
  }

  /** A busy server is asked again; without a connection the next one begins anew. */
  async #load(): Promise<void> {
    clearTimeout(this.#again);
    try {
      this.#ids = (await this.#connection.request('personal.list_saved_ids', {})).message_ids;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.retryable && this.#connection.state === 'ready') this.#again = setTimeout(() => void this.#load(), error.retryAfterMs ?? AGAIN_MS);
    }
  }
}
