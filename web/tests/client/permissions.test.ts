import { describe, expect, it } from 'vitest';
import { type ConversationAction, mayInConversation, mayInSpace, rolesOf, rolesToGive } from '$client/permissions';
import type { SpaceRole } from '$protocol/wire';

const COLUMNS: readonly (readonly SpaceRole[])[] = [
  ['owner', 'admin', 'teacher'],
  ['moderator', 'assistant'],
  ['member', 'agent', 'student'],
  ['guest'],
];

/** The table of protocol.md, Spaces. */
const TABLE: readonly (readonly [action: ConversationAction, allowed: readonly boolean[]])[] = [
  ['post', [true, true, true, true]],
  ['react', [true, true, true, true]],
  ['pin', [true, true, true, false]],
  ['rename', [true, true, true, false]],
  ['add_people', [true, true, true, false]],
  ['delete_any', [true, true, false, false]],
  ['remove_people', [true, true, false, false]],
  ['mention_everyone', [true, true, false, false]],
  ['archive', [true, false, false, false]],
  ['change_visibility', [true, false, false, false]],
];

describe.each(TABLE)('%s', (action, allowed) => {
  it.each(COLUMNS.map((roles, column) => [roles, allowed[column]] as const))('by %s: %s', (roles, may) => {
    for (const space of roles) expect(mayInConversation(action, { space, conversation: 'member' })).toBe(may);
  });
});

it('lets the higher of two roles count', () => {
  expect(mayInConversation('archive', { space: 'member', conversation: 'owner' })).toBe(true);
  expect(mayInConversation('delete_any', { space: 'guest', conversation: 'moderator' })).toBe(true);
  expect(mayInConversation('pin', { space: null, conversation: 'member' })).toBe(true);
});

it('keeps the space to those who run it', () => {
  expect(mayInSpace('manage', 'owner')).toBe(true);
  expect([mayInSpace('invite', 'moderator'), mayInSpace('manage', 'moderator')]).toEqual([true, false]);
  expect([mayInSpace('create_conversations', 'member'), mayInSpace('invite', 'member')]).toEqual([true, false]);
  expect([mayInSpace('create_conversations', 'guest'), mayInSpace('join_channels', undefined)]).toEqual([false, false]);
});

it('gives no role above one’s own', () => {
  expect(rolesToGive('team', 'moderator')).toEqual(['moderator', 'member', 'guest']);
  expect(rolesToGive('class', 'owner')).toEqual(rolesOf('class'));
  expect(rolesToGive('team', 'member')).toEqual([]);
});
