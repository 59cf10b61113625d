/* A small server for tests: it keeps the promises of protocol.md about one conversation's log, and nothing more. */
import type { Conversation, ConversationShared, Id, Message, MessagePage, Update, User } from '$protocol/wire';
import { react, tombstone } from '$client/changes';
import { looksAt } from '$client/reducer';
import { conversationOf, messageOf } from './cast';

export interface Said {
  readonly id: Id;
  readonly text: string;
  readonly reply_to?: Id;
  readonly thread_id?: Id;
  readonly also_in_channel?: boolean;
  readonly mentions?: Message['mentions'];
}

/** The truth about one conversation. */
export class Room {
  epoch = 'e1';
  shared: Partial<ConversationShared>;
  readonly updates: Update[] = [];
  readonly messages = new Map<Id, Message>();
  readonly marks = new Map<Id, number>();
  readonly members = new Map<Id, User>();
  readonly #tell: (update: Update) => void;
  #clock = Date.UTC(2026, 10, 24, 9);

  constructor(shared: Partial<ConversationShared>, members: readonly User[], tell: (update: Update) => void = () => undefined) {
    this.shared = shared;
    this.#tell = tell;
    for (const member of members) this.members.set(member.id, member);
  }

  get id(): Id {
    return conversationOf(this.shared).id;
  }

  get head(): number {
    return this.updates.length;
  }

  // ---------- what people do ----------

  post(author: User, { id, ...said }: Said): Message {
    const known = this.messages.get(id);
    if (known) return known;
    const inTimeline = !said.thread_id || said.also_in_channel === true;
    const message = messageOf({
      ...said,
      id,
      author,
      conversation_id: this.id,
      seq: this.head + 1,
      number: inTimeline ? this.#numbers() + 1 : null,
      created_at: this.#now(),
    });
    this.messages.set(id, message);
    if (inTimeline) this.marks.set(author.id, message.seq);
    const count = said.thread_id ? { reply_count: this.#countReplies(said.thread_id, 1) } : {};
    this.#log({ type: 'message_posted', message, ...count }, author);
    return message;
  }

  edit(author: User, id: Id, text: string): Message {
    const message = this.#change(id, (known) => ({ ...known, text, edited_at: this.#now() }));
    this.#log({ type: 'message_edited', message }, author);
    return message;
  }

  delete(actor: User, id: Id, undone = false): void {
    if (this.messages.get(id)?.deleted_at) return;
    const { thread_id } = this.#change(id, (known) => tombstone(known, this.#now(), undone));
    const part = thread_id ? { thread_id, reply_count: this.#countReplies(thread_id, -1) } : {};
    this.#log({ type: 'message_deleted', message_id: id, undone, ...part }, actor);
  }

  react(user: User, id: Id, emoji: string, type: 'reaction_added' | 'reaction_removed'): void {
    const before = this.messages.get(id);
    const message = this.#change(id, (known) => react(known, { type, emoji, user_id: user.id }, user.id));
    const count = message.reactions.find((reaction) => reaction.emoji === emoji)?.count ?? 0;
    if (message !== before) this.#log({ type, message_id: id, emoji, user_id: user.id, count }, user);
  }

  pin(actor: User, id: Id, pinned: boolean): void {
    this.#change(id, (known) => ({ ...known, pinned_at: pinned ? this.#now() : null }));
    const type = pinned ? 'message_pinned' : 'message_unpinned';
    this.#log({ type, message_id: id, message: this.#systemLine(actor, pinned ? 'pinned' : 'unpinned') }, actor);
  }

  join(user: User): void {
    if (this.members.has(user.id)) return;
    this.members.set(user.id, user);
    this.marks.set(user.id, this.head + 1);
    const message = this.#systemLine(user, 'joined');
    this.#log({ type: 'member_joined', user, role: 'member', member_count: this.members.size, message }, user);
  }

  leave(user: User): void {
    this.members.delete(user.id);
    const message = this.#systemLine(user, 'left');
    this.#log({ type: 'member_left', user, role: 'member', member_count: this.members.size, message }, user);
  }

  rename(actor: User, name: string): void {
    this.shared = { ...this.shared, name };
    const conversation = sharedPart(conversationOf({ ...this.shared, epoch: this.epoch, member_count: this.members.size }));
    this.#log({ type: 'conversation_changed', conversation, message: this.#systemLine(actor, 'renamed') }, actor);
  }

  /** Another history under the same name, as after a restore: the last updates are gone. */
  restore(epoch: string, keep: number): void {
    this.epoch = epoch;
    this.updates.splice(keep);
    for (const message of [...this.messages.values()]) if (message.seq > keep) this.messages.delete(message.id);
  }

  // ---------- what is read ----------

  /** The log above a position, as things are now. */
  since(seq: number): Update[] {
    return this.updates.slice(seq).map((update) => this.#asItIsNow(update));
  }

  conversation(viewer: User): Conversation {
    const timeline = this.#timeline();
    const read = this.marks.get(viewer.id) ?? 0;
    const messages = this.#numbers();
    return conversationOf({
      ...this.shared,
      epoch: this.epoch,
      member_count: this.members.size,
      head: this.head,
      messages,
      last_message: timeline.findLast(({ kind }) => kind !== 'system') ?? null,
      role: this.members.has(viewer.id) ? 'member' : null,
      read,
      unread_count: messages - (timeline.findLast(({ seq, number }) => seq <= read && number !== null)?.number ?? 0),
      mention_count: [...this.messages.values()].filter((message) => message.seq > read && looksAt(message, viewer.id) && message.author.id !== viewer.id).length,
    });
  }

  snapshot(viewer: User, limit = 50): MessagePage & { conversation: Conversation } {
    return { ...this.page({ limit }), conversation: this.conversation(viewer) };
  }

  page({ before = Infinity, after, around, limit = 50 }: { before?: number; after?: number; around?: Id | number; limit?: number }): Omit<MessagePage, 'conversation'> {
    const all = this.#timeline();
    const items = around !== undefined ? aroundOf(all, around, limit) : after !== undefined
      ? all.filter(({ seq }) => seq > after).slice(0, limit)
      : all.filter(({ seq }) => seq < before).slice(-limit);
    const [first, last] = [items[0], items.at(-1)];
    return {
      items,
      head: this.head,
      epoch: this.epoch,
      has_before: first !== undefined && all[0] !== first,
      has_after: last !== undefined && all.at(-1) !== last,
    };
  }

  thread(rootId: Id): { root: Message; items: Message[]; has_after: boolean } {
    const items = [...this.messages.values()].filter(({ thread_id }) => thread_id === rootId);
    return { root: this.messages.get(rootId) as Message, items, has_after: false };
  }

  #timeline(): Message[] {
    const said = [...this.messages.values()].filter((message) => !message.thread_id || message.also_in_channel);
    return said.sort((a, b) => a.seq - b.seq);
  }

  #numbers(): number {
    return Math.max(0, ...[...this.messages.values()].map(({ number }) => number ?? 0));
  }

  #countReplies(rootId: Id, step: 1 | -1): number {
    return this.#change(rootId, (root) => ({ ...root, reply_count: root.reply_count + step })).reply_count;
  }

