import type { Id, Timestamp } from '$protocol/types';

/** `sending`: on its way. `waiting`: goes by itself when it can. `failed`: refused, waits for its author. */
export type UnsentState = 'sending' | 'waiting' | 'failed';

export interface Unsent {
  readonly id: Id;
  readonly author_id: Id;
  readonly conversation_id: Id;
  readonly text: string;
  readonly reply_to: Id | null;
  readonly thread_id: Id | null;
  readonly also_in_channel: boolean;
  /** By this device's clock: only for showing. */
  readonly created_at: Timestamp;
  readonly state: UnsentState;
  /** Why it failed, or why it waits. */
  readonly error: { readonly code: string; readonly params: Readonly<Record<string, unknown>> } | null;
}
