import type { Connection } from '$client/connection';
import type { Device } from './device';
import type { Banner, ConnectionStore } from './surface';

const SLOW_MS = 2000;
const UP_TO_DATE_MS = 3000;
/** Attempts in vain after which "connecting" would be a fib. */
const OFFLINE_ATTEMPTS = 3;

export interface LineNeed {
  readonly connection: Connection;
  readonly device: Device;
  readonly syncing: () => boolean;
  readonly waiting: () => number;
  readonly lost: () => boolean;
}

/** How the line to the server stands, in the words of the banner. */
export class Line implements ConnectionStore {
  #state = $state<Connection['state']>('idle');
  #attempts = $state(0);
  #deviceOnline = $state(true);
  /** Not ready for longer than one needs to be told. */
  #slow = $state(false);
  #back = $state(false);
  #sent = $state(0);
  #outdated = $state(false);
  #version: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #need: LineNeed;

  constructor(need: LineNeed) {
    this.#need = need;
    this.#deviceOnline = need.device.isOnline();
    need.connection.on('state', () => this.#noteState());
    need.connection.on('gateway.ready', ({ server }) => this.#noteVersion(server.version));
    need.connection.on('refused', ({ code }) => {
      if (code === 'gateway.protocol_unsupported') this.#outdated = true;
    });
    need.device.onWake(() => this.#wake());
    need.device.onNewShell(() => (this.#outdated = true));
  }

  get ready(): boolean {
    return this.#state === 'ready';
  }

  get offline(): boolean {
    const trying = this.#state === 'connecting' || this.#state === 'waiting';
    return trying && this.#slow && (!this.#deviceOnline || this.#attempts >= OFFLINE_ATTEMPTS);
  }

  get banner(): Banner | null {
    if (this.#need.lost()) return { kind: 'signed_out' };
    if (this.#outdated) return { kind: 'newer_version' };
    if (this.offline) return { kind: 'offline', waiting: this.#need.waiting() };
    if (!this.#slow) return null;
    if (!this.ready) return this.#state === 'idle' ? null : { kind: 'connecting' };
    if (this.#need.syncing()) return { kind: 'catching_up' };
    return this.#back ? { kind: 'up_to_date', sent: this.#sent } : null;
  }

  retryNow(): void {
    this.#need.connection.retryNow();
  }

  /** Everything missed is here. */
  current(): void {
    if (!this.#slow) return this.#settle();
    this.#back = true;
    this.#after(UP_TO_DATE_MS, () => this.#settle());
  }

  /** A message that had waited went. */
  wentLate(): void {
    this.#sent += 1;
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#slow = false;
    this.#back = false;
    this.#sent = 0;
  }

  #noteState(): void {
    const { state, attempts } = this.#need.connection;
    const wasReady = this.#state === 'ready' || this.#state === 'idle';
    this.#state = state;
    this.#attempts = attempts;
    if (state === 'idle') this.#settle();
    else if (wasReady && state !== 'ready') this.#startWaiting();
  }

  #startWaiting(): void {
    this.#back = false;
    // Without a network there is nothing to wait for.
    if (!this.#deviceOnline) this.#slow = true;
    this.#after(SLOW_MS, () => {
      if (this.#state !== 'ready' || this.#need.syncing()) this.#slow = true;
    });
  }

  #noteVersion(version: string): void {
    this.#version ??= version;
    if (version !== this.#version) this.#outdated = true;
  }

  #wake(): void {
    this.#deviceOnline = this.#need.device.isOnline();
    if (this.#deviceOnline) this.retryNow();
    else if (this.#state !== 'idle') this.#slow = true;
  }

  #after(milliseconds: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, milliseconds);
  }
}
