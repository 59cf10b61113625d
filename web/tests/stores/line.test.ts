// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ana, bruno, conversationOf, id } from '../cast';
import type { Room } from '../house';
import { Server } from '../server';
import { type Browser, browserAt, waitFor } from './browser.svelte';

let server: Server;
let hornos: Room;
let browser: Browser;

const banner = () => browser.stores.connection.banner;
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(async () => {
  vi.useFakeTimers();
  server = new Server();
  hornos = server.room('hornos', [ana, bruno]);
  browser = browserAt(server);
  await browser.stores.session.start();
  await pass(10);
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the banner', () => {
  it('says nothing while all is well, nor of a short cut', async () => {
    expect([banner(), browser.stores.connection.ready]).toEqual([null, true]);
    server.cutAll();
    await pass(1900);
    expect([banner(), browser.stores.connection.ready]).toEqual([null, true]);
  });

  it('says after two seconds that it is connecting, then that we are offline and how much waits', async () => {
    server.down = true;
    server.cutAll();
    await pass(1990);
    expect(banner()).toBeNull();
    await pass(20);
    expect(['connecting', 'offline']).toContain(banner()?.kind);
    await pass(5000);
    browser.stores.messages.send({ conversationId: hornos.id, text: 'luego' });
    expect(banner()).toEqual({ kind: 'offline', waiting: 1 });
  });

  it('says for three seconds that everything is here, and what went', async () => {
    server.down = true;
    server.cutAll();
    await pass(5000);
    browser.stores.messages.send({ conversationId: hornos.id, text: 'luego' });
    server.down = false;
    browser.stores.connection.retryNow();
    await pass(50);
    expect(banner()).toEqual({ kind: 'up_to_date', sent: 1 });
    await pass(3000);
    expect(banner()).toBeNull();
  });

  it('knows at once when the device has no network', async () => {
    server.down = true;
    server.cutAll();
    browser.device.setOnline(false);
    expect(banner()?.kind).toBe('offline');
    server.down = false;
    browser.device.setOnline(true);
    await pass(50);
    expect(banner()?.kind).toBe('up_to_date');
  });

  it('offers a reload when the server is another version', async () => {
    server.version = '2.0';
    server.cutAll();
    await pass(100);
    expect(banner()).toEqual({ kind: 'newer_version' });
  });
});

describe('coming back', () => {
  beforeEach(() => {
    vi.useRealTimers();
  });

  it('catches up exactly what was missed, with its counts', async () => {
    hornos.post(bruno, { id: id('a'), text: 'antes' });
    const timeline = browser.stores.timelines.open(hornos.id);
    await waitFor(() => expect(timeline.status).toBe('ready'));
    server.down = true;
    server.cutAll();
    hornos.edit(bruno, id('a'), 'editado');
    for (let n = 0; n < 70; n += 1) hornos.post(bruno, { id: id(`n${n}`), text: `${n}`, mentions: n === 3 ? [ana.id] : [] });
    server.down = false;
    browser.stores.connection.retryNow();
    await waitFor(() => expect(timeline.messages).toHaveLength(71));
    expect(timeline.messages[0]?.text).toBe('editado');
    const { unread_count, mention_count } = hornos.conversation(ana);
    expect(browser.stores.conversations.get(hornos.id)).toMatchObject({ unread_count, mention_count, head: 72 });
  });

  it('forgets what it was taken out of, and finds where it was added', async () => {
    const timeline = browser.stores.timelines.open(hornos.id);
    await waitFor(() => expect(timeline.status).toBe('ready'));
    server.down = true;
    server.cutAll();
    hornos.leave(ana);
    const nueva = server.room('nueva', [ana, bruno]);
    server.down = false;
    browser.stores.connection.retryNow();
    await waitFor(() => expect(browser.stores.conversations.list.map((each) => each.id)).toEqual([nueva.id]));
    expect(timeline.status).toBe('not_found');
  });

  it('begins anew when the server was restored', async () => {
    for (const name of 'abc') hornos.post(bruno, { id: id(name), text: name });
    const timeline = browser.stores.timelines.open(hornos.id);
    await waitFor(() => expect(timeline.messages).toHaveLength(3));
    server.down = true;
    server.cutAll();
    hornos.restore('e2', 1);
    hornos.post(bruno, { id: id('z'), text: 'z' });
    server.down = false;
    browser.stores.connection.retryNow();
    await waitFor(() => expect(timeline.messages.map(({ text }) => text)).toEqual(['a', 'z']));
    hornos.post(bruno, { id: id('y'), text: 'y' });
    await waitFor(() => expect(timeline.messages.map(({ text }) => text)).toEqual(['a', 'z', 'y']));
  });

  it('takes what comes before the server says where it stands in its place', async () => {
    const timeline = browser.stores.timelines.open(hornos.id);
    await waitFor(() => expect(timeline.status).toBe('ready'));
    server.cutAll();
    hornos.restore('e2', 0);
    server.beforeReady = () => void hornos.post(bruno, { id: id('z'), text: 'z' });
    await waitFor(() => expect(timeline.messages.map(({ text }) => text)).toEqual(['z']));
    hornos.post(bruno, { id: id('y'), text: 'y' });
    await waitFor(() => expect(timeline.messages.map(({ text }) => text)).toEqual(['z', 'y']));
  });

  it('fills a gap by itself when an update went missing', async () => {
    const timeline = browser.stores.timelines.open(hornos.id);
    await waitFor(() => expect(timeline.status).toBe('ready'));
    const [wire] = server.wires;
    hornos.members.delete(ana.id);
    hornos.post(bruno, { id: id('lost'), text: 'perdido' });
    hornos.members.set(ana.id, ana);
    hornos.post(bruno, { id: id('next'), text: 'siguiente' });
    await waitFor(() => expect(timeline.messages.map(({ text }) => text)).toEqual(['perdido', 'siguiente']));
    expect(wire?.asked.filter(([name]) => name === 'conversations.catch_up')).toHaveLength(1);
  });
});

