import { IntlMessageFormat } from 'intl-messageformat';
import { afterEach, describe, expect, it } from 'vitest';
import { type Area, wordsIn } from '$i18n/catalogue';
import { wordingOf } from '$i18n/icu';
import { LANGUAGES, language, locale } from '$i18n/language.svelte';

afterEach(() => {
  language.current = 'en';
});

describe('a message', () => {
  it('takes values, whatever they hold', () => {
    expect(wordingOf('{who} said {what}')({ who: '{x}', what: '#1' })).toBe('{x} said #1');
  });

  it('has the plural of the language of the page', () => {
    const message = wordingOf('{count, plural, =0 {none} one {# tile} other {# tiles}}');
    expect([0, 1, 2, 12_345].map((count) => message({ count }))).toEqual(['none', '1 tile', '2 tiles', '12,345 tiles']);
    language.current = 'es';
    expect(message({ count: 12_345 })).toBe('12.345 tiles');
  });

  it('has choices inside of choices', () => {
    const message = wordingOf('{who, select, me {You have} other {{who} has}} {n, plural, one {# {what}} other {# {what}s}}.');
    expect(message({ who: 'me', n: 2, what: 'cup' })).toBe('You have 2 cups.');
    expect(message({ who: 'Noor', n: 1, what: 'cup' })).toBe('Noor has 1 cup.');
  });

  it.each(['{open', '{count, plural, one {#}', '{a b}', '{count, plural, ?}'])('is refused where it is not well formed: %s', (message) => {
    expect(() => wordingOf(message)).toThrow(SyntaxError);
  });
});

/** Every message of the catalogues, as the reference implementation of ICU words it. */
describe.each(LANGUAGES)('the words of %s', (spoken) => {
  const words = wordsIn(spoken);
  const messages = (Object.keys(words) as Area[]).flatMap((area) => Object.values<string>(words[area]).filter((message) => message.includes('{')));

  it.each([0, 1, 2, 7, 12_345])('are those of ICU with %i', (number) => {
    language.current = spoken;
    const values = Object.fromEntries(messages.flatMap((message) => [...message.matchAll(/\{(\w+)/gu)].map(([, name]) => [name ?? '', name === 'hour' ? 'one' : number])));
    for (const message of messages) {
      expect(wordingOf(message)(values), message).toBe(new IntlMessageFormat(message, locale(), undefined, { ignoreTag: true }).format(values));
    }
  });
});
