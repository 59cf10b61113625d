import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '$client/errors';
import { wordError, wordField } from '$i18n/errors';
import { format } from '$i18n/format';
import { language } from '$i18n/language.svelte';
import { t } from '$i18n/t';

beforeEach(() => {
  vi.stubGlobal('navigator', { languages: ['fr-FR', 'es-ES', 'en-GB', 'en-US'] });
});

afterEach(() => {
  vi.unstubAllGlobals();
  language.current = 'en';
});

describe('t', () => {
  it('fills in names and picks the plural of the language', () => {
    expect(t('system.many_joined', { count: 6 })).toBe('6 people sat down at the table');
    expect(t('system.joined', { actor: 'Noor' })).toBe('Noor sat down at the table');
    language.current = 'es';
    expect(t('system.many_joined', { count: 1 })).toBe('1 persona se ha sentado a la mesa');
    expect(t('system.joined', { actor: 'Noor' })).toBe('Noor se ha sentado a la mesa');
  });

  it('leaves what people wrote as it is', () => {
    expect(t('system.renamed', { actor: '<b>{x}</b>', name: "d'acord" })).toBe("<b>{x}</b> renamed the conversation to d'acord");
  });
});

describe('wordError', () => {
  it('words a code with its params', () => {
    expect(wordError(new ApiError({ code: 'accounts.wrong_credentials', status: 401 }))).toMatch(/password is not right/);
    language.current = 'es';
    expect(wordError({ code: 'conversations.name_taken' })).toBe('Ya hay un canal con ese nombre.');
  });

  it('names a code that it does not know', () => {
    expect(wordError({ code: 'polls.closed' })).toContain('polls.closed');
  });

  it('says what is wrong with the only wrong field', () => {
    const error = new ApiError({
      code: 'invalid',
      errors: [{ field: 'text', code: 'too_long', detail: 'longer than 16000' }],
      params: { limit: 16_000 },
    });
    expect(wordError(error)).toBe('Too long: at most 16,000 characters.');
    expect(wordField(error, 'text')).toBe('Too long: at most 16,000 characters.');
    expect(wordField(error, 'name')).toBeNull();
  });

  it('puts a taken name at its field', () => {
    expect(wordField({ code: 'accounts.username_taken' }, 'username')).toBe('That username is taken.');
  });

  it('does not break on a field code without its limit', () => {
    const error = { code: 'invalid', errors: [{ field: 'body.name', code: 'too_long' }], params: {} };
    expect(wordField(error, 'name')).toBe('This needs another look.');
  });
});

describe('format', () => {
  const now = new Date(2026, 9, 8, 12, 0);

  it('names the days near by', () => {
    expect(format.day(new Date(2026, 9, 8, 0, 1), now)).toBe('Today');
    expect(format.day(new Date(2026, 9, 7, 23, 59), now)).toBe('Yesterday');
    expect(format.day(new Date(2026, 9, 1), now)).toBe('Thursday 1 October');
    expect(format.day(new Date(2025, 9, 1), now)).toContain('2025');
  });

  it('is short where there is no room', () => {
    expect(format.when(new Date(2026, 9, 8, 9, 4), now)).toMatch(/^0?9:04$/);
    expect(format.when(new Date(2026, 9, 7), now)).toBe('yesterday');
    expect(format.when(new Date(2026, 9, 5), now)).toBe('Mon');
    language.current = 'es';
    expect(format.when(new Date(2026, 9, 5), now)).toBe('lun');
  });

  it('says since when, with the article that Spanish needs', () => {
    const moments = [new Date(2026, 9, 8, 9, 30), new Date(2026, 9, 8, 1, 5), new Date(2026, 9, 7), new Date(2026, 9, 5)];
    language.current = 'es';
    expect(moments.map((at) => format.since(at, now))).toEqual(['las 9:30', 'la 1:05', 'ayer', 'el 5 oct']);
    language.current = 'en';
    expect(moments.map((at) => format.since(at, now).replace(/^0/, ''))).toEqual(['9:30', '1:05', 'yesterday', '5 Oct']);
  });

  it('never shows a badge above 99+', () => {
    expect([format.badge(3), format.badge(99), format.badge(100)]).toEqual(['3', '99', '99+']);
  });

  it('joins names as the language does', () => {
    expect(format.list(['Noor', 'Tomás'])).toBe('Noor and Tomás');
    language.current = 'es';
    expect(format.list(['Noor', 'Tomás', 'Inés'])).toBe('Noor, Tomás e Inés');
  });

  it('says how far away a moment is', () => {
    expect(format.relative(new Date(now.getTime() + 3 * 86_400_000), now)).toBe('in 3 days');
    expect(format.relative(new Date(now.getTime() - 2 * 3_600_000), now)).toBe('2 hours ago');
  });
});
