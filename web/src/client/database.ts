import { type DBSchema, type IDBPDatabase, type OpenDBCallbacks, deleteDB, openDB } from 'idb';

/** Browsers have been seen never to answer; what waits for the disk must not wait for ever. */
const OPEN_MS = 3000;

/** A database of this browser, opened when it is first needed, and again after it failed or was taken away. */
export class Database<Schema extends DBSchema> {
  readonly #name: string;
  readonly #version: number;
  readonly #upgrade: NonNullable<OpenDBCallbacks<Schema>['upgrade']>;
  #opened: Promise<IDBPDatabase<Schema>> | null = null;

  constructor(name: string, version: number, upgrade: NonNullable<OpenDBCallbacks<Schema>['upgrade']>) {
    this.#name = name;
    this.#version = version;
    this.#upgrade = upgrade;
  }

  /** Rejects where the browser keeps nothing (private windows of some, a broken profile, a full disk). */
  open(): Promise<IDBPDatabase<Schema>> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  /** Away with all of it. */
  async delete(): Promise<void> {
    await this.#close();
    await within(OPEN_MS, deleteDB(this.#name));
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    const close = () => void this.#close();
    const asked = openDB<Schema>(this.#name, this.#version, { upgrade: this.#upgrade, blocking: close, terminated: close });
    const opened = within(OPEN_MS, asked);
    opened.catch(() => (this.#opened = null));
    return opened;
  }

  async #close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    (await opened?.catch(() => null))?.close();
  }
}

/** The same promise, which rejects when it takes longer. */
function within<Value>(milliseconds: number, promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the browser does not answer')), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
