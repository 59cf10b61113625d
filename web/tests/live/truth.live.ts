import { expect, it, vi } from 'vitest';
import type { Id, Message } from '$protocol/wire';
import type { Stores, Timeline } from '$stores/surface';
import { arriveAt, join, setUp, signInAs } from './people';

const url = process.env['WEB_TEST_SERVER'] ?? '';
const { waitFor } = vi;
const soon = { timeout: 10_000 };
const STEPS = 120;

/** Mulberry32: the same seed acts the same. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

async function act(stores: Stores, conversationId: Id, other: Stores, roll: (sides: number) => number): Promise<void> {
  const { messages } = stores.timelines.open(conversationId);
  const texts = messages.filter(({ kind, deleted_at }) => kind === 'text' && !deleted_at);
  const any = texts[roll(Math.max(1, texts.length))];
  const mine = texts.filter(({ author }) => author.id === stores.session.user?.id)[0];
  const say = (fields: object) => void stores.messages.send({ conversationId, text: `palabra ${roll(1000)}`, ...fields });
  const mention = { text: `@${other.session.user?.username ?? ''} ${roll(1000)}` };
  const root = any && any.thread_id === null ? any.id : undefined;
  const acts: (() => unknown)[] = [
    () => say({}),
    () => say(mention),
    () => say({ threadId: root, alsoInChannel: roll(2) === 0 && root !== undefined }),
    () => say({ threadId: root, ...mention }),
    () => mine && stores.messages.edit(mine, `otra ${roll(1000)}`),
    () => any && stores.messages.toggleReaction(any, ['👍', '🔵'][roll(2)] ?? '👍'),
    () => any && stores.messages.setPinned(any, any.pinned_at === null),
    () => stores.conversations.update(conversationId, { topic: `tema ${roll(5)}` }),
    () => stores.conversations.markRead(conversationId, stores.conversations.get(conversationId)?.head ?? 0),
    () => mine && roll(3) === 0 && erase(stores, mine),
  ];
  await acts[roll(acts.length)]?.();
}

function erase(stores: Stores, message: Message): void {
  stores.messages.remove(message);
  stores.toasts.dismiss(stores.toasts.current?.id ?? 0);
}

async function whole(stores: Stores, conversationId: Id): Promise<Timeline> {
  const timeline = stores.timelines.open(conversationId);
  await waitFor(() => expect(timeline.status).toBe('ready'), soon);
  while (timeline.hasBefore) await timeline.loadBefore();
  return timeline;
}

it.each([1, 2, 3])('what is followed equals what is read afresh (seed %d)', { timeout: 60_000 }, async (seed) => {
  const roll = dice(seed);
  const ana = await setUp(url);
  await waitFor(() => expect([ana.conversations.loaded, ana.spaces.loaded]).toEqual([true, true]), soon);
  const space = ana.spaces.list[0] ?? expect.fail('no space');
  const bruno = await join(url, 'Bruno', (await ana.invites.create({ spaceId: space.id })).code);
  const channel = await ana.conversations.create({ kind: 'channel', space_id: space.id, name: `verdad-${seed}-${Date.now().toString(36)}` });
  await bruno.conversations.join(channel.id);
  for (const stores of [ana, bruno]) await whole(stores, channel.id);

  for (let step = 0; step < STEPS; step += 1) await (roll(2) ? act(ana, channel.id, bruno, roll) : act(bruno, channel.id, ana, roll));
  await waitFor(() => expect([...ana.messages.unsent, ...bruno.messages.unsent]).toEqual([]), soon);

  for (const followed of [ana, bruno]) {
    const fresh = arriveAt(url);
    await signInAs(fresh, followed.session.user?.username ?? '');
    await waitFor(() => expect(fresh.conversations.loaded).toBe(true), soon);
    const truth = await whole(fresh, channel.id);
    const conversation = () => fresh.conversations.get(channel.id) ?? expect.fail('gone');
    await waitFor(() => expect(followed.conversations.get(channel.id)).toEqual(conversation()), soon);
    expect(followed.timelines.open(channel.id).messages).toEqual(truth.messages);
    await fresh.session.signOut();
  }
});
