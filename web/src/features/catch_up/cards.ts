import type { Conversation } from '$protocol/wire';
import type { Attention } from '$stores/surface';

/** What needs me most comes first. */
export const PILES = ['mentions', 'direct', 'channels'] as const;
export type Pile = (typeof PILES)[number];

/** Lays what waits out in piles; each keeps its order. */
export function pileOf({ kind }: Pick<Conversation, 'kind'>, { mentions }: Attention): Pile {
  if (kind === 'direct') return 'direct';
  if (mentions > 0) return 'mentions';
  return kind === 'group' ? 'direct' : 'channels';
}
