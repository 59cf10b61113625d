import { describe, expect, it } from 'vitest';
import { digestOf } from '$client/digest';
import { ana, bruno, messageOf } from '../cast';

const say = (seq: number, fields: Partial<Parameters<typeof messageOf>[0]> = {}) => messageOf({ seq, author: bruno, ...fields });
const seqs = (...messages: ReturnType<typeof say>[]) => digestOf(messages, 1, ana.id).map(({ seq }) => seq);

describe('a digest', () => {
  it('is the first of what is unread', () => {
    expect(seqs(say(1), say(2), say(3), say(4), say(5))).toEqual([2, 3, 4]);
  });

  it('has what looks at me, wherever it stands', () => {
    expect(seqs(say(2), say(3), say(4), say(5), say(6, { mentions: [ana.id] }), say(7, { mentions: ['everyone'] }))).toEqual([2, 6, 7]);
  });

  it('has nothing of mine, of the log, or deleted', () => {
    const gone = say(4, { deleted_at: '2026-11-24T09:00:00.000Z', text: '' });
    expect(seqs(say(2, { author: ana }), say(3, { kind: 'system', number: null }), gone, say(5))).toEqual([5]);
  });
});
