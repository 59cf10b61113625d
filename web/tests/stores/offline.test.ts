// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MessageRow } from '$client/rows';
import { MemoryCopy } from '$client/deviceCopyStorage';
import { ana, bruno, id } from '../cast';
import type { Room } from '../house';
import { Server } from '../server';
import { type Browser, TestDevice, browserAt, waitFor } from './browser.svelte';

let server: Server;
let hornos: Room;
let copy: MemoryCopy;
let browser: Browser;

const textsIn = ({ stores }: Browser, room = hornos) => stores.timelines.open(room.id).messages.map(({ text }) => text);

async function opened(kept: Partial<Browser> = {}): Promise<Browser> {
  const fresh = browserAt(server, { copy, ...kept });
  await fresh.stores.session.start();
  return fresh;
}

/** Ana reads `hornos`, and all of it is on her device. */
beforeEach(async () => {
  server = new Server();
  hornos = server.room('hornos', [ana, bruno]);
  server.room('sin-abrir', [ana, bruno]);
  hornos.post(bruno, { id: id('a'), text: 'antes' });
  copy = new MemoryCopy();
  browser = await opened();
  await waitFor(() => expect(browser.stores.conversations.loaded && browser.stores.spaces.loaded).toBe(true));
  browser.stores.timelines.open(hornos.id).enter();
  await waitFor(() => expect(textsIn(browser)).toEqual(['antes']));
  browser.device.leave();
  expect(copy.rows.get(hornos.id)?.window?.items).toHaveLength(1);
});

afterEach(() => {
  vi.useRealTimers();
});

function close(): void {
  browser.device.leave();
  server.down = true;
  server.cutAll();
}

describe('without a server', () => {
  it('opens with what was there, and says how it is', async () => {
    close();
    const { stores } = await opened();
    expect([stores.session.phase, stores.people.me?.id, stores.spaces.list.map(({ name }) => name)]).toEqual(['signed_in', ana.id, ['Taller']]);
    expect(stores.conversations.list.map(({ name }) => name).sort()).toEqual(['hornos', 'sin-abrir']);
    const timeline = stores.timelines.open(hornos.id);
    expect([timeline.status, timeline.messages.map(({ text }) => text)]).toEqual(['ready', ['antes']]);
    await waitFor(() => expect(stores.connection.banner).toEqual({ kind: 'offline', waiting: 0 }));
    expect(stores.timelines.open(id('sin-abrir')).status).toBe('loading');
  });

  it('knows at once that the device has no network', async () => {
    close();
    const device = new TestDevice();
    device.online = false;
    const { stores } = await opened({ device });
    expect(stores.connection.offline).toBe(true);
  });

  it('shows what was written over every closing, and sends it once when it is back', async () => {
    close();
    const { outbox } = await opened();
    const first = await opened({ outbox });
    first.stores.messages.send({ conversationId: hornos.id, text: 'a oscuras' });
    await waitFor(async () => expect(await outbox.list(ana.id)).toHaveLength(1));
    const second = await opened({ outbox });
    const unsent = () => second.stores.timelines.open(hornos.id).rows.filter((row): row is MessageRow => row.kind === 'message' && row.unsent !== null);
    await waitFor(() => expect(unsent().map(({ message }) => message.text)).toEqual(['a oscuras']));
    server.down = false;
    second.stores.connection.retryNow();
    await waitFor(() => expect([unsent(), textsIn(second)]).toEqual([[], ['antes', 'a oscuras']]));
    expect([...hornos.messages.values()].map(({ text }) => text)).toEqual(['antes', 'a oscuras']);
  });
});

describe('back at the server', () => {
  it('catches up from where the copy stood', async () => {
    close();
    hornos.edit(bruno, id('a'), 'editado');
    hornos.post(bruno, { id: id('b'), text: 'después' });
    server.down = false;
    const fresh = await opened();
    await waitFor(() => expect(textsIn(fresh)).toEqual(['editado', 'después']));
    const asked = fresh.wire.asked.filter(([name]) => name === 'conversations.catch_up').map(([, params]) => params);
    expect(asked).toEqual([{ positions: { [hornos.id]: { epoch: 'e1', seq: 1 } } }]);
    expect(fresh.wire.asked.map(([name]) => name)).not.toContain('conversations.list_messages');
    expect(fresh.stores.conversations.get(hornos.id)).toMatchObject({ head: 3, unread_count: hornos.conversation(ana).unread_count });
  });

  it('puts the unread line where the copy ended', async () => {
    hornos.marks.set(ana.id, 1);
    browser.stores.conversations.markRead(hornos.id, 1);
    await waitFor(() => expect(browser.stores.conversations.get(hornos.id)?.unread_count).toBe(0));
    close();
    hornos.post(bruno, { id: id('b'), text: 'después' });
    server.down = false;
    const fresh = await opened();
    const timeline = fresh.stores.timelines.open(hornos.id);
    timeline.enter();
    await waitFor(() => expect(timeline.unreadLine?.messageId).toBe(id('b')));
  });

  it('begins anew in another history, and shows nothing that the server lacks', async () => {
    hornos.post(bruno, { id: id('b'), text: 'perdido' });
    await waitFor(() => expect(textsIn(browser)).toEqual(['antes', 'perdido']));
    close();
    hornos.restore('e2', 1);
    hornos.post(bruno, { id: id('c'), text: 'nuevo' });
    server.down = false;
    const fresh = await opened();
    await waitFor(() => expect(textsIn(fresh)).toEqual(['antes', 'nuevo']));
    hornos.post(bruno, { id: id('d'), text: 'vivo' });
    await waitFor(() => expect(textsIn(fresh)).toEqual(['antes', 'nuevo', 'vivo']));
  });

  it('forgets conversations that are not mine any more', async () => {
    close();
    hornos.leave(ana);
    server.down = false;
    const fresh = await opened();
    await waitFor(() => expect(fresh.stores.conversations.list.map(({ name }) => name)).toEqual(['sin-abrir']));
    fresh.device.leave();
    expect([...copy.rows.keys()]).toEqual([id('sin-abrir')]);
  });

  it('keeps nothing that was only hoped for', async () => {
    const mine = browser.stores.messages.send({ conversationId: hornos.id, text: 'mío' });
    const timeline = browser.stores.timelines.open(hornos.id);
    await waitFor(() => expect(timeline.messages.map(({ text }) => text)).toEqual(['antes', 'mío']));
    server.down = true;
    server.cutAll();
    const message = timeline.messages[1];
    if (message) void browser.stores.messages.edit(message, 'cambiado');
    await waitFor(() => expect(textsIn(browser)).toEqual(['antes', 'cambiado']));
    browser.device.leave();
    expect(copy.rows.get(hornos.id)?.window?.items.find((each) => each.id === mine)?.text).toBe('mío');
  });
});

