import type { Id, Message, ThreadPage, Update } from '$protocol/wire';
import { applyToMessage } from '$client/changes';
import { ApiError } from '$client/errors';
import type { Unsent } from '$client/outbox';
import { type Row, reuseRows, rowsOf } from '$client/rows';
import { inThread, windowOf, withAfter } from '$client/window';
import { memo } from './memo';
import { Pages } from './pages.svelte';
import type { People } from './people.svelte';
import type { Loading, Thread } from './surface';
import type { WindowsNeed } from './timeline.svelte';

const PAGE = 100;
const ATTEMPTS = 3;

/** One thread: its root and the replies, from the first on. */
export class ThreadView implements Thread {
  readonly conversationId: Id;
  readonly rootId: Id;
  readonly #need: WindowsNeed;
  readonly #pages: Pages;
  #root = $state.raw<Message | null>(null);
  #loadingAfter = $state(false);
  #drawn: readonly Row[] = [];

  constructor(conversationId: Id, rootId: Id, need: WindowsNeed) {
    this.conversationId = conversationId;
    this.rootId = rootId;
    this.#need = need;
    this.#pages = new Pages(conversationId, inThread(rootId), need.log, () => this.#me);
    queueMicrotask(() => void this.reload());
  }

  get status(): Loading {
    return this.#pages.status;
  }

  get error(): ApiError | null {
    return this.#pages.error;
  }

  get root(): Message | null {
    return this.#root;
  }

  get messages(): readonly Message[] {
    return this.#pages.items;
  }

  get hasAfter(): boolean {
    return this.#pages.window?.hasAfter ?? false;
  }

  get loadingAfter(): boolean {
    return this.#loadingAfter;
  }

  get rows(): readonly Row[] {
    const { people, unsent, hidden } = this.#need;
    return this.#rows(this.#pages.window, unsent(), people.me, hidden());
  }

  async reload(): Promise<void> {
    await this.#read(undefined, (page, head) => this.#pages.take(windowOf(page), head));
  }

  async loadAfter(): Promise<void> {
    const last = this.messages.at(-1);
    if (!this.hasAfter || this.#loadingAfter || !last) return;
    this.#loadingAfter = true;
    await this.#read(last.seq, (page, head) => this.#pages.join((window) => withAfter(window, page), head));
    this.#loadingAfter = false;
  }

  reset(): void {
    this.#pages.distrust();
    void this.reload();
  }

  refresh(): void {
    if (this.#pages.incomplete) void this.reload();
  }

  forget(): void {
    this.#pages.fail(new ApiError({ code: 'not_found', status: 404 }));
  }

  apply(update: Update): void {
    this.#pages.apply(update);
    if (this.#root) this.#root = applyToMessage(this.#root, update, this.#me);
  }

  patch(id: Id, change: (message: Message) => Message): void {
    this.#pages.patch(id, change);
    if (this.#root?.id === id) this.#root = change(this.#root);
  }

  insert(message: Message): void {
    this.#pages.insert(message);
  }

  #rows = memo((window: Pages['window'], unsent: readonly Unsent[], viewer: People['me'], hidden: ReadonlySet<Id>) => {
    if (!window || !viewer) return NO_ROWS;
    const here = unsent.filter((item) => item.thread_id === this.rootId);
    this.#drawn = reuseRows(this.#drawn, rowsOf({ ...window, unsent: here, viewer, unreadAfter: null, hidden, withStart: false }));
    return this.#drawn;
  });

  get #me(): Id {
    return this.#need.people.me?.id ?? '';
  }

  /** A page of a thread does not say its head; it is not older than where the log stood when it was asked for. */
  async #read(after: number | undefined, take: (page: ThreadPage, head: number) => boolean): Promise<void> {
    const { connection, log, people } = this.#need;
    try {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const head = log.position(this.conversationId)?.seq ?? 0;
        const page = await connection.request('conversations.list_thread', { message_id: this.rootId, after, limit: PAGE });
        people.learnAuthors([page.root, ...page.items]);
        if (!take(page, head)) continue;
        this.#root = (log.since(this.conversationId, head) ?? []).reduce((root, update) => applyToMessage(root, update, this.#me), page.root);
        return;
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#pages.fail(error);
    }
  }
}

const NO_ROWS: readonly Row[] = [];
