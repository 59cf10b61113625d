import type { Conversation, Id, Message, Space, User } from '$protocol/wire';
import type { Connection } from '$client/connection';
import { ApiError } from '$client/errors';
import { type ConversationAction, mayInConversation } from '$client/permissions';
import { uuid7 } from '$client/uuid7';
import { format } from '$i18n/format';
import { t } from '$i18n/t';
import type { Log } from './log.svelte';
import type { People } from './people.svelte';
import { ReadMarks } from './readMarks';
import type { Attention, ConversationChanges, ConversationsStore, NewConversation, Section } from './surface';

export interface ConversationsNeed {
  readonly connection: Connection;
  readonly log: Log;
  readonly people: People;
  readonly viewer: () => Id | null;
  readonly spaceOf: (id: Id) => Space | undefined;
}

/** My conversations: their list, their names, what waits in them, and what can be done with them. */
export class Conversations implements ConversationsStore {
  readonly #need: ConversationsNeed;
  readonly #marks: ReadMarks;
  readonly #list = $derived.by(() => this.#sorted());
  readonly #waiting = $derived(this.#list.filter((each) => each.archived_at === null && waits(this.attention(each))));
  /** Where marks were put back by hand: they stay there until the reader comes anew. */
  readonly #putBack = new Map<Id, number>();

