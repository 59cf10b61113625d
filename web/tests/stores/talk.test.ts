// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest';
import type { Row } from '$client/rows';
import type { Timeline } from '$stores/surface';
import { ana, bruno, carla, id } from '../cast';
import type { Room } from '../house';
import { Server } from '../server';
import { type Browser, browserAt, seen, waitFor } from './browser.svelte';

let server: Server;
let hornos: Room;
let browser: Browser;

beforeEach(() => {
  server = new Server();
  hornos = server.room('hornos', [ana, bruno, carla]);
});

async function signedIn(): Promise<Browser> {
  browser = browserAt(server);
  await browser.stores.session.start();
  await waitFor(() => expect(browser.stores.conversations.loaded).toBe(true));
  return browser;
}

/** Bruno says the numbers from 1 on, and Ana has read them. */
function countTo(last: number): void {
  for (let n = 1; n <= last; n += 1) hornos.post(bruno, { id: id(`n${n}`), text: `${n}` });
  hornos.marks.set(ana.id, hornos.head);
}

async function opened(): Promise<Timeline> {
  const timeline = browser.stores.timelines.open(hornos.id);
  await waitFor(() => expect(timeline.status).toBe('ready'));
  return timeline;
}

/** Returns between a question and its answer. */
async function asked(command: string, times: number): Promise<void> {
  const count = () => browser.wire.asked.filter(([name]) => name === command).length;
  for (let turn = 0; count() < times && turn < 1000; turn += 1) await Promise.resolve();
  expect(count()).toBe(times);
}

const texts = (rows: readonly Row[]) => rows.flatMap((row) => (row.kind === 'message' ? [row.message.deleted_at ? '†' : row.message.text] : []));
const hear = (n: number) => waitFor(() => expect(browser.stores.conversations.get(hornos.id)?.head).toBe(n));

describe('a conversation', () => {
  it('is read, and then followed', async () => {
    hornos.post(bruno, { id: id('a'), text: 'hola' });
    await signedIn();
    const timeline = await opened();
    const rows = seen(() => texts(timeline.rows));
    hornos.post(bruno, { id: id('b'), text: 'qué tal' });
    hornos.edit(bruno, id('a'), 'buenas');
    hornos.post(carla, { id: id('c'), text: 'bien' });
    hornos.delete(bruno, id('b'));
    await hear(5);
    expect(texts(timeline.rows)).toEqual(['buenas', '†', 'bien']);
    await waitFor(() => expect(rows.values.at(-1)).toEqual(['buenas', '†', 'bien']));
    rows.stop();
  });

  it('is loaded in pages, older ones before, and found around a message', async () => {
    countTo(130);
    await signedIn();
    const timeline = await opened();
    expect([timeline.messages.length, timeline.messages[0]?.seq, timeline.hasBefore]).toEqual([50, 81, true]);
    await timeline.loadBefore();
    await timeline.loadBefore();
    expect([timeline.messages.length, timeline.hasBefore]).toEqual([130, false]);
    expect(texts(timeline.rows)).toEqual(Array.from({ length: 130 }, (_, at) => `${at + 1}`));
  });

  it('is shown around a message of long ago, without holes, and goes back to the end', async () => {
    countTo(200);
    await signedIn();
    const timeline = await opened();
    expect(await timeline.goTo(id('n30'))).toBe(true);
    expect([timeline.hasAfter, timeline.messages.some(({ seq }) => seq === 200)]).toEqual([true, false]);
    hornos.post(bruno, { id: id('late'), text: 'late' });
    await hear(201);
    expect(texts(timeline.rows)).not.toContain('late');
    await timeline.loadAfter();
    const seqs = timeline.messages.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, at) => (seqs[0] ?? 0) + at));
    await timeline.goToEnd();
    expect([timeline.hasAfter, texts(timeline.rows).at(-1)]).toEqual([false, 'late']);
    expect(await timeline.goTo(id('nowhere'))).toBe(false);
    expect(timeline.status).toBe('ready');
  });

  it('takes what happened while an old page was on its way', async () => {
    countTo(60);
    await signedIn();
    const timeline = await opened();
    const loading = timeline.loadBefore();
    await asked('conversations.list_messages', 2);
    hornos.edit(bruno, id('n3'), 'edited meanwhile');
    hornos.delete(bruno, id('n4'));
    await loading;
    await hear(62);
    expect(texts(timeline.rows).slice(2, 4)).toEqual(['edited meanwhile', '†']);
  });
});

