import type { Id, User } from '$protocol/wire';
import type { Here } from '../actions/action';
import type { Asked } from './asking';
import { type Item, itemOfConversation, itemOfSpace } from './items';

/** My conversations, the last moved first and the archived ones last, and my spaces. */
export function placesOf({ stores, spaceId }: Here, { only }: Asked): Item[] {
  const mine = stores.conversations.list.filter(({ kind }) => only === 'everything' || kind === 'channel');
  const inOrder = [...mine.filter(({ archived_at }) => archived_at === null), ...mine.filter(({ archived_at }) => archived_at !== null)];
  const spaces = only === 'everything' && stores.spaces.list.length > 1 ? stores.spaces.list.map(itemOfSpace) : [];
  return [...inOrder.map((one) => itemOfConversation(one, spaceId, stores)), ...spaces];
}

/** Everybody in my directs and groups. */
export function acquaintancesOf({ conversations }: Here['stores']): User[] {
  const people = conversations.list.flatMap((one) => conversations.peopleOf(one));
  return [...new Map(people.map((user) => [user.id, user])).values()];
}

/** Those of them who can be talked to and are not among these lines already, alone or by their direct. */
export function besides(above: readonly Item[], people: readonly User[], me: Id | undefined): User[] {
  const shown = new Set(above.flatMap(peopleIn));
  return people.filter(({ id, kind }) => !shown.has(id) && kind !== 'deleted' && id !== me);
}

function peopleIn(item: Item): readonly Id[] {
  if (item.kind === 'person') return [item.user.id];
  return item.kind === 'conversation' && item.conversation.kind === 'direct' ? (item.conversation.people ?? []).map(({ id }) => id) : [];
}