  constructor(need: ConversationsNeed) {
    this.#need = need;
    this.#marks = new ReadMarks(need.connection);
    need.log.on('reset', (id) => this.#marks.forget(id));
    need.log.on('unread', ({ id, seq }) => this.#putBack.set(id, seq));
  }

  get loaded(): boolean {
    return this.#need.log.loaded;
  }

  get list(): readonly Conversation[] {
    return this.#list;
  }

  get waiting(): readonly Conversation[] {
    return this.#waiting;
  }

  get(id: Id): Conversation | undefined {
    return this.#need.log.conversation(id);
  }

  async find(id: Id): Promise<Conversation | undefined> {
    const known = this.get(id);
    if (known) return known;
    try {
      const { conversation } = await this.#ask('conversations.get_conversation', { conversation_id: id });
      this.#adopt(conversation, conversation.role !== null);
      return conversation;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'not_found') return undefined;
      throw error;
    }
  }

  sections(spaceId: Id | null): readonly Section[] {
    const open = this.list.filter(({ archived_at }) => archived_at === null);
    const channels = open.filter(({ kind, space_id }) => kind === 'channel' && (space_id === spaceId || space_id === null));
    return [
      { key: 'channels', conversations: channels.toSorted(byPlaceAndName) },
      { key: 'direct', conversations: open.filter(({ kind }) => kind !== 'channel') },
    ];
  }

  titleOf(conversation: Conversation): string {
    if (conversation.name) return conversation.name;
    const people = this.peopleOf(conversation);
    if (people.every(({ id }) => id === this.#need.viewer())) return t('people.notes');
    return format.list(people.length > 1 ? people.map((user) => firstName(nameOf(user))) : people.map(nameOf));
  }

  peopleOf({ people }: Conversation): readonly User[] {
    const known = (people ?? []).map((user) => this.#need.people.get(user.id) ?? user);
    const others = known.filter(({ id }) => id !== this.#need.viewer());
    return others.length > 0 ? others : known;
  }

  attention({ kind, muted, unread_count, mention_count }: Conversation): Attention {
    const unread = muted ? 0 : unread_count;
    return { unread, mentions: kind === 'direct' ? Math.max(unread, mention_count) : mention_count };
  }

  isIn(id: Id): boolean {
    return this.#need.log.mine.has(id);
  }

  attentionOfSpace(spaceId: Id): Attention {
    const inIt = this.list.filter(({ space_id, archived_at }) => space_id === spaceId && archived_at === null);
    const all = inIt.map((conversation) => this.attention(conversation));
    return { unread: sum(all, 'unread'), mentions: sum(all, 'mentions') };
  }

  may(id: Id, action: ConversationAction): boolean {
    const conversation = this.get(id);
    if (!conversation) return false;
    if (action === 'archive') return this.#mayArchive(conversation);
    if (conversation.archived_at || !this.isIn(id)) return false;
    if (conversation.kind === 'direct' && NOT_IN_DIRECTS.has(action)) return false;
    return mayInConversation(action, this.#rolesIn(conversation));
  }

  nextUnread(spaceId: Id | null, from: Id | null, step: 1 | -1): Conversation | undefined {
    const shown = this.sections(spaceId).flatMap(({ conversations }) => conversations);
    const found = shown.findIndex(({ id }) => id === from);
    const start = found < 0 && step < 0 ? 0 : found;
    const order = shown.map((_, at) => shown.at((start + step * (at + 1)) % shown.length));
    return order.find((each) => each && each.id !== from && waits(this.attention(each)));
  }

  async listSpace(spaceId: Id): Promise<Conversation[]> {
    const { items } = await this.#ask('conversations.list_space_conversations', { space_id: spaceId });
    return items;
  }

  async create(fields: NewConversation): Promise<Conversation> {
    const { conversation } = await this.#ask('conversations.create_conversation', { id: uuid7(), ...fields });
    this.#adopt(conversation, true);
    return conversation;
  }

  talkTo(userIds: readonly Id[]): Promise<Conversation> {
    const [only] = userIds;
    if (userIds.length === 1 && only) return this.create({ kind: 'direct', members: [only] });
    return this.create({ kind: 'group', members: [...userIds] });
  }

  async update(id: Id, changes: ConversationChanges): Promise<void> {
    await this.#ask('conversations.update_conversation', { conversation_id: id, ...changes });
  }

  async join(id: Id): Promise<void> {
    await this.#need.log.reading(async () => {
      await this.#ask('conversations.join', { conversation_id: id });
      const { conversation } = await this.#ask('conversations.get_conversation', { conversation_id: id });
      this.#adopt(conversation, true);
    });
  }

  async leave(id: Id): Promise<void> {
    await this.#ask('conversations.leave', { conversation_id: id });
    this.#need.log.forget(id);
  }

  async archive(id: Id): Promise<void> {
    await this.#ask('conversations.archive_conversation', { conversation_id: id });
  }

  async restore(id: Id): Promise<void> {
    await this.#ask('conversations.update_conversation', { conversation_id: id, archived: false });
  }

  async mute(id: Id, muted: boolean): Promise<void> {
    await this.#ask('conversations.update_settings', { conversation_id: id, muted });
  }

  markRead(id: Id, seq: number): void {
    const conversation = this.get(id);
    if (!conversation || !this.isIn(id) || seq <= conversation.read) return;
    if (this.#putBack.get(id) !== conversation.read) this.#marks.reach(id, seq);
  }

  async readAll(ids: readonly Id[]): Promise<() => Promise<void>> {
    const before = ids.flatMap((id) => this.get(id) ?? []);
    await this.#mark(before.map(({ id, head }) => ({ id, seq: head, force: false })));
    return () => this.#mark(before.map(({ id, read }) => ({ id, seq: read, force: true })));
  }

  /** The reader comes to a conversation: what is seen there counts as read again. */
  entered(id: Id): void {
    this.#putBack.delete(id);
  }

  async markUnreadFrom(message: Message): Promise<void> {
    await this.#mark([{ id: message.conversation_id, seq: message.seq - 1, force: true }]);
  }

  async #mark(marks: readonly { id: Id; seq: number; force: boolean }[]): Promise<void> {
    for (const { id } of marks) this.#marks.forget(id);
    await Promise.all(marks.map(({ id, seq, force }) => this.#ask('conversations.mark_read', { conversation_id: id, seq, force })));
  }

  #sorted(): readonly Conversation[] {
    const { log } = this.#need;
    const mine = [...log.replicas.values()].map(({ conversation }) => conversation).filter(({ id }) => log.mine.has(id));
    return mine.toSorted(byLastMoved);
  }

  #mayArchive(conversation: Conversation): boolean {
    return conversation.kind === 'channel' && conversation.space_id !== null && mayInConversation('archive', this.#rolesIn(conversation));
  }

  #rolesIn({ role, space_id }: Conversation): { space: Space['role'] | null; conversation: Conversation['role'] } {
    return { space: space_id === null ? null : (this.#need.spaceOf(space_id)?.role ?? 'guest'), conversation: role };
  }

  #adopt(conversation: Conversation, isMine: boolean): void {
    this.#need.log.adopt(conversation, isMine);
  }

  get #ask(): Connection['request'] {
    return this.#need.connection.request.bind(this.#need.connection);
  }
}

const NOT_IN_DIRECTS: ReadonlySet<ConversationAction> = new Set(['rename', 'add_people', 'remove_people', 'change_visibility']);

/** A name to show for anybody, even who is gone. */
export function nameOf({ kind, display_name, username }: Pick<User, 'kind' | 'display_name' | 'username'>): string {
  if (kind === 'deleted') return t('people.removed');
  return display_name || username || t('people.unknown');
}

function firstName(name: string): string {
  return name.split(' ', 1)[0] || name;
}

function lastMoved({ last_message, created_at }: Conversation): string {
  return last_message?.created_at ?? created_at;
}

/** The last moved first; their times compare as text, which is much quicker than as a language does. */
function byLastMoved(a: Conversation, b: Conversation): number {
  const [one, other] = [lastMoved(a), lastMoved(b)];
  return one === other ? 0 : one < other ? 1 : -1;
}

function byPlaceAndName(a: Conversation, b: Conversation): number {
  const place = Number(b.space_id === null) - Number(a.space_id === null);
  return place || format.compare(a.name ?? '', b.name ?? '');
}

function waits({ unread, mentions }: Attention): boolean {
  return unread > 0 || mentions > 0;
}

function sum(all: readonly Attention[], field: keyof Attention): number {
  return all.reduce((total, each) => total + each[field], 0);
}
