import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';

export interface ConnectError {
  readonly code: string;
  readonly retryAfterMs: number | null;
}

export interface WireListener {
  event(name: string, payload: unknown): void;
  /** An open wire closed, not by us. */
  lost(): void;
  /** It did not open. */
  failed(error: ConnectError): void;
}

/** What carries commands and events, and never reconnects by itself. */
export interface Wire {
  listen(listener: WireListener): void;
  open(): void;
  close(): void;
  emit(name: string, payload: object): void;
  /** The acknowledgement; rejects when none came in time or the wire closed before. */
  ask(name: string, payload: object, deadlineMs: number): Promise<unknown>;
}

const PROTOCOL = 1;

/** Socket.IO to the server that served the page, authenticated by its cookie. */
export class SocketWire implements Wire {
  readonly #socket: Socket;

  /** @param url of another server than that of the page; programs also bring their own credentials in `more` */
  constructor(url?: string, more: Partial<ManagerOptions & SocketOptions> = {}) {
    const options = {
      path: '/socket.io',
      auth: { protocol: PROTOCOL },
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnection: false,
      autoConnect: false,
      forceNew: true,
      ...more,
    };
    this.#socket = url === undefined ? io(options) : io(url, options);
  }

  listen(listener: WireListener): void {
    this.#socket.onAny((name: string, payload: unknown) => listener.event(name, payload));
    this.#socket.on('disconnect', (reason) => {
      if (reason !== 'io client disconnect') listener.lost();
    });
    this.#socket.on('connect', () => this.#comeBackAsSuch());
    this.#socket.on('connect_error', (error) => listener.failed(readError(error)));
  }

  open(): void {
    this.#socket.connect();
  }

  /** From now on say that this client was there before: in a storm the server lets those in first. */
  #comeBackAsSuch(): void {
    this.#socket.io.opts.query = { resume: '1' };
  }

  close(): void {
    this.#socket.disconnect();
  }

  emit(name: string, payload: object): void {
    this.#socket.emit(name, payload);
  }

  ask(name: string, payload: object, deadlineMs: number): Promise<unknown> {
    return this.#socket.timeout(deadlineMs).emitWithAck(name, payload);
  }
}

/** Ours says its code; a refusal before the handshake is an HTTP status, which only polling can read. */
function readError(error: Error & { data?: { code?: unknown; retry_after_ms?: unknown }; context?: unknown }): ConnectError {
  const { code, retry_after_ms } = error.data ?? {};
  const retryAfterMs = typeof retry_after_ms === 'number' ? retry_after_ms : retryAfterOf(error.context);
  return { code: typeof code === 'string' ? code : 'unavailable', retryAfterMs };
}

/** @param context the request that was refused; one that got no answer at all has the status 0 */
function retryAfterOf(context: unknown): number | null {
  const request = context as { status?: number; getResponseHeader?(name: string): string | null } | null | undefined;
  const seconds = request?.status ? Number(request.getResponseHeader?.('Retry-After')) : 0;
  return seconds > 0 ? seconds * 1000 : null;
}
