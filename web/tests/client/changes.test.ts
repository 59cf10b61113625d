import { describe, expect, it } from 'vitest';
import { applyToMessage, tombstone } from '$client/changes';
import { ana, bruno, id, messageOf, update } from '../cast';

const at = '2026-10-08T09:12:00.000Z';

describe('a tombstone', () => {
  it('keeps what the server keeps, and quotes nothing', () => {
    const said = messageOf({ seq: 2, text: 'eso', reply_to: id('quoted'), pinned_at: at, mentions: ['here'] });
    const kept = { id: said.id, seq: said.seq, number: said.number, author: said.author, kind: said.kind };
    expect(tombstone(said, at, false)).toMatchObject({ ...kept, deleted_at: at, undone: false });
    const gone = { text: '', data: null, reply_to: null, pinned_at: null, mentions: [], reactions: [] };
    expect(tombstone(said, at, false)).toMatchObject(gone);
  });
});

describe('a reaction of many', () => {
  const first = Array.from({ length: 100 }, (_, at) => id(`reactor ${at}`));
  const said = messageOf({ seq: 2, reactions: [{ emoji: '👍', count: 100, user_ids: first }] });
  const reacted = (user_id: string) =>
    update('reaction_added', { seq: 3, message_id: said.id, emoji: '👍', user_id, count: 101 });

  it('lists the first hundred, as the server does', () => {
    const [shown] = applyToMessage(said, reacted(bruno.id), ana.id).reactions;
    expect(shown).toEqual({ emoji: '👍', count: 101, user_ids: first });
  });

  it('lists the viewer beyond', () => {
    const [shown] = applyToMessage(said, reacted(ana.id), ana.id).reactions;
    expect(shown).toEqual({ emoji: '👍', count: 101, user_ids: [...first, ana.id] });
  });
});
