import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Id } from '$protocol/wire';
import type { OutboxStorage, Unsent } from './outbox';

interface Schema extends DBSchema {
  unsent: { key: Id; value: Unsent; indexes: { author: Id } };
}

/** Keeps unsent messages in IndexedDB, shared by the tabs of this browser. */
export class IndexedOutbox implements OutboxStorage {
  readonly #name: string;
  #opened: Promise<IDBPDatabase<Schema>> | null = null;

  constructor(name = 'tertulia') {
    this.#name = name;
  }

  async list(authorId: Id): Promise<Unsent[]> {
    return (await this.#open()).getAllFromIndex('unsent', 'author', authorId);
  }

  async put(unsent: Unsent): Promise<void> {
    await (await this.#open()).put('unsent', unsent);
  }

  async delete(id: Id): Promise<void> {
    await (await this.#open()).delete('unsent', id);
  }

  async has(id: Id): Promise<boolean> {
    return (await (await this.#open()).count('unsent', id)) > 0;
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    this.#opened ??= openDB<Schema>(this.#name, 1, {
      upgrade(db) {
        db.createObjectStore('unsent', { keyPath: 'id' }).createIndex('author', 'author_id');
      },
    });
    return this.#opened;
  }
}

/** Keeps them as long as the page lives: for tests, and for browsers that keep nothing. */
export class MemoryOutbox implements OutboxStorage {
  readonly #items = new Map<Id, Unsent>();

  list(authorId: Id): Promise<Unsent[]> {
    return Promise.resolve([...this.#items.values()].filter((item) => item.author_id === authorId));
  }

  put(unsent: Unsent): Promise<void> {
    this.#items.set(unsent.id, unsent);
    return Promise.resolve();
  }

  delete(id: Id): Promise<void> {
    this.#items.delete(id);
    return Promise.resolve();
  }

  has(id: Id): Promise<boolean> {
    return Promise.resolve(this.#items.has(id));
  }
}
