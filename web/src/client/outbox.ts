import type { Id, Message, Timestamp } from '$protocol/wire';
import { DEFAULT_BACKOFF, fullJitter } from './backoff';
import { ApiError } from './errors';
import { Timers } from './timers';

/** `sending`: on its way. `waiting`: goes by itself when it can. `failed`: refused, waits for its author. */
export type UnsentState = 'sending' | 'waiting' | 'failed';

/** What somebody wrote, with the name that it keeps for ever. */
export interface Written {
  readonly id: Id;
  readonly author_id: Id;
  readonly conversation_id: Id;
  readonly text: string;
  readonly reply_to: Id | null;
  readonly thread_id: Id | null;
  readonly also_in_channel: boolean;
  /** By this device's clock: only for showing. */
  readonly created_at: Timestamp;
}

export interface Unsent extends Written {
  readonly state: UnsentState;
  /** Why it failed, or why it waits. */
  readonly error: UnsentError | null;
  /** Not acknowledged for half a minute: it is shown as not sent, and goes by itself all the same. */
  readonly late: boolean;
  /** It was given to the server once: the log may hold it although nobody said so. */
  readonly attempted: boolean;
  /** On the device. What a browser will not keep lives as long as the page. */
  readonly kept: boolean;
  /** Its place in the order of writing, which no clock that is set back may change. */
  readonly place: number;
}

export interface UnsentError {
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Where unsent messages survive a reload. */
export interface OutboxStorage {
  list(authorId: Id): Promise<Unsent[]>;
  put(unsent: Unsent): Promise<void>;
  delete(id: Id): Promise<void>;
  has(id: Id): Promise<boolean>;
  /** Another tab of this browser may have put or deleted something. */
  onChange(listener: () => void): void;
}

export interface OutboxOptions {
  readonly storage: OutboxStorage;
  /** Posts it, with its id. Rejects with `ApiError`. */
  readonly post: (unsent: Unsent) => Promise<Message>;
  /** Gives a message the text that its author wrote after a first attempt had already taken the old one. */
  readonly edit: (message: Message, text: string) => void;
  /** Takes a message back that turned out to be sent after its author had discarded it. */
  readonly recall: (message: Message) => void;
  readonly changed: (items: readonly Unsent[]) => void;
  readonly sent: (message: Message, unsent: Unsent) => void;
  readonly random?: () => number;
}

const LATE_MS = 30_000;
/** What another tab writes is looked at after this: nearly all of it has been sent by then. */
const SHARED_AFTER_MS = 1000;
/** What another tab wrote is sent here too if it is still there after this: that tab may be gone. */
const ADOPTED_AFTER_MS = 10_000;

/** Unsent messages: kept until they are acknowledged, sent in the order written, again and again under the same id. */
export class Outbox {
  readonly #options: OutboxOptions;
  #items: readonly Unsent[] = [];
  #author: Id | null = null;
  #online = false;
  /** Conversations of which one is on its way. */
  readonly #busy = new Set<Id>();
  /** Those that left this tab, acknowledged or discarded: they never come back from the disk. */
  readonly #gone = new Set<Id>();
  /** Of those, the discarded ones that may have been sent. */
  readonly #recalled = new Set<Id>();
  readonly #attempts = new Map<Id, number>();
  /** Conversations that wait before the next attempt. */
  readonly #pauses = new Timers<Id>();
  readonly #untilLate = new Timers<Id>();
  /** Written in another tab, which sends them itself. */
  readonly #untilAdopted = new Timers<Id>();
  readonly #untilShared = new Timers<'shared'>();

