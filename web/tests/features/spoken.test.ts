import { describe, expect, it } from 'vitest';
import type { Unsent, UnsentState } from '$client/outbox';
import type { MessageRow } from '$client/rows';
import { deviceOf } from '$features/settings/device';
import { plain, spokenMessage } from '$features/timeline/spoken';
import { usernameFor } from '$features/door/username';
import { t } from '$i18n/t';
import { piecesOf } from '$ui/markdown/pieces';
import { messageOf } from '../cast';

describe('a text in one line', () => {
  it.each([
    ['**Buenos** _días_ `x`', 'Buenos _días_ x'],
    ['> cita\n\n- uno\n- dos', 'cita uno dos'],
    ['[el plano](https://a.example/x)', 'el plano'],
    ['```py\nx = 1\n```', 'x = 1'],
    ['el final es ||muere||', 'el final es …'],
  ])('%j reads %j', (text, read) => {
    expect(plain({ text })).toBe(read);
  });

  it('is not endless', () => {
    expect(plain({ text: 'a'.repeat(5000) }).length).toBeLessThan(500);
  });
});

describe('a message that is not sent', () => {
  const rowOf = (state: UnsentState, late: boolean): MessageRow => {
    const message = messageOf({ seq: 1, id: 'm1' });
    const unsent: Unsent = { ...message, thread_id: null, also_in_channel: false, author_id: 'u1', reply_to: null, state, late, error: null, attempted: false, kept: true, place: 1 };
    return { kind: 'message', key: 'm1', message, grouped: false, mine: true, looksAtMe: false, unsent };
  };

  it.each([
    ['waiting', false, false, 'timeline.unsent_waiting'],
    ['waiting', false, true, 'timeline.unsent_waiting_turn'],
    ['waiting', true, true, 'timeline.unsent_late'],
    ['sending', false, true, 'timeline.unsent_sending'],
    ['failed', true, true, 'timeline.unsent_failed'],
  ] as const)('%s, late %s, connected %s: %s', (state, late, connected, key) => {
    expect(spokenMessage(rowOf(state, late), 'Ana', connected)).toContain(t(key));
  });
});

describe('a username to begin with', () => {
  it.each([
    ['Inés Robledo', 'ines.robledo'],
    ['  José Mª   Ñúñez ', 'jose.m.nunez'],
    ['李雷', ''],
    ['x'.repeat(50), 'x'.repeat(32)],
  ])('%j gives %j', (name, username) => {
    expect(usernameFor(name)).toBe(username);
  });
});

describe('a device', () => {
  it('is called as people call it', () => {
    expect(deviceOf('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')).toBe('Firefox · Linux');
    expect(deviceOf('python-httpx/0.28.1')).toBe('python-httpx/0.28.1');
    expect(deviceOf(null)).toBeNull();
  });
});

describe('names in a text', () => {
  const references = {
    mention: (name: string) => (name === 'ana' ? { label: 'Ana', me: false, id: '1' } : null),
    channel: (name: string) => (name === 'hornos' ? '/c/2' : null),
  };

  it('leaves the full stop to the sentence', () => {
    expect(piecesOf('Dile a @ana.', references)).toEqual([
      { kind: 'text', text: 'Dile a ' },
      { kind: 'mention', text: '@ana', label: 'Ana', me: false, id: '1' },
      { kind: 'text', text: '.' },
    ]);
  });

  it('leaves alone who is nobody, addresses of mail and what is no channel', () => {
    expect(piecesOf('@nadie yo@ana.example #otro a#hornos', references)).toEqual([{ kind: 'text', text: '@nadie yo@ana.example #otro a#hornos' }]);
  });

  it('links channels and hides spoilers', () => {
    expect(piecesOf('#hornos ||pum||', references)).toEqual([
      { kind: 'channel', text: '#hornos', href: '/c/2' },
      { kind: 'text', text: ' ' },
      { kind: 'spoiler', text: 'pum' },
    ]);
  });
});
