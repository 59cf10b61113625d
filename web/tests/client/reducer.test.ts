import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message, Update } from '$protocol/wire';
import { type Replica, hasGap, moveRead, receive, recount, remembers, replicaOf, reread } from '$client/reducer';
import { type MessageWindow, applyToWindow, inTimeline, windowOf } from '$client/window';
import { ana, bruno, carla, conversationOf, id, messageOf, posted, update } from '../cast';
import { Room } from '../house';

const me = ana.id;

function after(replica: Replica, ...updates: Update[]): Replica {
  return updates.reduce((known, each) => receive(known, each, me).replica, replica);
}

describe('the rule for one update', () => {
  const start = replicaOf(conversationOf({ head: 3, messages: 3, read: 3 }));

  it('drops what is not above mine', () => {
    for (const seq of [1, 2, 3]) expect(receive(start, posted(seq), me)).toEqual({ replica: start, applied: [] });
  });

  it('applies the next', () => {
    const { replica, applied } = receive(start, posted(4), me);
    expect(applied).toHaveLength(1);
    expect(replica.position).toEqual({ epoch: 'e1', seq: 4 });
    expect(replica.conversation).toMatchObject({ head: 4, messages: 4, unread_count: 1, last_message: { seq: 4 } });
  });

  it('holds what is ahead, and applies it when the gap closes', () => {
    const held = after(start, posted(6), posted(5), posted(6));
    expect([hasGap(held), held.position.seq]).toEqual([true, 3]);
    const { replica, applied } = receive(held, posted(4), me);
    expect(applied.map(({ seq }) => seq)).toEqual([4, 5, 6]);
    expect([hasGap(replica), replica.conversation.unread_count]).toEqual([false, 3]);
  });

  it('moves on over a type that it does not know', () => {
    const unknown = { ...posted(4), type: 'poll_closed' } as unknown as Update;
    expect(after(start, unknown, posted(5))).toMatchObject({ position: { seq: 5 }, conversation: { unread_count: 1 } });
  });
});

describe('the counts', () => {
  const start = replicaOf(conversationOf({ head: 3, messages: 3, read: 3 }));

  it('count what others say, and mentions apart', () => {
    const { conversation } = after(start, posted(4, { mentions: [me] }), posted(5, { mentions: ['everyone'] }), posted(6, { mentions: [carla.id] }));
    expect(conversation).toMatchObject({ unread_count: 3, mention_count: 2 });
  });

  it('do not count replies inside a thread, but their mentions', () => {
    const reply = posted(4, { thread_id: id('m1'), number: null, mentions: [me] });
    expect(after(start, reply).conversation).toMatchObject({ unread_count: 0, mention_count: 1, messages: 3 });
  });

  it('are read up to what I say myself', () => {
    const { conversation } = after(start, posted(4), posted(5, { author: ana }));
    expect(conversation).toMatchObject({ read: 5, unread_count: 0, mention_count: 0, messages: 5 });
  });

  it('stay as they are when I reply in a thread', () => {
    const reply = posted(5, { author: ana, thread_id: id('m1'), number: null });
    expect(after(start, posted(4), reply).conversation).toMatchObject({ read: 3, unread_count: 1 });
  });

  it('told as of a head ahead of me are not counted twice', () => {
    const told = recount(start, { head: 5, read: 3, messages: 5, unread_count: 2, mention_count: 1 }, me);
    const { conversation } = after(told, posted(4, { mentions: [me] }), posted(5), posted(6));
    expect(conversation).toMatchObject({ unread_count: 3, mention_count: 1 });
  });

  it('told as of a head behind me are counted on', () => {
    const ahead = after(start, posted(4), posted(5));
    const told = moveRead(ahead, { conversation_id: ahead.conversation.id, seq: 4, head: 4, unread_count: 0, mention_count: 0 }, me);
    expect(told.conversation).toMatchObject({ read: 4, unread_count: 1 });
  });

  it('go up again when I mark something unread', () => {
    const read = after(start, posted(4), posted(5, { author: ana }));
    const told = moveRead(read, { conversation_id: read.conversation.id, seq: 3, head: 5, unread_count: 2, mention_count: 0 }, me);
    expect(told.conversation).toMatchObject({ read: 3, unread_count: 2 });
  });
});

