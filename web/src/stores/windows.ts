import type { Id, Message, Update } from '$protocol/wire';
import { newer } from '$client/changes';
import { MOST_WINDOWS } from '$client/deviceCopy';
import type { MessageWindow } from '$client/window';
import type { Thread, ThreadsStore, Timeline, TimelinesStore } from './surface';
import { ThreadView } from './thread.svelte';
import { TimelineView, type WindowsNeed } from './timeline.svelte';

/** Every stretch of messages that was opened, so that each update and each change reaches all that show its message. */
export class Windows implements TimelinesStore {
  readonly threads: ThreadsStore = { open: (conversationId, rootId) => this.#thread(conversationId, rootId) };
  readonly #need: WindowsNeed;
  readonly #timelines = new Map<Id, TimelineView>();
  readonly #threads = new Map<Id, ThreadView>();

  constructor(need: WindowsNeed) {
    const { log } = need;
    this.#need = need;
    log.on('applied', (update) => this.#apply(update));
    log.on('reset', (id) => this.#of(id).forEach((view) => view.reset()));
    log.on('unread', ({ id, seq }) => this.#timelines.get(id)?.drawLineAfter(seq));
    log.on('forgotten', (id) => this.#of(id).forEach((view) => view.forget()));
    log.on('current', () => this.#all().forEach((view) => view.refresh()));
  }

  open(conversationId: Id): Timeline {
    return opened(this.#timelines, conversationId, () => new TimelineView(conversationId, this.#need));
  }

  /** Opens a timeline with what the device kept of it. */
  restore(conversationId: Id, kept: MessageWindow): void {
    opened(this.#timelines, conversationId, () => new TimelineView(conversationId, this.#need, kept));
  }

  /** The end of what the server said in a conversation that was opened lately; null when that is not sure. */
  known(conversationId: Id): MessageWindow | null {
    return this.#timelines.get(conversationId)?.known ?? null;
  }

  /** A message that is loaded somewhere. */
  find(conversationId: Id, messageId: Id): Message | undefined {
    const loaded = this.#of(conversationId).flatMap((view) => ('root' in view && view.root ? [view.root, ...view.messages] : view.messages));
    return loaded.find(({ id }) => id === messageId);
  }

  patch(conversationId: Id, messageId: Id, change: (message: Message) => Message): void {
    for (const view of this.#of(conversationId)) view.patch(messageId, change);
  }

  /** Shows a message as an acknowledgement gave it. */
  put(message: Message): void {
    for (const view of this.#of(message.conversation_id)) {
      view.insert(message);
      view.patch(message.id, (known) => newer(known, message));
    }
  }

  clear(): void {
    this.#timelines.clear();
    this.#threads.clear();
  }

  #thread(conversationId: Id, rootId: Id): Thread {
    return opened(this.#threads, rootId, () => new ThreadView(conversationId, rootId, this.#need));
  }

  #apply(update: Update): void {
    for (const view of this.#of(update.conversation_id)) view.apply(update);
  }

  #all(): (TimelineView | ThreadView)[] {
    return [...this.#timelines.values(), ...this.#threads.values()];
  }

  #of(conversationId: Id): (TimelineView | ThreadView)[] {
    return this.#all().filter((view) => view.conversationId === conversationId);
  }
}

/** The one that was opened before, or a new one; the one not opened for longest makes room. As many are kept ready as the
 * device keeps a copy of. */
function opened<View>(views: Map<Id, View>, id: Id, make: () => View): View {
  const view = views.get(id) ?? make();
  views.delete(id);
  views.set(id, view);
  const [oldest] = views.keys();
  if (views.size > MOST_WINDOWS && oldest !== undefined) views.delete(oldest);
  return view;
}
