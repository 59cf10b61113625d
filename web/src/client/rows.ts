import type { Id, Message, Timestamp } from '$protocol/types';
import type { Unsent } from './outbox';

/** One line of a timeline. `key` is unique in it and stays when an echo is replaced by its message. */
export type Row = StartRow | DayRow | UnreadRow | MessageRow | SystemRow;

/** The beginning of the conversation. */
export interface StartRow {
  readonly kind: 'start';
  readonly key: 'start';
}

export interface DayRow {
  readonly kind: 'day';
  readonly key: string;
  /** A moment of that day. */
  readonly at: Timestamp;
}

export interface UnreadRow {
  readonly kind: 'unread';
  readonly key: 'unread';
  readonly since: Timestamp;
  readonly count: number;
}

export interface MessageRow {
  readonly kind: 'message';
  readonly key: Id;
  readonly message: Message;
  /** No petal and no name: the row above is by the same person, less than five minutes before. */
  readonly grouped: boolean;
  readonly mine: boolean;
  readonly looksAtMe: boolean;
  /** Set while the message has not been acknowledged; then `message` is what it will look like. */
  readonly unsent: Unsent | null;
}

/** One system line, or three and more in a row, to be folded into one. */
export interface SystemRow {
  readonly kind: 'system';
  readonly key: Id;
  readonly messages: readonly Message[];
}
