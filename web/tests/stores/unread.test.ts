// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '$protocol/wire';
import type { Timeline } from '$stores/surface';
import { ana, bruno, carla, id, person } from '../cast';
import type { Room } from '../house';
import { Server } from '../server';
import { type Browser, browserAt, waitFor } from './browser.svelte';

let server: Server;
let hornos: Room;
let browser: Browser;

beforeEach(() => {
  server = new Server();
  hornos = server.room('hornos', [ana, bruno, carla]);
});

async function signedIn(): Promise<void> {
  browser = browserAt(server);
  await browser.stores.session.start();
  await waitFor(() => expect(browser.stores.conversations.loaded).toBe(true));
}

async function opened(): Promise<Timeline> {
  const timeline = browser.stores.timelines.open(hornos.id);
  await waitFor(() => expect(timeline.status).toBe('ready'));
  return timeline;
}

const hear = (n: number) => waitFor(() => expect(browser.stores.conversations.get(hornos.id)?.head).toBe(n));

describe('what is unread', () => {
  it('is counted, and is read up to what was seen', async () => {
    await signedIn();
    hornos.post(bruno, { id: id('a'), text: 'hola' });
    hornos.post(bruno, { id: id('b'), text: '@ana', mentions: [ana.id] });
    await hear(2);
    const { conversations } = browser.stores;
    expect(conversations.get(hornos.id)).toMatchObject({ unread_count: 2, mention_count: 1 });
    expect(browser.stores.spaces.attention(conversations.get(hornos.id)?.space_id ?? '')).toEqual({ unread: 2, mentions: 1 });
    conversations.markRead(hornos.id, 2);
    await waitFor(() => expect(conversations.get(hornos.id)).toMatchObject({ unread_count: 0, mention_count: 0, read: 2 }));
  });

  it('tells the server only the furthest of many marks', async () => {
    await signedIn();
    for (const name of 'abcdef') hornos.post(bruno, { id: id(name), text: name });
    await hear(6);
    for (const seq of [1, 2, 3, 6, 4]) browser.stores.conversations.markRead(hornos.id, seq);
    await waitFor(() => expect(browser.stores.conversations.get(hornos.id)?.read).toBe(6));
    const marks = browser.wire.asked.filter(([name]) => name === 'conversations.mark_read').map(([, { seq }]) => seq);
    expect(marks).toEqual([1, 6]);
  });

  it('keeps the unread line where it was while one reads on', async () => {
    hornos.post(ana, { id: id('a'), text: 'hola' });
    hornos.post(bruno, { id: id('b'), text: 'nueva' });
    await signedIn();
    const timeline = await opened();
    timeline.enter();
    expect(timeline.unreadLine).toMatchObject({ messageId: id('b'), count: 1 });
    browser.stores.conversations.markRead(hornos.id, 2);
    await waitFor(() => expect(browser.stores.conversations.get(hornos.id)?.unread_count).toBe(0));
    expect(timeline.rows.map(({ kind }) => kind)).toEqual(['start', 'day', 'message', 'unread', 'message']);
    timeline.clearUnreadLine();
    expect(timeline.unreadLine).toBeNull();
  });

  it('begins around the read mark where more is unread than a page holds', async () => {
    for (let n = 1; n <= 700; n += 1) hornos.post(bruno, { id: id(`n${n}`), text: `${n}` });
    hornos.marks.set(ana.id, 300);
    await signedIn();
    const timeline = await opened();
    const leave = timeline.enter();
    expect(await timeline.goToUnread()).toBe(true);
    expect(timeline.unreadLine?.messageId).toBe(id('n301'));
    expect(timeline.rows.map(({ kind }) => kind)).toContain('unread');
    expect([timeline.messages[0]?.seq, timeline.messages.at(-1)?.seq, timeline.hasBefore, timeline.hasAfter]).toEqual([251, 350, true, true]);
    await timeline.goToEnd();
    expect([timeline.messages.at(-1)?.seq, timeline.hasAfter, timeline.unreadLine]).toEqual([700, false, null]);
    leave();
    timeline.enter();
    expect(await timeline.goToUnread()).toBe(true);
    expect(timeline.unreadLine?.messageId).toBe(id('n301'));
    expect(browser.stores.conversations.get(hornos.id)?.read).toBe(300);
  });

  it('finds the unread line behind what only the log says', async () => {
    hornos.post(bruno, { id: id('a'), text: 'hola' });
    for (let n = 0; n < 120; n += 1) hornos.join(person(`P${n}`));
    for (let n = 1; n <= 60; n += 1) hornos.post(bruno, { id: id(`n${n}`), text: `${n}` });
    hornos.marks.set(ana.id, 1);
    await signedIn();
    const timeline = await opened();
    timeline.enter();
    expect(await timeline.goToUnread()).toBe(true);
    expect(timeline.unreadLine?.messageId).toBe(id('n1'));
  });

  it('has no unread line to go to where all is read', async () => {
    hornos.post(ana, { id: id('a'), text: 'hola' });
    await signedIn();
    const timeline = await opened();
    timeline.enter();
    expect(await timeline.goToUnread()).toBe(false);
  });
});

