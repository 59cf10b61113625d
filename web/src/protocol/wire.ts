/* Generated from the contracts by `make protocol`: change those. */

/** A lower-case UUIDv7. */
export type Id = string;
/** RFC 3339, UTC, milliseconds and `Z`, always the server's clock. */
export type Timestamp = string;

export type UserKind = 'person' | 'bot' | 'guest' | 'visitor' | 'deleted';

export type Language = 'en' | 'es';

export type SpaceKind = 'team' | 'support' | 'class';

export type SpaceRole = 'owner' | 'admin' | 'moderator' | 'member' | 'guest' | 'teacher' | 'assistant' | 'student' | 'guardian' | 'agent';

export type Wall = 'verde' | 'anil' | 'azafran' | 'vermut' | 'oliva' | 'piedra';

export type ConversationKind = 'channel' | 'group' | 'direct';

export type Visibility = 'public' | 'private';

export type ConversationRole = 'owner' | 'moderator' | 'member';

export type State = 'online' | 'offline';

export type ErrorCode = 'accounts.already_set_up' | 'accounts.reauth_required' | 'accounts.registration_closed' | 'accounts.setup_code_wrong' | 'accounts.username_taken' | 'accounts.wrong_credentials' | 'conversations.archived' | 'conversations.id_in_use' | 'conversations.invite_ended' | 'conversations.last_owner' | 'conversations.message_deleted' | 'conversations.name_taken' | 'conversations.not_a_member' | 'conversations.resync' | 'forbidden' | 'gateway.connection_limit' | 'gateway.protocol_unsupported' | 'gateway.unknown_command' | 'internal' | 'invalid' | 'not_found' | 'overloaded' | 'personal.draft_newer' | 'rate_limited' | 'read_only' | 'storage_full' | 'timeout' | 'too_large' | 'unauthenticated' | 'unavailable';

/** My sessions, the last used first; at most 200. */
export type ListSessions = Record<string, never>;

/** One sign-in: where from, and when it was last used. */
export interface Session {
  id: Id;
  created_at: Timestamp;
  seen_at: Timestamp;
  client: string;
  current: boolean;
}

/** All sessions of a person. */
export interface SessionList {
  items: Session[];
}

/** End a session of mine, by id, `current` or `all`; its sockets are closed before the answer. */
export interface RevokeSession {
  session_id: Id | 'current' | 'all';
}

/** My own user. */
export type GetProfile = Record<string, never>;

/** One's own user. */
export interface Profile {
  id: Id;
  username: string | null;
  display_name: string;
  avatar_url: string | null;
  kind: UserKind;
  email: string | null;
  language: string;
  time_zone: string;
  administrator: boolean;
}

/** One's own user. */
export interface ProfileFound {
  user: Profile;
}

/** Change what is given of my own user; an `email` of null removes it. */
export interface UpdateProfile {
  display_name?: string | null;
  username?: string | null;
  email?: string | null;
  language?: Language | null;
  time_zone?: string | null;
}

/** Somebody with whom I share a space or a conversation, else `NotFound`. */
export interface GetUser {
  user_id: Id;
}

/** A user as everybody may see them. */
export interface User {
  id: Id;
  username: string | null;
  display_name: string;
  avatar_url: string | null;
  kind: UserKind;
}

/** A user. */
export interface UserFound {
  user: User;
}

/** Such people by the beginning of a word of their name, or of their username; accents fold. */
export interface FindUsers {
  query?: string;
  cursor?: string | null;
  limit?: number | null;
}

/** A page of users, by display name. */
export interface UserPage {
  items: User[];
  next: string | null;
}

/** My spaces, by name. */
export type ListSpaces = Record<string, never>;

/** A space as one of its people sees it; `role` is the viewer's. */
export interface Space {
  id: Id;
  name: string;
  kind: SpaceKind;
  wall: Wall;
  member_count: number;
  role: SpaceRole | null;
  created_at: Timestamp;
}

/** All spaces of a person. */
export interface SpaceList {
  items: Space[];
}

/** Make a space with its channel `general`; for administrators. */
export interface CreateSpace {
  id?: Id | null;
  name: string;
  kind: SpaceKind;
  wall?: Wall | null;
}

/** A space, and whether this call made it. */
export interface SpaceCreated {
  space: Space;
}

/** A space of mine. */
export interface GetSpace {
  space_id: Id;
}

