// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest';
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
