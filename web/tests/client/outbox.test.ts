import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Message } from '$protocol/wire';
import { ApiError } from '$client/errors';
import { Outbox, type OutboxStorage, type Unsent, type Written } from '$client/outbox';
import { IndexedOutbox, MemoryOutbox } from '$client/outboxStorage';
import { ana, id, messageOf } from '../cast';

function unsent(name: string, fields: Partial<Written> = {}): Written {
  return {
    id: id(name),
    author_id: ana.id,
    conversation_id: id('hornos'),
    text: name,
    reply_to: null,
    thread_id: null,
    also_in_channel: false,
    created_at: new Date(1_764_000_000_000).toISOString(),
    ...fields,
  };
}

/** A server that is told, post by post, how to answer; and keeps what it was given once for each id. */
class Post {
  readonly asked: Unsent[] = [];
  readonly kept = new Map<string, Message>();
  answer: (item: Unsent) => Promise<Message> = (item) => Promise.resolve(this.keep(item));

  keep(item: Unsent): Message {
    const known = this.kept.get(item.id) ?? messageOf({ seq: this.kept.size + 1, id: item.id, author: ana, text: item.text, conversation_id: item.conversation_id });
    this.kept.set(item.id, known);
    return known;
  }

  readonly take = (item: Unsent): Promise<Message> => {
    this.asked.push(item);
    return this.answer(item);
  };
}

function outboxWith(post: Post, storage: OutboxStorage = new MemoryOutbox()) {
  const sent = vi.fn();
  const edit = vi.fn();
  const recall = vi.fn();
  const outbox = new Outbox({ storage, post: post.take, edit, recall, changed: () => undefined, sent, random: () => 0.5 });
  return { outbox, sent, edit, recall, storage };
}

