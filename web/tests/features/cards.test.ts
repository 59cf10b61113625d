import { expect, it } from 'vitest';
import { pileOf } from '$features/catch_up/cards';

it.each([
  ['channel', 1, 3, 'mentions'],
  ['group', 1, 0, 'mentions'],
  ['direct', 2, 2, 'direct'],
  ['group', 0, 2, 'direct'],
  ['channel', 0, 9, 'channels'],
] as const)('a %s with %i mentions and %i unread lies among the %s', (kind, mentions, unread, pile) => {
  expect(pileOf({ kind }, { mentions, unread })).toBe(pile);
});
