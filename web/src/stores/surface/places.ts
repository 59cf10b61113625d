/* Spaces and conversations. */
import type {
  Conversation,
  ConversationKind,
  Id,
  Message,
  Space,
  SpaceKind,
  User,
  Visibility,
  Wall,
} from '$protocol/wire';
import type { ConversationAction, SpaceAction } from '$client/permissions';

export interface Attention {
  /** Timeline messages not read. */
  readonly unread: number;
  /** Of all messages not read, those that look at me: mentions, and everything in a direct. */
  readonly mentions: number;
}

export interface SpacesStore {
  readonly loaded: boolean;
  readonly list: readonly Space[];
  get(id: Id): Space | undefined;
  /** Unread of the space's conversations; muted ones count only by their mentions. */
  attention(id: Id): Attention;
  may(id: Id, action: SpaceAction): boolean;
  create(fields: { name: string; kind: SpaceKind; wall?: Wall }): Promise<Space>;
  update(id: Id, changes: { name?: string; wall?: Wall }): Promise<void>;
  leave(id: Id): Promise<void>;
}

export interface Section {
  readonly key: 'channels' | 'direct';
  readonly conversations: readonly Conversation[];
}

export interface NewConversation {
  kind: ConversationKind;
  space_id?: Id;
  name?: string;
  topic?: string;
  visibility?: Visibility;
  members?: Id[];
}

export interface ConversationChanges {
  name?: string;
  topic?: string;
  visibility?: Visibility;
  default?: boolean;
}

export interface ConversationsStore {
  readonly loaded: boolean;
  /** Mine, the archived ones too, in the order of the list. */
  readonly list: readonly Conversation[];
  /** Those of mine in which something waits for me, in the same order. No archived ones. */
  readonly waiting: readonly Conversation[];
  /** A conversation of mine, or a public channel that is being read without being in it. */
  get(id: Id): Conversation | undefined;
  /** Asks the server for one that is not in `list`; undefined when it is not there or not for me. */
  find(id: Id): Promise<Conversation | undefined>;
  /** What the list of a space shows: its channels, the plaza, and my directs and groups. No archived ones. */
  sections(spaceId: Id | null): readonly Section[];
  /** The name as this reader says it: of a channel its name, of a direct or a group its people. */
  titleOf(conversation: Conversation): string;
  /** The people of a direct or a group but me; me alone in my notes. */
  peopleOf(conversation: Conversation): readonly User[];
  attention(conversation: Conversation): Attention;
  /** Whether I am in it, so that it is live and counts for me. The plaza has no roles: everybody is in it. */
  isIn(id: Id): boolean;
  may(id: Id, action: ConversationAction): boolean;
  /** The next one with unread messages after (or before) `from` in the order of the list of that space. */
  nextUnread(spaceId: Id | null, from: Id | null, step: 1 | -1): Conversation | undefined;

  /** Every public channel of the space, and mine. */
  listSpace(spaceId: Id): Promise<Conversation[]>;
  create(fields: NewConversation): Promise<Conversation>;
  /** The direct with one person (me: my notes), or a new group of several. */
  talkTo(userIds: readonly Id[]): Promise<Conversation>;
  update(id: Id, changes: ConversationChanges): Promise<void>;
  join(id: Id): Promise<void>;
  leave(id: Id): Promise<void>;
  archive(id: Id): Promise<void>;
  restore(id: Id): Promise<void>;
  mute(id: Id, muted: boolean): Promise<void>;
  /** Call it when the reader has seen up to `seq` while the window had focus; joined and sent at most once a second. */
  markRead(id: Id, seq: number): void;
  /** Marks all of these as read; resolves with what puts their marks back. */
  readAll(ids: readonly Id[]): Promise<() => Promise<void>>;
  /** Marks everything from this message on as not read, until the reader leaves the conversation and comes again. */
  markUnreadFrom(message: Message): Promise<void>;
}