const states = (outbox: Outbox) => outbox.items.map(({ text, state }) => `${text} ${state}`);
const settled = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the outbox', () => {
  it('shows at once, sends, and forgets what was acknowledged', async () => {
    const post = new Post();
    const { outbox, sent, storage } = outboxWith(post);
    outbox.online();
    outbox.add(unsent('uno'));
    expect(states(outbox)).toEqual(['uno sending']);
    await settled();
    expect(outbox.items).toEqual([]);
    expect(sent).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: id('uno') }), expect.anything());
    expect(await storage.list(ana.id)).toEqual([]);
  });

  it('keeps the order written, one at a time in a conversation', async () => {
    const post = new Post();
    let release: () => void = () => undefined;
    post.answer = (item) => new Promise((resolve) => (release = () => resolve(post.keep(item))));
    const { outbox } = outboxWith(post);
    outbox.online();
    outbox.add(unsent('uno'));
    outbox.add(unsent('dos'));
    outbox.add(unsent('aparte', { conversation_id: id('otra') }));
    await settled();
    expect(post.asked.map(({ text }) => text)).toEqual(['uno', 'aparte']);
    post.answer = (item) => Promise.resolve(post.keep(item));
    release();
    await settled();
    expect([...post.kept.values()].map(({ text }) => text)).toContain('aparte');
  });

  it('waits while there is no connection, and goes by itself when there is', async () => {
    const post = new Post();
    const { outbox } = outboxWith(post);
    outbox.add(unsent('uno'));
    outbox.add(unsent('dos'));
    await settled();
    expect([states(outbox), post.asked]).toEqual([['uno waiting', 'dos waiting'], []]);
    outbox.online();
    await settled();
    expect([...post.kept.values()].map(({ text }) => text)).toEqual(['uno', 'dos']);
  });

  it('sends again under the same id when nobody knows what became of it', async () => {
    const post = new Post();
    post.answer = (item) => {
      post.keep(item);
      return Promise.reject(ApiError.unanswered('timeout', 'lost'));
    };
    const { outbox } = outboxWith(post);
    outbox.online();
    outbox.add(unsent('uno'));
    await settled();
    expect(states(outbox)).toEqual(['uno waiting']);
    post.answer = (item) => Promise.resolve(post.keep(item));
    await vi.advanceTimersByTimeAsync(1000);
    expect(post.asked.map((item) => item.id)).toEqual([id('uno'), id('uno')]);
    expect([outbox.items, post.kept.size]).toEqual([[], 1]);
  });

  it('comes back when the server says', async () => {
    const post = new Post();
    post.answer = () => Promise.reject(new ApiError({ code: 'rate_limited', status: 429, retryable: true, retry_after_ms: 5000 }));
    const { outbox } = outboxWith(post);
    outbox.online();
    outbox.add(unsent('uno'));
    outbox.add(unsent('dos'));
    await vi.advanceTimersByTimeAsync(4999);
    expect(post.asked).toHaveLength(1);
    expect(outbox.items[0]?.error?.code).toBe('rate_limited');
    post.answer = (item) => Promise.resolve(post.keep(item));
    await vi.advanceTimersByTimeAsync(1000);
    expect([...post.kept.values()].map(({ text }) => text)).toEqual(['uno', 'dos']);
  });

  it('keeps what was refused, with its reason, and lets the next pass', async () => {
    const post = new Post();
    post.answer = (item) =>
      item.text === 'uno' ? Promise.reject(new ApiError({ code: 'conversations.archived', status: 403 })) : Promise.resolve(post.keep(item));
    const { outbox, storage } = outboxWith(post);
    outbox.online();
    outbox.add(unsent('uno'));
    outbox.add(unsent('dos'));
    await settled();
    expect(outbox.items).toMatchObject([{ text: 'uno', state: 'failed', error: { code: 'conversations.archived' } }]);
    expect(await storage.list(ana.id)).toMatchObject([{ text: 'uno', state: 'failed' }]);

    post.answer = (item) => Promise.resolve(post.keep(item));
    outbox.retry(id('uno'));
    await settled();
    expect(outbox.items).toEqual([]);
  });

  it('forgets what was discarded', async () => {
    const post = new Post();
    const { outbox, storage } = outboxWith(post);
    outbox.add(unsent('uno'));
    await settled();
    outbox.discard(id('uno'));
    outbox.online();
    await settled();
    expect([outbox.items, post.asked, await storage.list(ana.id)]).toEqual([[], [], []]);
  });

  it('sends the text as it was rewritten', async () => {
    const post = new Post();
    const { outbox, edit } = outboxWith(post);
    outbox.add(unsent('uno'));
    await settled();
    outbox.rewrite(id('uno'), 'one');
    outbox.online();
    await settled();
    expect([...post.kept.values()].map(({ text }) => text)).toEqual(['one']);
    expect(edit).not.toHaveBeenCalled();
  });

  it('edits the message when an attempt had taken the text before it was rewritten', async () => {
    const post = new Post();
    post.answer = (item) => {
      post.keep(item);
      return Promise.reject(ApiError.unanswered('unavailable', 'lost'));
    };
    const { outbox, edit } = outboxWith(post);
    outbox.online();
    outbox.add(unsent('uno'));
    await settled();
    outbox.offline();
    outbox.rewrite(id('uno'), 'one');
    post.answer = (item) => Promise.resolve(post.keep(item));
    outbox.online();
    await settled();
    expect(edit).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: id('uno') }), 'one');
  });

  it('takes the log for an acknowledgement', async () => {
    const post = new Post();
    const { outbox, sent } = outboxWith(post);
    outbox.add(unsent('uno'));
    await settled();
    outbox.settle(messageOf({ seq: 1, id: id('uno'), author: ana, text: 'uno' }));
    expect(outbox.items).toEqual([]);
    expect(sent).toHaveBeenCalledOnce();
  });
});