describe('reading a conversation again', () => {
  const start = after(replicaOf(conversationOf({ head: 3, read: 3, messages: 3 })), posted(4));

  it('takes what is outside the sequence and keeps the position', () => {
    const read = conversationOf({ head: 6, read: 3, messages: 6, unread_count: 3, muted: true, role: 'owner' });
    const again = reread(start, read, me);
    expect(again).toMatchObject({ position: { seq: 4 }, conversation: { muted: true, role: 'owner', unread_count: 3 } });
    expect(after(again, posted(5), posted(6), posted(7)).conversation.unread_count).toBe(4);
  });

  it('does not take back a mark that has moved since', () => {
    const marked = moveRead(start, { conversation_id: start.conversation.id, seq: 4, head: 4, unread_count: 0, mention_count: 0 }, me);
    const stale = conversationOf({ head: 4, read: 3, messages: 4, unread_count: 1 });
    expect(reread(marked, stale, me).conversation).toMatchObject({ read: 4, unread_count: 0 });
  });

  it('begins anew in another history', () => {
    const read = conversationOf({ epoch: 'e2', head: 2, messages: 2 });
    expect(reread(start, read, me)).toEqual(replicaOf(read));
  });
});

describe('the shared part', () => {
  it('follows members and settings', () => {
    const start = replicaOf(conversationOf({ kind: 'group', people: [ana, bruno] }));
    const joined = after(start, update('member_joined', { seq: 1, user: carla, role: 'member', member_count: 3 }));
    expect(joined.conversation).toMatchObject({ member_count: 3, people: [ana, bruno, carla] });
    const left = after(joined, update('member_left', { seq: 2, user: bruno, role: 'member', member_count: 2 }));
    expect(left.conversation.people).toEqual([ana, carla]);
    const mine = after(left, update('member_changed', { seq: 3, user: ana, role: 'moderator' }));
    expect(mine.conversation.role).toBe('moderator');
  });

  it('keeps my part when settings change', () => {
    const start = replicaOf(conversationOf({ muted: true, read: 0 }));
    const { id: itsId, kind, space_id, name, topic, visibility, about, member_count, people, created_at, archived_at, epoch } = conversationOf({ name: 'hornos-2' });
    const conversation = { id: itsId, kind, space_id, name, topic, visibility, default: false, about, member_count, people, created_at, archived_at, epoch };
    const changed = after(start, update('conversation_changed', { seq: 1, conversation, message: messageOf({ seq: 1, kind: 'system' }) }));
    expect(changed.conversation).toMatchObject({ name: 'hornos-2', muted: true });
  });
});

it('remembers what was applied lately', () => {
  const replica = after(replicaOf(conversationOf()), ...Array.from({ length: 400 }, (_, at) => posted(at + 1)));
  expect([remembers(replica, 400), remembers(replica, 200), remembers(replica, 50)]).toEqual([true, true, false]);
});

// ---------- whatever the network does ----------

type Act = (room: Room, n: number) => void;

const people = [ana, bruno, carla];
const anyPerson = fc.constantFrom(...people);
const anyText = fc.constantFrom('hola', 'adiós', 'sí');

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ who: anyPerson, text: anyText, thread: fc.option(fc.nat(), { freq: 3 }), also: fc.boolean(), mention: fc.option(anyPerson) }).map(
    ({ who, text, thread, also, mention }): Act => (room, n) => {
      const root = thread === null ? undefined : pickText(room, thread, (message) => !message.thread_id);
      room.post(who, {
        id: id(`p${n}`),
        text,
        ...(root ? { thread_id: root.id, also_in_channel: also } : {}),
        mentions: mention ? [mention.id] : [],
      });
    }) },
  fc.record({ at: fc.nat(), text: anyText }).map(({ at, text }): Act => (room) => withText(room, at, (message) => room.edit(author(message), message.id, text))),
  fc.record({ at: fc.nat(), undone: fc.boolean() }).map(({ at, undone }): Act => (room) => withText(room, at, (message) => room.delete(author(message), message.id, undone))),
  fc.record({ at: fc.nat(), who: anyPerson, emoji: fc.constantFrom('👍', '🔵'), type: fc.constantFrom('reaction_added' as const, 'reaction_removed' as const) }).map(
    ({ at, who, emoji, type }): Act => (room) => withText(room, at, (message) => room.react(who, message.id, emoji, type)),
  ),
  fc.record({ at: fc.nat(), pinned: fc.boolean() }).map(({ at, pinned }): Act => (room) => withText(room, at, (message) => room.pin(bruno, message.id, pinned))),
  fc.constantFrom('uno', 'dos').map((name): Act => (room) => room.rename(bruno, name)),
  fc.constantFrom<Act>((room) => room.join(carla), (room) => room.leave(carla)),
);

function author(message: Message): typeof ana {
  return people.find((each) => each.id === message.author.id) ?? bruno;
}

