// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Draft } from '$protocol/wire';
import { ana, bruno, id } from '../cast';
import { Server } from '../server';
import { type Browser, TestDevice, browserAt } from './browser.svelte';

const hornos = id('hornos');
let server: Server;

const pass = (milliseconds = 500) => vi.advanceTimersByTimeAsync(milliseconds);
const text = ({ stores }: Browser, thread?: string): string => stores.drafts.get(hornos, thread);
const kept = (): string[] => [...server.drafts.values()].map((draft) => draft.text);

async function open(device?: TestDevice): Promise<Browser> {
  const browser = browserAt(server, device ? { device } : {});
  await browser.stores.session.start();
  await pass(50);
  return browser;
}

/** What another device of hers did, of which nobody was told. */
function elsewhere(words: string): Draft {
  const draft = { conversation_id: hornos, thread_id: null, text: words, version: ++server.draftVersion, saved_at: null };
  if (words) server.drafts.set(`${hornos}/`, draft);
  else server.drafts.delete(`${hornos}/`);
  return draft;
}

beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
  server.room('hornos', [ana, bruno]);
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a draft is on every device', () => {
  it('goes to the server when the writer stops, and to the other devices at once', async () => {
    const [desk, phone] = [await open(), await open()];
    desk.stores.drafts.set(hornos, 'casi');
    desk.stores.drafts.set(hornos, 'casi todo');
    await pass();
    expect([kept(), text(phone), phone.stores.drafts.has(hornos)]).toEqual([['casi todo'], 'casi todo', true]);
    expect(desk.wire.asked.filter(([name]) => name === 'personal.save_draft')).toHaveLength(1);
    phone.stores.drafts.set(hornos, 'casi todo listo');
    await pass();
    expect(text(desk)).toBe('casi todo listo');
  });

  it('is there on a device that comes later, in a thread too', async () => {
    const desk = await open();
    desk.stores.drafts.set(hornos, 'casi');
    desk.stores.drafts.set(hornos, 'en el hilo', id('root'));
    await pass();
    const phone = await open();
    expect([text(phone), text(phone, id('root'))]).toEqual(['casi', 'en el hilo']);
  });

  it('is gone everywhere once it is sent', async () => {
    const [desk, phone] = [await open(), await open()];
    desk.stores.drafts.set(hornos, 'casi');
    await pass();
    desk.stores.drafts.set(hornos, '');
    await pass();
    expect([kept(), text(phone), phone.stores.drafts.has(hornos)]).toEqual([[], '', false]);
  });

  it('waits for the connection, over a reload too', async () => {
    const desk = await open();
    server.down = true;
    server.cutAll();
    desk.stores.drafts.set(hornos, 'sin red');
    await pass();
    expect([kept(), desk.stores.drafts.saved(hornos)]).toEqual([[], true]);
    server.down = false;
    const again = await open(desk.device);
    await pass();
    expect([kept(), text(again)]).toEqual([['sin red'], 'sin red']);
  });

  it('that stands on this device from before is told to the server', async () => {
    const device = new TestDevice();
    device.write(`tertulia.drafts.${ana.id}`, JSON.stringify([[hornos, 'de antes']]));
    await open(device);
    await pass();
    expect(kept()).toEqual(['de antes']);
  });
});

describe('no text is lost', () => {
  it('when both devices wrote without knowing of each other', async () => {
    const desk = await open();
    desk.stores.drafts.set(hornos, 'casi');
    await pass();
    server.down = true;
    server.cutAll();
    desk.stores.drafts.set(hornos, 'casi aquí');
    await pass();
    elsewhere('casi allí');
    server.down = false;
    desk.stores.connection.retryNow();
    await pass();
    expect(text(desk)).toBe('casi aquí\n\ncasi allí');
    expect(kept()).toEqual(['casi aquí\n\ncasi allí']);
  });

  it('when another device was faster, though both are connected', async () => {
    const desk = await open();
    desk.stores.drafts.set(hornos, 'aquí');
    elsewhere('allí');
    await pass();
    expect([text(desk), kept()]).toEqual(['aquí\n\nallí', ['aquí\n\nallí']]);
  });

  it('when one text holds the other, it stands alone', async () => {
    const desk = await open();
    desk.stores.drafts.set(hornos, 'hola');
    elsewhere('hola, Bruno');
    await pass();
    expect([text(desk), kept()]).toEqual(['hola, Bruno', ['hola, Bruno']]);
  });

  it('when it was sent elsewhere while more was written here', async () => {
    const desk = await open();
    desk.stores.drafts.set(hornos, 'casi');
    await pass();
    server.down = true;
    server.cutAll();
    desk.stores.drafts.set(hornos, 'casi y algo más');
    await pass();
    elsewhere('');
    server.down = false;
    desk.stores.connection.retryNow();
    await pass();
    expect([text(desk), kept()]).toEqual(['casi y algo más', ['casi y algo más']]);
  });

  it('when it was sent here and another device had written on', async () => {
    const desk = await open();
    desk.stores.drafts.set(hornos, 'casi');
    await pass();
    desk.stores.drafts.set(hornos, '');
    elsewhere('casi, y esto');
    await pass();
    expect([text(desk), kept()]).toEqual(['casi, y esto', ['casi, y esto']]);
  });

  it('when the server lost it in a restore', async () => {
    const desk = await open();
    desk.stores.drafts.set(hornos, 'uno');
    await pass();
    desk.stores.drafts.set(hornos, 'uno y dos');
    await pass();
    server.drafts.clear();
    server.draftVersion = 0;
    server.cutAll();
    desk.stores.connection.retryNow();
    await pass();
    expect([text(desk), kept()]).toEqual(['uno y dos', ['uno y dos']]);
  });
});

describe('what was sent does not come back', () => {
  it('when the device was away as it was sent elsewhere', async () => {
    const desk = await open();
    desk.stores.drafts.set(hornos, 'casi');
    await pass();
    server.cutAll();
    elsewhere('');
    await pass();
    expect([text(desk), kept()]).toEqual(['', []]);
  });

  it('when it was sent without a connection and the page was reloaded', async () => {
    const desk = await open();
    desk.stores.drafts.set(hornos, 'casi');
    await pass();
    server.down = true;
    server.cutAll();
    desk.stores.drafts.set(hornos, '');
    await pass();
    server.down = false;
    const again = await open(desk.device);
    await pass();
    expect([text(again), kept()]).toEqual(['', []]);
  });

  it('when the answer to the last text was lost', async () => {
    const desk = await open();
    desk.wire.acknowledges = false;
    desk.stores.drafts.set(hornos, 'casi');
    await pass();
    expect(kept()).toEqual(['casi']);
    desk.stores.drafts.set(hornos, '');
    await pass();
    server.cutAll();
    desk.wire.acknowledges = true;
    await pass();
    expect([text(desk), kept()]).toEqual(['', []]);
  });
});

describe('what the server will not have', () => {
  it('stays on this device, and is not sent again and again', async () => {
    const desk = await open();
    const nowhere = id('nowhere');
    desk.stores.drafts.set(nowhere, 'hola');
    await pass();
    desk.stores.drafts.set(hornos, 'y aquí');
    await pass(20_000);
    expect([desk.stores.drafts.get(nowhere), kept()]).toEqual(['hola', ['y aquí']]);
    expect(desk.wire.asked.filter(([name]) => name === 'personal.save_draft')).toHaveLength(2);
  });
});
