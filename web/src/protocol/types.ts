/* The wire contract as TypeScript types. Only shapes live here: no helpers, no values. */

export type Id = string;
/** RFC 3339, UTC, milliseconds and `Z`, always the server's clock. */
export type Timestamp = string;

// ---------- accounts ----------

export type UserKind = 'person' | 'bot' | 'guest' | 'visitor' | 'deleted';

export interface Author {
  id: Id;
  username: string | null;
  display_name: string;
  avatar_url: string | null;
  kind: UserKind;
}

export interface User extends Author {
  status?: string | null;
}

export interface Profile extends User {
  email: string | null;
  language: string | null;
  time_zone: string | null;
  administrator: boolean;
}

export interface Session {
  id: Id;
  created_at: Timestamp;
  seen_at: Timestamp;
  client: string | null;
  current: boolean;
}

export type RegistrationPolicy = 'open' | 'invite' | 'closed';

export interface ServerInfo {
  name: string;
  version: string;
  protocol: number;
  features: string[];
  setup_required: boolean;
  registration: RegistrationPolicy;
  guests: boolean;
  languages: string[];
  limits: { text: number; file_bytes?: number; [name: string]: unknown };
}

// ---------- spaces ----------

export type SpaceKind = 'team' | 'support' | 'class';
export type Wall = 'verde' | 'anil' | 'azafran' | 'vermut' | 'oliva' | 'piedra';
export type SpaceRole =
  | 'owner'
  | 'admin'
  | 'moderator'
  | 'member'
  | 'guest'
  | 'teacher'
  | 'assistant'
  | 'student'
  | 'guardian'
  | 'agent';
export type ConversationRole = 'owner' | 'moderator' | 'member';

export interface Space {
  id: Id;
  name: string;
  kind: SpaceKind;
  wall: Wall;
  member_count: number;
  role: SpaceRole;
  created_at: Timestamp;
}

export interface SpaceSummary {
  name: string;
  kind: SpaceKind;
  wall: Wall;
}

export interface Member<Role extends string = string> {
  user: User;
  role: Role;
  joined_at: Timestamp;
}

export type SpaceMember = Member<SpaceRole>;
export type ConversationMember = Member<ConversationRole>;

export interface Invite {
  id: Id;
  code: string;
  url: string;
  space: SpaceSummary & { id?: Id };
  role: SpaceRole;
  uses: number;
  max_uses: number | null;
  expires_at: Timestamp | null;
}

export interface InvitePreview {
  space: SpaceSummary;
  role: SpaceRole;
  expires_at: Timestamp | null;
}

// ---------- conversations ----------

export type ConversationKind = 'channel' | 'group' | 'direct';
export type Visibility = 'public' | 'private';

/** What an update carries: the part of a conversation that is the same for everybody. */
export interface SharedConversation {
  id: Id;
  kind: ConversationKind;
  space_id: Id | null;
  name: string | null;
  topic: string;
  visibility: Visibility;
  default: boolean;
  about: Id | null;
  member_count: number | null;
  people?: User[] | null;
  created_at: Timestamp;
  archived_at: Timestamp | null;
  epoch: string;
}

export interface MovingConversation {
  head: number;
  messages: number;
  last_message: Message | null;
}

export interface ViewerConversation {
  role: ConversationRole | null;
  muted: boolean;
  /** The `seq` up to which the viewer has read. */
  read: number;
  unread_count: number;
  mention_count: number;
}

export interface Conversation extends SharedConversation, MovingConversation, ViewerConversation {}

// ---------- messages ----------

export interface Reaction {
  emoji: string;
  count: number;
  user_ids: Id[];
}

export type Mention = Id | 'here' | 'everyone';

export interface Attachment {
  id: Id;
  [field: string]: unknown;
}

/** `data` of a message of kind `system`. */
export interface SystemData {
  type: string;
  [field: string]: unknown;
}

export interface Message {
  id: Id;
  conversation_id: Id;
  seq: number;
  number: number | null;
  author: Author;
  kind: string;
  text: string;
  data: Record<string, unknown> | null;
  created_at: Timestamp;
  edited_at: Timestamp | null;
  deleted_at: Timestamp | null;
  undone: boolean;
  pinned_at: Timestamp | null;
  reply_to: Id | null;
  thread_id: Id | null;
  also_in_channel: boolean;
  reply_count: number;
  attachments: Attachment[];
  reactions: Reaction[];
  mentions: Mention[];
}

