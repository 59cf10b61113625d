import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { CaughtUp, Head, Id, Position, Update } from '$protocol/wire';
import { type Follower, behind, catchUp, replacedIn } from '$client/catchup';
import { id, posted } from '../cast';

/** Logs on one side, positions on the other. */
class World implements Follower {
  readonly logs = new Map<Id, Update[]>();
  readonly mine = new Map<Id, Position>();
  readonly heard: Update[] = [];
  readonly calls: Record<Id, Position>[] = [];
  readonly forgotten: Id[] = [];
  limit = 1000;

  log(name: string, length: number, from = 0): Id {
    const conversation_id = id(name);
    this.logs.set(conversation_id, Array.from({ length }, (_, at) => ({ ...posted(at + 1), conversation_id })));
    this.mine.set(conversation_id, { epoch: 'e1', seq: from });
    return conversation_id;
  }

  readonly ask = (positions: Record<Id, Position>): Promise<CaughtUp> => {
    this.calls.push(positions);
    const resync = Object.keys(positions).filter((each) => positions[each]?.epoch !== 'e1');
    const gone = Object.keys(positions).filter((each) => !this.logs.has(each));
    const all = Object.entries(positions).flatMap(([each, { seq }]) => (resync.includes(each) ? [] : (this.logs.get(each) ?? []).slice(seq)));
    return Promise.resolve({ updates: all.slice(0, this.limit), heads: {}, resync, gone, more: all.length > this.limit });
  };

  position(each: Id): Position | undefined {
    return this.mine.get(each);
  }

  apply(updates: readonly Update[]): void {
    for (const update of updates) {
      this.heard.push(update);
      this.mine.set(update.conversation_id, { epoch: 'e1', seq: update.seq });
    }
  }

  resync(ids: readonly Id[]): Promise<void> {
    for (const each of ids) this.mine.set(each, { epoch: 'e1', seq: this.logs.get(each)?.length ?? 0 });
    return Promise.resolve();
  }

  gone(ids: readonly Id[]): void {
    for (const each of ids) this.mine.delete(each);
    this.forgotten.push(...ids);
  }

  readonly heads = vi.fn();
}

describe('catching up', () => {
  it('fetches exactly what was missed, in pages, however long', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 30 })), { maxLength: 6 }), fc.integer({ min: 1, max: 9 }), async (logs, limit) => {
        const world = new World();
        world.limit = limit;
        const ids = logs.map(([length, from], at) => world.log(`c${at}`, length, Math.min(from, length)));
        const missing = ids.flatMap((each) => (world.logs.get(each) ?? []).slice(world.mine.get(each)?.seq));
        await catchUp(ids, world, world.ask);
        expect(world.heard).toEqual(missing);
      }),
    );
  });

  it('names at most 500 conversations in a call', async () => {
    const world = new World();
    const ids = Array.from({ length: 1201 }, (_, at) => world.log(`c${at}`, 1));
    await catchUp(ids, world, world.ask);
    expect(world.calls.map((call) => Object.keys(call).length)).toEqual([500, 500, 201]);
    expect(world.heard).toHaveLength(1201);
  });

  it('takes a new snapshot of another history, and goes on with the rest', async () => {
    const world = new World();
    const [old, fine] = [world.log('old', 5, 2), world.log('fine', 3, 1)];
    world.mine.set(old, { epoch: 'e0', seq: 99 });
    await catchUp([old, fine], world, world.ask);
    expect(world.mine.get(old)).toEqual({ epoch: 'e1', seq: 5 });
    expect(world.heard.map(({ seq }) => seq)).toEqual([2, 3]);
  });

  it('forgets what is not for me any more', async () => {
    const world = new World();
    const gone = world.log('gone', 3);
    world.logs.delete(gone);
    await catchUp([gone], world, world.ask);
    expect(world.forgotten).toEqual([gone]);
  });

  it('ends when the server promises more and gives nothing', async () => {
    const world = new World();
    const stuck = world.log('stuck', 3);
    const ask = vi.fn(() => Promise.resolve({ updates: [], heads: {}, resync: [], gone: [], more: true }));
    await catchUp([stuck], world, ask);
    expect(ask).toHaveBeenCalledOnce();
  });

  it('asks for nothing when there is nothing to follow', async () => {
    const world = new World();
    await catchUp([id('unknown')], world, world.ask);
    expect(world.calls).toEqual([]);
  });
});

it('is behind where the head is ahead; a history is another by its name, or as it ends too soon', () => {
  const head = (epoch: string, at: number): Head => ({ epoch, head: at, read: 0, messages: at, unread_count: 0, mention_count: 0 });
  const heads = { a: head('e1', 5), b: head('e1', 4), c: head('e2', 1), d: head('e1', 9), e: head('e1', 2) };
  const mine: Record<Id, Position> = { a: { epoch: 'e1', seq: 5 }, b: { epoch: 'e1', seq: 3 }, c: { epoch: 'e1', seq: 9 }, e: { epoch: 'e1', seq: 3 } };
  expect(behind(heads, (each) => mine[each])).toEqual(['b']);
  expect(replacedIn(heads, (each) => mine[each])).toEqual(['c', 'e']);
});
