// @vitest-environment happy-dom
import { mount, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import ConversationPetal from '$features/conversation/ConversationPetal.svelte';
import type { User } from '$protocol/wire';
import { ana, bruno, carla, conversationOf } from '../cast';

const stores = {
  conversations: { titleOf: () => 'Bruno, Carla', peopleOf: ({ people }: { people: User[] }) => people.filter(({ id }) => id !== ana.id) },
  people: { get: () => undefined, presence: () => 'offline' },
};

vi.mock('$stores/context', () => ({ useStores: () => stores }));

afterEach(() => document.body.replaceChildren());

it.each([
  ['the number of others in a group', 'group', [ana, bruno, carla], '2'],
  ['the initials of who is opposite', 'direct', [ana, bruno], 'B'],
] as const)('shows %s', async (_what, kind, people, letters) => {
  const conversation = conversationOf({ kind, name: null, space_id: null, people: [...people] });
  const petal = mount(ConversationPetal, { target: document.body, props: { conversation } });
  expect(document.querySelector('[data-letters]')?.getAttribute('data-letters')).toBe(letters);
  await unmount(petal);
});