export interface Revision {
  text: string;
  at: Timestamp;
}

export interface MessagePage {
  items: Message[];
  head: number;
  epoch: string;
  has_before: boolean;
  has_after: boolean;
}

export interface Snapshot extends MessagePage {
  conversation: Conversation;
}

export interface ThreadPage {
  root: Message;
  items: Message[];
  has_after: boolean;
}

// ---------- the log ----------

interface UpdateBase<Type extends string> {
  conversation_id: Id;
  seq: number;
  type: Type;
  at: Timestamp;
  actor_id: Id | null;
}

export interface MessagePosted extends UpdateBase<'message_posted'> {
  message: Message;
  reply_count?: number;
}

export interface MessageEdited extends UpdateBase<'message_edited'> {
  message: Message;
}

export interface MessageDeleted extends UpdateBase<'message_deleted'> {
  message_id: Id;
  undone: boolean;
  thread_id?: Id | null;
  reply_count?: number;
}

interface ReactionChange<Type extends string> extends UpdateBase<Type> {
  message_id: Id;
  emoji: string;
  user_id: Id;
  count: number;
}

export type ReactionAdded = ReactionChange<'reaction_added'>;
export type ReactionRemoved = ReactionChange<'reaction_removed'>;

interface PinChange<Type extends string> extends UpdateBase<Type> {
  message_id: Id;
  message?: Message | null;
}

export type MessagePinned = PinChange<'message_pinned'>;
export type MessageUnpinned = PinChange<'message_unpinned'>;

interface MemberMove<Type extends string> extends UpdateBase<Type> {
  user: User;
  role: ConversationRole | null;
  member_count: number | null;
  message?: Message | null;
}

export type MemberJoined = MemberMove<'member_joined'>;
export type MemberLeft = MemberMove<'member_left'>;

export interface MemberChanged extends UpdateBase<'member_changed'> {
  user: User;
  role: ConversationRole;
}

export interface ConversationChanged extends UpdateBase<'conversation_changed'> {
  conversation: SharedConversation;
  message?: Message | null;
}

export type Update =
  | MessagePosted
  | MessageEdited
  | MessageDeleted
  | ReactionAdded
  | ReactionRemoved
  | MessagePinned
  | MessageUnpinned
  | MemberJoined
  | MemberLeft
  | MemberChanged
  | ConversationChanged;

export type UpdateType = Update['type'];

export interface Position {
  epoch: string;
  seq: number;
}

/** Where a conversation of mine stands, as of its `head`. */
export interface Head {
  epoch: string;
  head: number;
  /** The `seq` up to which the viewer has read. */
  read: number;
  messages: number;
  unread_count: number;
  mention_count: number;
}

export interface CatchUpResult {
  updates: Update[];
  heads: Record<Id, Head>;
  resync: Id[];
  gone: Id[];
  more: boolean;
}

// ---------- presence ----------

export type PresenceState = 'online' | 'offline' | 'away' | 'busy';

// ---------- errors ----------

export type ErrorCode =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'too_large'
  | 'rate_limited'
  | 'overloaded'
  | 'storage_full'
  | 'unavailable'
  | 'timeout'
  | 'internal'
  | 'accounts.wrong_credentials'
  | 'accounts.totp_required'
  | 'accounts.setup_code_wrong'
  | 'accounts.registration_closed'
  | 'accounts.reauth_required'
  | 'accounts.already_set_up'
  | 'accounts.username_taken'
  | 'conversations.not_a_member'
  | 'conversations.archived'
  | 'conversations.id_in_use'
  | 'conversations.name_taken'
  | 'conversations.last_owner'
  | 'conversations.message_deleted'
  | 'conversations.resync'
  | 'conversations.invite_ended'
  | 'gateway.unknown_command'
  | 'gateway.protocol_unsupported'
  | 'gateway.connection_limit';

export interface FieldError {
  field: string;
  code: string;
  detail: string;
}

