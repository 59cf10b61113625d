import type { Id, Message, MessagePage, Params, Update } from '$protocol/wire';
import type { Connection } from '$client/connection';
import { ApiError } from '$client/errors';
import type { Unsent } from '$client/outbox';
import { type Row, type UnreadLine, reuseRows, rowsOf, unreadLineOf } from '$client/rows';
import { type MessageWindow, inTimeline, windowOf, withAfter, withBefore } from '$client/window';
import type { Log } from './log.svelte';
import { memo } from './memo';
import { Pages } from './pages.svelte';
import type { People } from './people.svelte';
import type { Loading, Timeline } from './surface';

export interface WindowsNeed {
  readonly connection: Connection;
  readonly log: Log;
  readonly people: People;
  readonly unsent: () => readonly Unsent[];
  /** Being deleted, while its undo is offered. */
  readonly hidden: () => ReadonlySet<Id>;
  /** The reader is in this conversation from now on; returns what ends it. */
  readonly entered: (conversationId: Id) => () => void;
}

type Asked = Omit<Params<'conversations.list_messages'>, 'conversation_id'>;

const PAGE = 50;
/** Read again this often when the log ran away from a page, which takes hundreds of updates during one call. */
const ATTEMPTS = 3;
/** Pages of joins and leaves behind which no unread message is looked for. */
const MOST_PAGES = 10;

/** The timeline of one conversation. */
export class TimelineView implements Timeline {
  readonly conversationId: Id;
  readonly #need: WindowsNeed;
  readonly #pages: Pages;
  #lineAfter = $state<number | null>(null);
  #loadingBefore = $state(false);
  #loadingAfter = $state(false);
  #drawn: readonly Row[] = [];
  /** It began with what the device kept, and has not been compared with the server since. */
  #fromCopy = false;

