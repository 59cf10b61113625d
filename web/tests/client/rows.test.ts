import { describe, expect, it } from 'vitest';
import type { Message } from '$protocol/wire';
import type { Unsent } from '$client/outbox';
import { type Row, type RowsFrom, reuseRows, rowsOf, unreadLineOf } from '$client/rows';
import { ana, bruno, carla, id, messageOf } from '../cast';

function rows(items: readonly Message[], fields: Partial<RowsFrom> = {}): Row[] {
  return rowsOf({ items, hasBefore: false, hasAfter: false, unsent: [], viewer: ana, unreadAfter: null, hidden: new Set(), withStart: true, ...fields });
}

function sketch(all: readonly Row[]): string[] {
  return all.map((row) => {
    if (row.kind === 'message') return `${row.grouped ? '·' : ''}${row.message.author.display_name}: ${row.message.text}`;
    if (row.kind === 'system') return `system ${row.messages.length}`;
    return row.kind;
  });
}

const unsent: Unsent = {
  id: id('u1'),
  author_id: ana.id,
  conversation_id: id('hornos'),
  text: 'ya voy',
  reply_to: null,
  thread_id: null,
  also_in_channel: false,
  created_at: messageOf({ seq: 3 }).created_at,
  state: 'sending',
  error: null,
  late: false,
  attempted: false,
  kept: true,
  place: 1,
};

const system = (seq: number, type: string) => messageOf({ seq, kind: 'system', number: null, data: { type } });

describe('rows', () => {
  it('begin with the start and the day', () => {
    expect(sketch(rows([messageOf({ seq: 1 })]))).toEqual(['start', 'day', 'Bruno: message 1']);
    expect(sketch(rows([messageOf({ seq: 1 })], { hasBefore: true }))).toEqual(['day', 'Bruno: message 1']);
    expect(sketch(rows([]))).toEqual(['start']);
  });

  it('group what one person says within five minutes', () => {
    const late = messageOf({ seq: 4, created_at: messageOf({ seq: 9 }).created_at });
    const said = [messageOf({ seq: 1 }), messageOf({ seq: 2 }), messageOf({ seq: 3, author: carla }), late];
    expect(sketch(rows(said)).slice(2)).toEqual(['Bruno: message 1', '·Bruno: message 2', 'Carla: message 3', 'Bruno: message 4']);
  });

  it('do not group a quote, nor more than ten', () => {
    const quote = messageOf({ seq: 2, reply_to: id('m1') });
    expect(sketch(rows([messageOf({ seq: 1 }), quote])).at(-1)).toBe('Bruno: message 2');
    const many = Array.from({ length: 12 }, (_, at) => messageOf({ seq: at + 1, created_at: messageOf({ seq: 1 }).created_at }));
    expect(rows(many).flatMap((row) => (row.kind === 'message' && !row.grouped ? [row.message.seq] : []))).toEqual([1, 11]);
  });

  it('part the days', () => {
    const tomorrow = messageOf({ seq: 2, created_at: '2026-11-25T12:00:00.000Z' });
    expect(sketch(rows([messageOf({ seq: 1 }), tomorrow]))).toEqual(['start', 'day', 'Bruno: message 1', 'day', 'Bruno: message 2']);
  });

  it('fold three system lines of one kind and more', () => {
    const lines = [system(1, 'joined'), system(2, 'joined'), system(3, 'joined'), system(4, 'left'), system(5, 'left')];
    expect(sketch(rows(lines)).slice(2)).toEqual(['system 3', 'system 1', 'system 1']);
  });

  it('leave out what was undone and what is being deleted', () => {
    const said = [messageOf({ seq: 1, deleted_at: 'x', undone: true }), messageOf({ seq: 2 }), messageOf({ seq: 3 })];
    expect(sketch(rows(said, { hidden: new Set([id('m2')]) })).slice(2)).toEqual(['Bruno: message 3']);
  });

  it('show what is unsent at the end, until it stands in the log', () => {
    const said = [messageOf({ seq: 1 })];
    const [waiting] = rows(said, { unsent: [unsent] }).slice(-1);
    expect(waiting).toMatchObject({ kind: 'message', key: id('u1'), mine: true, unsent, message: { text: 'ya voy' } });
    const arrived = messageOf({ seq: 2, id: id('u1'), author: ana, text: 'ya voy' });
    const [sent] = rows([...said, arrived], { unsent: [unsent] }).slice(-1);
    expect(sent).toMatchObject({ key: id('u1'), unsent: null, message: arrived });
  });

  it('do not show what is unsent in the middle of old pages', () => {
    expect(sketch(rows([messageOf({ seq: 1 })], { unsent: [unsent], hasAfter: true }))).not.toContain('Ana: ya voy');
  });

  it('know what looks at me', () => {
    const [mine, other] = rows([messageOf({ seq: 1, mentions: [ana.id] }), messageOf({ seq: 2, mentions: [carla.id] })]).slice(-2);
    expect([mine, other]).toMatchObject([{ looksAtMe: true }, { looksAtMe: false }]);
  });

  it('keep their objects while nothing changes', () => {
    const said = [messageOf({ seq: 1 }), messageOf({ seq: 2 })];
    const before = rows(said);
    const after = reuseRows(before, rows([...said, messageOf({ seq: 3 })]));
    expect(before.every((row) => after.includes(row))).toBe(true);
    const edited = reuseRows(before, rows([messageOf({ seq: 1, text: 'otra' }), said[1] as Message]));
    expect(edited.map((row, at) => row === before[at])).toEqual([true, true, false, true]);
  });
});

describe('the unread line', () => {
  const said = [1, 2, 3, 4].map((seq) => messageOf({ seq, author: seq === 3 ? ana : bruno }));

  it('stands over the first message of others that was not read', () => {
    expect(unreadLineOf(said, 2, false, ana.id)).toEqual({ messageId: id('m4'), since: said[3]?.created_at, count: 1 });
    expect(sketch(rows(said, { unreadAfter: 1 }))).toEqual(['start', 'day', 'Bruno: message 1', 'unread', 'Bruno: message 2', 'Ana: message 3', 'Bruno: message 4']);
  });

  it('breaks a group', () => {
    const [, , , , under] = rows([messageOf({ seq: 1 }), messageOf({ seq: 2 })], { unreadAfter: 1 });
    expect(under).toMatchObject({ kind: 'message', grouped: false });
  });

  it('waits until its place is loaded', () => {
    expect(unreadLineOf(said.slice(2), 1, true, ana.id)).toBeNull();
    expect(unreadLineOf(said.slice(2), 3, true, ana.id)?.messageId).toBe(id('m4'));
  });

  it('is nowhere when everything was read', () => {
    expect(unreadLineOf(said, 4, false, ana.id)).toBeNull();
  });
});
