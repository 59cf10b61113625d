import type { Id, Message, MessagePage } from '$protocol/wire';
import type { Connection } from '$client/connection';
import { digestOf } from '$client/digest';
import { ApiError } from '$client/errors';
import { inTimeline, windowOf } from '$client/window';
import type { Log } from './log.svelte';
import { Pages } from './pages.svelte';
import type { People } from './people.svelte';
import type { Digest, DigestsStore, Loading } from './surface';

export interface DigestsNeed {
  readonly connection: Connection;
  readonly log: Log;
  readonly people: People;
}

const PAGE = 50;
/** Read again this often when the log ran away from a page. */
const ATTEMPTS = 3;

/** What is unread in conversations that are not open, in a few lines each; kept up to date while somebody looks. */
export class Digests implements DigestsStore {
  readonly #need: DigestsNeed;
  readonly #views = new Map<Id, DigestView>();

  constructor(need: DigestsNeed) {
    const { log } = need;
    this.#need = need;
    log.on('applied', (update) => this.#views.get(update.conversation_id)?.pages.apply(update));
    log.on('unread', ({ id }) => void this.#views.get(id)?.load());
    log.on('reset', (id) => void this.#views.get(id)?.load());
    log.on('current', () => this.#views.forEach((view) => void (view.pages.incomplete && view.load())));
  }

  open(conversationId: Id): Digest {
    const view = this.#views.get(conversationId) ?? new DigestView(conversationId, this.#need);
    this.#views.set(conversationId, view);
    return view;
  }

  close(conversationId: Id): void {
    this.#views.delete(conversationId);
  }

  clear(): void {
    this.#views.clear();
  }
}

class DigestView implements Digest {
  readonly pages: Pages;
  readonly #id: Id;
  readonly #need: DigestsNeed;

  constructor(id: Id, need: DigestsNeed) {
    this.#id = id;
    this.#need = need;
    this.pages = new Pages(id, inTimeline, need.log, () => this.#me);
    queueMicrotask(() => void this.load());
  }

  get status(): Loading {
    return this.pages.status;
  }

  get lines(): readonly Message[] {
    return digestOf(this.pages.items, this.#read, this.#me);
  }

  async load(): Promise<void> {
    try {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const page = await this.#need.log.reading(() => this.#ask());
        if (this.pages.take(windowOf(page), page.head)) return;
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.pages.fail(error);
    }
  }

  async #ask(): Promise<MessagePage> {
    const { connection, people } = this.#need;
    const page = await connection.request('conversations.list_messages', { conversation_id: this.#id, after: this.#read, limit: PAGE });
    people.learnAuthors(page.items);
    return page;
  }

  get #read(): number {
    return this.#need.log.conversation(this.#id)?.read ?? 0;
  }

  get #me(): Id {
    return this.#need.people.me?.id ?? '';
  }
}
