import type { Conversation, Space } from '$protocol/wire';

/** How many people a space has: who joins is told by its default channels before the space is asked for again. */
export function headcount(space: Space, conversations: readonly Conversation[]): number {
  const defaults = conversations.filter((one) => one.default && one.space_id === space.id).map((one) => one.member_count ?? 0);
  return Math.max(space.member_count, ...defaults);
}
