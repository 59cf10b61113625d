/** The files of one version of the app. */
export interface Manifest {
  readonly version: string;
  /** Their names hold a hash of their content, so they never mean anything else. */
  readonly hashed: readonly string[];
  /** Each with the hash (Subresource Integrity) of what it is in this version. */
  readonly named: Readonly<Record<string, string>>;
}

export interface ShellNeed {
  readonly manifest: Manifest;
  readonly caches: CacheStorage;
  readonly fetch: typeof fetch;
  readonly origin: string;
}

const PREFIX = 'shell ';
const PAGE = '/index.html';
const HASHED = '/assets/';
/** What only the server can answer, now: it is never looked at here. */
const SERVER = /^\/(?:api|ws|socket\.io|healthz|readyz|metrics)(?:\/|$)/u;
/** Those of them that pages ask, as URL patterns. */
export const SERVER_PATHS = ['/api/*', '/ws/*', '/socket.io/*'];
/** Servers say that their answers vary with the encoding, which is undone before they get here. */
const MATCH = { ignoreVary: true };

/** Opens the app without a network: all files of one version, or none. */
export class Shell {
  readonly #need: ShellNeed;
  readonly #name: string;

  constructor(need: ShellNeed) {
    this.#need = need;
    this.#name = PREFIX + need.manifest.version;
  }

  /** Fetches every file. Rejects, and leaves nothing behind, when one is missing or is not of this version. */
  async install(): Promise<void> {
    const { manifest, caches } = this.#need;
    const named = Object.entries(manifest.named).map(([path, integrity]) => this.#fetchNamed(path, integrity));
    // To the end of each: one that was under way would bring back what is removed.
    const outcomes = await Promise.allSettled([...manifest.hashed.map((path) => this.#fetchHashed(path)), ...named]);
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (!failed) return;
    await caches.delete(this.#name);
    throw failed.reason;
  }

  /** Removes old versions but the one before: pages of it may be open still, and want the rest of their files. */
  async removeOld(): Promise<void> {
    const { caches } = this.#need;
    const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== this.#name);
    await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
  }

  /** The answer to a request of a page; null when it is none of the shell's. */
  answer(request: Request): Promise<Response> | null {
    const url = new URL(request.url);
    if (request.method !== 'GET' || url.origin !== this.#need.origin || SERVER.test(url.pathname)) return null;
    if (request.mode === 'navigate') return this.#page(request);
    if (url.pathname.startsWith(HASHED)) return this.#hashed(url.pathname);
    return url.pathname in this.#need.manifest.named ? this.#named(request, url.pathname) : null;
  }

  async #page(request: Request): Promise<Response> {
    return (await this.#kept(PAGE)) ?? this.#need.fetch(request);
  }

  async #named(request: Request, path: string): Promise<Response> {
    return (await this.#kept(path)) ?? this.#need.fetch(request);
  }

  /** Of whichever version. One that was left out of the shell stays once it was used. */
  async #hashed(path: string): Promise<Response> {
    const { caches, fetch } = this.#need;
    const known = await caches.match(path, MATCH);
    if (known) return known;
    const response = await fetch(path);
    if (response.ok) await this.#keep(path, response.clone()).catch(() => undefined);
    return response;
  }

  async #fetchHashed(path: string): Promise<void> {
    const known = await this.#need.caches.match(path, MATCH);
    await this.#keep(path, known ?? (await this.#need.fetch(path)));
  }

  /** Past the browser's own cache; a deploy in the middle shows in the hash. */
  async #fetchNamed(path: string, integrity: string): Promise<void> {
    await this.#keep(path, await this.#need.fetch(path, { integrity, cache: 'reload' }));
  }

  async #keep(path: string, response: Response): Promise<void> {
    if (!response.ok) throw new Error(`${path} is not there (${response.status})`);
    await (await this.#need.caches.open(this.#name)).put(path, response);
  }

  async #kept(path: string): Promise<Response | undefined> {
    return (await this.#need.caches.open(this.#name)).match(path, MATCH);
  }
}