describe('the copy', () => {
  it('is gone when its person signs out', async () => {
    await browser.stores.session.signOut();
    browser.device.leave();
    expect(await copy.read()).toBeNull();
  });

  it('is gone when the session is ended from elsewhere, and begins again for who signs in', async () => {
    server.cookie = null;
    server.cutAll();
    await waitFor(() => expect(browser.stores.session.lost).toBe(true));
    browser.device.leave();
    expect(await copy.read()).toBeNull();
    browser.stores.session.leave();
    server.cookie = ana;
    await browser.stores.session.signIn({ login: 'ana', password: 'secreto-largo' });
    browser.device.leave();
    expect((await copy.read())?.facts.user.id).toBe(ana.id);
    await waitFor(() => {
      browser.device.leave();
      expect(copy.rows.has(hornos.id)).toBe(true);
    });
  });

  it('is not shown for longer than it takes to hear that the session has ended', async () => {
    browser.device.leave();
    server.cookie = null;
    const fresh = await opened();
    expect([fresh.stores.session.phase, fresh.stores.conversations.list]).toEqual(['signed_out', []]);
    expect(await copy.read()).toBeNull();
  });

  it('is not for another person', async () => {
    browser.device.leave();
    server.cookie = bruno;
    const fresh = await opened();
    await waitFor(() => expect(fresh.stores.conversations.loaded).toBe(true));
    expect(fresh.stores.people.me?.id).toBe(bruno.id);
    fresh.device.leave();
    expect((await copy.read())?.facts.user.id).toBe(bruno.id);
  });
});

it('says that there is a newer version when that is what opens from now on', () => {
  browser.device.renew();
  expect(browser.stores.connection.banner).toEqual({ kind: 'newer_version' });
});

it('shows what is written where nothing else is on the device', async () => {
  close();
  const { stores } = await opened();
  const timeline = stores.timelines.open(id('sin-abrir'));
  expect(timeline.rows).toEqual([]);
  stores.messages.send({ conversationId: id('sin-abrir'), text: 'para luego' });
  expect(timeline.rows.flatMap((row) => (row.kind === 'message' ? [row.message.text] : []))).toEqual(['para luego']);
  expect(timeline.status).toBe('loading');
});

describe('a deletion whose page went before it was sent', () => {
  it('is carried out by the next', async () => {
    vi.useFakeTimers();
    hornos.post(ana, { id: id('mío'), text: 'mío' });
    await vi.waitFor(() => expect(textsIn(browser)).toEqual(['antes', 'mío']));
    const mine = browser.stores.timelines.open(hornos.id).messages[1];
    if (mine) browser.stores.messages.remove(mine);
    server.down = true;
    browser.device.leave();
    server.cutAll();
    server.down = false;
    await opened({ device: browser.device });
    await vi.advanceTimersByTimeAsync(11_000);
    expect(hornos.messages.get(id('mío'))?.deleted_at).toBeNull();
    await vi.advanceTimersByTimeAsync(2000);
    expect(hornos.messages.get(id('mío'))?.deleted_at).not.toBeNull();
    expect([...browser.device.kept.keys()].filter((key) => key.includes('deletions'))).toEqual([]);
  });

  it('is none when it was undone', async () => {
    hornos.post(ana, { id: id('mío'), text: 'mío' });
    await waitFor(() => expect(textsIn(browser)).toEqual(['antes', 'mío']));
    const mine = browser.stores.timelines.open(hornos.id).messages[1];
    if (mine) browser.stores.messages.remove(mine);
    expect([...browser.device.kept.keys()].some((key) => key.includes('deletions'))).toBe(true);
    browser.stores.toasts.current?.action?.run();
    expect([...browser.device.kept.keys()].some((key) => key.includes('deletions'))).toBe(false);
  });
});
