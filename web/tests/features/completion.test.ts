import { describe, expect, it } from 'vitest';
import { complete, matching, tokenAt } from '$features/composer/completion';

const person = (username: string, display_name: string): { username: string; display_name: string } => ({ username, display_name });
const people = [person('jimena', 'Inma Jiménez'), person('ines', 'Inés Robledo'), person('robin', 'Gael Pons'), person('wen', 'Wen Castillo')];
const names = (query: string): string[] => matching(people, query).map((one) => one.display_name);

describe('what is asked for at the cursor', () => {
  it.each([
    ['@in', 'mention', 'in'],
    ['hola @Iné', 'mention', 'Iné'],
    ['(@', 'mention', ''],
    ['¿@wen', 'mention', 'wen'],
    ['mira #env', 'channel', 'env'],
    ['bien :ris', 'emoji', 'ris'],
  ])('%j asks for a %s', (text, kind, query) => {
    expect(tokenAt(text, text.length)).toMatchObject({ kind, query });
  });

  it.each(['ana@example.org', 'son las 9:30', 'una lista: a', ':r', 'a#b', 'hola', ''])('%j asks for nothing', (text) => {
    expect(tokenAt(text, text.length)).toBeNull();
  });

  it('looks only before the cursor', () => {
    expect(tokenAt('@in y más', 3)).toMatchObject({ query: 'in', start: 0, end: 3 });
    expect(tokenAt('@in y más', 5)).toBeNull();
  });
});

describe('taking a suggestion', () => {
  it('replaces what was typed and leaves one space after it', () => {
    const text = 'hola @in, ven';
    const token = tokenAt(text, 8);
    expect(token && complete(text, token, '@ines')).toEqual({ text: 'hola @ines , ven', cursor: 11 });
  });

  it('uses the space that is there already', () => {
    const token = tokenAt('@in ven', 3);
    expect(token && complete('@in ven', token, '@ines')).toEqual({ text: '@ines ven', cursor: 6 });
  });
});

describe('whom a name means', () => {
  it('ignores accents and capitals', () => {
    expect(names('INE')).toEqual(['Inés Robledo']);
    expect(names('jimé')).toEqual(['Inma Jiménez']);
  });

  it('puts first names before surnames, and both before usernames', () => {
    expect(names('rob')).toEqual(['Inés Robledo', 'Gael Pons']);
  });

  it('offers everyone while nothing is asked', () => {
    expect(names('')).toHaveLength(people.length);
  });

  it('does not match the middle of a word', () => {
    expect(names('astillo')).toEqual([]);
  });
});
