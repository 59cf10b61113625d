import type { Id, Message, Timestamp } from '$protocol/wire';
import { DEFAULT_BACKOFF, fullJitter } from './backoff';
import { ApiError } from './errors';

/** `sending`: on its way. `waiting`: goes by itself when it can. `failed`: refused, waits for its author. */
export type UnsentState = 'sending' | 'waiting' | 'failed';

export interface Unsent {
  readonly id: Id;
  readonly author_id: Id;
  readonly conversation_id: Id;
  readonly text: string;
  readonly reply_to: Id | null;
  readonly thread_id: Id | null;
  readonly also_in_channel: boolean;
  /** By this device's clock: only for showing. */
  readonly created_at: Timestamp;
  readonly state: UnsentState;
  /** Why it failed, or why it waits. */
  readonly error: UnsentError | null;
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
}

export interface OutboxOptions {
  readonly storage: OutboxStorage;
  /** Posts it, with its id. Rejects with `ApiError`. */
  readonly post: (unsent: Unsent) => Promise<Message>;
  /** Gives a message the text that its author wrote after a first attempt had already taken the old one. */
  readonly edit: (message: Message, text: string) => void;
  readonly changed: (items: readonly Unsent[]) => void;
  readonly sent: (message: Message, unsent: Unsent) => void;
  readonly random?: () => number;
}

/** Unsent messages: kept until they are acknowledged, sent in the order written, again and again under the same id. */
export class Outbox {
  readonly #options: OutboxOptions;
  #items: readonly Unsent[] = [];
  #online = false;
  readonly #busy = new Set<Id>();
  /** Those that the device would not keep. */
  readonly #onlyHere = new Set<Id>();
  readonly #attempts = new Map<Id, number>();
  readonly #timers = new Map<Id, ReturnType<typeof setTimeout>>();

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get items(): readonly Unsent[] {
    return this.#items;
  }

  /** Brings back what this person left unsent on this device. */
  async load(authorId: Id): Promise<void> {
    const kept = await this.#options.storage.list(authorId);
    const known = new Set(this.#items.map(({ id }) => id));
    const back = kept.filter(({ id }) => !known.has(id)).map((unsent) => this.#resting(unsent));
    this.#set([...back, ...this.#items].sort((a, b) => (a.created_at < b.created_at ? -1 : 1)));
    this.#pumpAll();
  }

  /** Forgets the items in memory, not those on the device: another person may sign in. */
  clear(): void {
    this.offline();
    this.#set([]);
  }

  add(unsent: Omit<Unsent, 'state' | 'error'>): void {
    const item: Unsent = { ...unsent, state: this.#online ? 'sending' : 'waiting', error: null };
    this.#set([...this.#items, item]);
    void this.#addThenPump(item);
  }

  /** A refused one goes again, under the same id. */
  retry(id: Id): void {
    const item = this.#find(id);
    if (!item) return;
    this.#attempts.delete(id);
    this.#change(id, { state: this.#online ? 'sending' : 'waiting', error: null });
    this.#pump(item.conversation_id);
  }

  discard(id: Id): void {
    const item = this.#find(id);
    this.#remove(id);
    if (item) this.#pump(item.conversation_id);
  }

  /** Another text for one that has not gone. */
  rewrite(id: Id, text: string): void {
    this.#change(id, { text, error: null });
    if (this.#find(id)?.state === 'failed') this.retry(id);
  }

  /** It stands in the log, whether or not its acknowledgement arrived. */
  settle(message: Message): void {
    const item = this.#find(message.id);
    if (!item || this.#busy.has(item.conversation_id)) return;
    this.#finish(item, message);
  }

  online(): void {
    this.#online = true;
    this.#pumpAll();
  }

  offline(): void {
    this.#online = false;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#set(this.#items.map((item) => this.#resting(item)));
  }

  async #addThenPump(item: Unsent): Promise<void> {
    await this.#options.storage.put(item).catch(() => this.#onlyHere.add(item.id));
    this.#pump(item.conversation_id);
  }

  #pumpAll(): void {
    for (const id of new Set(this.#items.map((item) => item.conversation_id))) this.#pump(id);
  }

  /** Sends the next of a conversation, unless one is on its way or waits for its time. */
  #pump(conversationId: Id): void {
    if (!this.#online || this.#busy.has(conversationId) || this.#timers.has(conversationId)) return;
    const next = this.#items.find((item) => item.conversation_id === conversationId && item.state !== 'failed');
    if (next) void this.#attempt(next);
  }

  async #attempt(item: Unsent): Promise<void> {
    const { id, conversation_id } = item;
    this.#busy.add(conversation_id);
    try {
      if (await this.#goneElsewhere(id)) return this.#forget(id);
      this.#change(id, { state: 'sending', error: null });
      this.#finish(item, await this.#options.post(this.#find(id) ?? item));
    } catch (error) {
      this.#refused(item, error);
    } finally {
      this.#busy.delete(conversation_id);
      this.#pump(conversation_id);
    }
  }

  /** Another tab of this browser has sent or discarded it since it was loaded here. */
  async #goneElsewhere(id: Id): Promise<boolean> {
    return !this.#onlyHere.has(id) && !(await this.#options.storage.has(id).catch(() => true));
  }

  #finish(item: Unsent, message: Message): void {
    const latest = this.#find(item.id) ?? item;
    this.#remove(item.id);
    this.#options.sent(message, latest);
    if (latest.text !== message.text && !message.deleted_at && !message.edited_at) this.#options.edit(message, latest.text);
  }

  #refused(item: Unsent, cause: unknown): void {
    const error = cause instanceof ApiError ? cause : ApiError.unanswered('unavailable', String(cause));
    const { code, params } = error;
    if (!error.retryable) return this.#change(item.id, { state: 'failed', error: { code, params } });
    this.#change(item.id, { state: 'waiting', error: { code, params } });
    if (this.#online && this.#find(item.id)) this.#postpone(item, error.retryAfterMs);
  }

  #postpone({ id, conversation_id }: Unsent, afterMs: number | null): void {
    const attempt = this.#attempts.get(id) ?? 0;
    this.#attempts.set(id, attempt + 1);
    const delay = (afterMs ?? 0) + fullJitter(attempt, DEFAULT_BACKOFF, this.#options.random);
    const timer = setTimeout(() => {
      this.#timers.delete(conversation_id);
      this.#pump(conversation_id);
    }, delay);
    this.#timers.set(conversation_id, timer);
  }

  #find(id: Id): Unsent | undefined {
    return this.#items.find((item) => item.id === id);
  }

  #change(id: Id, changes: Partial<Unsent>): void {
    const item = this.#find(id);
    if (!item) return;
    const changed = { ...item, ...changes };
    this.#set(this.#items.map((each) => (each === item ? changed : each)));
    void this.#options.storage.put(changed).catch(() => undefined);
  }

  #remove(id: Id): void {
    this.#forget(id);
    void this.#options.storage.delete(id).catch(() => undefined);
  }

  #forget(id: Id): void {
    this.#attempts.delete(id);
    this.#set(this.#items.filter((item) => item.id !== id));
  }

  #resting(item: Unsent): Unsent {
    return item.state === 'failed' ? item : { ...item, state: 'waiting' };
  }

  #set(items: readonly Unsent[]): void {
    this.#items = items;
    this.#options.changed(items);
  }
}
