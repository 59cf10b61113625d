import type { Id, Message, Timestamp, User } from '$protocol/wire';
import type { Unsent } from './outbox';
import { looksAt } from './reducer';

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

export interface RowsFrom {
  readonly items: readonly Message[];
  readonly hasBefore: boolean;
  readonly hasAfter: boolean;
  readonly unsent: readonly Unsent[];
  readonly viewer: User;
  /** The `seq` under which the unread line stands. */
  readonly unreadAfter: number | null;
  /** Being deleted: not shown while its undo is offered. */
  readonly hidden: ReadonlySet<Id>;
  /** The timeline has a beginning to show; a thread has not. */
  readonly withStart: boolean;
}

const GROUP_MS = 5 * 60_000;
const GROUP_LENGTH = 10;
const FOLD_FROM = 3;

/** What a timeline shows, from top to bottom. */
export function rowsOf(from: RowsFrom): Row[] {
  const lines = linesOf(from);
  const line = from.unreadAfter === null ? null : unreadLineOf(from.items, from.unreadAfter, from.hasBefore, from.viewer.id);
  const rows: Row[] = from.withStart && !from.hasBefore ? [{ kind: 'start', key: 'start' }] : [];
  lines.forEach(({ message, unsent }, at) => {
    const previous = lines[at - 1]?.message;
    if (previous === undefined || dayOf(previous) !== dayOf(message)) rows.push(dayRow(message));
    if (line?.messageId === message.id) rows.push({ kind: 'unread', key: 'unread', since: line.since, count: line.count });
    if (message.kind === 'system') addSystemLine(rows, message);
    else rows.push(messageRow(rows, message, unsent, from.viewer.id));
  });
  return rows.flatMap(unfoldShort);
}

export interface UnreadLine {
  /** The first message under the line. */
  readonly messageId: Id;
  readonly since: Timestamp;
  readonly count: number;
}

/** Where the unread line stands among these messages; null while that place is not loaded or nothing is unread. */
export function unreadLineOf(items: readonly Message[], after: number, hasBefore: boolean, viewerId: Id): UnreadLine | null {
  const unread = items.filter((message) => message.seq > after && isUnread(message, viewerId));
  const first = unread[0];
  const placed = !hasBefore || (items[0]?.seq ?? Infinity) <= after;
  return first && placed ? { messageId: first.id, since: first.created_at, count: unread.length } : null;
}

function isUnread(message: Message, viewerId: Id): boolean {
  return message.number !== null && !message.undone && message.author.id !== viewerId;
}

interface Line {
  readonly message: Message;
  readonly unsent: Unsent | null;
}

function linesOf({ items, unsent, hidden, hasAfter, viewer }: RowsFrom): Line[] {
  const known = new Set(items.map(({ id }) => id));
  const said = items.filter((message) => !message.undone && !hidden.has(message.id));
  const waiting = hasAfter ? [] : unsent.filter(({ id }) => !known.has(id));
  return [
    ...said.map((message) => ({ message, unsent: null })),
    ...waiting.map((item) => ({ message: echoOf(item, viewer), unsent: item })),
  ];
}

/** What an unsent message will look like. */
export function echoOf(unsent: Unsent, author: User): Message {
  return {
    id: unsent.id,
    conversation_id: unsent.conversation_id,
    seq: Number.MAX_SAFE_INTEGER,
    number: null,
    author,
    kind: 'text',
    text: unsent.text,
    data: null,
    created_at: unsent.created_at,
    edited_at: null,
    deleted_at: null,
    undone: false,
    pinned_at: null,
    reply_to: unsent.reply_to,
    thread_id: unsent.thread_id,
    also_in_channel: unsent.also_in_channel,
    reply_count: 0,
    attachments: [],
    reactions: [],
    mentions: [],
  };
}

/** The day of a message where the reader is. */
function dayOf({ created_at }: Message): string {
  return new Date(created_at).toDateString();
}

function dayRow(message: Message): DayRow {
  return { kind: 'day', key: `day ${dayOf(message)} ${message.id}`, at: message.created_at };
}

function messageRow(rows: readonly Row[], message: Message, unsent: Unsent | null, viewerId: Id): MessageRow {
  return {
    kind: 'message',
    key: message.id,
    message,
    grouped: isGrouped(rows, message),
    mine: message.author.id === viewerId,
    looksAtMe: looksAt(message, viewerId) && message.author.id !== viewerId,
    unsent,
  };
}

function isGrouped(rows: readonly Row[], message: Message): boolean {
  const above = rows.at(-1);
  if (above?.kind !== 'message' || message.reply_to || message.author.id !== above.message.author.id) return false;
  if (message.thread_id !== above.message.thread_id) return false;
  const apart = Date.parse(message.created_at) - Date.parse(above.message.created_at);
  return apart < GROUP_MS && lengthOfGroup(rows) < GROUP_LENGTH;
}

function lengthOfGroup(rows: readonly Row[]): number {
  const first = rows.findLastIndex((row) => row.kind !== 'message' || !row.grouped);
  return rows.length - first;
}

function addSystemLine(rows: Row[], message: Message): void {
  const above = rows.at(-1);
  const same = above?.kind === 'system' && above.messages[0]?.data?.['type'] === message.data?.['type'];
  if (same) rows[rows.length - 1] = { ...above, messages: [...above.messages, message] };
  else rows.push({ kind: 'system', key: message.id, messages: [message] });
}

function unfoldShort(row: Row): Row[] {
  if (row.kind !== 'system' || row.messages.length >= FOLD_FROM) return [row];
  return row.messages.map((message) => ({ kind: 'system', key: message.id, messages: [message] }));
}

/** The new rows, with the old objects for those that did not change: what did not change is not drawn again. */
export function reuseRows(old: readonly Row[], rows: readonly Row[]): readonly Row[] {
  const byKey = new Map(old.map((row) => [row.key, row]));
  return rows.map((row) => {
    const known = byKey.get(row.key);
    return known && isSameRow(known, row) ? known : row;
  });
}

function isSameRow(a: Row, b: Row): boolean {
  if (a.kind === 'system' && b.kind === 'system') {
    return a.messages.length === b.messages.length && a.messages.every((message, at) => message === b.messages[at]);
  }
  const [one, other] = [Object.entries(a), b as unknown as Record<string, unknown>];
  return a.kind === b.kind && one.every(([field, value]) => other[field] === value);
}
