import type { Id, Message, Reaction, Update } from '$protocol/wire';

/** User ids that the server lists with a reaction; the viewer's is listed beyond. */
const LISTED_REACTORS = 100;

/** What an update makes of a message; the same object when it does not concern it. Applying it again changes nothing. */
export function applyToMessage(message: Message, update: Update, viewerId: Id): Message {
  switch (update.type) {
    case 'message_posted':
      if (update.message.id === message.id) return broadcast(message, update.message, viewerId);
      return isReplyTo(message, update.message.thread_id) ? withReplies(message, update.reply_count) : message;
    case 'message_edited':
      return update.message.id === message.id ? broadcast(message, update.message, viewerId) : message;
    case 'message_deleted':
      if (update.message_id === message.id) return tombstone(message, update.at, update.undone);
      return isReplyTo(message, update.thread_id) ? withReplies(message, update.reply_count) : message;
    case 'reaction_added':
    case 'reaction_removed':
      return update.message_id === message.id ? react(message, update, viewerId) : message;
    case 'message_pinned':
      return update.message_id === message.id ? pin(message, update.at) : message;
    case 'message_unpinned':
      return update.message_id === message.id ? pin(message, null) : message;
    default:
      return message;
  }
}

/** The later reading of a message instead of the known one; a tombstone is never revived. */
export function newer(known: Message, read: Message): Message {
  return known.deleted_at && !read.deleted_at ? known : read;
}

/** The same for what a broadcast brought, which is not worded for the viewer. */
function broadcast(known: Message, read: Message, viewerId: Id): Message {
  if (known.deleted_at && !read.deleted_at) return known;
  return { ...read, reactions: read.reactions.map((reaction) => keepViewer(reaction, known, viewerId)) };
}

/** A broadcast lists the first hundred who reacted, so it may leave the viewer out; what we knew stays true. */
function keepViewer(reaction: Reaction, known: Message, viewerId: Id): Reaction {
  const { user_ids, count } = reaction;
  const cut = count > user_ids.length && !user_ids.includes(viewerId);
  const mine = cut && known.reactions.some((old) => old.emoji === reaction.emoji && old.user_ids.includes(viewerId));
  return mine ? { ...reaction, user_ids: [...user_ids, viewerId] } : reaction;
}

export function tombstone(message: Message, at: string, undone: boolean): Message {
  if (message.deleted_at && message.undone === undone) return message;
  return {
    ...message,
    text: '',
    data: null,
    attachments: [],
    reactions: [],
    mentions: [],
    reply_to: null,
    pinned_at: null,
    deleted_at: message.deleted_at ?? at,
    undone,
  };
}

function isReplyTo(message: Message, threadId: Id | null | undefined): boolean {
  return threadId === message.id;
}

function withReplies(message: Message, count: number | undefined): Message {
  return count === undefined || count === message.reply_count ? message : { ...message, reply_count: count };
}

function pin(message: Message, at: string | null): Message {
  return message.deleted_at ? message : { ...message, pinned_at: at };
}

interface ReactionChange {
  type: 'reaction_added' | 'reaction_removed';
  emoji: string;
  user_id: Id;
  /** The total afterwards; without it, one more or one less. */
  count?: number;
}

/** A reaction added or taken back. */
export function react(message: Message, change: ReactionChange, viewerId: Id): Message {
  if (message.deleted_at) return message;
  const old = message.reactions.find(({ emoji }) => emoji === change.emoji);
  const reaction = changed(old ?? { emoji: change.emoji, count: 0, user_ids: [] }, change, viewerId);
  if (!old) return reaction.count > 0 ? { ...message, reactions: [...message.reactions, reaction] } : message;
  const reactions = message.reactions.map((each) => (each === old ? reaction : each));
  return { ...message, reactions: reactions.filter(({ count }) => count > 0) };
}

function changed(reaction: Reaction, { type, user_id, count }: ReactionChange, viewerId: Id): Reaction {
  const others = reaction.user_ids.filter((id) => id !== user_id);
  const was = others.length < reaction.user_ids.length;
  const adding = type === 'reaction_added';
  const step = adding === was ? 0 : adding ? 1 : -1;
  const listed = others.length < LISTED_REACTORS || user_id === viewerId;
  const after = was || !listed ? reaction.user_ids : [...others, user_id];
  return { ...reaction, user_ids: adding ? after : others, count: count ?? Math.max(0, reaction.count + step) };
}
