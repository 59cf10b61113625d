export interface Backoff {
  readonly base_ms: number;
  readonly max_ms: number;
}

/** Until the server says otherwise in `gateway.ready`. */
export const DEFAULT_BACKOFF: Backoff = { base_ms: 1000, max_ms: 30_000 };

/** Milliseconds before attempt 0, 1, 2 …: anywhere between nothing and a bound that doubles, so that those who fell
 * together do not come back together. */
export function fullJitter(attempt: number, { base_ms, max_ms }: Backoff, random: () => number = Math.random): number {
  const bound = Math.min(max_ms, base_ms * 2 ** Math.min(attempt, 30));
  return Math.round(random() * bound);
}