  #change(id: Id, change: (message: Message) => Message): Message {
    const known = this.messages.get(id);
    if (!known) throw new Error(`no message ${id}`);
    const changed = change(known);
    this.messages.set(id, changed);
    return changed;
  }

  #systemLine(author: User, type: string): Message {
    const seq = this.head + 1;
    const line = messageOf({ id: `system-${this.id}-${seq}`, conversation_id: this.id, author, seq, number: null, kind: 'system', data: { type }, text: type, created_at: this.#now() });
    this.messages.set(line.id, line);
    return line;
  }

  #asItIsNow(update: Update): Update {
    if ('message' in update && update.message) {
      const message = this.messages.get(update.message.id) ?? update.message;
      return { ...update, message } as Update;
    }
    if (update.type !== 'reaction_added' && update.type !== 'reaction_removed') return update;
    const reaction = this.messages.get(update.message_id)?.reactions.find(({ emoji }) => emoji === update.emoji);
    return { ...update, count: reaction?.count ?? 0 };
  }

  #log(part: object, actor: User): void {
    const update = { ...part, conversation_id: this.id, seq: this.head + 1, at: this.#now(), actor_id: actor.id } as Update;
    this.updates.push(update);
    this.#clock += 60_000;
    this.#tell(update);
  }

  /** One moment for each update and what it changes. */
  #now(): string {
    return new Date(this.#clock).toISOString();
  }
}

function aroundOf(all: readonly Message[], around: Id | number, limit: number): Message[] {
  const at = all.findIndex(({ id, seq }) => (typeof around === 'number' ? seq >= around : id === around));
  return all.slice(Math.max(0, at - limit / 2), at + limit / 2);
}

function sharedPart(conversation: Conversation): ConversationShared {
  const { id, kind, space_id, name, topic, visibility, about, member_count, people, created_at, archived_at, epoch } = conversation;
  return { id, kind, space_id, name, topic, visibility, default: conversation.default, about, member_count, people, created_at, archived_at, epoch };
}
