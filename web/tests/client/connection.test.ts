import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ready } from '$protocol/wire';
import { Connection, type ConnectionState } from '$client/connection';
import { ApiError } from '$client/errors';
import type { Wire, WireListener } from '$client/wire';
import { ana, id, posted } from '../cast';

const ready: Ready = {
  user: ana,
  session_id: 's1',
  server: { name: 'Casa', version: '1', protocol: 1, features: [] },
  heads: {},
  reconnect: { base_ms: 400, max_ms: 5000 },
};

/** A wire in the hands of the test. */
class HandWire implements Wire {
  listener!: WireListener;
  opened = 0;
  closed = 0;
  readonly emitted: [string, object][] = [];
  answer: (name: string, payload: object) => Promise<unknown> = () => new Promise(() => undefined);

  listen(listener: WireListener): void {
    this.listener = listener;
  }

  open(): void {
    this.opened += 1;
  }

  close(): void {
    this.closed += 1;
  }

  emit(name: string, payload: object): void {
    this.emitted.push([name, payload]);
  }

  ask(name: string, payload: object): Promise<unknown> {
    this.emitted.push([name, payload]);
    return this.answer(name, payload);
  }

  hears(name: string, payload: unknown): void {
    this.listener.event(name, payload);
  }
}

function opened(luck = 0.5) {
  const wire = new HandWire();
  const connection = new Connection({ wire, random: () => luck });
  const states: ConnectionState[] = [];
  connection.on('state', (state) => states.push(state));
  connection.open();
  return { wire, connection, states };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a connection', () => {
  it('is ready when the server says so', () => {
    const { wire, connection, states } = opened();
    expect(connection.state).toBe('connecting');
    wire.hears('gateway.ready', ready);
    expect(states).toEqual(['connecting', 'ready']);
  });

  it('comes back after a delay within the bounds the server gave', async () => {
    const { wire, connection } = opened(0.5);
    wire.hears('gateway.ready', ready);
    wire.listener.lost();
    expect(connection.state).toBe('waiting');
    await vi.advanceTimersByTimeAsync(199);
    expect(wire.opened).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(wire.opened).toBe(2);
    wire.listener.failed({ code: 'unavailable', retryAfterMs: null });
    await vi.advanceTimersByTimeAsync(399);
    expect([wire.opened, connection.attempts]).toEqual([2, 2]);
    await vi.advanceTimersByTimeAsync(1);
    expect(wire.opened).toBe(3);
  });

  it('comes when the server that goes away says', async () => {
    const { wire } = opened();
    wire.hears('gateway.ready', ready);
    wire.hears('gateway.goodbye', { code: 'going_away', reconnect: true, after_ms: 7000 });
    wire.listener.lost();
    await vi.advanceTimersByTimeAsync(6999);
    expect(wire.opened).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(wire.opened).toBe(2);
  });

  it('waits as long as a refusal before the handshake says, and not with all the others', async () => {
    const { wire } = opened();
    wire.listener.failed({ code: 'rate_limited', retryAfterMs: 9000 });
    await vi.advanceTimersByTimeAsync(9499);
    expect(wire.opened).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(wire.opened).toBe(2);
  });

  it('does not wait when it is told not to', () => {
    const { wire, connection } = opened();
    wire.listener.failed({ code: 'overloaded', retryAfterMs: 60_000 });
    connection.retryNow();
    expect([wire.opened, connection.state]).toEqual([2, 'connecting']);
  });

  it('gives a handshake up that does not end', async () => {
    const { wire, connection } = opened();
    await vi.advanceTimersByTimeAsync(12_000);
    expect([connection.state, wire.closed]).toEqual(['waiting', 1]);
  });

  it.each(['unauthenticated', 'forbidden', 'gateway.protocol_unsupported'])('stays away after %s', async (code) => {
    const { wire, connection } = opened();
    const refused = vi.fn();
    connection.on('refused', refused);
    wire.listener.failed({ code, retryAfterMs: null });
    await vi.advanceTimersByTimeAsync(100_000);
    expect(refused).toHaveBeenCalledExactlyOnceWith({ code });
    expect([connection.state, wire.opened]).toEqual(['idle', 1]);
  });

  it('stays away when its session was revoked', async () => {
    const { wire, connection } = opened();
    const refused = vi.fn();
    connection.on('refused', refused);
    wire.hears('gateway.ready', ready);
    wire.hears('gateway.goodbye', { code: 'session_revoked', reconnect: false });
    wire.listener.lost();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(refused).toHaveBeenCalledExactlyOnceWith({ code: 'session_revoked' });
    expect(wire.opened).toBe(1);
  });

  it('is not ready for someone who closes it on hearing whose it is', () => {
    const { wire, connection, states } = opened();
    connection.on('gateway.ready', () => connection.close());
    wire.hears('gateway.ready', ready);
    expect(states).toEqual(['connecting', 'idle']);
  });
});

