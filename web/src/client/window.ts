import type { Id, Message, Update } from '$protocol/wire';
import { applyToMessage, newer } from './changes';

/** A stretch of messages without holes, ascending by `seq`. */
export interface MessageWindow {
  readonly items: readonly Message[];
  readonly hasBefore: boolean;
  /** While true, what is posted now stands outside. */
  readonly hasAfter: boolean;
}

export interface Page {
  readonly items: readonly Message[];
  readonly has_before?: boolean;
  readonly has_after: boolean;
}

/** Which messages a window holds. */
export type Belongs = (message: Message) => boolean;

/** The timeline: everything but what was said inside threads only. */
export const inTimeline: Belongs = (message) => message.thread_id === null || message.also_in_channel;

export function inThread(rootId: Id): Belongs {
  return (message) => message.thread_id === rootId;
}

export function windowOf(page: Page): MessageWindow {
  return { items: page.items, hasBefore: page.has_before ?? false, hasAfter: page.has_after };
}

/** The window with an older page in front. */
export function withBefore(window: MessageWindow, page: Page): MessageWindow {
  return { ...window, items: merge(window.items, page.items), hasBefore: page.has_before ?? false };
}

/** The window with a newer page behind. */
export function withAfter(window: MessageWindow, page: Page): MessageWindow {
  return { ...window, items: merge(window.items, page.items), hasAfter: page.has_after };
}

/** The window with a message as it was read, if its place is inside. */
export function withMessage(window: MessageWindow, message: Message): MessageWindow {
  const at = placeOf(window.items, message.seq);
  const known = window.items[at];
  if (known?.id === message.id) return { ...window, items: window.items.with(at, newer(known, message)) };
  return insert(window, at, message);
}

function insert(window: MessageWindow, at: number, message: Message): MessageWindow {
  const before = at === 0 && window.hasBefore;
  const after = at === window.items.length && window.hasAfter;
  return before || after ? window : { ...window, items: window.items.toSpliced(at, 0, message) };
}

/** What an update makes of a window; the same object when it does not concern it. */
export function applyToWindow(window: MessageWindow, update: Update, belongs: Belongs, viewerId: Id): MessageWindow {
  const items = mapChanged(window.items, (message) => applyToMessage(message, update, viewerId));
  const changed = items === window.items ? window : { ...window, items };
  const arrived = messageOf(update);
  if (!arrived || !belongs(arrived)) return changed;
  const at = placeOf(items, arrived.seq);
  return items[at]?.id === arrived.id ? changed : insert(changed, at, arrived);
}

/** The message that an update puts into the log: what was said, or its system line. */
export function messageOf(update: Update): Message | null {
  if (update.type === 'message_edited') return null;
  return 'message' in update ? (update.message ?? null) : null;
}

function mapChanged(items: readonly Message[], change: (message: Message) => Message): readonly Message[] {
  let result: Message[] | null = null;
  items.forEach((item, at) => {
    const next = change(item);
    if (next !== item) (result ??= items.slice())[at] = next;
  });
  return result ?? items;
}

/** The index of the first message whose `seq` is not below. */
function placeOf(items: readonly Message[], seq: number): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((items[middle]?.seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

function merge(known: readonly Message[], read: readonly Message[]): readonly Message[] {
  const byId = new Map(known.map((message) => [message.id, message]));
  for (const message of read) {
    const old = byId.get(message.id);
    byId.set(message.id, old ? newer(old, message) : message);
  }
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}