  /** @param kept where the device kept it, true as of where the log stands */
  constructor(conversationId: Id, need: WindowsNeed, kept: MessageWindow | null = null) {
    this.conversationId = conversationId;
    this.#need = need;
    this.#pages = new Pages(conversationId, inTimeline, need.log, () => need.people.me?.id ?? '');
    if (kept) this.#beginWith(kept);
    else queueMicrotask(() => void this.#begin());
  }

  get status(): Loading {
    return this.#pages.status;
  }

  get error(): ApiError | null {
    return this.#pages.error;
  }

  get messages(): readonly Message[] {
    return this.#pages.items;
  }

  get hasBefore(): boolean {
    return this.#pages.window?.hasBefore ?? false;
  }

  get hasAfter(): boolean {
    return this.#pages.window?.hasAfter ?? false;
  }

  get loadingBefore(): boolean {
    return this.#loadingBefore;
  }

  get loadingAfter(): boolean {
    return this.#loadingAfter;
  }

  get rows(): readonly Row[] {
    const { people, unsent, hidden } = this.#need;
    return this.#rows(this.#pages.window, unsent(), people.me, this.#lineAfter, hidden());
  }

  get unreadLine(): UnreadLine | null {
    const me = this.#need.people.me?.id ?? '';
    return this.#lineAfter === null ? null : unreadLineOf(this.messages, this.#lineAfter, this.hasBefore, me);
  }

  enter(): () => void {
    this.#lineAfter = this.#unreadBeyond(0);
    return this.#need.entered(this.conversationId);
  }

  /** Marked unread by hand. */
  drawLineAfter(seq: number): void {
    this.#lineAfter = seq;
  }

  clearUnreadLine(): void {
    this.#lineAfter = null;
  }

  /** The newest page, instead of whatever was loaded. */
  async reload(): Promise<void> {
    await this.#read({}, (page) => this.#pages.take(windowOf(page), page.head));
  }

  async loadBefore(): Promise<void> {
    const first = this.messages[0];
    if (!this.hasBefore || this.#loadingBefore || !first) return;
    this.#loadingBefore = true;
    await this.#read({ before: first.seq }, (page) => this.#extend(page, withBefore, () => this.messages[0]?.id === first.id));
    this.#loadingBefore = false;
  }

  async loadAfter(): Promise<void> {
    const last = this.messages.at(-1);
    if (!this.hasAfter || this.#loadingAfter || !last) return;
    this.#loadingAfter = true;
    await this.#read({ after: last.seq }, (page) => this.#extend(page, withAfter, () => this.messages.at(-1)?.id === last.id));
    this.#loadingAfter = false;
  }

  async goTo(messageId: Id): Promise<boolean> {
    if (this.#holds(messageId)) return true;
    await this.#read({ around: messageId }, (page) => this.#pages.take(windowOf(page), page.head), true);
    return this.#holds(messageId);
  }

  async goToUnread(): Promise<boolean> {
    if (this.#lineAfter === null) return false;
    if (!this.unreadLine) await this.#readAround(this.#lineAfter);
    // Joins and leaves may lie between the mark and the first message.
    for (let page = 0; page < MOST_PAGES && !this.unreadLine && this.hasAfter; page += 1) await this.loadAfter();
    return this.unreadLine !== null;
  }

  async goToEnd(): Promise<void> {
    if (this.hasAfter) await this.reload();
  }

  /** What the server said of it, without what is only hoped for; null while that is not sure. */
  get known(): MessageWindow | null {
    return this.#pages.known;
  }

  /** Another history took the place of this one. */
  reset(): void {
    this.#pages.distrust();
    void this.reload();
  }

  /** Everything missed is here. */
  refresh(): void {
    if (this.#pages.incomplete) void this.reload();
    if (this.#fromCopy) this.#lineAfter ??= this.#unreadBeyond(0);
    this.#fromCopy = false;
  }

  forget(): void {
    this.#pages.fail(new ApiError({ code: 'not_found', status: 404 }));
  }

  apply(update: Update): void {
    this.#pages.apply(update);
  }

  patch(id: Id, change: (message: Message) => Message): void {
    this.#pages.patch(id, change);
  }

  insert(message: Message): void {
    this.#pages.insert(message);
  }

  /** The newest page, or what surrounds the read mark where that page would not reach it. */
  async #begin(): Promise<void> {
    const mark = this.#unreadBeyond(PAGE);
    await (mark === null ? this.reload() : this.#readAround(mark));
  }

  #beginWith(kept: MessageWindow): void {
    this.#need.people.learnAuthors(kept.items);
    this.#pages.restore(kept);
    this.#fromCopy = true;
  }

  async #readAround(mark: number): Promise<void> {
    await this.#read({ around: mark + 1, limit: 2 * PAGE }, (page) => this.#pages.take(windowOf(page), page.head));
  }

  /** The read mark, if more than this many messages above it are unread. */
  #unreadBeyond(count: number): number | null {
    const { log } = this.#need;
    const conversation = log.mine.has(this.conversationId) ? log.conversation(this.conversationId) : undefined;
    return conversation && conversation.unread_count > count ? conversation.read : null;
  }

  #rows = memo((window: Pages['window'], unsent: readonly Unsent[], viewer: People['me'], unreadAfter: number | null, hidden: ReadonlySet<Id>) => {
    const here = unsent.filter((item) => item.conversation_id === this.conversationId && (!item.thread_id || item.also_in_channel));
    if (!viewer || (!window && here.length === 0)) return NO_ROWS;
    this.#drawn = reuseRows(this.#drawn, rowsOf({ ...(window ?? UNREAD), unsent: here, viewer, unreadAfter, hidden, withStart: true }));
    return this.#drawn;
  });

  #holds(id: Id): boolean {
    return this.messages.some((message) => message.id === id);
  }

  /** Joins a page to what is loaded, unless the reader has gone elsewhere meanwhile. */
  #extend(page: MessagePage, join: typeof withBefore, fits: () => boolean): boolean {
    return !fits() || this.#pages.join((window) => join(window, page), page.head);
  }

  /** A jump to a message that is gone leaves what is there. */
  async #read(asked: Asked, take: (page: MessagePage) => boolean, isJump = false): Promise<void> {
    try {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const page = await this.#need.log.reading(() => this.#ask(asked));
        if (take(page)) return;
      }
    } catch (error) {
      const gone = error instanceof ApiError && error.code === 'not_found';
      if (error instanceof ApiError && !(isJump && gone)) this.#pages.fail(error);
      if (!(error instanceof ApiError)) throw error;
    }
  }

  async #ask(asked: Asked): Promise<MessagePage> {
    const { connection, log, people } = this.#need;
    const page = await connection.request('conversations.list_messages', {
      conversation_id: this.conversationId,
      limit: PAGE,
      ...asked,
    });
    people.learnAuthors(page.items);
    if (page.conversation) log.adoptSnapshot(page.conversation);
    return page;
  }
}

const NO_ROWS: readonly Row[] = [];
/** What is unsent is shown although nothing else is here yet. */
const UNREAD: MessageWindow = { items: [], hasBefore: true, hasAfter: false };