describe('the first reading', () => {
  it('loses nothing that is said while the list is on its way', async () => {
    browser = browserAt(server);
    await browser.stores.session.start();
    await asked('conversations.list_conversations', 1);
    hornos.post(bruno, { id: id('a'), text: 'entretanto' });
    await waitFor(() => expect(browser.stores.conversations.get(hornos.id)).toMatchObject({ head: 1, unread_count: 1 }));
    const timeline = await opened();
    hornos.post(bruno, { id: id('b'), text: 'después' });
    await hear(2);
    expect(texts(timeline.rows)).toEqual(['entretanto', 'después']);
  });
});

describe('sending', () => {
  it('shows the message at once and keeps its row', async () => {
    await signedIn();
    const timeline = await opened();
    const sent = browser.stores.messages.send({ conversationId: hornos.id, text: 'hola' });
    const row = () => timeline.rows.find(({ key }) => key === sent);
    expect(row()).toMatchObject({ mine: true, unsent: { state: 'sending' }, message: { text: 'hola' } });
    await waitFor(() => expect(row()).toMatchObject({ unsent: null, message: { seq: 1 } }));
    expect(texts(timeline.rows)).toEqual(['hola']);
    await waitFor(() => expect(browser.stores.messages.unsent).toEqual([]));
  });

  it('takes back what was just sent without a trace', async () => {
    await signedIn();
    const timeline = await opened();
    const { messages } = browser.stores;
    const sent = messages.send({ conversationId: hornos.id, text: 'ay' });
    await waitFor(() => expect(messages.undoable?.id).toBe(sent));
    await messages.undoSend(sent);
    expect([texts(timeline.rows), messages.undoable]).toEqual([[], null]);
    expect(hornos.messages.get(sent)).toMatchObject({ undone: true });
  });

  it('waits out a cut, and is said once although its acknowledgement was lost', async () => {
    await signedIn();
    const timeline = await opened();
    browser.wire.acknowledges = false;
    const sent = browser.stores.messages.send({ conversationId: hornos.id, text: 'una vez' });
    await waitFor(() => expect(hornos.messages.has(sent)).toBe(true));
    server.down = true;
    server.cutAll();
    browser.wire.acknowledges = true;
    browser.stores.messages.send({ conversationId: hornos.id, text: 'sin red' });
    expect(browser.stores.messages.unsent.map(({ state }) => state)).toContain('waiting');
    hornos.post(bruno, { id: id('b'), text: 'mientras' });
    server.down = false;
    await waitFor(() => expect(browser.stores.messages.unsent).toEqual([]));
    await hear(3);
    expect(texts(timeline.rows)).toEqual(['una vez', 'mientras', 'sin red']);
    expect([...hornos.messages.values()]).toHaveLength(3);
  });

  it('keeps what was refused, over a reload, until its author decides', async () => {
    await signedIn();
    hornos.leave(ana);
    const sent = browser.stores.messages.send({ conversationId: hornos.id, text: 'no se puede' });
    await waitFor(() => expect(browser.stores.messages.unsent).toMatchObject([{ id: sent, state: 'failed', error: { code: 'conversations.not_a_member' } }]));
    expect(browser.stores.announcer.assertive).not.toBe('');

    const again = browserAt(server, browser);
    await again.stores.session.start();
    await waitFor(() => expect(again.stores.messages.unsent).toMatchObject([{ id: sent, state: 'failed' }]));
    hornos.join(ana);
    again.stores.messages.retry(sent);
    await waitFor(() => expect(hornos.messages.get(sent)?.text).toBe('no se puede'));
  });
});

