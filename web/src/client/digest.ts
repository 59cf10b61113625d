import type { Id, Message } from '$protocol/wire';
import { looksAt } from './reducer';

/** How many lines stand for all that is unread. */
export const MOST_LINES = 3;

/** A few of the unread messages that stand for all of them, in their order: those that look at this person, then the first ones. */
export function digestOf(messages: readonly Message[], read: number, viewerId: Id): Message[] {
  const unread = messages.filter((message) => message.seq > read && message.number !== null && message.author.id !== viewerId && !message.deleted_at);
  const needed = [...unread.filter((message) => looksAt(message, viewerId)), ...unread];
  return [...new Set(needed)].slice(0, MOST_LINES).sort((a, b) => a.seq - b.seq);
}
