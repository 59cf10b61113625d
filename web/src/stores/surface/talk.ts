/* What is said. */
import type { Id, Message, Revision } from '$protocol/wire';
import type { ApiError } from '$client/errors';
import type { Unsent } from '$client/outbox';
import type { Row, UnreadLine } from '$client/rows';

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
  /** True when newer messages are known to exist that are not loaded: the reader went back by a link, or begins at the
   * read mark. */
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
  /** Makes sure the unread line is among `rows`; false when nothing is unread. */
  goToUnread(): Promise<boolean>;
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

/** A few lines that stand for what is unread in a conversation. */
export interface Digest {
  readonly status: Loading;
  /** At most three, in their order: those that look at me, then the first unread ones. */
  readonly lines: readonly Message[];
}

export interface DigestsStore {
  /** Reads what is unread; it stays up to date until `close`. */
  open(conversationId: Id): Digest;
  close(conversationId: Id): void;
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
