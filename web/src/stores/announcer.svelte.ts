import type { Id, Message } from '$protocol/wire';
import { inTimeline } from '$client/window';
import { t } from '$i18n/t';
import type { AnnouncerStore } from './surface';

const BURST_MS = 600;
const WRITING_MS = 3000;
const CLEAR_MS = 4000;

export interface AnnouncerNeed {
  readonly viewer: () => Id | null;
  /** When the reader last wrote, by this device's clock. */
  readonly wroteAt: () => number;
  readonly nameOf: (message: Message) => string;
}

/** What screen readers are told, in two live regions of the frame. */
export class Announcer implements AnnouncerStore {
  #polite = $state('');
  #assertive = $state('');
  #here: Id | null = null;
  #heard: Message[] = [];
  #burst: ReturnType<typeof setTimeout> | undefined;
  #clear: ReturnType<typeof setTimeout> | undefined;
  readonly #need: AnnouncerNeed;

  constructor(need: AnnouncerNeed) {
    this.#need = need;
  }

  get polite(): string {
    return this.#polite;
  }

  get assertive(): string {
    return this.#assertive;
  }

  say(text: string): void {
    this.#polite = text;
    this.#clearLater();
  }

  alert(text: string): void {
    this.#assertive = text;
    this.#clearLater();
  }

  /** The reader is in this conversation: what others say in its timeline is spoken, until the returned function is called. */
  listenIn(conversationId: Id): () => void {
    this.#here = conversationId;
    return () => {
      if (this.#here === conversationId) this.#here = null;
    };
  }

  /** Something was said somewhere: bursts are folded, my own and those while I write are not spoken. */
  hear(message: Message): void {
    if (message.conversation_id !== this.#here || !inTimeline(message)) return;
    const writing = Date.now() - this.#need.wroteAt() < WRITING_MS;
    if (message.author.id === this.#need.viewer() || message.kind === 'system' || message.deleted_at || writing) return;
    this.#heard.push(message);
    clearTimeout(this.#burst);
    this.#burst = setTimeout(() => this.#speak(), BURST_MS);
  }

  #speak(): void {
    const [only, ...others] = this.#heard;
    const count = this.#heard.length;
    this.#heard = [];
    if (!only) return;
    this.say(others.length > 0 ? t('announcer.new_messages', { count }) : t('announcer.message', { name: this.#need.nameOf(only), text: only.text }));
  }

  /** The same words said twice are heard twice only if the region was empty between. */
  #clearLater(): void {
    clearTimeout(this.#clear);
    this.#clear = setTimeout(() => {
      this.#polite = '';
      this.#assertive = '';
    }, CLEAR_MS);
  }
}