/** A space. */
export interface SpaceFound {
  space: Space;
}

/** Change what is given of a space. */
export interface UpdateSpace {
  space_id: Id;
  name?: string | null;
  wall?: Wall | null;
}

/** The people of a space. */
export interface ListSpaceMembers {
  space_id: Id;
  cursor?: string | null;
  limit?: number | null;
}

/** A person with their role in a space. */
export interface Member {
  user: User;
  role: SpaceRole;
  joined_at: Timestamp;
}

/** A page of members, by display name. */
export interface MemberPage {
  items: Member[];
  next: string | null;
}

/** Add a person to a space, or change their role. `LastOwner`. */
export interface SetSpaceMember {
  space_id: Id;
  user_id: Id;
  role: SpaceRole;
}

/** A member of a space as they are now. */
export interface SpaceMemberSet {
  member: Member;
}

/** Take a person, or `me`, out of a space and its conversations. `LastOwner`. */
export interface RemoveSpaceMember {
  space_id: Id;
  user_id: Id | 'me';
}

/** The invitations of a space that still stand, the newest first. */
export interface ListInvites {
  space_id: Id;
  cursor?: string | null;
  limit?: number | null;
}

/** An invitation, for who may make them. */
export interface Invite {
  id: Id;
  code: string;
  url: string;
  space: InvitedSpace;
  role: SpaceRole;
  uses: number;
  max_uses: number | null;
  expires_at: Timestamp | null;
}

/** A space as an invitation shows it. */
export interface InvitedSpace {
  id: Id;
  name: string;
  kind: SpaceKind;
  wall: Wall;
}

/** The invitations of a space that still stand. */
export interface InviteList {
  items: Invite[];
  next: string | null;
}

/** Invite to a space, with a role not above one's own. */
export interface CreateInvite {
  id?: Id | null;
  space_id: Id;
  role?: SpaceRole | null;
  max_uses?: number | null;
  expires_at?: Timestamp | null;
}

/** An invitation, and whether this call made it. */
export interface InviteCreated {
  invite: Invite;
}

/** Come into the invitation's space. Who is in it stays as they are. */
export interface AcceptInvite {
  code: string;
}

/** Revoke an invitation. */
export interface DeleteInvite {
  code: string;
}

/** Mine, archived ones too. */
export type ListConversations = Record<string, never>;

/** A conversation as one person sees it; counts are as of `head`. */
export interface Conversation {
  id: Id;
  kind: ConversationKind;
  space_id: Id | null;
  name: string | null;
  topic: string;
  visibility: Visibility;
  default: boolean;
  about: Id | null;
  member_count: number | null;
  people: User[] | null;
  created_at: Timestamp;
  archived_at: Timestamp | null;
  epoch: string;
  head: number;
  messages: number;
  last_message: Message | null;
  role: ConversationRole | null;
  muted: boolean;
  read: number;
  unread_count: number;
  mention_count: number;
}

/** A message as it is now; a deleted one is its tombstone. */
export interface Message {
  id: Id;
  conversation_id: Id;
  seq: number;
  number: number | null;
  author: User;
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
  attachments: Record<string, unknown>[];
  reactions: Reaction[];
  mentions: string[];
}

/** One emoji on a message: how many, and the first of them and the viewer. */
export interface Reaction {
  emoji: string;
  count: number;
  user_ids: Id[];
}

/** Conversations, without paging. */
export interface ConversationList {
  items: Conversation[];
}

/** The public ones of a space, and mine. */
export interface ListSpaceConversations {
  space_id: Id;
}

/** Make a channel, a group or a direct. `NameTaken`, `IdInUse`. */
export interface CreateConversation {
  id?: Id | null;
  kind: ConversationKind;
  space_id?: Id | null;
  name?: string | null;
  topic?: string;
  visibility?: Visibility | null;
  members?: Id[];
}

/** A conversation, and whether this call made it. */
export interface ConversationCreated {
  conversation: Conversation;
}

/** A conversation that I may read. */
export interface GetConversation {
  conversation_id: Id;
}

/** A conversation. */
export interface ConversationFound {
  conversation: Conversation;
}

/** Change what is given. */
export interface UpdateConversation {
  conversation_id: Id;
  name?: string | null;
  topic?: string | null;
  visibility?: Visibility | null;
  default?: boolean | null;
  archived?: boolean | null;
}