function pickText(room: Room, at: number, fits: (message: Message) => boolean): Message | undefined {
  const texts = [...room.messages.values()].filter((message) => message.kind === 'text' && !message.deleted_at && fits(message));
  return texts.length > 0 ? texts[at % texts.length] : undefined;
}

function withText(room: Room, at: number, then: (message: Message) => void): void {
  const message = pickText(room, at, () => true);
  if (message) then(message);
}

interface View {
  replica: Replica;
  window: MessageWindow;
}

function hear(view: View, updates: readonly Update[]): View {
  return updates.reduce((known, each) => {
    const { replica, applied } = receive(known.replica, each, me);
    return { replica, window: applied.reduce((window, one) => applyToWindow(window, one, inTimeline, me), known.window) };
  }, view);
}

function open(room: Room): View {
  const { conversation, ...page } = room.snapshot(ana, 1000);
  return { replica: replicaOf(conversation), window: windowOf(page) };
}

/** Delivers in any order, some twice, some never. */
function scramble(updates: readonly Update[], seeds: readonly number[]): Update[] {
  const delivered = updates.flatMap((each, at) => {
    const seed = seeds[at % seeds.length] ?? 0;
    return Array.from({ length: seed % 3 }, (_, copy) => ({ each, place: (seed * (copy + 7) + at * 31) % 101 }));
  });
  return delivered.sort((a, b) => a.place - b.place).map(({ each }) => each);
}

describe('whatever order updates come in, doubled or lost', () => {
  it('snapshot, updates and one catch-up end in a fresh snapshot', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 12 }), fc.array(act, { maxLength: 25 }), fc.array(fc.nat({ max: 1000 }), { minLength: 1 }), (before, during, seeds) => {
        const live: Update[] = [];
        const room = new Room(conversationOf(), [ana, bruno], (each) => live.push(each));
        before.forEach((each, n) => each(room, n));
        const start = open(room);
        const from = live.length;
        during.forEach((each, n) => each(room, 100 + n));

        const heard = hear(start, scramble(live.slice(from), seeds));
        const caughtUp = hear(heard, room.since(heard.replica.position.seq));

        const truth = open(room);
        expect(caughtUp.window.items).toEqual(truth.window.items);
        expect(hasGap(caughtUp.replica)).toBe(false);
        expect(caughtUp.replica.position).toEqual(truth.replica.position);
        expect(withoutCounts(caughtUp)).toEqual(withoutCounts(truth));
      }),
      { numRuns: 300 },
    );
  });

  it('the log applied twice beside a newer page changes nothing', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 25 }), (acts) => {
        const live: Update[] = [];
        const room = new Room(conversationOf(), [ana, bruno], (each) => live.push(each));
        acts.forEach((each, n) => each(room, n));
        const page = open(room).window;
        const again = [...live, ...room.since(0)].reduce((window, each) => {
          const next = applyToWindow(window, each, inTimeline, me);
          expect(deleted(next)).toEqual(deleted(page));
          return next;
        }, page);
        expect(again.items).toEqual(page.items);
      }),
      { numRuns: 300 },
    );
  });

  it('counts unread messages and mentions as the server does', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ who: anyPerson, mention: fc.option(anyPerson), read: fc.boolean() }), { maxLength: 30 }), (says) => {
        const live: Update[] = [];
        const room = new Room(conversationOf(), people, (each) => live.push(each));
        let replica = replicaOf(room.conversation(ana));
        says.forEach(({ who, mention, read }, n) => {
          room.post(who, { id: id(`p${n}`), text: 'hola', mentions: mention ? [mention.id] : [] });
          replica = after(replica, ...live.splice(0));
          if (!read) return;
          room.marks.set(me, room.head);
          const { head, unread_count, mention_count } = room.conversation(ana);
          replica = moveRead(replica, { conversation_id: room.id, seq: head, head, unread_count, mention_count }, me);
        });
        const { read, unread_count, mention_count, messages } = room.conversation(ana);
        expect(replica.conversation).toMatchObject({ read, unread_count, mention_count, messages });
      }),
    );
  });

  /** Tombstones: none is ever revived, not even for the moment between two updates. */
  function deleted({ items }: MessageWindow): string[] {
    return items.flatMap((message) => (message.deleted_at && message.text === '' ? [message.id] : []));
  }

  /** What an edit or a deletion does to counts is told outside the sequence, and so is my role. */
  function withoutCounts({ replica }: View): object {
    const { mention_count, role, member_count, ...conversation } = replica.conversation;
    return [mention_count, role, member_count].length > 0 ? conversation : {};
  }
});
