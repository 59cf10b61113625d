import { createContext } from 'svelte';
import type { Id, Message } from '$protocol/wire';

export type Tools = 'menu' | 'reactions';

/** What is being done in one place: the conversation, or one of its threads. */
export class Desk {
  readonly conversationId: Id;
  readonly threadId: Id | null;
  #replyTo = $state.raw<Message | null>(null);
  #editing = $state.raw<Message | null>(null);
  #tools = $state.raw<{ messageId: Id; open: Tools } | null>(null);
  /** Puts the cursor in the composer; the composer says how. */
  focus: () => void = () => undefined;

  constructor(conversationId: Id, threadId: Id | null = null) {
    this.conversationId = conversationId;
    this.threadId = threadId;
  }

  get replyTo(): Message | null {
    return this.#replyTo;
  }

  get editing(): Message | null {
    return this.#editing;
  }

  /** What is open beside a message: its menu, or the picker of reactions. */
  toolsOf(messageId: Id): Tools | null {
    return this.#tools?.messageId === messageId ? this.#tools.open : null;
  }

  openTools(messageId: Id, open: Tools): void {
    this.#tools = { messageId, open };
  }

  closeTools(): void {
    this.#tools = null;
  }

  quote(message: Message): void {
    this.#editing = null;
    this.#replyTo = message;
    this.focus();
  }

  edit(message: Message): void {
    this.#replyTo = null;
    this.#editing = message;
    this.focus();
  }

  clear(): void {
    this.#replyTo = null;
    this.#editing = null;
  }
}

export const [useDesk, provideDesk] = createContext<() => Desk>();
