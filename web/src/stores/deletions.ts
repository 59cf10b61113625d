import type { Id } from '$protocol/wire';
import { ApiError } from '$client/errors';
import type { Http } from '$client/http';
import type { Device } from './device';

/** Longer than any undo is offered: until then another page of this person may be offering it. */
const LEFT_BEHIND_MS = 12_000;

/** Deletions that have not reached the server: noted on the device, since a page may be gone before they do. */
export class Deletions {
  readonly #device: Device;
  readonly #http: Http;
  #owner: Id | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(device: Device, http: Http) {
    this.#device = device;
    this.#http = http;
  }

  /** Carries out, after a while, what an earlier page of this person left behind. */
  load(owner: Id): void {
    this.clear();
    this.#owner = owner;
    if (this.#noted.length > 0) this.#timer = setTimeout(() => void this.send(this.#noted), LEFT_BEHIND_MS);
  }

  note(id: Id): void {
    this.#keep([...this.#noted, id]);
  }

  /** It was deleted, or is not to be deleted any more. */
  forget(id: Id): void {
    this.#keep(this.#noted.filter((each) => each !== id));
  }

  /** Deletes them in a way that outlives the page. One that the server does not answer stays noted. */
  async send(ids: readonly Id[]): Promise<void> {
    await Promise.all(ids.map((id) => this.#send(id)));
  }

  /** Forgets them here; the device keeps them. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#owner = null;
  }

  async #send(id: Id): Promise<void> {
    try {
      await this.#http.deleteMessage(id);
    } catch (error) {
      if (!(error instanceof ApiError) || error.retryable || error.code === 'unauthenticated') return;
    }
    this.forget(id);
  }

  /** Of all pages of this person. */
  get #noted(): readonly Id[] {
    return this.#owner === null ? [] : parse(this.#device.read(keyOf(this.#owner)));
  }

  #keep(ids: readonly Id[]): void {
    if (this.#owner !== null) this.#device.write(keyOf(this.#owner), ids.length > 0 ? JSON.stringify(ids) : null);
  }
}

function keyOf(owner: Id): string {
  return `tertulia.deletions.${owner}`;
}

function parse(kept: string | null): readonly Id[] {
  try {
    const ids: unknown = JSON.parse(kept ?? '[]');
    return Array.isArray(ids) ? ids.filter((id): id is Id => typeof id === 'string') : [];
  } catch {
    return [];
  }
}