interface ErrorBody {
  code: string;
  status: number;
  detail: string;
  params?: Record<string, unknown>;
  errors?: FieldError[];
  retryable: boolean;
  request_id: string;
}

/** The error of a command's acknowledgement. */
export interface CommandError extends ErrorBody {
  retry_after_ms?: number;
}

/** RFC 9457, the error of an HTTP call. */
export interface Problem extends ErrorBody {
  type: string;
  title: string;
}

export type Acknowledgement<Result> = { ok: true; result: Result } | { ok: false; error: CommandError };

// ---------- HTTP calls without a command ----------

export interface SetupRequest {
  organization: string;
  display_name: string;
  username: string;
  password: string;
  email?: string;
  language?: string;
  time_zone?: string;
  space?: { name: string; kind: SpaceKind; wall: Wall };
  setup_code?: string;
}

export interface SetupResult {
  token: string;
  user: Profile;
  space: Space;
  conversation: Conversation;
}

export interface RegistrationRequest {
  username: string;
  display_name: string;
  password: string;
  email?: string;
  language?: string;
  time_zone?: string;
  invite?: string;
}

export interface RegistrationResult {
  token: string;
  user: Profile;
  space?: Space | null;
}

export interface SignInRequest {
  login: string;
  password: string;
  totp?: string;
}

export interface SignInResult {
  token: string;
  user: Profile;
  session_id: Id;
}

// ---------- commands ----------

export interface Items<Item> {
  items: Item[];
}

export interface Page<Item> extends Items<Item> {
  next: string | null;
}

export interface PageParams {
  cursor?: string;
  limit?: number;
}

type Nothing = Record<string, never>;
interface Command<Params, Result> {
  params: Params;
  result: Result;
}
interface InSpace {
  space_id: Id;
}
interface InConversation {
  conversation_id: Id;
}
interface OfMessage {
  message_id: Id;
}
interface OfUser {
  user_id: Id;
}

export interface Commands {
  'accounts.list_sessions': Command<Nothing, Items<Session>>;
  'accounts.revoke_session': Command<{ session_id: Id | 'current' | 'all' }, Nothing>;
  'accounts.get_profile': Command<Nothing, { user: Profile }>;
  'accounts.update_profile': Command<
    { display_name?: string; username?: string; email?: string; language?: string; time_zone?: string },
    { user: Profile }
  >;

  'conversations.get_user': Command<OfUser, { user: User }>;
  'conversations.find_users': Command<{ query: string } & PageParams, Page<User>>;

  'conversations.list_spaces': Command<Nothing, Items<Space>>;
  'conversations.create_space': Command<{ id?: Id; name: string; kind: SpaceKind; wall?: Wall }, { space: Space }>;
  'conversations.get_space': Command<InSpace, { space: Space }>;
  'conversations.update_space': Command<InSpace & { name?: string; wall?: Wall }, { space: Space }>;
  'conversations.list_space_members': Command<InSpace & PageParams, Page<SpaceMember>>;
  'conversations.set_space_member': Command<InSpace & OfUser & { role: SpaceRole }, { member: SpaceMember }>;
  'conversations.remove_space_member': Command<InSpace & { user_id: Id | 'me' }, Nothing>;

  'conversations.list_invites': Command<InSpace & PageParams, Page<Invite>>;
  'conversations.create_invite': Command<
    InSpace & { id?: Id; role?: SpaceRole; max_uses?: number; expires_at?: Timestamp },
    { invite: Invite }
  >;
  'conversations.accept_invite': Command<{ code: string }, { space: Space }>;
  'conversations.delete_invite': Command<{ code: string }, Nothing>;

