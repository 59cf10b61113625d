import type {
  Id,
  Profile,
  Register,
  ServerInfo,
  Session,
  SetUp,
  SetUpDone,
  SignIn,
  Space,
} from '$protocol/wire';
import { fullJitter } from '$client/backoff';
import type { Connection } from '$client/connection';
import { ApiError } from '$client/errors';
import type { Http } from '$client/http';
import type { ProfileChanges, SessionPhase, SessionStore } from './surface';

const RETRY = { base_ms: 2000, max_ms: 20_000 };
/** The connection ended for want of a session; anything else that is final is no reason to sign in again. */
const ENDED = new Set(['unauthenticated', 'session_revoked']);

export interface SessionNeed {
  readonly http: Http;
  readonly connection: Connection;
  /** Who was here last, as this device kept it. */
  readonly remembered: () => Promise<Remembered | null>;
  /** Somebody came in; `changed` when it is not the person who was here before. */
  readonly arrived: (user: Profile, changed: boolean) => void;
  /** Somebody is about to go: what was left for later is done now. */
  readonly leaving: () => Promise<void>;
  /** What was shown must not be shown any more. */
  readonly left: () => void;
  /** The session ended by itself: what is shown stays, and nothing of it stays on the device. */
  readonly lost: () => void;
}

export interface Remembered {
  readonly user: Profile;
  readonly server: ServerInfo;
}

/** Who is at this device, and what the server says of itself. */
export class CurrentSession implements SessionStore {
  #phase = $state<SessionPhase>('starting');
  #server = $state.raw<ServerInfo | null>(null);
  #user = $state.raw<Profile | null>(null);
  #lost = $state(false);
  readonly #need: SessionNeed;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(need: SessionNeed) {
    this.#need = need;
    const { connection } = need;
    connection.on('gateway.ready', ({ user }) => {
      // A cookie that ended makes a guest of us; that is not who reads here.
      if (user.id !== this.#user?.id) this.#lose();
    });
    connection.on('accounts.user_changed', ({ user }) => {
      if (this.#user?.id === user.id) this.#user = { ...this.#user, ...user };
    });
    connection.on('refused', ({ code }) => {
      if (ENDED.has(code)) this.#lose();
    });
  }

  get phase(): SessionPhase {
    return this.#phase;
  }

  get server(): ServerInfo | null {
    return this.#server;
  }

  get user(): Profile | null {
    return this.#user;
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** What this device remembers is shown at once; what the server says then counts. */
  async start(): Promise<void> {
    clearTimeout(this.#retry);
    const asked = Promise.all([this.#need.http.server(), this.#whoAmI()]);
    asked.catch(() => undefined);
    if (this.#phase === 'starting') await this.#resume();
    try {
      const [server, user] = await asked;
      this.#attempt = 0;
      this.#hear(server, user);
    } catch {
      if (this.#phase !== 'signed_in') this.#startAgain();
    }
  }

  async #resume(): Promise<void> {
    const kept = await this.#need.remembered();
    if (!kept) return;
    this.#server = kept.server;
    this.#arrive(kept.user);
  }

  #hear(server: ServerInfo, user: Profile | null): void {
    this.#server = server;
    if (user) return this.#arrive(user);
    if (this.#user) this.#forget();
    this.#phase = server.setup_required ? 'set_up' : 'signed_out';
  }

  #startAgain(): void {
    this.#phase = 'unreachable';
    this.#retry = setTimeout(() => void this.start(), fullJitter(this.#attempt++, RETRY));
  }

  async setUp(request: SetUp): Promise<SetUpDone> {
    const result = await this.#need.http.setUp(request);
    if (this.#server) this.#server = { ...this.#server, setup_required: false };
    this.#arrive(result.user);
    return result;
  }

  async signIn(request: SignIn): Promise<void> {
    const { user } = await this.#need.http.signIn(request);
    this.#arrive(user);
  }

  async register(request: Register): Promise<Space | null> {
    const { user, space } = await this.#need.http.register(request);
    this.#arrive(user);
    return space ?? null;
  }

  async signOut(where: 'here' | 'everywhere' = 'here'): Promise<void> {
    await this.#need.leaving();
    await this.#need.http.revoke(where === 'here' ? 'current' : 'all').catch((error: unknown) => {
      if (!(error instanceof ApiError) || error.code !== 'unauthenticated') throw error;
    });
    this.#forget();
    this.#phase = 'signed_out';
  }

  leave(): void {
    if (this.#lost) this.#phase = 'signed_out';
  }

  async updateProfile(changes: ProfileChanges): Promise<void> {
    const { user } = await this.#need.connection.request('accounts.update_profile', changes);
    this.#user = user;
  }

  async listSessions(): Promise<Session[]> {
    const { items } = await this.#need.connection.request('accounts.list_sessions', {});
    return items;
  }

  revokeSession(id: Id): Promise<void> {
    return this.#need.http.revoke(id);
  }

  async #whoAmI(): Promise<Profile | null> {
    try {
      return await this.#need.http.profile();
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  }

  #arrive(user: Profile): void {
    const changed = this.#user?.id !== user.id;
    if (this.#user && changed) this.#need.left();
    this.#user = user;
    this.#lost = false;
    this.#phase = 'signed_in';
    this.#need.arrived(user, changed);
    this.#need.connection.open();
  }

  #forget(): void {
    this.#need.connection.close();
    this.#need.left();
    this.#user = null;
    this.#lost = false;
  }

  #lose(): void {
    if (this.#phase !== 'signed_in') return;
    this.#need.connection.close();
    this.#lost = true;
    this.#need.lost();
  }
}