describe('an update that is lost', () => {
  it('without another after it is asked for when its place is known', async () => {
    vi.useRealTimers();
    const timeline = browser.stores.timelines.open(hornos.id);
    await waitFor(() => expect(timeline.status).toBe('ready'));
    hornos.members.delete(ana.id);
    hornos.post(bruno, { id: id('lost'), text: 'perdido' });
    hornos.members.set(ana.id, ana);
    const { head, unread_count, mention_count } = hornos.conversation(ana);
    server.emit(ana, 'conversations.read', { conversation_id: hornos.id, seq: 0, head, unread_count, mention_count });
    await waitFor(() => expect(timeline.messages.map(({ text }) => text)).toEqual(['perdido']));
    expect(browser.stores.conversations.get(hornos.id)?.unread_count).toBe(unread_count);
  });
});

describe('a session', () => {
  beforeEach(() => {
    vi.useRealTimers();
  });

  it('that ended keeps everything for who signs in again', async () => {
    const { session, messages } = browser.stores;
    server.down = true;
    server.cutAll();
    messages.send({ conversationId: hornos.id, text: 'sin sesión' });
    server.cookie = null;
    server.down = false;
    browser.stores.connection.retryNow();
    await waitFor(() => expect(session.lost).toBe(true));
    expect([banner(), hornos.messages.size]).toEqual([{ kind: 'signed_out' }, 0]);
    session.leave();
    expect(session.phase).toBe('signed_out');
    await session.signIn({ login: 'ana', password: 'secreto-largo' });
    await waitFor(() => expect([...hornos.messages.values()].map(({ text }) => text)).toEqual(['sin sesión']));
    expect([session.lost, session.phase]).toEqual([false, 'signed_in']);
  });

  it('leaves nothing on the screen for the next person', async () => {
    hornos.post(bruno, { id: id('a'), text: 'secreto' });
    const { session, conversations, timelines } = browser.stores;
    const timeline = timelines.open(hornos.id);
    await waitFor(() => expect(timeline.messages).toHaveLength(1));
    await session.signOut();
    expect([session.phase, session.user, conversations.list, banner()]).toEqual(['signed_out', null, [], null]);
    expect(timelines.open(hornos.id)).not.toBe(timeline);

    server.cookie = bruno;
    await session.signIn({ login: 'bruno', password: 'secreto-largo' });
    await waitFor(() => expect(conversations.list).toHaveLength(1));
    expect(browser.stores.people.me?.id).toBe(bruno.id);
  });

  it('is closed when the server revokes it', async () => {
    server.emit(ana, 'gateway.goodbye', { code: 'session_revoked', reconnect: false });
    await new Promise((done) => setTimeout(done, 0));
    server.cutAll();
    expect(browser.stores.session.lost).toBe(true);
  });

  it.each([
    ['set_up', { cookie: null, setUpRequired: true }],
    ['signed_out', { cookie: null }],
    ['unreachable', { down: true }],
    ['signed_in', {}],
  ] as const)('starts as %s', async (phase, state) => {
    Object.assign(server, state);
    const fresh = browserAt(server);
    await fresh.stores.session.start();
    expect(fresh.stores.session.phase).toBe(phase);
    fresh.stores.session.leave();
  });
});

describe('a public channel', () => {
  beforeEach(() => {
    vi.useRealTimers();
  });

  it('is read without being in it, then joined and followed', async () => {
    const plaza = server.room('abierta', [bruno]);
    plaza.post(bruno, { id: id('a'), text: 'antes' });
    const { conversations, timelines } = browser.stores;
    expect(await conversations.find(plaza.id)).toMatchObject({ role: null });
    expect([conversations.may(plaza.id, 'post'), conversations.list.some((each) => each.id === plaza.id)]).toEqual([false, false]);
    const timeline = timelines.open(plaza.id);
    await waitFor(() => expect(timeline.messages).toHaveLength(1));
    plaza.post(bruno, { id: id('b'), text: 'sin mí' });
    await conversations.join(plaza.id);
    plaza.post(bruno, { id: id('c'), text: 'conmigo' });
    await waitFor(() => expect(timeline.messages.flatMap(({ kind, text }) => (kind === 'text' ? [text] : []))).toEqual(['antes', 'sin mí', 'conmigo']));
    expect([conversations.may(plaza.id, 'post'), conversations.get(plaza.id)?.unread_count]).toEqual([true, 1]);
  });
});

it('names conversations as their reader says them', () => {
  const { conversations } = browser.stores;
  const titled = (fields: object) => conversations.titleOf(conversationOf({ name: null, ...fields }));
  expect(titled({ kind: 'direct', people: [ana, bruno] })).toBe('Bruno');
  expect(titled({ kind: 'direct', people: [ana] })).toBe('My notes');
  expect(titled({ name: 'hornos' })).toBe('hornos');
});