  'conversations.list_conversations': Command<Nothing, Items<Conversation>>;
  'conversations.list_space_conversations': Command<InSpace, Items<Conversation>>;
  'conversations.create_conversation': Command<
    {
      id?: Id;
      kind: ConversationKind;
      space_id?: Id;
      name?: string;
      topic?: string;
      visibility?: Visibility;
      members?: Id[];
    },
    { conversation: Conversation }
  >;
  'conversations.get_conversation': Command<InConversation, { conversation: Conversation }>;
  'conversations.update_conversation': Command<
    InConversation & { name?: string; topic?: string; visibility?: Visibility; default?: boolean; archived?: boolean },
    { conversation: Conversation }
  >;
  'conversations.archive_conversation': Command<InConversation, Nothing>;
  'conversations.list_members': Command<InConversation & PageParams, Page<ConversationMember>>;
  'conversations.join': Command<InConversation, Nothing>;
  'conversations.leave': Command<InConversation, Nothing>;
  'conversations.add_member': Command<InConversation & OfUser & { role?: ConversationRole }, Nothing>;
  'conversations.remove_member': Command<InConversation & OfUser, Nothing>;
  'conversations.mark_read': Command<InConversation & { seq: number; force?: boolean }, Nothing>;
  'conversations.update_settings': Command<InConversation & { muted: boolean }, Nothing>;

  'conversations.post_message': Command<
    InConversation & {
      id?: Id;
      text: string;
      reply_to?: Id;
      thread_id?: Id;
      also_in_channel?: boolean;
      attachments?: Id[];
    },
    { message: Message }
  >;
  'conversations.list_messages': Command<
    InConversation & { before?: number; after?: number; around?: Id | number; limit?: number },
    MessagePage & { conversation?: Conversation }
  >;
  'conversations.list_updates': Command<
    InConversation & { after: number; epoch?: string; limit?: number },
    { items: Update[]; head: number; epoch: string }
  >;
  'conversations.catch_up': Command<{ positions: Record<Id, Position>; limit?: number }, CatchUpResult>;
  'conversations.get_message': Command<OfMessage, { message: Message }>;
  'conversations.edit_message': Command<OfMessage & { text: string }, { message: Message }>;
  'conversations.delete_message': Command<OfMessage & { undone?: boolean }, Nothing>;
  'conversations.list_revisions': Command<OfMessage, Items<Revision>>;
  'conversations.add_reaction': Command<OfMessage & { emoji: string }, Nothing>;
  'conversations.remove_reaction': Command<OfMessage & { emoji: string }, Nothing>;
  'conversations.pin_message': Command<OfMessage, Nothing>;
  'conversations.unpin_message': Command<OfMessage, Nothing>;
  'conversations.list_pins': Command<InConversation & PageParams, Page<Message>>;
  'conversations.list_thread': Command<OfMessage & { after?: number; limit?: number }, ThreadPage>;

  'presence.watch': Command<{ user_ids: Id[] }, { states: Record<Id, PresenceState> }>;
  'presence.set_typing': Command<InConversation, Nothing>;
}

export type CommandName = keyof Commands;
export type Params<Name extends CommandName> = Commands[Name]['params'];
export type Result<Name extends CommandName> = Commands[Name]['result'];

// ---------- events ----------

export interface Ready {
  user: User;
  session_id: Id | null;
  token?: string;
  server: { name: string; version: string; protocol: number; features: string[] };
  heads: Record<Id, Head>;
  reconnect: { base_ms: number; max_ms: number };
}

export interface Goodbye {
  code: 'session_revoked' | 'slow' | 'going_away' | 'rate_limited' | (string & {});
  reconnect: boolean;
  after_ms?: number;
}

export interface ReadMoved extends InConversation {
  seq: number;
  head: number;
  unread_count: number;
  mention_count: number;
}

export interface Typing extends InConversation, OfUser {
  until: Timestamp;
}

export interface EventsOutsideTheSequence {
  'gateway.ready': Ready;
  'gateway.goodbye': Goodbye;
  'conversations.added': { conversation: Conversation };
  'conversations.removed': InConversation;
  'conversations.read': ReadMoved;
  'conversations.settings_changed': InConversation & { muted: boolean };
  'conversations.space_added': { space: Space };
  'conversations.space_removed': InSpace;
  'conversations.space_changed': InSpace & { name: string; wall: Wall };
  'accounts.user_changed': { user: User };
  'presence.changed': OfUser & { state: PresenceState };
  'presence.typing': Typing;
}

export type UpdateEvents = { [Type in UpdateType as `conversations.${Type}`]: Extract<Update, { type: Type }> };

export type ServerEvents = EventsOutsideTheSequence & UpdateEvents;
export type ServerEventName = keyof ServerEvents;
