/* What only I see. */
import type { Id, SavedPage } from '$protocol/wire';

export interface Draft {
  readonly conversationId: Id;
  readonly threadId: Id | null;
  readonly text: string;
}

export interface DraftsStore {
  /** Changes when another device of the same person changes it. */
  get(conversationId: Id, threadId?: Id): string;
  /** Kept on this device after 400 ms, then on the server. */
  set(conversationId: Id, text: string, threadId?: Id): void;
  has(conversationId: Id): boolean;
  /** True from the moment the draft is on the device until it changes again. */
  saved(conversationId: Id, threadId?: Id): boolean;
  /** All of them, the last that another device has seen first. */
  readonly list: readonly Draft[];
}

export interface SavedStore {
  /** The last saved first. */
  readonly ids: readonly Id[];
  has(messageId: Id): boolean;
  /** Shows at once; on refusal it is as before, and a toast says why. */
  set(messageId: Id, saved: boolean): Promise<void>;
  /** What they say now, page by page. */
  list(cursor: string | null): Promise<SavedPage>;
}
