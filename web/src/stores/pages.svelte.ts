import type { Id, Message, Update } from '$protocol/wire';
import { type Belongs, type MessageWindow, applyToWindow, withMessage } from '$client/window';
import type { ApiError } from '$client/errors';
import type { Log } from './log.svelte';
import type { Loading } from './surface';

/** A stretch of messages that is read in pages and kept up to date by the log. */
export class Pages {
  window = $state.raw<MessageWindow | null>(null);
  status = $state<Loading>('loading');
  error = $state.raw<ApiError | null>(null);
  readonly #conversationId: Id;
  readonly #belongs: Belongs;
  readonly #log: Log;
  readonly #viewer: () => Id;

  constructor(conversationId: Id, belongs: Belongs, log: Log, viewer: () => Id) {
    this.#conversationId = conversationId;
    this.#belongs = belongs;
    this.#log = log;
    this.#viewer = viewer;
  }

  get items(): readonly Message[] {
    return this.window?.items ?? NONE;
  }

  /** Takes a window with pages true as of `head`, and brings it to where the log stands; false when that is not
   * possible any more and they must be read again. */
  take(window: MessageWindow, head: number): boolean {
    const missed = this.#log.since(this.#conversationId, head);
    if (!missed) return false;
    this.window = missed.reduce((known, update) => this.#with(known, update), window);
    this.status = 'ready';
    this.error = null;
    return true;
  }

  fail(error: ApiError): void {
    this.error = error;
    if (!this.window || error.code === 'not_found') this.status = error.code === 'not_found' ? 'not_found' : 'failed';
  }

  apply(update: Update): void {
    if (this.window) this.window = this.#with(this.window, update);
  }

  /** Changes a message before the log does, or as an acknowledgement says. */
  patch(id: Id, change: (message: Message) => Message): void {
    if (!this.window?.items.some((message) => message.id === id)) return;
    const items = this.window.items.map((message) => (message.id === id ? change(message) : message));
    this.window = { ...this.window, items };
  }

  /** Puts in what was acknowledged, if its place is loaded. */
  insert(message: Message): void {
    if (this.window && this.#belongs(message)) this.window = withMessage(this.window, message);
  }

  #with(window: MessageWindow, update: Update): MessageWindow {
    return applyToWindow(window, update, this.#belongs, this.#viewer());
  }
}

const NONE: readonly Message[] = [];
