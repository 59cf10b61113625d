import type { Id, Message, Update } from '$protocol/wire';
import { type Belongs, type MessageWindow, applyToWindow, withMessage } from '$client/window';
import type { ApiError } from '$client/errors';
import type { Log } from './log.svelte';
import type { Loading } from './surface';

/** A stretch of messages that is read in pages and kept up to date by the log. */
export class Pages {
  /** What is shown: the known, and on top of it what is hoped for until the server says so. */
  window = $state.raw<MessageWindow | null>(null);
  status = $state<Loading>('loading');
  error = $state.raw<ApiError | null>(null);
  #known: MessageWindow | null = null;
  /** Of a history that was replaced: to be read again before anything else is put in. */
  #stale = false;
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
    this.restore(missed.reduce((known, update) => this.#with(known, update), window));
    return true;
  }

  /** Changes what is loaded by a page that is true as of `head`; false as above. */
  join(change: (window: MessageWindow) => MessageWindow, head: number): boolean {
    const missed = this.#log.since(this.#conversationId, head);
    if (missed) this.#change((window) => missed.reduce((known, update) => this.#with(known, update), change(window)));
    return missed !== null;
  }

  /** Takes a window that is true as of where the log stands. */
  restore(window: MessageWindow): void {
    this.window = window;
    this.#known = window;
    this.#stale = false;
    this.status = 'ready';
    this.error = null;
  }

  /** What the server said, without what is only hoped for; null while that is not sure. */
  get known(): MessageWindow | null {
    return this.#stale || this.status !== 'ready' ? null : this.#known;
  }

  /** Whether it must be read again as soon as that is possible. */
  get incomplete(): boolean {
    return this.#stale || this.status === 'failed';
  }

  /** Another history: what was read of the old one says nothing about it. */
  distrust(): void {
    this.#stale = true;
  }

  fail(error: ApiError): void {
    this.error = error;
    if (!this.window || error.code === 'not_found') this.status = error.code === 'not_found' ? 'not_found' : 'failed';
  }

  apply(update: Update): void {
    if (!this.#stale) this.#change((window) => this.#with(window, update));
  }

  /** Changes a message before the log does, or as an acknowledgement says. */
  patch(id: Id, change: (message: Message) => Message): void {
    if (!this.window?.items.some((message) => message.id === id)) return;
    const items = this.window.items.map((message) => (message.id === id ? change(message) : message));
    this.window = { ...this.window, items };
  }

  /** Puts in what was acknowledged, if its place is loaded. */
  insert(message: Message): void {
    if (!this.#stale && this.#belongs(message)) this.#change((window) => withMessage(window, message));
  }

  #change(change: (window: MessageWindow) => MessageWindow): void {
    const same = this.window === this.#known;
    this.#known = this.#known && change(this.#known);
    this.window = same ? this.#known : this.window && change(this.window);
  }

  #with(window: MessageWindow, update: Update): MessageWindow {
    return applyToWindow(window, update, this.#belongs, this.#viewer());
  }
}

const NONE: readonly Message[] = [];
