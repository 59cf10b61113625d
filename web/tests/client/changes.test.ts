import { describe, expect, it } from 'vitest';
import { tombstone } from '$client/changes';
import { id, messageOf } from '../cast';

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