/** Archive it; it can still be read. */
export interface ArchiveConversation {
  conversation_id: Id;
}

/** Who is in a conversation that I may read. */
export interface ListMembers {
  conversation_id: Id;
  cursor?: string | null;
  limit?: number | null;
}

/** A person with their role in a conversation. */
export interface ConversationMember {
  user: User;
  role: ConversationRole;
  joined_at: Timestamp;
}

/** A page of members, the longest in it first. */
export interface ConversationMembers {
  items: ConversationMember[];
  next: string | null;
}

/** Come into a public channel of a space of mine. */
export interface Join {
  conversation_id: Id;
}

/** Leave a channel or group; the longest member follows its last owner. */
export interface Leave {
  conversation_id: Id;
}

/** Add a person of the space, or change their role. */
export interface AddMember {
  conversation_id: Id;
  user_id: Id;
  role?: ConversationRole | null;
}

/** Take a person out; their sockets are silent before the answer. */
export interface RemoveMember {
  conversation_id: Id;
  user_id: Id;
}

/** Move my read mark forward or, with `force`, anywhere. */
export interface MarkRead {
  conversation_id: Id;
  seq: number;
  force?: boolean;
}

/** My own settings of a conversation. */
export interface UpdateSettings {
  conversation_id: Id;
  muted: boolean;
}

/** Say something. `NotAMember`, `Archived`, `MessageDeleted`, `IdInUse`. */
export interface PostMessage {
  conversation_id: Id;
  id?: Id | null;
  text: string;
  reply_to?: Id | null;
  thread_id?: Id | null;
  also_in_channel?: boolean;
  attachments?: Id[];
}

/** A message, and whether this call made it. */
export interface MessagePosting {
  message: Message;
}

/** A message that I may read. */
export interface GetMessage {
  message_id: Id;
}

/** A message. */
export interface MessageFound {
  message: Message;
}

/** Say it otherwise; authors only. `MessageDeleted`. */
export interface EditMessage {
  message_id: Id;
  text: string;
}

/** Leave a tombstone; `undone` within 30 s of posting leaves nothing to draw. */
export interface DeleteMessage {
  message_id: Id;
  undone?: boolean;
}

/** What it said before, for its author and who may delete others' messages. */
export interface ListRevisions {
  message_id: Id;
}

/** What a message said from a moment on. */
export interface Revision {
  text: string;
  at: Timestamp;
}

/** All that a message has said, the first text first. */
export interface RevisionList {
  items: Revision[];
}

/** React; up to `limits.emojis` different ones on a message. */
export interface AddReaction {
  message_id: Id;
  emoji: string;
}

/** Take my reaction back. */
export interface RemoveReaction {
  message_id: Id;
  emoji: string;
}

/** Pin it for everybody. */
export interface PinMessage {
  message_id: Id;
}

/** Unpin it. */
export interface UnpinMessage {
  message_id: Id;
}

/** What is pinned in a conversation. */
export interface ListPins {
  conversation_id: Id;
  cursor?: string | null;
  limit?: number | null;
}

/** A page of pinned messages, the last pinned first. */
export interface PinPage {
  items: Message[];
  next: string | null;
}

/** A thread: its root, and a page of its replies after a `seq`. */
export interface ListThread {
  message_id: Id;
  after?: number | null;
  limit?: number | null;
}

/** A page of a thread, ascending. */
export interface ThreadPage {
  root: Message;
  items: Message[];
  has_after: boolean;
}

/** A page of the timeline. `before` and `after` are exclusive; `around` is a message's id or `seq`. */
export interface ListMessages {
  conversation_id: Id;
  before?: number | null;
  after?: number | null;
  around?: Id | number | null;
  limit?: number | null;
}

/** A page of the timeline, ascending by `seq`, true as of `head`. */
export interface MessagePage {
  items: Message[];
  head: number;
  epoch: string;
  has_before: boolean;
  has_after: boolean;
  conversation?: Conversation | null;
}

/** The updates above a `seq`. `Resync` for another epoch or a `seq` above the head. */
export interface ListUpdates {
  conversation_id: Id;
  after?: number;
  epoch?: string | null;
  limit?: number | null;
}

/** A page of the log, ascending. */
export interface UpdatePage {
  items: Update[];
  head: number;
  epoch: string;
}

