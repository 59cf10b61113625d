// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest';
import { ana, bruno, id } from '../cast';
import type { Room } from '../house';
import { Server } from '../server';
import { type Browser, browserAt, waitFor } from './browser.svelte';

let server: Server;
let hornos: Room;

async function open(): Promise<Browser> {
  const browser = browserAt(server);
  await browser.stores.session.start();
  await waitFor(() => expect(browser.stores.connection.ready).toBe(true));
  return browser;
}

beforeEach(() => {
  server = new Server();
  hornos = server.room('hornos', [ana, bruno]);
  for (const name of ['m1', 'm2']) hornos.post(bruno, { id: id(name), text: name });
});

describe('saved messages', () => {
  it('are known on every device, the last saved first', async () => {
    const [desk, phone] = [await open(), await open()];
    await desk.stores.saved.set(id('m1'), true);
    await desk.stores.saved.set(id('m2'), true);
    await waitFor(() => expect(phone.stores.saved.ids).toEqual([id('m2'), id('m1')]));
    await phone.stores.saved.set(id('m2'), false);
    await waitFor(() => expect([desk.stores.saved.has(id('m2')), desk.stores.saved.has(id('m1'))]).toEqual([false, true]));
    const later = await open();
    await waitFor(() => expect(later.stores.saved.ids).toEqual([id('m1')]));
  });

  it('show at once, and are as before where the server refuses', async () => {
    const { stores } = await open();
    const asked = stores.saved.set(id('nowhere'), true);
    expect(stores.saved.has(id('nowhere'))).toBe(true);
    await asked;
    expect([stores.saved.has(id('nowhere')), stores.toasts.current?.tone]).toEqual([false, 'alert']);
  });

  it('are nobody’s once one has gone', async () => {
    const { stores } = await open();
    await stores.saved.set(id('m1'), true);
    await stores.session.signOut();
    expect(stores.saved.ids).toEqual([]);
  });
});