describe('changing a message', () => {
  beforeEach(async () => {
    hornos.post(bruno, { id: id('a'), text: 'hola' });
    hornos.post(ana, { id: id('b'), text: 'mío' });
    await signedIn();
  });

  it('shows an edit at once, and takes it back when it is refused', async () => {
    const timeline = await opened();
    const mine = timeline.messages[1];
    if (!mine) throw new Error('no message');
    const editing = browser.stores.messages.edit(mine, 'mejor');
    expect(texts(timeline.rows)).toEqual(['hola', 'mejor']);
    await editing;
    expect(hornos.messages.get(id('b'))?.text).toBe('mejor');

    server.rooms.delete(hornos.id);
    await browser.stores.messages.edit(timeline.messages[1] ?? mine, 'peor');
    expect(texts(timeline.rows)).toEqual(['hola', 'mejor']);
    expect(browser.stores.toasts.current).toMatchObject({ tone: 'alert' });
  });

  it('deletes when the undo has passed, and not before', async () => {
    const timeline = await opened();
    const { messages, toasts } = browser.stores;
    const [, mine] = timeline.messages;
    if (!mine) throw new Error('no message');
    messages.remove(mine);
    expect([texts(timeline.rows), hornos.messages.get(id('b'))?.deleted_at]).toEqual([['hola'], null]);
    toasts.current?.action?.run();
    expect(texts(timeline.rows)).toEqual(['hola', 'mío']);

    messages.remove(mine);
    toasts.dismiss(toasts.current?.id ?? 0);
    await waitFor(() => expect(hornos.messages.get(id('b'))?.deleted_at).not.toBeNull());
    await waitFor(() => expect(texts(timeline.rows)).toEqual(['hola', '†']));
  });

  it.each([
    ['the page is left', () => browser.device.leave()],
    ['their author signs out', () => browser.stores.session.signOut()],
  ])('deletes what still waits for its undo when %s', async (_when, leave) => {
    const timeline = await opened();
    const [, mine] = timeline.messages;
    if (!mine) throw new Error('no message');
    browser.stores.messages.remove(mine);
    await leave();
    await waitFor(() => expect(hornos.messages.get(id('b'))?.deleted_at).not.toBeNull());
  });

  it('reacts at once, and again to take it back', async () => {
    const timeline = await opened();
    const first = () => timeline.messages[0] as NonNullable<(typeof timeline.messages)[0]>;
    const reacting = browser.stores.messages.toggleReaction(first(), '👍');
    expect(first().reactions).toEqual([{ emoji: '👍', count: 1, user_ids: [ana.id] }]);
    await reacting;
    await hear(3);
    expect(first().reactions).toEqual([{ emoji: '👍', count: 1, user_ids: [ana.id] }]);
    await browser.stores.messages.toggleReaction(first(), '👍');
    await hear(4);
    expect([first().reactions, hornos.messages.get(id('a'))?.reactions]).toEqual([[], []]);
  });

  it('knows the last of mine', async () => {
    await opened();
    expect(browser.stores.messages.lastOf(hornos.id)?.id).toBe(id('b'));
  });
});

describe('a thread', () => {
  it('is read, followed and answered, and counted at its root', async () => {
    hornos.post(bruno, { id: id('root'), text: 'raíz' });
    hornos.post(bruno, { id: id('r1'), text: 'una', thread_id: id('root') });
    await signedIn();
    const timeline = await opened();
    const thread = browser.stores.threads.open(hornos.id, id('root'));
    await waitFor(() => expect(thread.status).toBe('ready'));
    expect([thread.root?.text, texts(thread.rows), texts(timeline.rows)]).toEqual(['raíz', ['una'], ['raíz']]);

    browser.stores.messages.send({ conversationId: hornos.id, text: 'otra', threadId: id('root') });
    expect([texts(thread.rows), texts(timeline.rows)]).toEqual([['una', 'otra'], ['raíz']]);
    hornos.post(carla, { id: id('r3'), text: 'también fuera', thread_id: id('root'), also_in_channel: true });
    await hear(4);
    expect(texts(thread.rows).sort()).toEqual(['otra', 'también fuera', 'una']);
    expect(texts(timeline.rows)).toEqual(['raíz', 'también fuera']);
    expect([thread.root?.reply_count, timeline.messages[0]?.reply_count]).toEqual([3, 3]);
  });
});

describe('a quote', () => {
  it('is fetched when it is not loaded, once', async () => {
    countTo(60);
    await signedIn();
    await opened();
    const { messages } = browser.stores;
    expect(messages.quoted(hornos.id, id('n60'))?.text).toBe('60');
    expect(messages.quoted(hornos.id, id('n1'))).toBeUndefined();
    await waitFor(() => expect(messages.quoted(hornos.id, id('n1'))?.text).toBe('1'));
    hornos.edit(bruno, id('n1'), 'uno');
    await hear(61);
    expect(messages.quoted(hornos.id, id('n1'))?.text).toBe('uno');
    messages.quoted(hornos.id, id('nowhere'));
    await waitFor(() => expect(messages.quoted(hornos.id, id('nowhere'))).toBeNull());
    expect(browser.wire.asked.filter(([name]) => name === 'conversations.get_message')).toHaveLength(2);
  });
});