/** How far a client has come in a conversation. */
export interface Position {
  epoch: string;
  seq: number;
}

/** Exactly what was missed above each position, or an explicit resync. */
export interface CatchUp {
  positions: Record<Id, Position>;
  limit?: number | null;
}

/** Where a conversation of mine stands. */
export interface Head {
  epoch: string;
  head: number;
  read: number;
  messages: number;
  unread_count: number;
  mention_count: number;
}

/** What was missed, in order, conversation by conversation; `heads` covers all of mine. */
export interface CaughtUp {
  heads: Record<Id, Head>;
  updates: Update[];
  resync: Id[];
  gone: Id[];
  more: boolean;
}

/** Replace the set of people whose changes this connection hears. */
export interface Watch {
  user_ids: Id[];
}

/** How each watched person is now. */
export interface States {
  states: Record<Id, State>;
}

/** Tell the others in a conversation that I am writing. */
export interface SetTyping {
  conversation_id: Id;
}

/** Keep what I began to write, for all my devices; white space alone deletes it. */
export interface SaveDraft {
  conversation_id: Id;
  thread_id?: Id | null;
  text: string;
  version?: number;
}

/** What somebody began to write in a conversation, or in a thread of it. Without text there is none. */
export interface Draft {
  conversation_id: Id;
  thread_id: Id | null;
  text: string;
  version: number;
  saved_at: Timestamp | null;
}

/** A draft. */
export interface DraftFound {
  draft: Draft;
}

/** What I began to write there, without text where there is nothing. `NotFound` where I may not read. */
export interface GetDraft {
  conversation_id: Id;
  thread_id?: Id | null;
}

/** All my drafts in conversations that I am in. */
export interface ListDrafts {
  cursor?: string | null;
  limit?: number | null;
}

/** A page of my drafts, the last saved first; it may hold fewer than asked for, and there be more. */
export interface DraftPage {
  items: Draft[];
  next: string | null;
  version: number;
}

/** Save a message for myself. `NotFound` where I may not read; `MessageDeleted`; `Invalid` above `limits.saved`. */
export interface SaveMessage {
  message_id: Id;
}

/** Save it no more. */
export interface UnsaveMessage {
  message_id: Id;
}

/** What I saved. */
export interface ListSaved {
  cursor?: string | null;
  limit?: number | null;
}

/** A message that I saved, as it is now; null where I may not read it any more. */
export interface Saved {
  message_id: Id;
  saved_at: Timestamp;
  message: Message | null;
}

/** A page of what I saved, the last saved first. */
export interface SavedPage {
  items: Saved[];
  next: string | null;
}

/** Which messages I saved, to mark them where they stand. */
export type ListSavedIds = Record<string, never>;

/** The ids of all that I saved, the last saved first. */
export interface SavedIds {
  message_ids: Id[];
}

/** A new session. The token is shown this once. */
export interface SignedIn {
  token: string;
  user: Profile;
  session_id: Id;
}

/** A new session for a username or e-mail address and its password. */
export interface SignIn {
  login: string;
  password: string;
  totp?: string | null;
}

/** The first owner's session, space and channel. */
export interface SetUpDone {
  token: string;
  user: Profile;
  space: Space;
  conversation: Conversation;
}

/** The space that set-up makes. */
export interface FirstSpace {
  name: string;
  kind?: SpaceKind;
  wall?: Wall | null;
}

/** Make the first owner and administrator, a first space, and its channel `general`. */
export interface SetUp {
  organization: string;
  display_name: string;
  username: string;
  password: string;
  email?: string | null;
  language?: Language;
  time_zone?: string;
  space?: FirstSpace | null;
  setup_code?: string | null;
}

/** A new person's session, and the space they came into, if any. */
export interface Registered {
  token: string;
  user: Profile;
  space: Space | null;
}

/** Make a person: by invitation into its space or, where registration is open, into the first one. */
export interface Register {
  username: string;
  display_name: string;
  password: string;
  email?: string | null;
  language?: Language;
  time_zone?: string;
  invite?: string | null;
}

/** A space as the public sees it. */
export interface SpaceCard {
  name: string;
  kind: SpaceKind;
  wall: Wall;
}

/** An invitation as the public sees it. */
export interface InviteCard {
  space: SpaceCard;
  role: SpaceRole;
  expires_at: Timestamp | null;
}

