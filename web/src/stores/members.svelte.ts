import type { ConversationMember, ConversationRole, Id, Member, SpaceRole, Update } from '$protocol/wire';
import type { Connection } from '$client/connection';
import { ApiError } from '$client/errors';
import type { Log } from './log.svelte';
import type { People } from './people.svelte';
import type { Loading, MemberList, MembersStore } from './surface';

type AnyMember = ConversationMember | Member;

/** Part of a list; `next` is the cursor of what follows. */
interface Page<Of> {
  readonly items: Of[];
  readonly next: string | null;
}

const PAGE = 200;

class Members<Of extends AnyMember> implements MemberList<Of> {
  #items = $state.raw<readonly Of[]>([]);
  #status = $state<Loading>('loading');
  #next = $state<string | null>(null);
  readonly #read: (cursor: string | undefined) => Promise<Page<Of>>;
  #run = 0;

  constructor(read: (cursor: string | undefined) => Promise<Page<Of>>) {
    this.#read = read;
    queueMicrotask(() => void this.reload());
  }

  get status(): Loading {
    return this.#status;
  }

  get items(): readonly Of[] {
    return this.#items;
  }

  get hasMore(): boolean {
    return this.#next !== null;
  }

  reload(): Promise<void> {
    return this.#load(undefined);
  }

  async loadMore(): Promise<void> {
    if (this.#next !== null) await this.#load(this.#next);
  }

  put(member: Of): void {
    const known = this.#items.some(({ user }) => user.id === member.user.id);
    const others = this.#items.map((each) => (each.user.id === member.user.id ? { ...each, ...member, joined_at: each.joined_at } : each));
    this.#items = known ? others : [...this.#items, member];
  }

  drop(userId: Id): void {
    this.#items = this.#items.filter(({ user }) => user.id !== userId);
  }

  async #load(cursor: string | undefined): Promise<void> {
    const run = ++this.#run;
    try {
      const { items, next } = await this.#read(cursor);
      if (run !== this.#run) return;
      this.#items = cursor === undefined ? items : [...this.#items, ...items];
      this.#next = next;
      this.#status = 'ready';
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#status = error.code === 'not_found' ? 'not_found' : 'failed';
    }
  }
}

/** Who is in conversations and spaces, with their roles. */
export class MemberLists implements MembersStore {
  readonly #connection: Connection;
  readonly #people: People;
  readonly #conversations = new Map<Id, Members<ConversationMember>>();
  readonly #spaces = new Map<Id, Members<Member>>();

  constructor(connection: Connection, people: People, log: Log) {
    this.#connection = connection;
    this.#people = people;
    log.on('applied', (update) => this.#apply(update));
    log.on('reset', (id) => void this.#conversations.get(id)?.reload());
    log.on('current', () => this.#reloadAll());
    connection.on('conversations.space_added', ({ space }) => void this.#spaces.get(space.id)?.reload());
  }

  ofConversation(id: Id): MemberList<ConversationMember> {
    const read = (cursor?: string) => this.#ask('conversations.list_members', { conversation_id: id, limit: PAGE, ...(cursor ? { cursor } : {}) });
    return this.#opened(this.#conversations, id, read);
  }

  ofSpace(id: Id): MemberList<Member> {
    const read = (cursor?: string) => this.#ask('conversations.list_space_members', { space_id: id, limit: PAGE, ...(cursor ? { cursor } : {}) });
    return this.#opened(this.#spaces, id, read);
  }

  async add(conversationId: Id, userId: Id): Promise<void> {
    await this.#ask('conversations.add_member', { conversation_id: conversationId, user_id: userId });
  }

  async remove(conversationId: Id, userId: Id): Promise<void> {
    await this.#ask('conversations.remove_member', { conversation_id: conversationId, user_id: userId });
  }

  async setRole(conversationId: Id, userId: Id, role: ConversationRole): Promise<void> {
    await this.#ask('conversations.add_member', { conversation_id: conversationId, user_id: userId, role });
  }

  async setSpaceRole(spaceId: Id, userId: Id, role: SpaceRole): Promise<void> {
    const { member } = await this.#ask('conversations.set_space_member', { space_id: spaceId, user_id: userId, role });
    this.#spaces.get(spaceId)?.put(member);
  }

  async removeFromSpace(spaceId: Id, userId: Id): Promise<void> {
    await this.#ask('conversations.remove_space_member', { space_id: spaceId, user_id: userId });
    this.#spaces.get(spaceId)?.drop(userId);
  }

  clear(): void {
    this.#conversations.clear();
    this.#spaces.clear();
  }

  #opened<Of extends AnyMember>(lists: Map<Id, Members<Of>>, id: Id, read: (cursor?: string) => Promise<Page<Of>>): Members<Of> {
    const list = lists.get(id) ?? new Members<Of>((cursor) => this.#learning(read(cursor)));
    lists.set(id, list);
    return list;
  }

  async #learning<Of extends AnyMember>(read: Promise<Page<Of>>): Promise<Page<Of>> {
    const page = await read;
    this.#people.learn(page.items.map(({ user }) => user));
    return page;
  }

  #apply(update: Update): void {
    const list = this.#conversations.get(update.conversation_id);
    if (update.type === 'member_left') list?.drop(update.user.id);
    if (update.type === 'member_joined' || update.type === 'member_changed') {
      list?.put({ user: update.user, role: update.role ?? 'member', joined_at: update.at });
    }
  }

  /** Space members have no log; after an absence they are read again, and so is what could not be read. */
  #reloadAll(): void {
    for (const list of this.#spaces.values()) void list.reload();
    for (const list of this.#conversations.values()) if (list.status === 'failed') void list.reload();
  }

  get #ask(): Connection['request'] {
    return this.#connection.request.bind(this.#connection);
  }
}
