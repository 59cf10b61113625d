import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { describe, expect, it, vi } from 'vitest';
import type { ServerInfo } from '$protocol/wire';
import {
  COPY_BYTES,
  type CopiedFacts,
  MOST_CONVERSATIONS,
  MOST_MESSAGES,
  WINDOW_BYTES,
  bytesOf,
  copyOf,
  overweight,
  replicaFrom,
} from '$client/deviceCopy';
import { IndexedCopy, MemoryCopy } from '$client/deviceCopyStorage';
import { receive, replicaOf } from '$client/reducer';
import type { MessageWindow } from '$client/window';
import { ana, bruno, conversationOf, id, messageOf, posted, profileOf, taller } from '../cast';

const server = { name: 'Casa', version: '1.0', limits: {} } as unknown as ServerInfo;

const factsOf = (user: typeof ana): CopiedFacts => ({ user: profileOf(user), server, spaces: [taller] });

function windowOf(count: number, text = 'hola'): MessageWindow {
  return { items: Array.from({ length: count }, (_, at) => messageOf({ seq: at + 1, text })), hasBefore: false, hasAfter: false };
}

function row(name: string, usedAt = 1) {
  return copyOf(replicaOf(conversationOf({ id: id(name), head: 3 })), windowOf(3), usedAt);
}

describe('a conversation in the copy', () => {
  it('goes on from its position as if nothing had been between', () => {
    const before = receive(replicaOf(conversationOf({ head: 3, messages: 3, read: 3 })), posted(4), ana.id).replica;
    const again = replicaFrom(structuredClone(copyOf(before, null, 1)));
    const [one, other] = [before, again].map((replica) => receive(replica, posted(5), ana.id).replica);
    expect([other?.conversation, other?.position, other?.countedAt]).toEqual([one?.conversation, one?.position, one?.countedAt]);
  });

  it('has its last messages, and says that there are more', () => {
    const { window } = copyOf(replicaOf(conversationOf()), windowOf(MOST_MESSAGES + 10), 1);
    expect(window?.items.map(({ seq }) => seq)).toEqual(Array.from({ length: MOST_MESSAGES }, (_, at) => at + 11));
    expect(window?.hasBefore).toBe(true);
    expect(copyOf(replicaOf(conversationOf()), windowOf(3), 1).window).toEqual(windowOf(3));
  });

  it('has as many as may weigh', () => {
    const { window } = copyOf(replicaOf(conversationOf()), windowOf(40, 'ñ'.repeat(16_000)), 1);
    const items = window?.items ?? [];
    expect(items.at(-1)?.seq).toBe(40);
    expect(items.length).toBeGreaterThan(1);
    expect(items.reduce((sum, message) => sum + bytesOf(message), 0)).toBeLessThanOrEqual(WINDOW_BYTES);
  });
});

describe('what does not fit', () => {
  it('is what was not used for longest, by count', () => {
    const weights = Array.from({ length: MOST_CONVERSATIONS + 2 }, (_, at) => ({ id: id(`c${at}`), bytes: 1, usedAt: at }));
    expect(overweight(weights).sort()).toEqual([id('c0'), id('c1')].sort());
  });

  it('is what was not used for longest, by weight', () => {
    const weights = [1, 2, 3].map((usedAt) => ({ id: id(`c${usedAt}`), bytes: COPY_BYTES / 2, usedAt }));
    expect(overweight(weights)).toEqual([id('c1')]);
  });
});

describe.each([
  ['in memory', () => new MemoryCopy()],
  ['in IndexedDB', () => new IndexedCopy(`copy ${Math.random()}`)],
] as const)('a copy kept %s', (_where, make) => {
  it('is there again, as it was written last', async () => {
    const copy = make();
    expect(await copy.read()).toBeNull();
    await copy.begin(factsOf(ana));
    await copy.write({ facts: factsOf(ana), put: [row('uno'), row('dos')], drop: [] });
    await copy.write({ facts: factsOf(ana), put: [row('dos', 7)], drop: [id('uno')] });
    expect(await copy.read()).toEqual({ facts: factsOf(ana), conversations: [row('dos', 7)] });
  });

  it('is of one person: of another nothing is left, and nothing of a late tab gets in', async () => {
    const copy = make();
    await copy.begin(factsOf(ana));
    await copy.write({ facts: factsOf(ana), put: [row('uno')], drop: [] });
    await copy.begin(factsOf(bruno));
    await copy.write({ facts: factsOf(ana), put: [row('dos')], drop: [] });
    expect(await copy.read()).toEqual({ facts: factsOf(bruno), conversations: [] });
  });

  it('is gone when its person goes, and stays when another does', async () => {
    const copy = make();
    await copy.begin(factsOf(ana));
    await copy.clear(bruno.id);
    expect((await copy.read())?.facts.user.id).toBe(ana.id);
    await copy.clear(ana.id);
    await copy.write({ facts: factsOf(ana), put: [row('uno')], drop: [] });
    expect(await copy.read()).toBeNull();
  });
});

describe('a copy that cannot be read', () => {
  it('of another format is nothing, and makes way', async () => {
    const name = `copy ${Math.random()}`;
    (await openDB(name, 99)).close();
    const copy = new IndexedCopy(name);
    expect(await copy.read()).toBeNull();
    await copy.begin(factsOf(ana));
    expect((await copy.read())?.facts.user.id).toBe(ana.id);
  });

  it('is nothing where the browser keeps nothing', async () => {
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('no', 'SecurityError');
    });
    vi.spyOn(indexedDB, 'deleteDatabase').mockImplementation(() => {
      throw new DOMException('no', 'SecurityError');
    });
    const copy = new IndexedCopy(`copy ${Math.random()}`);
    await copy.begin(factsOf(ana));
    expect(await copy.read()).toBeNull();
    await copy.clear();
  });
});
