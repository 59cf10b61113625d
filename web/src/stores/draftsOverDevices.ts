import type { Connection } from '$client/connection';
import { ApiError } from '$client/errors';
import type { Draft } from '$protocol/wire';
import { type Drafts, readPlace } from './drafts.svelte';

const PAGE = 200;
const AGAIN_MS = 5000;

/** Keeps the drafts of this device and those of the server alike, while there is a connection. */
export class DraftsOverDevices {
  readonly #connection: Connection;
  readonly #drafts: Drafts;
  /** Places whose text is on its way. */
  readonly #busy = new Set<string>();
  /** Texts that the server will not have, by place: they stay on this device. */
  readonly #refused = new Map<string, string>();
  /** Whether the server's were read since the connection came. */
  #compared = false;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: Connection, drafts: Drafts) {
    this.#connection = connection;
    this.#drafts = drafts;
    drafts.onkept = () => this.#tell();
    connection.on('state', (state) => {
      this.#compared = false;
      clearTimeout(this.#again);
      if (state === 'ready') void this.#compare();
    });
    connection.on('personal.draft_changed', ({ draft }) => {
      drafts.hear(draft);
      this.#tell();
    });
  }

  async #compare(): Promise<void> {
    try {
      const { items, version } = await this.#list();
      this.#drafts.compare(items, version);
      this.#compared = true;
      this.#tell();
    } catch (error) {
      this.#tryAgain(error, () => void this.#compare());
    }
  }

  async #list(): Promise<{ items: Draft[]; version: number }> {
    const first = await this.#connection.request('personal.list_drafts', { limit: PAGE });
    const items = [...first.items];
    for (let cursor = first.next; cursor !== null;) {
      const page = await this.#connection.request('personal.list_drafts', { limit: PAGE, cursor });
      items.push(...page.items);
      cursor = page.next;
    }
    return { items, version: first.version };
  }

  #tell(): void {
    if (!this.#compared) return;
    for (const place of this.#drafts.untold) if (!this.#busy.has(place)) void this.#save(place);
  }

  /** One at a time for each place, so that the server has them in the order in which they were written. */
  async #save(place: string): Promise<void> {
    this.#busy.add(place);
    try {
      while (this.#compared && this.#drafts.untold.includes(place)) {
        if (!(await this.#saveOnce(place))) return;
      }
    } catch (error) {
      this.#tryAgain(error, () => this.#tell());
    } finally {
      this.#busy.delete(place);
    }
  }

  /** False when the server will not have this text. */
  async #saveOnce(place: string): Promise<boolean> {
    const { conversationId: conversation_id, threadId: thread_id } = readPlace(place);
    const { text, version } = this.#drafts.at(place);
    if (this.#refused.get(place) === text) return false;
    this.#drafts.send(place);
    try {
      const { draft } = await this.#connection.request('personal.save_draft', { conversation_id, thread_id, text, version });
      this.#drafts.acknowledge(place, text, draft.version);
    } catch (error) {
      if (!(error instanceof ApiError) || error.retryable) throw error;
      if (error.code !== 'personal.draft_newer') {
        this.#refused.set(place, text);
        return false;
      }
      const { draft } = await this.#connection.request('personal.get_draft', { conversation_id, thread_id });
      this.#drafts.hear(draft);
    }
    return true;
  }

  /** Without a connection there is nothing to do: it begins anew with the next one. */
  #tryAgain(error: unknown, act: () => void): void {
    if (!(error instanceof ApiError)) throw error;
    if (!error.retryable || this.#connection.state !== 'ready') return;
    clearTimeout(this.#again);
    this.#again = setTimeout(act, error.retryAfterMs ?? AGAIN_MS);
  }
}