/** What an invitation leads to; public. `NotFound`, `InviteEnded`. */
export interface GetInvite {
  code: string;
}

/** A message was posted; in a thread also the root's `reply_count`. */
export interface MessagePosted {
  conversation_id: Id;
  seq: number;
  type: 'message_posted';
  at: Timestamp;
  actor_id: Id;
  message: Message;
  reply_count?: number;
}

/** A message says something else. */
export interface MessageEdited {
  conversation_id: Id;
  seq: number;
  type: 'message_edited';
  at: Timestamp;
  actor_id: Id;
  message: Message;
}

/** A message is a tombstone; in a thread also the root's `reply_count`. */
export interface MessageDeleted {
  conversation_id: Id;
  seq: number;
  type: 'message_deleted';
  at: Timestamp;
  actor_id: Id;
  message_id: Id;
  undone: boolean;
  thread_id?: Id;
  reply_count?: number;
}

/** Somebody reacted. */
export interface ReactionAdded {
  conversation_id: Id;
  seq: number;
  type: 'reaction_added';
  at: Timestamp;
  actor_id: Id;
  message_id: Id;
  emoji: string;
  user_id: Id;
  count: number;
}

/** Somebody took a reaction back. */
export interface ReactionRemoved {
  conversation_id: Id;
  seq: number;
  type: 'reaction_removed';
  at: Timestamp;
  actor_id: Id;
  message_id: Id;
  emoji: string;
  user_id: Id;
  count: number;
}

/** A message was pinned; `message` is the system line. */
export interface MessagePinned {
  conversation_id: Id;
  seq: number;
  type: 'message_pinned';
  at: Timestamp;
  actor_id: Id;
  message_id: Id;
  message: Message;
}

/** A message was unpinned; `message` is the system line. */
export interface MessageUnpinned {
  conversation_id: Id;
  seq: number;
  type: 'message_unpinned';
  at: Timestamp;
  actor_id: Id;
  message_id: Id;
  message: Message;
}

/** Somebody came in; `message` is the system line, none at default joins. */
export interface MemberJoined {
  conversation_id: Id;
  seq: number;
  type: 'member_joined';
  at: Timestamp;
  actor_id: Id;
  user: User;
  role: ConversationRole;
  member_count: number;
  message?: Message;
}

/** Somebody left or was taken out: the last update they hear. */
export interface MemberLeft {
  conversation_id: Id;
  seq: number;
  type: 'member_left';
  at: Timestamp;
  actor_id: Id;
  user: User;
  role: ConversationRole;
  member_count: number;
  message?: Message;
}

/** Somebody has another role. */
export interface MemberChanged {
  conversation_id: Id;
  seq: number;
  type: 'member_changed';
  at: Timestamp;
  actor_id: Id;
  user: User;
  role: ConversationRole;
}

/** The part of a conversation that is the same for everybody and stands in updates. */
export interface ConversationShared {
  id: Id;
  kind: ConversationKind;
  space_id: Id | null;
  name: string | null;
  topic: string;
  visibility: Visibility;
  default: boolean;
  about: Id | null;
  member_count: number | null;
  people: User[] | null;
  created_at: Timestamp;
  archived_at: Timestamp | null;
  epoch: string;
}

/** The shared part changed; `message` is the system line. */
export interface ConversationChanged {
  conversation_id: Id;
  seq: number;
  type: 'conversation_changed';
  at: Timestamp;
  actor_id: Id;
  conversation: ConversationShared;
  message: Message;
}

/** A change that the members of a conversation can see. */
export type Update = MessagePosted | MessageEdited | MessageDeleted | ReactionAdded | ReactionRemoved | MessagePinned | MessageUnpinned | MemberJoined | MemberLeft | MemberChanged | ConversationChanged;

/** A read mark moved, or a count changed by an edit or a deletion. */
export interface ReadMoved {
  conversation_id: Id;
  seq: number;
  head: number;
  unread_count: number;
  mention_count: number;
}

/** A person's own settings of a conversation. */
export interface SettingsChanged {
  conversation_id: Id;
  muted: boolean;
}

/** A person is no longer in a space. */
export interface SpaceRemoved {
  space_id: Id;
}

/** A space has another name or wall. */
export interface SpaceChanged {
  space_id: Id;
  name: string;
  wall: Wall;
}

