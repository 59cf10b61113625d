import type {
  Acknowledgement,
  CommandName,
  EventsOutsideTheSequence,
  Goodbye,
  Params,
  Ready,
  Result,
  Update,
} from '$protocol/wire';
import { type Backoff, DEFAULT_BACKOFF, fullJitter } from './backoff';
import { Emitter, type Off } from './emitter';
import { ApiError } from './errors';
import type { ConnectError, Wire } from './wire';

/** `idle`: not wanted. `connecting`: on the way to `ready`. `waiting`: until the next attempt. */
export type ConnectionState = 'idle' | 'connecting' | 'ready' | 'waiting';

export interface ConnectionEvents extends EventsOutsideTheSequence {
  /** Any update of any log, of types this client does not know too. */
  update: Update;
  state: ConnectionState;
  /** The server will not have us; it is of no use to try again without doing something first. */
  refused: { code: string };
}

export interface ConnectionOptions {
  readonly wire: Wire;
  readonly random?: () => number;
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 12_000;
const FINAL = new Set(['unauthenticated', 'forbidden', 'gateway.protocol_unsupported', 'session_revoked']);

/** The one connection to the server: comes back by itself, carries commands and events. */
export class Connection {
  readonly #wire: Wire;
  readonly #random: () => number;
  readonly #deadlineMs: number;
  readonly #events = new Emitter<ConnectionEvents>();
  #state: ConnectionState = 'idle';
  #backoff: Backoff = DEFAULT_BACKOFF;
  #attempt = 0;
  #goodbye: Goodbye | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ wire, random = Math.random, deadlineMs = DEADLINE_MS }: ConnectionOptions) {
    this.#wire = wire;
    this.#random = random;
    this.#deadlineMs = deadlineMs;
    wire.listen({
      event: (name, payload) => this.#heard(name, payload),
      lost: () => this.#lost(),
      failed: (error) => this.#failed(error),
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Attempts in a row that did not reach `ready`. */
  get attempts(): number {
    return this.#attempt;
  }

  on<Name extends keyof ConnectionEvents>(name: Name, listener: (payload: ConnectionEvents[Name]) => void): Off {
    return this.#events.on(name, listener);
  }

  open(): void {
    if (this.#state === 'idle') this.#connect();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#attempt = 0;
    this.#goodbye = null;
    this.#enter('idle');
    this.#wire.close();
  }

  /** Does not wait any longer for the next attempt. */
  retryNow(): void {
    if (this.#state === 'waiting') this.#connect();
  }

  /** Carries out a command once the connection is ready. Rejects with `ApiError`; without an answer, the outcome is unknown. */
  async request<Name extends CommandName>(name: Name, params: Params<Name>): Promise<Result<Name>> {
    await this.#untilReady();
    const answer = await this.#send(name, params);
    if (answer.ok) return answer.result;
    throw new ApiError(answer.error);
  }

  /** Carries out a command now or not at all, and asks for no answer. */
  tell<Name extends CommandName>(name: Name, params: Params<Name>): void {
    if (this.#state === 'ready') this.#wire.emit(name, params);
  }

  async #send<Name extends CommandName>(name: Name, params: Params<Name>): Promise<Acknowledgement<Result<Name>>> {
    try {
      return (await this.#wire.ask(name, params, this.#deadlineMs)) as Acknowledgement<Result<Name>>;
    } catch (cause) {
      const code = this.#state === 'ready' ? 'timeout' : 'unavailable';
      throw ApiError.unanswered(code, cause instanceof Error ? cause.message : String(cause));
    }
  }

  #untilReady(): Promise<void> {
    if (this.#state === 'ready') return Promise.resolve();
    return new Promise((resolve, reject) => {
      const fail = () => reject(ApiError.unanswered('unavailable', 'There is no connection.'));
      const timer = setTimeout(() => done(fail), this.#deadlineMs);
      const off = this.on('state', (state) => {
        if (state === 'ready') done(resolve);
        if (state === 'idle') done(fail);
      });
      const done = (end: () => void) => {
        clearTimeout(timer);
        off();
        end();
      };
    });
  }

  #connect(): void {
    clearTimeout(this.#timer);
    this.#goodbye = null;
    this.#enter('connecting');
    this.#timer = setTimeout(() => this.#failed({ code: 'timeout', retryAfterMs: null }), this.#deadlineMs);
    this.#wire.open();
  }

  #heard(name: string, payload: unknown): void {
    if (name === 'gateway.goodbye') this.#goodbye = payload as Goodbye;
    if (isUpdate(name, payload)) this.#events.emit('update', payload);
    else this.#events.emit(name as keyof EventsOutsideTheSequence, payload as never);
    if (name === 'gateway.ready') this.#ready(payload as Ready);
  }

  /** Whoever heard `gateway.ready` may have closed the connection: it is not for us. */
  #ready({ reconnect }: Ready): void {
    if (this.#state !== 'connecting') return;
    clearTimeout(this.#timer);
    this.#attempt = 0;
    this.#backoff = reconnect;
    this.#enter('ready');
  }

  #lost(): void {
    if (this.#state !== 'ready' && this.#state !== 'connecting') return;
    const goodbye = this.#goodbye;
    if (goodbye && (!goodbye.reconnect || FINAL.has(goodbye.code))) this.#refuse(goodbye.code);
    // Who leaves tells each one another moment; nobody else does.
    else if (goodbye?.after_ms !== undefined) this.#wait(goodbye.after_ms, 0);
    else this.#wait(0, this.#jitter);
  }

  #failed({ code, retryAfterMs }: ConnectError): void {
    if (this.#state !== 'connecting') return;
    if (FINAL.has(code)) this.#refuse(code);
    else this.#wait(retryAfterMs ?? 0, this.#jitter);
  }

  #refuse(code: string): void {
    this.close();
    this.#events.emit('refused', { code });
  }

  /** Not before the server says, if it does. */
  #wait(afterMs: number, jitter: number): void {
    clearTimeout(this.#timer);
    const delay = afterMs + jitter;
    this.#attempt += 1;
    this.#wire.close();
    this.#enter('waiting');
    this.#timer = setTimeout(() => this.#connect(), delay);
  }

  /** All who were refused at once are told the same seconds, and must not come back at once. */
  get #jitter(): number {
    return fullJitter(this.#attempt, this.#backoff, this.#random);
  }

  #enter(state: ConnectionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#events.emit('state', state);
  }
}

function isUpdate(name: string, payload: unknown): payload is Update {
  if (!name.startsWith('conversations.') || typeof payload !== 'object' || payload === null) return false;
  const { seq, type, conversation_id } = payload as Partial<Update>;
  return typeof seq === 'number' && typeof type === 'string' && typeof conversation_id === 'string';
}
