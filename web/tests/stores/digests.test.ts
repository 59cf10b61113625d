// @vitest-environment happy-dom
import { beforeEach, expect, it } from 'vitest';
import type { Digest, Stores } from '$stores/surface';
import { ana, bruno, id } from '../cast';
import type { Room } from '../house';
import { Server } from '../server';
import { browserAt, waitFor } from './browser.svelte';

let server: Server;
let hornos: Room;
let stores: Stores;

beforeEach(async () => {
  server = new Server();
  hornos = server.room('hornos', [ana, bruno]);
  for (const name of ['leído', 'a', 'b']) hornos.post(bruno, { id: id(name), text: name });
  hornos.marks.set(ana.id, 1);
  ({ stores } = browserAt(server));
  await stores.session.start();
  await waitFor(() => expect(stores.conversations.loaded).toBe(true));
});

const texts = ({ lines }: Digest): string[] => lines.map(({ text }) => text);

it('reads what is unread, and follows it', async () => {
  const digest = stores.digests.open(hornos.id);
  await waitFor(() => expect(texts(digest)).toEqual(['a', 'b']));
  hornos.post(bruno, { id: id('c'), text: 'c' });
  await waitFor(() => expect(texts(digest)).toEqual(['a', 'b', 'c']));
  hornos.edit(bruno, id('a'), 'A');
  hornos.delete(bruno, id('b'));
  await waitFor(() => expect(texts(digest)).toEqual(['A', 'c']));
  stores.conversations.markRead(hornos.id, hornos.head);
  await waitFor(() => expect(texts(digest)).toEqual([]));
});

it('reads again when the mark is put back', async () => {
  const digest = stores.digests.open(hornos.id);
  await waitFor(() => expect(texts(digest)).toEqual(['a', 'b']));
  const [first] = hornos.messages.values();
  if (first) await stores.conversations.markUnreadFrom(first);
  await waitFor(() => expect(texts(digest)).toEqual(['leído', 'a', 'b']));
});

it('is let go', async () => {
  const digest = stores.digests.open(hornos.id);
  await waitFor(() => expect(texts(digest)).toEqual(['a', 'b']));
  stores.digests.close(hornos.id);
  expect(stores.digests.open(hornos.id)).not.toBe(digest);
});