/** A person known to these spaces looks different now. */
export interface PersonChanged {
  user: User;
}

/** A person came or went; for the connections that watch them. At most one a second for each. */
export interface Changed {
  user_id: Id;
  state: State;
}

/** A person is writing until a moment, unless told again. */
export interface Typing {
  conversation_id: Id;
  user_id: Id;
  until: Timestamp;
}

/** A draft was saved or deleted; for the person's other connections alone. */
export interface DraftChanged {
  draft: Draft;
}

/** A message was saved; for the person's connections alone. */
export interface MessageSaved {
  message_id: Id;
  saved_at: Timestamp;
}

/** A message is saved no more; for the person's connections alone. */
export interface MessageUnsaved {
  message_id: Id;
}

/** How a client should wait before it connects again. */
export interface Pace {
  base_ms: number;
  max_ms: number;
}

/** The server as every connection is told. */
export interface ServerCard {
  name: string;
  version: string;
  protocol: number;
  features: string[];
}

/** `gateway.ready`: who one is on this connection, and where all one's conversations stand. */
export interface Ready {
  user: User;
  session_id: Id | null;
  token?: string;
  server: ServerCard;
  heads: Record<Id, Head>;
  reconnect: Pace;
}

/** `gateway.goodbye`: the connection is about to be closed. */
export interface Goodbye {
  code: 'session_revoked' | 'slow' | 'going_away' | 'rate_limited';
  reconnect: boolean;
  after_ms?: number;
}

/** The error of a command's acknowledgement. */
export interface CommandError {
  code: string;
  status: number;
  detail: string;
  params?: Record<string, unknown>;
  errors?: FieldError[];
  retryable: boolean;
  request_id: string;
  retry_after_ms?: number;
}

/** What is wrong with one field: its dotted path, a code, English words. */
export interface FieldError {
  field: string;
  code: string;
  detail: string;
}

/** The acknowledgement of a command that was refused. */
export interface Refusal {
  ok: false;
  error: CommandError;
}

/** The error of an HTTP call, `application/problem+json` (RFC 9457). */
export interface Problem {
  code: string;
  status: number;
  detail: string;
  params?: Record<string, unknown>;
  errors?: FieldError[];
  retryable: boolean;
  request_id: string;
  type: 'about:blank';
  title: string;
}

/** `GET /server`: what a client needs to know before anybody signs in. */
export interface ServerInfo {
  setup_required: boolean;
  organization: string | null;
  registration: 'open' | 'invite' | 'closed';
  guests: boolean;
  name: string;
  version: string;
  protocol: number;
  features: string[];
  languages: string[];
  limits: Record<string, number>;
}

