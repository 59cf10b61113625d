/* People, their places in conversations and spaces, and invitations. */
import type {
  ConversationMember,
  ConversationRole,
  Id,
  Invite,
  InviteCard,
  Member,
  Space,
  SpaceRole,
  State,
  Timestamp,
  User,
} from '$protocol/wire';
import type { Loading } from './talk';

export interface PeopleStore {
  /** The newest that is known of a person. */
  get(id: Id): User | undefined;
  /** Who I am, as the others see me. */
  readonly me: User | null;
  presence(id: Id): State;
  /** Watches these people for as long as the returned function is not called. At most 500 in all. */
  watch(userIds: readonly Id[]): () => void;
  /** Who is writing there now, not counting me. */
  typing(conversationId: Id): readonly User[];
  /** Call it on every key in the composer; it is thinned out here. */
  setTyping(conversationId: Id): void;
  fetch(id: Id): Promise<User | undefined>;
  search(query: string): Promise<User[]>;
}

export interface MemberList<Of> {
  readonly status: Loading;
  readonly items: readonly Of[];
  /** Loads the next page, if there is one. */
  readonly hasMore: boolean;
  loadMore(): Promise<void>;
}

export interface MembersStore {
  ofConversation(id: Id): MemberList<ConversationMember>;
  ofSpace(id: Id): MemberList<Member>;
  add(conversationId: Id, userId: Id): Promise<void>;
  remove(conversationId: Id, userId: Id): Promise<void>;
  setRole(conversationId: Id, userId: Id, role: ConversationRole): Promise<void>;
  setSpaceRole(spaceId: Id, userId: Id, role: SpaceRole): Promise<void>;
  removeFromSpace(spaceId: Id, userId: Id): Promise<void>;
}

export interface InvitesStore {
  list(spaceId: Id): Promise<Invite[]>;
  create(fields: { spaceId: Id; role?: SpaceRole; maxUses?: number; expiresAt?: Timestamp }): Promise<Invite>;
  delete(code: string): Promise<void>;
  /** Public: what a link leads to. */
  preview(code: string): Promise<InviteCard>;
  /** For who is signed in. */
  accept(code: string): Promise<Space>;
}