describe.each([
  ['in memory', () => new MemoryOutbox()],
  ['in IndexedDB', () => new IndexedOutbox(`outbox ${Math.random()}`)],
] as const)('unsent messages kept %s', (_where, make) => {
  it('come back after a reload, for their author alone', async () => {
    vi.useRealTimers();
    const storage = make();
    const before = outboxWith(new Post(), storage);
    before.outbox.add(unsent('uno'));
    before.outbox.add(unsent('ajeno', { author_id: id('otra') }));
    await vi.waitFor(async () => expect(await storage.list(ana.id)).toHaveLength(1));
    await vi.waitFor(async () => expect(await storage.list(id('otra'))).toHaveLength(1));

    const post = new Post();
    const { outbox } = outboxWith(post, storage);
    await outbox.load(ana.id);
    expect(states(outbox)).toEqual(['uno waiting']);
    outbox.online();
    await vi.waitFor(() => expect([...post.kept.values()].map(({ text }) => text)).toEqual(['uno']));
    await vi.waitFor(async () => expect(await storage.list(ana.id)).toEqual([]));
  });

  it('are not sent by one tab after another has sent or discarded them', async () => {
    vi.useRealTimers();
    const storage = make();
    const [one, other] = [new Post(), new Post()];
    const first = outboxWith(one, storage).outbox;
    first.add(unsent('uno'));
    await vi.waitFor(async () => expect(await storage.list(ana.id)).toHaveLength(1));
    const second = outboxWith(other, storage).outbox;
    await second.load(ana.id);
    first.discard(id('uno'));
    await vi.waitFor(async () => expect(await storage.list(ana.id)).toEqual([]));
    second.online();
    await vi.waitFor(() => expect(second.items).toEqual([]));
    expect(other.asked).toEqual([]);
  });
});

it('sends what a browser would not keep', async () => {
  const broken: OutboxStorage = {
    list: () => Promise.reject(new Error('private mode')),
    put: () => Promise.reject(new Error('quota')),
    delete: () => Promise.reject(new Error('private mode')),
    has: () => Promise.resolve(false),
    onChange: () => undefined,
  };
  const post = new Post();
  const { outbox } = outboxWith(post, broken);
  outbox.online();
  outbox.add(unsent('uno'));
  await settled();
  expect([...post.kept.values()].map(({ text }) => text)).toEqual(['uno']);
});

describe('what is late', () => {
  it('is shown as not sent after half a minute, and goes all the same', async () => {
    const post = new Post();
    const { outbox } = outboxWith(post);
    outbox.add(unsent('uno'));
    await vi.advanceTimersByTimeAsync(29_999);
    expect(outbox.items).toMatchObject([{ state: 'waiting', late: false }]);
    await vi.advanceTimersByTimeAsync(1);
    expect(outbox.items).toMatchObject([{ state: 'waiting', late: true }]);
    outbox.online();
    await settled();
    expect([outbox.items, post.kept.size]).toEqual([[], 1]);
  });

  it('has another half a minute when its author tries again, which does not wait for the next attempt', async () => {
    const post = new Post();
    post.answer = () => Promise.reject(new ApiError({ code: 'overloaded', status: 503, retryable: true, retry_after_ms: 60_000 }));
    const { outbox } = outboxWith(post);
    outbox.online();
    outbox.add(unsent('uno'));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(outbox.items).toMatchObject([{ late: true }]);
    post.answer = () => new Promise(() => undefined);
    outbox.retry(id('uno'));
    await settled();
    expect(post.asked).toHaveLength(2);
    expect(outbox.items).toMatchObject([{ state: 'sending', late: false }]);
  });
});

describe('what is discarded', () => {
  it('on its way is taken back when it turns out to be sent', async () => {
    const post = new Post();
    let answer: (message: Message) => void = () => undefined;
    post.answer = () => new Promise((resolve) => (answer = resolve));
    const { outbox, recall, sent } = outboxWith(post);
    outbox.online();
    outbox.add(unsent('uno'));
    await settled();
    outbox.discard(id('uno'));
    answer(post.keep(post.asked[0] as Unsent));
    await settled();
    expect(recall).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: id('uno') }));
    expect([sent.mock.calls, outbox.items]).toEqual([[], []]);
  });

  it('after an attempt of which nobody heard is taken back when the log has it', async () => {
    const post = new Post();
    post.answer = () => Promise.reject(ApiError.unanswered('unavailable', 'lost'));
    const { outbox, recall } = outboxWith(post);
    outbox.online();
    outbox.add(unsent('uno'));
    await settled();
    outbox.discard(id('uno'));
    outbox.settle(messageOf({ seq: 1, id: id('uno'), author: ana }));
    outbox.settle(messageOf({ seq: 1, id: id('uno'), author: ana }));
    expect(recall).toHaveBeenCalledOnce();
  });

  it('before any attempt is nobody else’s concern', async () => {
    const { outbox, recall } = outboxWith(new Post());
    outbox.add(unsent('uno'));
    await settled();
    outbox.discard(id('uno'));
    outbox.settle(messageOf({ seq: 1, id: id('uno'), author: ana }));
    expect(recall).not.toHaveBeenCalled();
  });
});

