/* What features may ask of the stores. Every field is reactive (Svelte runes); what a function returns is not.
   A promise that fails fails with an `ApiError`, which `wordError` of $i18n puts into words. */
import type {
  Conversation,
  ConversationKind,
  ConversationMember,
  ConversationRole,
  Id,
  Invite,
  InvitePreview,
  Message,
  PresenceState,
  Profile,
  RegistrationRequest,
  Revision,
  ServerInfo,
  Session,
  SetupRequest,
  SetupResult,
  SignInRequest,
  Space,
  SpaceKind,
  SpaceMember,
  SpaceRole,
  Timestamp,
  UpdateProfile,
  User,
  Visibility,
  Wall,
} from '$protocol/types';
import type { ApiError } from '$client/errors';
import type { Unsent } from '$client/outbox';
import type { ConversationAction, SpaceAction } from '$client/permissions';
import type { Row, UnreadLine } from '$client/rows';
import type { Language } from '$i18n/language.svelte';

export interface Stores {
  readonly session: SessionStore;
  readonly connection: ConnectionStore;
  readonly spaces: SpacesStore;
  readonly conversations: ConversationsStore;
  readonly timelines: TimelinesStore;
  readonly threads: ThreadsStore;
  readonly messages: MessagesStore;
  readonly people: PeopleStore;
  readonly members: MembersStore;
  readonly invites: InvitesStore;
  readonly drafts: DraftsStore;
  readonly preferences: PreferencesStore;
  readonly toasts: ToastsStore;
  readonly announcer: AnnouncerStore;
}

// ---------- who I am ----------

/** `set_up`: the server waits for its first owner. `unreachable`: it did not answer at the start. */
export type SessionPhase = 'starting' | 'unreachable' | 'set_up' | 'signed_out' | 'signed_in';

export interface SessionStore {
  readonly phase: SessionPhase;
  readonly server: ServerInfo | null;
  readonly user: Profile | null;
  /** True when the session ended by itself (revoked, expired): drafts and unsent messages are kept. */
  readonly lost: boolean;
  /** From a lost session to the sign-in; whoever signs in as the same person finds everything as it was. */
  leave(): void;
  /** Asks the server who it is and who I am. Call it again after `unreachable`. */
  start(): Promise<void>;
  setUp(request: SetupRequest): Promise<SetupResult>;
  signIn(request: SignInRequest): Promise<void>;
  register(request: RegistrationRequest): Promise<Space | null>;
  signOut(where?: 'here' | 'everywhere'): Promise<void>;
  updateProfile(changes: ProfileChanges): Promise<void>;
  listSessions(): Promise<Session[]>;
  revokeSession(id: Id): Promise<void>;
}

export type ProfileChanges = UpdateProfile;

// ---------- the line to the server ----------

export type Banner =
  | { kind: 'connecting' }
  | { kind: 'offline'; waiting: number }
  | { kind: 'catching_up' }
  | { kind: 'up_to_date'; sent: number }
  | { kind: 'newer_version' }
  | { kind: 'signed_out' };

export interface ConnectionStore {
  /** True from `gateway.ready` to the end of that connection. */
  readonly ready: boolean;
  /** True while nothing can be sent and the reader should know it. */
  readonly offline: boolean;
  /** The one banner to show now, with its delays already counted. */
  readonly banner: Banner | null;
  retryNow(): void;
}

// ---------- spaces ----------

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

// ---------- conversations ----------

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
  /** Marks everything from this message on as not read. */
  markUnreadFrom(message: Message): Promise<void>;
}

// ---------- what is said ----------

export type Loading = 'loading' | 'ready' | 'not_found' | 'failed';

export interface TimelinesStore {
  /** The same object for the same conversation; it loads by itself. */
  open(conversationId: Id): Timeline;
}

export interface Timeline {
  readonly conversationId: Id;
  readonly status: Loading;
  readonly error: ApiError | null;
  /** Days, the unread line, messages with their grouping, folded system lines and what is unsent, in order. */
  readonly rows: readonly Row[];
  readonly messages: readonly Message[];
  readonly hasBefore: boolean;
  /** True when newer messages are known to exist that are not loaded: the reader went back by a link. */
  readonly hasAfter: boolean;
  readonly loadingBefore: boolean;
  readonly loadingAfter: boolean;
  /** Where the unread line stands; kept until `clearUnreadLine` or the next `enter`. */
  readonly unreadLine: UnreadLine | null;
  /** Call it whenever the reader comes to the conversation: sets the unread line from the read mark, and has what
   * arrives announced. Returns what to call when the reader goes. */
  enter(): () => void;
  clearUnreadLine(): void;
  loadBefore(): Promise<void>;
  loadAfter(): Promise<void>;
  /** Makes sure the message is among `rows`; false when it is gone. */
  goTo(messageId: Id): Promise<boolean>;
  goToEnd(): Promise<void>;
  reload(): Promise<void>;
}

