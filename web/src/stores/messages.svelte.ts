import type { Id, Message, Revision, Update, User } from '$protocol/wire';
import { newer, react } from '$client/changes';
import type { Connection } from '$client/connection';
import { ApiError } from '$client/errors';
import type { Http } from '$client/http';
import { Outbox, type OutboxStorage, type Unsent } from '$client/outbox';
import { echoOf } from '$client/rows';
import { uuid7 } from '$client/uuid7';
import { wordError } from '$i18n/errors';
import { type Key, t } from '$i18n/t';
import { Deletions } from './deletions';
import type { Device } from './device';
import { Quotes } from './quotes.svelte';
import type { MessagesStore, Outgoing, Undoable } from './surface';
import type { Toasts } from './toasts.svelte';
import type { Windows } from './windows';

export interface MessagesNeed {
  readonly connection: Connection;
  readonly http: Http;
  readonly storage: OutboxStorage;
  readonly device: Device;
  readonly toasts: Toasts;
  readonly windows: () => Windows;
  readonly me: () => User | null;
  /** One that had waited for the network went. */
  readonly wentLate: () => void;
  /** One was refused. */
  readonly refused: () => void;
}

const UNDO_MS = 5000;
const PINS = 200;

/** Saying, changing and taking back. */
export class Messages implements MessagesStore {
  #unsent = $state.raw<readonly Unsent[]>([]);
  #hidden = $state.raw<ReadonlySet<Id>>(new Set());
  #undoable = $state.raw<Undoable | null>(null);
  /** Deletions whose undo is still offered. */
  readonly #leaving = new Map<Id, Message>();
  readonly #deletions: Deletions;
  readonly #late = new Set<Id>();
  readonly #quotes: Quotes;
  readonly #outbox: Outbox;
  readonly #need: MessagesNeed;

