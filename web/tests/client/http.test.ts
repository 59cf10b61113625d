import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '$client/errors';
import { Http } from '$client/http';
import { ana, profileOf } from '../cast';

function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const asked = vi.fn((_url: string | URL | Request, _init?: RequestInit) =>
    Promise.resolve(new Response(body === undefined ? null : JSON.stringify(body), { status, headers })),
  );
  return { asked, http: new Http(asked as typeof fetch) };
}

async function errorOf(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(() => null, (cause: unknown) => cause);
  if (!(error instanceof ApiError)) throw new Error('it did not fail');
  return error;
}

describe('a call', () => {
  it('goes to the API with the cookie', async () => {
    const { asked, http } = answering(201, { token: 't', user: profileOf(ana), session_id: 's' });
    await http.signIn({ login: 'ana', password: 'secreto-largo' });
    const [url, init] = asked.mock.calls[0] ?? [];
    expect(url).toBe('/api/v1/sessions');
    expect(init).toMatchObject({ method: 'POST', credentials: 'same-origin', body: '{"login":"ana","password":"secreto-largo"}' });
  });

  it('takes no content for an answer', async () => {
    await expect(answering(204, undefined).http.revoke('current')).resolves.toBeUndefined();
  });

  it('keeps an invite code in its place', async () => {
    const { asked, http } = answering(200, {});
    await http.invite('a/../b?c');
    expect(asked.mock.calls[0]?.[0]).toBe('/api/v1/invites/a%2F..%2Fb%3Fc');
  });
});

describe('a refusal', () => {
  it('is the problem document as an error', async () => {
    const errors = [{ field: 'username', code: 'too_short', detail: 'shorter than 2' }];
    const problem = { type: 'about:blank', title: 'x', status: 422, code: 'invalid', detail: 'Not valid.', errors, params: { limit: 2 }, retryable: false, request_id: 'r1' };
    const error = await errorOf(answering(422, problem).http.server());
    expect(error).toMatchObject({ code: 'invalid', status: 422, params: { limit: 2 }, retryable: false, requestId: 'r1' });
    expect(error.field('username')).toEqual(errors[0]);
  });

  it('says when to come back', async () => {
    const problem = { code: 'rate_limited', status: 429, detail: '', retryable: true, request_id: 'r' };
    expect(await errorOf(answering(429, problem, { 'Retry-After': '7' }).http.server())).toMatchObject({ retryAfterMs: 7000 });
  });

  it.each([
    [502, 'unavailable', true],
    [404, 'internal', false],
  ])('of a proxy (%d) is %s', async (status, code, retryable) => {
    const http = new Http(() => Promise.resolve(new Response('<html>', { status })));
    expect(await errorOf(http.server())).toMatchObject({ code, status, retryable });
  });

  it('without an answer is an outcome that is not known', async () => {
    const http = new Http(() => Promise.reject(new TypeError('Failed to fetch')));
    expect(await errorOf(http.server())).toMatchObject({ code: 'unavailable', status: 0, retryable: true });
  });
});