  constructor(options: OutboxOptions) {
    this.#options = options;
    options.storage.onChange(() => this.#untilShared.set('shared', SHARED_AFTER_MS, () => void this.#share()));
  }

  get items(): readonly Unsent[] {
    return this.#items;
  }

  /** Brings back what this person left unsent on this device. */
  async load(authorId: Id): Promise<void> {
    this.#author = authorId;
    const known = new Set(this.#items.map(({ id }) => id));
    const kept = (await this.#list(authorId)) ?? [];
    if (this.#author !== authorId) return;
    const back = kept.filter(({ id }) => !known.has(id));
    this.#set([...back.sort((a, b) => a.place - b.place), ...this.#items]);
    this.#expect(back);
    this.#pumpAll();
  }

  /** Forgets the items in memory, not those on the device: another person may sign in. */
  clear(): void {
    this.offline();
    this.#author = null;
    this.#untilLate.clear();
    this.#untilAdopted.clear();
    this.#untilShared.clear();
    this.#recalled.clear();
    this.#set([]);
  }

  add(written: Written): void {
    const place = Math.max(Date.now(), ...this.#items.map((each) => each.place + 1));
    const item: Unsent = { ...written, state: this.#startState, error: null, late: false, attempted: false, kept: false, place };
    this.#author ??= written.author_id;
    this.#set([...this.#items, item]);
    this.#expect([item]);
    void this.#addThenPump(item);
  }

  /** A refused one goes again, under the same id; one that waits goes now. */
  retry(id: Id): void {
    const item = this.#find(id);
    if (!item) return;
    this.#attempts.delete(id);
    this.#pauses.cancel(item.conversation_id);
    this.#untilAdopted.cancel(id);
    this.#change(id, { state: this.#startState, error: null, late: false });
    this.#keep(id);
    this.#expect([{ id, late: false }]);
    this.#pump(item.conversation_id);
  }

  /** Throws it away. One that may have been sent is taken back as soon as it is seen. */
  discard(id: Id): void {
    const item = this.#find(id);
    if (!item) return;
    if (item.attempted) this.#recalled.add(id);
    this.#remove(id);
    this.#pauses.cancel(item.conversation_id);
    this.#pump(item.conversation_id);
  }

  /** Another text for one that has not gone. */
  rewrite(id: Id, text: string): void {
    this.#change(id, { text, error: null });
    if (this.#find(id)?.state === 'failed') this.retry(id);
    else this.#keep(id);
  }

  /** It stands in the log, whether or not its acknowledgement arrived. */
  settle(message: Message): void {
    const item = this.#find(message.id);
    if (!item) return this.#recall(message);
    if (!this.#busy.has(item.conversation_id)) this.#finish(item, message);
  }

  online(): void {
    this.#online = true;
    this.#pumpAll();
  }

  offline(): void {
    this.#online = false;
    this.#pauses.clear();
    this.#set(this.#items.map((item) => (item.state === 'failed' ? item : { ...item, state: 'waiting' })));
  }

  get #startState(): UnsentState {
    return this.#online ? 'sending' : 'waiting';
  }

  // ---------- sending ----------

  async #addThenPump(item: Unsent): Promise<void> {
    const kept = this.#options.storage.put(item).then(() => this.#change(item.id, { kept: true }));
    await kept.catch(() => undefined);
    this.#pump(item.conversation_id);
  }

  #pumpAll(): void {
    for (const id of new Set(this.#items.map((item) => item.conversation_id))) this.#pump(id);
  }

  /** Sends the next of a conversation, unless one is on its way or waits for its time. */
  #pump(conversationId: Id): void {
    if (!this.#online || this.#busy.has(conversationId) || this.#pauses.has(conversationId)) return;
    const next = this.#items.find(
      ({ id, conversation_id, state }) => conversation_id === conversationId && state !== 'failed' && !this.#untilAdopted.has(id),
    );
    if (next) void this.#attempt(next);
  }

  async #attempt(item: Unsent): Promise<void> {
    const { id, conversation_id } = item;
    this.#busy.add(conversation_id);
    try {
      if (await this.#goneElsewhere(id)) return this.#forget(id);
      this.#change(id, { state: 'sending', error: null, attempted: true });
      const latest = this.#find(id);
      if (latest) this.#finish(latest, await this.#options.post(latest));
    } catch (error) {
      this.#refused(item, error);
    } finally {
      this.#busy.delete(conversation_id);
      this.#pump(conversation_id);
    }
  }

  /** Another tab of this browser has sent or discarded it since it was loaded here. */
  async #goneElsewhere(id: Id): Promise<boolean> {
    return this.#find(id)?.kept === true && !(await this.#options.storage.has(id).catch(() => true));
  }

  #finish(item: Unsent, message: Message): void {
    const latest = this.#find(item.id);
    if (!latest) return this.#recall(message);
    this.#remove(item.id);
    this.#options.sent(message, latest);
    if (latest.text !== message.text && !message.deleted_at && !message.edited_at) this.#options.edit(message, latest.text);
  }

  #recall(message: Message): void {
    if (this.#recalled.delete(message.id) && !message.deleted_at) this.#options.recall(message);
  }

  #refused(item: Unsent, cause: unknown): void {
    const error = cause instanceof ApiError ? cause : ApiError.unanswered('unavailable', String(cause));
    const { code, params } = error;
    this.#change(item.id, { state: error.retryable ? 'waiting' : 'failed', error: { code, params } });
    if (!error.retryable) this.#keep(item.id);
    else if (this.#online && this.#find(item.id)) this.#postpone(item, error.retryAfterMs);
  }

  #postpone({ id, conversation_id }: Unsent, afterMs: number | null): void {
    const attempt = this.#attempts.get(id) ?? 0;
    this.#attempts.set(id, attempt + 1);
    const delay = (afterMs ?? 0) + fullJitter(attempt, DEFAULT_BACKOFF, this.#options.random);
    this.#pauses.set(conversation_id, delay, () => this.#pump(conversation_id));
  }

  // ---------- in step with the other tabs ----------

  /** Takes in what another tab wrote, and lets go of what it sent, discarded or wrote anew. */
  async #share(): Promise<void> {
    const author = this.#author;
    const kept = author && (await this.#list(author));
    if (!kept || this.#author !== author) return;
    const byId = new Map(kept.map((item) => [item.id, item]));
    for (const item of this.#items) if (!this.#busy.has(item.conversation_id)) this.#compare(item, byId.get(item.id));
    const known = new Set(this.#items.map(({ id }) => id));
    const others = kept.filter(({ id }) => !known.has(id));
    for (const { id, conversation_id } of others) this.#untilAdopted.set(id, ADOPTED_AFTER_MS, () => this.#pump(conversation_id));
    this.#set([...this.#items, ...others]);
    this.#expect(others);
  }

  #compare(item: Unsent, kept: Unsent | undefined): void {
    if (kept && kept.text !== item.text) this.#change(item.id, { text: kept.text });
    if (!kept && item.kept) this.#forget(item.id);
  }

  /** What the device keeps of this author; undefined when it does not say. */
  async #list(authorId: Id): Promise<Unsent[] | undefined> {
    const kept = await this.#options.storage.list(authorId).catch(() => undefined);
    return kept?.filter(({ id }) => !this.#gone.has(id)).map((item) => this.#asFound(item));
  }

  /** Nobody knows what became of it while it was not looked at. */
  #asFound(item: Unsent): Unsent {
    const late = Date.now() - Date.parse(item.created_at) >= LATE_MS;
    return { ...item, state: item.state === 'failed' ? 'failed' : 'waiting', late, attempted: true, kept: true, place: item.place };
  }

  // ---------- the list ----------

  /** From half a minute on they count as not sent. */
  #expect(items: readonly Pick<Unsent, 'id' | 'late'>[]): void {
    for (const { id, late } of items) if (!late) this.#untilLate.set(id, LATE_MS, () => this.#change(id, { late: true }));
  }

  #find(id: Id): Unsent | undefined {
    return this.#items.find((item) => item.id === id);
  }

  #change(id: Id, changes: Partial<Unsent>): void {
    this.#set(this.#items.map((item) => (item.id === id ? { ...item, ...changes } : item)));
  }

  #keep(id: Id): void {
    const item = this.#find(id);
    if (item) void this.#options.storage.put(item).catch(() => undefined);
  }

  #remove(id: Id): void {
    this.#forget(id);
    void this.#options.storage.delete(id).catch(() => undefined);
  }

  #forget(id: Id): void {
    this.#gone.add(id);
    this.#attempts.delete(id);
    this.#untilLate.cancel(id);
    this.#untilAdopted.cancel(id);
    this.#set(this.#items.filter((item) => item.id !== id));
  }

  #set(items: readonly Unsent[]): void {
    this.#items = items;
    this.#options.changed(items);
  }
}