/** What each command of the socket takes and answers. */
export interface Commands {
  'accounts.list_sessions': { params: ListSessions; result: SessionList };
  'accounts.revoke_session': { params: RevokeSession; result: Record<string, never> };
  'accounts.get_profile': { params: GetProfile; result: ProfileFound };
  'accounts.update_profile': { params: UpdateProfile; result: ProfileFound };
  'conversations.get_user': { params: GetUser; result: UserFound };
  'conversations.find_users': { params: FindUsers; result: UserPage };
  'conversations.list_spaces': { params: ListSpaces; result: SpaceList };
  'conversations.create_space': { params: CreateSpace; result: SpaceCreated };
  'conversations.get_space': { params: GetSpace; result: SpaceFound };
  'conversations.update_space': { params: UpdateSpace; result: SpaceFound };
  'conversations.list_space_members': { params: ListSpaceMembers; result: MemberPage };
  'conversations.set_space_member': { params: SetSpaceMember; result: SpaceMemberSet };
  'conversations.remove_space_member': { params: RemoveSpaceMember; result: Record<string, never> };
  'conversations.list_invites': { params: ListInvites; result: InviteList };
  'conversations.create_invite': { params: CreateInvite; result: InviteCreated };
  'conversations.accept_invite': { params: AcceptInvite; result: SpaceFound };
  'conversations.delete_invite': { params: DeleteInvite; result: Record<string, never> };
  'conversations.list_conversations': { params: ListConversations; result: ConversationList };
  'conversations.list_space_conversations': { params: ListSpaceConversations; result: ConversationList };
  'conversations.create_conversation': { params: CreateConversation; result: ConversationCreated };
  'conversations.get_conversation': { params: GetConversation; result: ConversationFound };
  'conversations.update_conversation': { params: UpdateConversation; result: ConversationFound };
  'conversations.archive_conversation': { params: ArchiveConversation; result: Record<string, never> };
  'conversations.list_members': { params: ListMembers; result: ConversationMembers };
  'conversations.join': { params: Join; result: Record<string, never> };
  'conversations.leave': { params: Leave; result: Record<string, never> };
  'conversations.add_member': { params: AddMember; result: Record<string, never> };
  'conversations.remove_member': { params: RemoveMember; result: Record<string, never> };
  'conversations.mark_read': { params: MarkRead; result: Record<string, never> };
  'conversations.update_settings': { params: UpdateSettings; result: Record<string, never> };
  'conversations.post_message': { params: PostMessage; result: MessagePosting };
  'conversations.get_message': { params: GetMessage; result: MessageFound };
  'conversations.edit_message': { params: EditMessage; result: MessageFound };
  'conversations.delete_message': { params: DeleteMessage; result: Record<string, never> };
  'conversations.list_revisions': { params: ListRevisions; result: RevisionList };
  'conversations.add_reaction': { params: AddReaction; result: Record<string, never> };
  'conversations.remove_reaction': { params: RemoveReaction; result: Record<string, never> };
  'conversations.pin_message': { params: PinMessage; result: Record<string, never> };
  'conversations.unpin_message': { params: UnpinMessage; result: Record<string, never> };
  'conversations.list_pins': { params: ListPins; result: PinPage };
  'conversations.list_thread': { params: ListThread; result: ThreadPage };
  'conversations.list_messages': { params: ListMessages; result: MessagePage };
  'conversations.list_updates': { params: ListUpdates; result: UpdatePage };
  'conversations.catch_up': { params: CatchUp; result: CaughtUp };
  'presence.watch': { params: Watch; result: States };
  'presence.set_typing': { params: SetTyping; result: Record<string, never> };
  'personal.save_draft': { params: SaveDraft; result: DraftFound };
  'personal.get_draft': { params: GetDraft; result: DraftFound };
  'personal.list_drafts': { params: ListDrafts; result: DraftPage };
  'personal.save_message': { params: SaveMessage; result: Record<string, never> };
  'personal.unsave_message': { params: UnsaveMessage; result: Record<string, never> };
  'personal.list_saved': { params: ListSaved; result: SavedPage };
  'personal.list_saved_ids': { params: ListSavedIds; result: SavedIds };
}

