import type { DBSchema, IDBPTransaction } from 'idb';
import type { Id } from '$protocol/wire';
import { Database } from './database';
import type { Copied, CopiedConversation, CopiedFacts, CopyChanges, CopyStorage } from './deviceCopy';

interface Schema extends DBSchema {
  facts: { key: 'facts'; value: CopiedFacts };
  conversations: { key: Id; value: CopiedConversation };
}

const NAME = 'tertulia.copy';
/** A copy of another format is thrown away, not converted: the server has it all. */
const FORMAT = 1;
const STORES: ('facts' | 'conversations')[] = ['facts', 'conversations'];
type Transaction = IDBPTransaction<Schema, typeof STORES, 'readwrite'>;

/** Keeps the copy in IndexedDB, one for all tabs of this browser. */
export class IndexedCopy implements CopyStorage {
  readonly #database: Database<Schema>;

  constructor(name = NAME) {
    this.#database = new Database<Schema>(name, FORMAT, (db) => {
      for (const store of [...db.objectStoreNames]) db.deleteObjectStore(store);
      db.createObjectStore('facts');
      db.createObjectStore('conversations', { keyPath: 'id' });
    });
  }

  async read(): Promise<Copied | null> {
    try {
      const transaction = (await this.#database.open()).transaction(STORES);
      const facts = await transaction.objectStore('facts').get('facts');
      const conversations = await transaction.objectStore('conversations').getAll();
      return facts ? { facts, conversations } : null;
    } catch {
      await this.#throwAway();
      return null;
    }
  }

  begin(facts: CopiedFacts): Promise<void> {
    return this.#change(async (transaction) => {
      const kept = await transaction.objectStore('facts').get('facts');
      if (kept?.user.id !== facts.user.id) await transaction.objectStore('conversations').clear();
      await transaction.objectStore('facts').put(facts, 'facts');
    });
  }

  write({ facts, put, drop }: CopyChanges): Promise<void> {
    return this.#change(async (transaction) => {
      const kept = await transaction.objectStore('facts').get('facts');
      if (kept?.user.id !== facts.user.id) return;
      const conversations = transaction.objectStore('conversations');
      const puts = put.map((row) => conversations.put(row));
      const drops = drop.map((id) => conversations.delete(id));
      await Promise.all([transaction.objectStore('facts').put(facts, 'facts'), ...puts, ...drops]);
    });
  }

  clear(owner?: Id): Promise<void> {
    return this.#change(async (transaction) => {
      const kept = await transaction.objectStore('facts').get('facts');
      if (owner !== undefined && kept?.user.id !== owner) return;
      await Promise.all(STORES.map((store) => transaction.objectStore(store).clear()));
    });
  }

  /** Without room, or with a broken database, a copy is worth less than what needs the room. */
  async #change(change: (transaction: Transaction) => Promise<void>): Promise<void> {
    try {
      const transaction = (await this.#database.open()).transaction(STORES, 'readwrite');
      await Promise.all([change(transaction), transaction.done]);
    } catch {
      await this.#throwAway();
    }
  }

  async #throwAway(): Promise<void> {
    await this.#database.delete().catch(() => undefined);
  }
}

/** Keeps it as long as the page lives: for tests. */
export class MemoryCopy implements CopyStorage {
  facts: CopiedFacts | null = null;
  readonly rows = new Map<Id, CopiedConversation>();

  read(): Promise<Copied | null> {
    return Promise.resolve(this.facts && { facts: this.facts, conversations: [...this.rows.values()] });
  }

  begin(facts: CopiedFacts): Promise<void> {
    if (this.facts?.user.id !== facts.user.id) this.rows.clear();
    this.facts = facts;
    return Promise.resolve();
  }

  write({ facts, put, drop }: CopyChanges): Promise<void> {
    if (this.facts?.user.id !== facts.user.id) return Promise.resolve();
    this.facts = facts;
    for (const row of put) this.rows.set(row.id, structuredClone(row));
    for (const id of drop) this.rows.delete(id);
    return Promise.resolve();
  }

  clear(owner?: Id): Promise<void> {
    if (owner !== undefined && this.facts?.user.id !== owner) return Promise.resolve();
    this.facts = null;
    this.rows.clear();
    return Promise.resolve();
  }
}