describe('marking unread', () => {
  it('draws the line there, and lasts while the reader stays, on every device', async () => {
    for (const name of 'abc') hornos.post(bruno, { id: id(name), text: name });
    hornos.marks.set(ana.id, 3);
    await signedIn();
    const other = browserAt(server);
    await other.stores.session.start();
    const timeline = await opened();
    timeline.enter();
    other.stores.timelines.open(hornos.id).enter();
    const [, second] = timeline.messages;
    await browser.stores.conversations.markUnreadFrom(second as Message);
    for (const { stores } of [browser, other]) {
      await waitFor(() => expect(stores.conversations.get(hornos.id)).toMatchObject({ read: 1, unread_count: 2 }));
      stores.conversations.markRead(hornos.id, 3);
    }
    expect(timeline.unreadLine).toMatchObject({ messageId: id('b'), count: 2 });
    hornos.post(bruno, { id: id('d'), text: 'd' });
    await hear(4);
    browser.stores.conversations.markRead(hornos.id, 4);
    await waitFor(() => expect(other.stores.conversations.get(hornos.id)?.unread_count).toBe(3));
    expect(hornos.marks.get(ana.id)).toBe(1);

    timeline.enter();
    browser.stores.conversations.markRead(hornos.id, 4);
    await waitFor(() => expect(other.stores.conversations.get(hornos.id)).toMatchObject({ read: 4, unread_count: 0 }));
  });

  it('ends with what one says there', async () => {
    for (const name of 'ab') hornos.post(bruno, { id: id(name), text: name });
    hornos.marks.set(ana.id, 2);
    await signedIn();
    const timeline = await opened();
    timeline.enter();
    await browser.stores.conversations.markUnreadFrom(timeline.messages[0] as Message);
    await waitFor(() => expect(browser.stores.conversations.get(hornos.id)?.read).toBe(0));
    hornos.post(ana, { id: id('c'), text: 'mine' });
    hornos.post(bruno, { id: id('d'), text: 'yours' });
    await hear(4);
    browser.stores.conversations.markRead(hornos.id, 4);
    await waitFor(() => expect(hornos.marks.get(ana.id)).toBe(4));
  });
});

describe('marking all as read', () => {
  it('reads whatever waits, and can be taken back', async () => {
    const barnices = server.room('barnices', [ana, bruno], { id: id('barnices'), name: 'barnices' });
    await signedIn();
    for (const room of [hornos, barnices]) for (const name of 'ab') room.post(bruno, { id: id(room.id.slice(-4) + name), text: name });
    const { conversations } = browser.stores;
    await waitFor(() => expect(conversations.waiting.map((one) => one.unread_count)).toEqual([2, 2]));
    const undo = await conversations.readAll(conversations.waiting.map((one) => one.id));
    await waitFor(() => expect(conversations.waiting).toEqual([]));
    await undo();
    await waitFor(() => expect(conversations.waiting.map((one) => [one.read, one.unread_count])).toEqual([[0, 2], [0, 2]]));
  });

  it('leaves out what is muted and does not mention anybody', async () => {
    hornos.post(bruno, { id: id('a'), text: 'hola' });
    await signedIn();
    const { conversations } = browser.stores;
    expect(conversations.waiting).toHaveLength(1);
    server.emit(ana, 'conversations.settings_changed', { conversation_id: hornos.id, muted: true });
    await waitFor(() => expect(conversations.waiting).toEqual([]));
  });
});