  constructor(need: MessagesNeed) {
    this.#need = need;
    this.#quotes = new Quotes(need.connection);
    this.#deletions = new Deletions(need.device, need.http);
    this.#outbox = new Outbox({
      storage: need.storage,
      post: (unsent) => this.#post(unsent),
      edit: (message, text) => void this.edit(message, text),
      recall: (message) => void this.#takeBack(message.id),
      changed: (items) => this.#noteUnsent(items),
      sent: (message) => this.#noteSent(message),
    });
    need.connection.on('state', (state) => (state === 'ready' ? this.#outbox.online() : this.#outbox.offline()));
  }

  get unsent(): readonly Unsent[] {
    return this.#unsent;
  }

  get hidden(): ReadonlySet<Id> {
    return this.#hidden;
  }

  get undoable(): Undoable | null {
    return this.#undoable;
  }

  // ---------- sending ----------

  send({ conversationId, text, replyTo, threadId, alsoInChannel }: Outgoing): Id {
    const id = uuid7();
    this.#outbox.add({
      id,
      author_id: this.#me,
      conversation_id: conversationId,
      text,
      reply_to: replyTo ?? null,
      thread_id: threadId ?? null,
      also_in_channel: alsoInChannel ?? false,
      created_at: new Date().toISOString(),
    });
    return id;
  }

  retry(id: Id): void {
    this.#outbox.retry(id);
  }

  discard(id: Id): void {
    this.#outbox.discard(id);
  }

  rewrite(id: Id, text: string): void {
    this.#outbox.rewrite(id, text);
  }

  /** Brings back what this person left unsent here, and deletes what was to be deleted when the page went. */
  load(authorId: Id): Promise<void> {
    this.#deletions.load(authorId);
    return this.#outbox.load(authorId);
  }

  async undoSend(id: Id): Promise<void> {
    if (this.#isUnsent(id)) return this.discard(id);
    this.#undoable = null;
    await this.#takeBack(id);
  }

  // ---------- changing ----------

  async edit(message: Message, text: string): Promise<void> {
    if (this.#isUnsent(message.id)) return this.rewrite(message.id, text);
    const before = new Map<Message, Message>();
    this.#patch(message, (shown) => {
      const edited = { ...shown, text, edited_at: shown.edited_at ?? new Date().toISOString() };
      before.set(edited, shown);
      return edited;
    });
    const done = await this.#try('notices.edit_failed', () => this.#ask('conversations.edit_message', { message_id: message.id, text }));
    this.#patch(message, (shown) => (done ? newer(shown, done.message) : (before.get(shown) ?? shown)));
  }

  remove(message: Message): void {
    if (this.#leaving.has(message.id)) return;
    this.#leaving.set(message.id, message);
    this.#deletions.note(message.id);
    this.#hide(message.id);
    this.#need.toasts.show({
      text: t('notices.message_deleted'),
      action: { label: t('notices.undo'), run: () => this.#stay(message.id) },
      gone: () => void this.#delete(message),
    });
  }

  async toggleReaction(message: Message, emoji: string): Promise<void> {
    const user_id = this.#me;
    const mine = message.reactions.some((reaction) => reaction.emoji === emoji && reaction.user_ids.includes(user_id));
    const [there, back] = mine ? (['reaction_removed', 'reaction_added'] as const) : (['reaction_added', 'reaction_removed'] as const);
    this.#patch(message, (shown) => react(shown, { type: there, emoji, user_id }, user_id));
    const command = mine ? 'conversations.remove_reaction' : 'conversations.add_reaction';
    const done = await this.#try('notices.reaction_failed', () => this.#ask(command, { message_id: message.id, emoji }));
    if (!done) this.#patch(message, (shown) => react(shown, { type: back, emoji, user_id }, user_id));
  }

  async setPinned(message: Message, pinned: boolean): Promise<void> {
    const command = pinned ? 'conversations.pin_message' : 'conversations.unpin_message';
    await this.#try('notices.pin_failed', () => this.#ask(command, { message_id: message.id }));
  }

  // ---------- reading ----------

  async listPins(conversationId: Id): Promise<Message[]> {
    const { items } = await this.#ask('conversations.list_pins', { conversation_id: conversationId, limit: PINS });
    return items;
  }

  async listRevisions(messageId: Id): Promise<Revision[]> {
    const { items } = await this.#ask('conversations.list_revisions', { message_id: messageId });
    return items;
  }

  quoted(conversationId: Id, messageId: Id): Message | null | undefined {
    return this.#need.windows().find(conversationId, messageId) ?? this.#quotes.get(messageId);
  }

  lastOf(conversationId: Id, threadId?: Id): Message | undefined {
    const me = this.#need.me();
    const waiting = this.#unsent.findLast((item) => item.conversation_id === conversationId && item.thread_id === (threadId ?? null));
    if (waiting && me) return echoOf(waiting, me);
    const windows = this.#need.windows();
    const { messages } = threadId ? windows.threads.open(conversationId, threadId) : windows.open(conversationId);
    return messages.findLast(({ author, kind, deleted_at }) => author.id === me?.id && kind !== 'system' && !deleted_at);
  }

  // ---------- kept in step ----------

  apply(update: Update): void {
    if (update.type === 'message_posted') this.#outbox.settle(update.message);
    // What was hidden until the log had its tombstone; what is still being undone stays hidden.
    if (update.type === 'message_deleted' && !this.#leaving.has(update.message_id)) this.#show(update.message_id);
    this.#quotes.apply(update, this.#me);
  }

  /** Another history: what was quoted of the old one is asked for again. */
  reset(): void {
    this.#quotes.clear();
  }

  /** The page or the person goes: deletions that wait for their undo to end are sent now. */
  async flush(): Promise<void> {
    const ids = [...this.#leaving.keys()];
    this.#leaving.clear();
    await this.#deletions.send(ids);
  }

  clear(): void {
    this.#leaving.clear();
    this.#deletions.clear();
    this.#outbox.clear();
    this.#hidden = new Set();
    this.#undoable = null;
    this.#quotes.clear();
  }

  async #post(unsent: Unsent): Promise<Message> {
    const { id, conversation_id, text, reply_to, thread_id, also_in_channel } = unsent;
    const { message } = await this.#ask('conversations.post_message', {
      id,
      conversation_id,
      text,
      ...(reply_to ? { reply_to } : {}),
      ...(thread_id ? { thread_id, also_in_channel } : {}),
    });
    return message;
  }

  #noteUnsent(items: readonly Unsent[]): void {
    const failed = items.some(({ id, state }) => state === 'failed' && this.#unsent.some((old) => old.id === id && old.state !== 'failed'));
    for (const { id, state } of items) if (state === 'waiting') this.#late.add(id);
    this.#unsent = items;
    if (failed) this.#need.refused();
  }

  #noteSent(message: Message): void {
    this.#need.windows().put(message);
    if (this.#late.delete(message.id)) return this.#need.wentLate();
    this.#offerUndo(message);
  }

  #offerUndo({ id, conversation_id }: Message): void {
    const undoable = { id, conversationId: conversation_id, until: Date.now() + UNDO_MS };
    this.#undoable = undoable;
    setTimeout(() => {
      if (this.#undoable === undoable) this.#undoable = null;
    }, UNDO_MS);
  }

  /** Deletes it without a trace. */
  async #takeBack(id: Id): Promise<void> {
    this.#hide(id);
    const done = await this.#try('notices.undo_failed', () => this.#ask('conversations.delete_message', { message_id: id, undone: true }));
    if (!done) this.#show(id);
  }

  async #delete(message: Message): Promise<void> {
    if (!this.#leaving.delete(message.id)) return;
    const done = await this.#try('notices.delete_failed', () => this.#ask('conversations.delete_message', { message_id: message.id }));
    this.#deletions.forget(message.id);
    const shown = this.#need.windows().find(message.conversation_id, message.id);
    if (!done || !shown || shown.deleted_at) this.#show(message.id);
  }

  #stay(id: Id): void {
    this.#leaving.delete(id);
    this.#deletions.forget(id);
    this.#show(id);
  }

  #patch({ conversation_id, id }: Pick<Message, 'conversation_id' | 'id'>, change: (message: Message) => Message): void {
    this.#need.windows().patch(conversation_id, id, change);
  }

  #hide(id: Id): void {
    this.#hidden = new Set([...this.#hidden, id]);
  }

  #show(id: Id): void {
    if (this.#hidden.has(id)) this.#hidden = new Set([...this.#hidden].filter((hidden) => hidden !== id));
  }

  /** The answer, or null after a toast that says why not. */
  async #try<Answer>(failure: Key, act: () => Promise<Answer>): Promise<Answer | null> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#need.toasts.show({ tone: 'alert', text: t(failure, { reason: wordError(error) }) });
      return null;
    }
  }

  #isUnsent(id: Id): boolean {
    return this.#unsent.some((item) => item.id === id);
  }

  get #me(): Id {
    return this.#need.me()?.id ?? '';
  }

  get #ask(): Connection['request'] {
    return this.#need.connection.request.bind(this.#need.connection);
  }
}
