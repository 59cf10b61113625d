import type { Conversation, ConversationShared, Id, Message, Position, ReadMoved, Update, User } from '$protocol/wire';
import { applyToMessage } from './changes';
import { inTimeline, messageOf } from './window';

/** One conversation of mine, kept up to date by the rule of protocol.md, "What a client does". */
export interface Replica {
  readonly conversation: Conversation;
  readonly position: Position;
  /** The counts of `conversation` are true as of this `seq`; it is never below the position. */
  readonly countedAt: number;
  /** The latest updates that were applied, to be applied again beside a page that was read before them. */
  readonly recent: readonly Update[];
  /** Updates that came before the ones they follow. */
  readonly held: readonly Update[];
}

export interface Received {
  readonly replica: Replica;
  /** What was applied now, in order: the update, and those that had waited for it. */
  readonly applied: readonly Update[];
}

const RECENT = 300;

/** A conversation as it was just read. */
export function replicaOf(conversation: Conversation): Replica {
  const { epoch, head } = conversation;
  return { conversation, position: { epoch, seq: head }, countedAt: head, recent: [], held: [] };
}

/** The conversation read once more: another history replaces mine; of the same one only what is outside the sequence counts. */
export function reread(replica: Replica, read: Conversation, viewerId: Id): Replica {
  if (read.epoch !== replica.position.epoch) return replicaOf(read);
  const { role, muted } = read;
  const kept = { ...replica, conversation: { ...replica.conversation, role, muted } };
  // A mark that moved while this was being read is the later one.
  return read.read < kept.conversation.read ? kept : recount(kept, read, viewerId);
}

/** Drops what I have, applies what follows, holds what is ahead. */
export function receive(replica: Replica, update: Update, viewerId: Id): Received {
  if (update.seq <= replica.position.seq) return { replica, applied: [] };
  if (update.seq > replica.position.seq + 1) return { replica: hold(replica, update), applied: [] };
  return drain(apply(replica, update, viewerId), [update], viewerId);
}

/** True while an update waits for one that has not come: time to catch up. */
export function hasGap(replica: Replica): boolean {
  return replica.held.length > 0;
}

/** True while the log is known to go on beyond what was applied: what is missing may be on its way. */
export function isBehind(replica: Replica): boolean {
  return hasGap(replica) || replica.countedAt > replica.position.seq;
}

function hold(replica: Replica, update: Update): Replica {
  if (replica.held.some(({ seq }) => seq === update.seq)) return replica;
  return { ...replica, held: [...replica.held, update].sort((a, b) => a.seq - b.seq) };
}

function drain(start: Replica, first: readonly Update[], viewerId: Id): Received {
  let replica = start;
  const applied = [...first];
  for (const update of start.held) {
    if (update.seq !== replica.position.seq + 1) continue;
    replica = apply(replica, update, viewerId);
    applied.push(update);
  }
  const held = replica.held.filter(({ seq }) => seq > replica.position.seq);
  return { replica: { ...replica, held }, applied };
}

function apply(replica: Replica, update: Update, viewerId: Id): Replica {
  const counted = update.seq <= replica.countedAt;
  const changed = applyToConversation(replica.conversation, update, viewerId);
  return {
    ...replica,
    conversation: counted ? changed : count(changed, update, viewerId),
    position: { ...replica.position, seq: update.seq },
    countedAt: Math.max(replica.countedAt, update.seq),
    recent: [...replica.recent.slice(1 - RECENT), update],
  };
}

function applyToConversation(conversation: Conversation, update: Update, viewerId: Id): Conversation {
  const moved = { ...changeOf(conversation, update, viewerId), head: Math.max(conversation.head, update.seq) };
  const last_message = lastMessage(moved.last_message, update, viewerId);
  return last_message === moved.last_message ? moved : { ...moved, last_message };
}

function changeOf(conversation: Conversation, update: Update, viewerId: Id): Conversation {
  switch (update.type) {
    case 'member_joined':
    case 'member_left':
      return { ...conversation, member_count: update.member_count, people: peopleAfter(conversation, update) };
    case 'member_changed':
      return update.user.id === viewerId ? { ...conversation, role: update.role } : conversation;
    case 'conversation_changed':
      return { ...conversation, ...sharedOf(update.conversation) };
    default:
      return conversation;
  }
}

function sharedOf(shared: ConversationShared): Partial<ConversationShared> {
  return Object.fromEntries(Object.entries(shared).filter(([, value]) => value !== undefined));
}

interface Move {
  type: 'member_joined' | 'member_left';
  user: User;
}

function peopleAfter({ people }: Conversation, { type, user }: Move): User[] | null {
  if (!people) return null;
  const others = people.filter(({ id }) => id !== user.id);
  return type === 'member_joined' ? [...others, user] : others;
}

function lastMessage(last: Message | null, update: Update, viewerId: Id): Message | null {
  const changed = last && applyToMessage(last, update, viewerId);
  const arrived = messageOf(update);
  const newer = arrived && arrived.kind !== 'system' && inTimeline(arrived) && arrived.seq > (last?.seq ?? 0);
  return newer ? arrived : changed;
}

/** Counts on from what was true before this update. */
function count(conversation: Conversation, update: Update, viewerId: Id): Conversation {
  if (update.type !== 'message_posted') return conversation;
  const { message } = update;
  const inNumbers = message.number !== null;
  const messages = Math.max(conversation.messages, message.number ?? 0);
  if (message.author.id === viewerId) {
    return inNumbers ? { ...conversation, messages, read: update.seq, unread_count: 0, mention_count: 0 } : conversation;
  }
  if (update.seq <= conversation.read) return { ...conversation, messages };
  const unread_count = conversation.unread_count + (inNumbers ? 1 : 0);
  const mention_count = conversation.mention_count + (looksAt(message, viewerId) ? 1 : 0);
  return { ...conversation, messages, unread_count, mention_count };
}

/** Whether a message mentions this person, alone or among all. */
export function looksAt(message: Message, viewerId: Id): boolean {
  return message.mentions.some((mention) => mention === viewerId || mention === 'here' || mention === 'everyone');
}

export interface Counts {
  readonly head: number;
  readonly unread_count: number;
  readonly mention_count: number;
  readonly read?: number;
  readonly messages?: number;
}

/** Takes counts that are true as of their `head`, and counts on what was applied since. */
export function recount(replica: Replica, counts: Counts, viewerId: Id): Replica {
  const { head, unread_count, mention_count } = counts;
  const read = counts.read ?? replica.conversation.read;
  const messages = Math.max(replica.conversation.messages, counts.messages ?? 0);
  const start: Conversation = { ...replica.conversation, read, messages, unread_count, mention_count };
  const since = replica.recent.filter(({ seq }) => seq > head);
  const conversation = since.reduce((counted, update) => count(counted, update, viewerId), start);
  return { ...replica, conversation, countedAt: Math.max(replica.position.seq, head) };
}

/** A read mark moved, here or on another device of mine. */
export function moveRead(replica: Replica, { seq, ...counts }: ReadMoved, viewerId: Id): Replica {
  return recount(replica, { ...counts, read: seq }, viewerId);
}

/** Whether every update above `seq` that was applied is still at hand. */
export function remembers(replica: Replica, seq: number): boolean {
  return seq >= replica.position.seq || (replica.recent[0]?.seq ?? Infinity) <= seq + 1;
}

/** The updates to apply again beside a page that is true as of `head`. */
export function updatesSince(replica: Replica, head: number): readonly Update[] {
  return replica.recent.filter(({ seq }) => seq > head);
}