export interface ThreadsStore {
  open(conversationId: Id, rootId: Id): Thread;
}

export interface Thread {
  readonly conversationId: Id;
  readonly rootId: Id;
  readonly status: Loading;
  readonly error: ApiError | null;
  readonly root: Message | null;
  /** The replies and what is unsent, without the root. */
  readonly rows: readonly Row[];
  readonly messages: readonly Message[];
  readonly hasAfter: boolean;
  readonly loadingAfter: boolean;
  loadAfter(): Promise<void>;
  reload(): Promise<void>;
}

export interface Outgoing {
  conversationId: Id;
  text: string;
  replyTo?: Id;
  threadId?: Id;
  alsoInChannel?: boolean;
}

export interface Undoable {
  readonly id: Id;
  readonly conversationId: Id;
  /** Milliseconds of this device's clock, as `Date.now()`. */
  readonly until: number;
}

export interface MessagesStore {
  /** Shows at once and goes when it can; kept over reloads. Returns the id of the message. */
  send(outgoing: Outgoing): Id;
  readonly unsent: readonly Unsent[];
  retry(id: Id): void;
  discard(id: Id): void;
  /** Changes the text of a message that has not gone yet. */
  rewrite(id: Id, text: string): void;
  /** The last message of mine that can still be taken back without a trace, for the `Undo · 4 s` of its row. */
  readonly undoable: Undoable | null;
  undoSend(id: Id): Promise<void>;

  /** Shows the new text at once; on refusal the old one comes back and a toast says why. */
  edit(message: Message, text: string): Promise<void>;
  /** Hides it and offers *Undo* in a toast; the deletion is sent when that ends. */
  remove(message: Message): void;
  toggleReaction(message: Message, emoji: string): Promise<void>;
  setPinned(message: Message, pinned: boolean): Promise<void>;
  listPins(conversationId: Id): Promise<Message[]>;
  listRevisions(messageId: Id): Promise<Revision[]>;
  /** A message by id, for quotes: `undefined` while it is asked for, `null` when it is gone. */
  quoted(conversationId: Id, messageId: Id): Message | null | undefined;
  /** The last message of mine that can be edited, for `↑` in an empty composer. */
  lastOf(conversationId: Id, threadId?: Id): Message | undefined;
}

// ---------- people ----------

export interface PeopleStore {
  /** The newest that is known of a person. */
  get(id: Id): User | undefined;
  /** Who I am, as the others see me. */
  readonly me: User | null;
  presence(id: Id): PresenceState;
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
  ofSpace(id: Id): MemberList<SpaceMember>;
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
  preview(code: string): Promise<InvitePreview>;
  /** For who is signed in. */
  accept(code: string): Promise<Space>;
}

// ---------- this device ----------

export interface DraftsStore {
  get(conversationId: Id, threadId?: Id): string;
  /** Kept on this device after 400 ms. */
  set(conversationId: Id, text: string, threadId?: Id): void;
  has(conversationId: Id): boolean;
  /** True from the moment the draft is on the device until it changes again. */
  saved(conversationId: Id, threadId?: Id): boolean;
}

export type Theme = 'auto' | 'light' | 'dark';
export type Contrast = 'normal' | 'more';
export type Density = 'comfortable' | 'compact' | 'roomy';

export interface PreferencesStore {
  theme: Theme;
  contrast: Contrast;
  density: Density;
  language: Language;
}

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'alert';
  readonly action?: { readonly label: string; run(): void };
}

export interface ToastsStore {
  /** One at a time; the next waits for this one to go. */
  readonly current: Toast | null;
  /** 5 s, 10 s with an action. `gone` is called once, when it goes without its action. */
  show(toast: Omit<Toast, 'id' | 'tone'> & { tone?: Toast['tone']; gone?: () => void }): number;
  dismiss(id: number): void;
  /** While the pointer or the focus is on it. */
  pause(): void;
  resume(): void;
}

export interface AnnouncerStore {
  /** Text of the polite live region of the frame. */
  readonly polite: string;
  /** Text of its `role="alert"`. */
  readonly assertive: string;
  say(text: string): void;
  alert(text: string): void;
}
