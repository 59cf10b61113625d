/* What a device keeps of what its person saw, so that the app opens at once, and without a network. */
import type { Conversation, Id, Position, Profile, ServerInfo, Space } from '$protocol/wire';
import type { Replica } from './reducer';
import type { MessageWindow } from './window';

/** Who was signed in here, and where. */
export interface CopiedFacts {
  readonly user: Profile;
  readonly server: ServerInfo;
  readonly spaces: readonly Space[];
}

/** One conversation and the end of what was read of it, both as of the same position. */
export interface CopiedConversation {
  readonly id: Id;
  readonly conversation: Conversation;
  readonly position: Position;
  readonly countedAt: number;
  readonly window: MessageWindow | null;
  /** When it was last opened or moved, by this device's clock: the oldest make room. */
  readonly usedAt: number;
}

export interface Copied {
  readonly facts: CopiedFacts;
  readonly conversations: readonly CopiedConversation[];
}

export interface CopyChanges {
  readonly facts: CopiedFacts;
  readonly put: readonly CopiedConversation[];
  readonly drop: readonly Id[];
}

/** Where the copy is; what a browser cannot keep is no error, it is only not there the next time. */
export interface CopyStorage {
  /** Null when nothing is kept, or nothing that can be read. */
  read(): Promise<Copied | null>;
  /** From now on it is of this person; what was of another is gone. */
  begin(facts: CopiedFacts): Promise<void>;
  /** All of it or nothing, and nothing unless the copy is of that person still. */
  write(changes: CopyChanges): Promise<void>;
  /** @param owner whose it must be for that; anybody's when it is left out */
  clear(owner?: Id): Promise<void>;
}

/** Conversations kept, those with messages among them, and messages of each. */
export const MOST_CONVERSATIONS = 500;
export const MOST_WINDOWS = 20;
export const MOST_MESSAGES = 50;
/** Bytes of the messages of one conversation, and of everything, as JSON. */
export const WINDOW_BYTES = 200_000;
export const COPY_BYTES = 8_000_000;

const encoder = new TextEncoder();

export function bytesOf(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length;
}

export function copyOf({ conversation, position, countedAt }: Replica, window: MessageWindow | null, usedAt: number): CopiedConversation {
  return { id: conversation.id, conversation, position, countedAt, window: window && endOf(window), usedAt };
}

export function replicaFrom({ conversation, position, countedAt }: CopiedConversation): Replica {
  return { conversation, position, countedAt, recent: [], held: [] };
}

/** The last messages of a window, as many as may be kept. */
function endOf(window: MessageWindow): MessageWindow {
  const last = window.items.slice(-MOST_MESSAGES);
  let room = WINDOW_BYTES;
  const from = last.findLastIndex((message) => (room -= bytesOf(message)) < 0) + 1;
  const items = last.slice(from);
  return { ...window, items, hasBefore: window.hasBefore || items.length < window.items.length };
}

export interface Weight {
  readonly id: Id;
  readonly bytes: number;
  readonly usedAt: number;
}

/** Those that do not fit any more, the longest unused first. */
export function overweight(weights: readonly Weight[]): Id[] {
  let room = COPY_BYTES;
  const byUse = weights.toSorted((a, b) => b.usedAt - a.usedAt);
  return byUse.filter(({ bytes }, at) => (room -= bytes) < 0 || at >= MOST_CONVERSATIONS).map(({ id }) => id);
}
