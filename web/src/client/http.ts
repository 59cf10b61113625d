import type {
  Id,
  InviteCard,
  Problem,
  Profile,
  Register,
  Registered,
  ServerInfo,
  SetUp,
  SetUpDone,
  SignedIn,
  SignIn,
} from '$protocol/wire';
import { ApiError } from './errors';

const BASE = '/api/v1';
const DEADLINE_MS = 15_000;

/** The calls that have no command: before the sign-in, and those that set or end the cookie. */
export class Http {
  readonly #fetch: typeof fetch;

  constructor(fetchWith: typeof fetch = (...args) => fetch(...args)) {
    this.#fetch = fetchWith;
  }

  server(): Promise<ServerInfo> {
    return this.#ask('GET', '/server');
  }

  async profile(): Promise<Profile> {
    const answer = await this.#ask<Profile | { user: Profile }>('GET', '/users/me');
    return 'user' in answer ? answer.user : answer;
  }

  setUp(request: SetUp): Promise<SetUpDone> {
    return this.#ask('POST', '/setup', request);
  }

  register(request: Register): Promise<Registered> {
    return this.#ask('POST', '/users', request);
  }

  signIn(request: SignIn): Promise<SignedIn> {
    return this.#ask('POST', '/sessions', request);
  }

  /** Over a socket the answer would not arrive: it is closed before. */
  revoke(session: Id | 'current' | 'all'): Promise<void> {
    return this.#ask('DELETE', `/sessions/${session}`);
  }

  invite(code: string): Promise<InviteCard> {
    return this.#ask('GET', `/invites/${encodeURIComponent(code)}`);
  }

  /** Also for a page that is being left: the browser sends it although nobody waits for the answer any more. */
  async deleteMessage(id: Id): Promise<void> {
    await this.#ask('DELETE', `/messages/${id}`, undefined, true);
  }

  async #ask<Answer>(method: string, path: string, body?: object, keepalive = false): Promise<Answer> {
    const response = await this.#send(method, path, body, keepalive);
    if (!response.ok) throw await errorOf(response);
    return (response.status === 204 ? undefined : await response.json()) as Answer;
  }

  async #send(method: string, path: string, body: object | undefined, keepalive: boolean): Promise<Response> {
    const headers: Record<string, string> = { Accept: 'application/json, application/problem+json' };
    if (body) headers['Content-Type'] = 'application/json';
    try {
      return await this.#fetch(BASE + path, {
        method,
        headers,
        body: body ? JSON.stringify(body) : null,
        credentials: 'same-origin',
        cache: 'no-store',
        keepalive,
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
    } catch (cause) {
      const late = cause instanceof DOMException && cause.name === 'TimeoutError';
      throw ApiError.unanswered(late ? 'timeout' : 'unavailable', 'The server did not answer.');
    }
  }
}

/** The problem document as an error; what stands before the server (a proxy) may answer something else. */
async function errorOf(response: Response): Promise<ApiError> {
  const retryAfter = Number(response.headers.get('Retry-After'));
  const after = retryAfter > 0 ? { retry_after_ms: retryAfter * 1000 } : {};
  const problem = await response.json().catch(() => null) as Problem | null;
  if (problem && typeof problem.code === 'string') return new ApiError({ ...problem, ...after });
  const code = response.status >= 500 || response.status === 429 ? 'unavailable' : 'internal';
  return new ApiError({ code, status: response.status, retryable: code === 'unavailable', ...after });
}
