import type { DBSchema } from 'idb';
import type { Id } from '$protocol/wire';
import { Database } from './database';
import type { OutboxStorage, Unsent } from './outbox';

interface Schema extends DBSchema {
  unsent: { key: Id; value: Unsent; indexes: { author: Id } };
}

const NAME = 'tertulia';

/** Keeps unsent messages in IndexedDB, shared by the tabs of this browser. Nothing here is ever thrown away to repair a
 * database: what was written and not sent exists nowhere else. */
export class IndexedOutbox implements OutboxStorage {
  readonly #database: Database<Schema>;
  readonly #makeRoom: () => Promise<void>;
  readonly #tabs: BroadcastChannel | null;

  /** @param makeRoom called when the browser has no room left, before one more attempt */
  constructor(name = NAME, makeRoom: () => Promise<void> = () => Promise.resolve()) {
    this.#database = new Database<Schema>(name, 1, (db) => {
      db.createObjectStore('unsent', { keyPath: 'id' }).createIndex('author', 'author_id');
    });
    this.#makeRoom = makeRoom;
    this.#tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(name);
  }

  async list(authorId: Id): Promise<Unsent[]> {
    const rows = await (await this.#database.open()).getAllFromIndex('unsent', 'author', authorId);
    return rows.filter(isUnsent);
  }

  async put(unsent: Unsent): Promise<void> {
    await this.#put(unsent).catch(async (error: unknown) => {
      if (!isQuota(error)) throw error;
      await this.#makeRoom();
      await this.#put(unsent);
    });
    this.#tabs?.postMessage('changed');
  }

  async delete(id: Id): Promise<void> {
    await (await this.#database.open()).delete('unsent', id);
    this.#tabs?.postMessage('changed');
  }

  async has(id: Id): Promise<boolean> {
    return (await (await this.#database.open()).count('unsent', id)) > 0;
  }

  onChange(listener: () => void): void {
    if (this.#tabs) this.#tabs.onmessage = listener;
  }

  /** Kept through a power cut: some browsers would leave it in memory for a while. */
  async #put(unsent: Unsent): Promise<void> {
    const transaction = (await this.#database.open()).transaction('unsent', 'readwrite', { durability: 'strict' });
    await Promise.all([transaction.store.put(unsent), transaction.done]);
  }
}

/** What another version of this app, or a broken disk, may have left is not shown as a message. */
function isUnsent(row: Partial<Unsent>): row is Unsent {
  return [row.id, row.conversation_id, row.author_id, row.text, row.created_at].every((field) => typeof field === 'string');
}

function isQuota(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}

/** Keeps them as long as the page lives: for tests. */
export class MemoryOutbox implements OutboxStorage {
  readonly #items = new Map<Id, Unsent>();
  readonly #listeners: (() => void)[] = [];

  list(authorId: Id): Promise<Unsent[]> {
    return Promise.resolve([...this.#items.values()].filter((item) => item.author_id === authorId));
  }

  put(unsent: Unsent): Promise<void> {
    this.#items.set(unsent.id, unsent);
    return this.#tell();
  }

  delete(id: Id): Promise<void> {
    this.#items.delete(id);
    return this.#tell();
  }

  has(id: Id): Promise<boolean> {
    return Promise.resolve(this.#items.has(id));
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #tell(): Promise<void> {
    for (const listener of this.#listeners) listener();
    return Promise.resolve();
  }
}