/** What each HTTP call takes (path, query and body together) and answers. */
export interface Calls {
  'POST /sessions': { params: SignIn; result: SignedIn };
  'GET /sessions': { params: ListSessions; result: SessionList };
  'DELETE /sessions/{session_id}': { params: RevokeSession; result: Record<string, never> };
  'GET /users/me': { params: GetProfile; result: Profile };
  'PATCH /users/me': { params: UpdateProfile; result: Profile };
  'POST /setup': { params: SetUp; result: SetUpDone };
  'POST /users': { params: Register; result: Registered };
  'GET /users': { params: FindUsers; result: UserPage };
  'GET /users/{user_id}': { params: GetUser; result: User };
  'GET /spaces': { params: ListSpaces; result: SpaceList };
  'POST /spaces': { params: CreateSpace; result: Space };
  'GET /spaces/{space_id}': { params: GetSpace; result: Space };
  'PATCH /spaces/{space_id}': { params: UpdateSpace; result: Space };
  'GET /spaces/{space_id}/members': { params: ListSpaceMembers; result: MemberPage };
  'PUT /spaces/{space_id}/members/{user_id}': { params: SetSpaceMember; result: Member };
  'DELETE /spaces/{space_id}/members/{user_id}': { params: RemoveSpaceMember; result: Record<string, never> };
  'GET /spaces/{space_id}/invites': { params: ListInvites; result: InviteList };
  'POST /invites': { params: CreateInvite; result: Invite };
  'GET /invites/{code}': { params: GetInvite; result: InviteCard };
  'POST /invites/{code}/accept': { params: AcceptInvite; result: SpaceFound };
  'DELETE /invites/{code}': { params: DeleteInvite; result: Record<string, never> };
  'GET /conversations': { params: ListConversations; result: ConversationList };
  'GET /spaces/{space_id}/conversations': { params: ListSpaceConversations; result: ConversationList };
  'POST /conversations': { params: CreateConversation; result: Conversation };
  'GET /conversations/{conversation_id}': { params: GetConversation; result: Conversation };
  'PATCH /conversations/{conversation_id}': { params: UpdateConversation; result: Conversation };
  'DELETE /conversations/{conversation_id}': { params: ArchiveConversation; result: Record<string, never> };
  'PUT /conversations/{conversation_id}/read': { params: MarkRead; result: Record<string, never> };
  'PATCH /conversations/{conversation_id}/settings': { params: UpdateSettings; result: Record<string, never> };
  'GET /conversations/{conversation_id}/members': { params: ListMembers; result: ConversationMembers };
  'PUT /conversations/{conversation_id}/members/me': { params: Join; result: Record<string, never> };
  'DELETE /conversations/{conversation_id}/members/me': { params: Leave; result: Record<string, never> };
  'PUT /conversations/{conversation_id}/members/{user_id}': { params: AddMember; result: Record<string, never> };
  'DELETE /conversations/{conversation_id}/members/{user_id}': { params: RemoveMember; result: Record<string, never> };
  'POST /conversations/{conversation_id}/messages': { params: PostMessage; result: Message };
  'GET /conversations/{conversation_id}/messages': { params: ListMessages; result: MessagePage };
  'GET /conversations/{conversation_id}/updates': { params: ListUpdates; result: UpdatePage };
  'GET /conversations/{conversation_id}/pins': { params: ListPins; result: PinPage };
  'GET /messages/{message_id}': { params: GetMessage; result: Message };
  'PATCH /messages/{message_id}': { params: EditMessage; result: Message };
  'DELETE /messages/{message_id}': { params: DeleteMessage; result: Record<string, never> };
  'GET /messages/{message_id}/revisions': { params: ListRevisions; result: RevisionList };
  'GET /messages/{message_id}/thread': { params: ListThread; result: ThreadPage };
  'PUT /messages/{message_id}/reactions/{emoji}': { params: AddReaction; result: Record<string, never> };
  'DELETE /messages/{message_id}/reactions/{emoji}': { params: RemoveReaction; result: Record<string, never> };
  'PUT /messages/{message_id}/pin': { params: PinMessage; result: Record<string, never> };
  'DELETE /messages/{message_id}/pin': { params: UnpinMessage; result: Record<string, never> };
  'GET /drafts': { params: ListDrafts; result: DraftPage };
  'GET /conversations/{conversation_id}/draft': { params: GetDraft; result: Draft };
  'PUT /conversations/{conversation_id}/draft': { params: SaveDraft; result: Draft };
  'GET /saved': { params: ListSaved; result: SavedPage };
  'GET /saved/ids': { params: ListSavedIds; result: SavedIds };
  'PUT /messages/{message_id}/saved': { params: SaveMessage; result: Record<string, never> };
  'DELETE /messages/{message_id}/saved': { params: UnsaveMessage; result: Record<string, never> };
}

/** Events that are told and not numbered. */
export interface EventsOutsideTheSequence {
  'conversations.removed': { conversation_id: Id };
  'conversations.added': ConversationFound;
  'conversations.read': ReadMoved;
  'conversations.settings_changed': SettingsChanged;
  'conversations.space_added': SpaceFound;
  'conversations.space_removed': SpaceRemoved;
  'conversations.space_changed': SpaceChanged;
  'accounts.user_changed': PersonChanged;
  'presence.changed': Changed;
  'presence.typing': Typing;
  'personal.draft_changed': DraftChanged;
  'personal.message_saved': MessageSaved;
  'personal.message_unsaved': MessageUnsaved;
  'message': string;
  'gateway.ready': Ready;
  'gateway.goodbye': Goodbye;
}

export type CommandName = keyof Commands;
export type Params<Name extends CommandName> = Commands[Name]['params'];
export type Result<Name extends CommandName> = Commands[Name]['result'];

export type UpdateType = Update['type'];
export type UpdateEvents = { [Type in UpdateType as `conversations.${Type}`]: Extract<Update, { type: Type }> };
export type ServerEvents = EventsOutsideTheSequence & UpdateEvents;
export type ServerEventName = keyof ServerEvents;

export type Acknowledgement<Result> = { ok: true; result: Result } | { ok: false; error: CommandError };