describe('two tabs', () => {
  it('show what either wrote, and only the one that wrote it sends it', async () => {
    const storage = new MemoryOutbox();
    const [one, other] = [new Post(), new Post()];
    one.answer = () => new Promise(() => undefined);
    const [first, second] = [outboxWith(one, storage).outbox, outboxWith(other, storage).outbox];
    for (const outbox of [first, second]) {
      await outbox.load(ana.id);
      outbox.online();
    }
    first.add(unsent('uno'));
    await vi.advanceTimersByTimeAsync(2000);
    expect([states(second), other.asked]).toEqual([['uno waiting'], []]);
    first.discard(id('uno'));
    await vi.advanceTimersByTimeAsync(2000);
    expect(second.items).toEqual([]);
  });

  it('send what a closed one left', async () => {
    const storage = new MemoryOutbox();
    const post = new Post();
    const [closed, open] = [outboxWith(new Post(), storage).outbox, outboxWith(post, storage).outbox];
    await open.load(ana.id);
    open.online();
    closed.add(unsent('uno'));
    await vi.advanceTimersByTimeAsync(15_000);
    expect([...post.kept.values()].map(({ text }) => text)).toEqual(['uno']);
    expect(await storage.list(ana.id)).toEqual([]);
  });

  it('agree on the text', async () => {
    const storage = new MemoryOutbox();
    const [first, second] = [outboxWith(new Post(), storage).outbox, outboxWith(new Post(), storage).outbox];
    await second.load(ana.id);
    first.add(unsent('uno'));
    await vi.advanceTimersByTimeAsync(2000);
    first.rewrite(id('uno'), 'one');
    await vi.advanceTimersByTimeAsync(2000);
    expect(states(second)).toEqual(['one waiting']);
  });
});

it('keeps the order of writing when the clock is set back', async () => {
  const storage = new MemoryOutbox();
  const { outbox } = outboxWith(new Post(), storage);
  for (const name of ['uno', 'dos', 'tres']) {
    outbox.add(unsent(name));
    vi.setSystemTime(Date.now() - 3_600_000);
  }
  await settled();
  const later = outboxWith(new Post(), storage).outbox;
  await later.load(ana.id);
  expect(later.items.map(({ text }) => text)).toEqual(['uno', 'dos', 'tres']);
});

it('makes room when the browser has none left', async () => {
  vi.useRealTimers();
  const makeRoom = vi.fn(() => Promise.resolve());
  const storage = new IndexedOutbox(`outbox ${Math.random()}`, makeRoom);
  const refuse = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  const { outbox } = outboxWith(new Post(), storage);
  outbox.add(unsent('uno'));
  await vi.waitFor(async () => expect(await storage.list(ana.id)).toHaveLength(1));
  expect([makeRoom.mock.calls.length, refuse.mock.calls.length]).toEqual([1, 2]);
});

it('says of what the browser would not keep that it lives with the page', async () => {
  const broken = new MemoryOutbox();
  vi.spyOn(broken, 'put').mockRejectedValue(new Error('quota'));
  vi.spyOn(broken, 'list').mockRejectedValue(new Error('private mode'));
  const { outbox } = outboxWith(new Post(), broken);
  await outbox.load(ana.id);
  outbox.add(unsent('uno'));
  await settled();
  expect(outbox.items).toMatchObject([{ text: 'uno', kept: false }]);
});

it('passes over rows that it cannot read', async () => {
  vi.useRealTimers();
  const name = `outbox ${Math.random()}`;
  const storage = new IndexedOutbox(name);
  await storage.put({ ...unsent('uno'), text: 1 } as unknown as Unsent);
  expect(await storage.list(ana.id)).toEqual([]);
});
