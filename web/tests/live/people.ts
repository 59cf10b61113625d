/* People at a real server, each with the stores of the web app. */
import { MemoryCopy } from '$client/deviceCopyStorage';
import { MemoryOutbox } from '$client/outboxStorage';
import { SocketWire } from '$client/wire';
import { createStores } from '$stores/create';
import type { Stores } from '$stores/surface';
import { TestDevice } from '../stores/browser.svelte';

const PASSWORD = 'una-frase-larga-42';

/** A browser's worth of stores whose cookie jar holds one cookie. */
export function arriveAt(url: string): Stores {
  let cookie = '';
  const extraHeaders: Record<string, string> = { Origin: url };
  const fetchWithJar: typeof fetch = async (path, init) => {
    const headers = { ...(init?.headers as Record<string, string>), Cookie: cookie, Origin: url };
    const response = await fetch(url + String(path), { ...init, headers });
    const set = response.headers.getSetCookie()[0]?.split(';')[0];
    if (set !== undefined) cookie = set;
    extraHeaders['Cookie'] = cookie;
    return response;
  };
  const root = { dataset: {}, lang: 'en' } as unknown as HTMLElement;
  return createStores({ wire: new SocketWire(url, { extraHeaders }), fetch: fetchWithJar, outbox: new MemoryOutbox(), copy: new MemoryCopy(), device: new TestDevice(), root });
}

export async function setUp(url: string): Promise<Stores> {
  const stores = arriveAt(url);
  await stores.session.start();
  if (stores.session.phase === 'set_up') {
    await stores.session.setUp({ organization: 'Barro y Sal', display_name: 'Ana', username: 'ana', password: PASSWORD });
  } else {
    await signInAs(stores, 'ana');
  }
  return stores;
}

export async function signInAs(stores: Stores, login: string): Promise<void> {
  await stores.session.signIn({ login, password: PASSWORD });
}

export async function join(url: string, name: string, invite: string): Promise<Stores> {
  const stores = arriveAt(url);
  await stores.session.start();
  const username = `${name.toLowerCase()}-${Date.now().toString(36)}`;
  await stores.session.register({ username, display_name: name, password: PASSWORD, invite });
  return stores;
}