describe('what it hears', () => {
  it('is an update when it has a place in a log, whatever its type', () => {
    const { wire, connection } = opened();
    const [updates, read] = [vi.fn(), vi.fn()];
    connection.on('update', updates);
    connection.on('conversations.read', read);
    wire.hears('conversations.message_posted', posted(4));
    wire.hears('conversations.poll_closed', { conversation_id: id('hornos'), seq: 5, type: 'poll_closed' });
    wire.hears('conversations.read', { conversation_id: id('hornos'), seq: 5, head: 5, unread_count: 0, mention_count: 0 });
    wire.hears('conversations.unheard_of', null);
    expect(updates.mock.calls.map(([update]) => (update as { seq: number }).seq)).toEqual([4, 5]);
    expect(read).toHaveBeenCalledOnce();
  });
});

describe('a command', () => {
  const params = { conversation_id: id('hornos') };

  it('gives its result', async () => {
    const { wire, connection } = opened();
    wire.hears('gateway.ready', ready);
    wire.answer = () => Promise.resolve({ ok: true, result: { items: [] } });
    await expect(connection.request('conversations.list_spaces', {})).resolves.toEqual({ items: [] });
  });

  it('fails with the error of its acknowledgement', async () => {
    const { wire, connection } = opened();
    wire.hears('gateway.ready', ready);
    const error = { code: 'rate_limited', status: 429, detail: '', retryable: true, retry_after_ms: 900, request_id: 'r' };
    wire.answer = () => Promise.resolve({ ok: false, error });
    await expect(connection.request('conversations.join', params)).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 900 });
  });

  it('waits for the connection', async () => {
    const { wire, connection } = opened();
    wire.answer = () => Promise.resolve({ ok: true, result: {} });
    const joined = connection.request('conversations.join', params);
    await vi.advanceTimersByTimeAsync(5000);
    expect(wire.emitted).toEqual([]);
    wire.hears('gateway.ready', ready);
    await expect(joined).resolves.toEqual({});
  });

  it('does not wait for ever', async () => {
    const { connection } = opened();
    const joined = connection.request('conversations.join', params);
    const failed = expect(joined).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    await vi.advanceTimersByTimeAsync(12_000);
    await failed;
  });

  it('without an answer has an outcome that is not known', async () => {
    const { wire, connection } = opened();
    wire.hears('gateway.ready', ready);
    wire.answer = () => Promise.reject(new Error('operation has timed out'));
    await expect(connection.request('conversations.join', params)).rejects.toMatchObject({ code: 'timeout', retryable: true });
    wire.answer = () => {
      wire.listener.lost();
      return Promise.reject(new Error('socket has been disconnected'));
    };
    const error = await connection.request('conversations.join', params).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: 'unavailable', retryable: true });
  });

  it('that nobody waits for is not kept for later', () => {
    const { wire, connection } = opened();
    connection.tell('presence.set_typing', params);
    wire.hears('gateway.ready', ready);
    connection.tell('presence.set_typing', params);
    expect(wire.emitted).toHaveLength(1);
  });
});
