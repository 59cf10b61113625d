import { readFileSync } from 'node:fs';
import { type MessageFormatElement, TYPE, parse } from '@formatjs/icu-messageformat-parser';
import { describe, expect, it } from 'vitest';
import { type Area, wordsIn } from '$i18n/catalogue';

const [english, spanish] = [wordsIn('en'), wordsIn('es')];
const areas = Object.keys(english) as Area[];

/** The names that a message takes, with how it takes them. */
function argumentsOf(elements: readonly MessageFormatElement[]): string[] {
  const names = elements.flatMap((element) => {
    if (element.type === TYPE.literal || element.type === TYPE.pound) return [];
    const inside = 'options' in element && element.options ? Object.values(element.options) : [];
    const own = 'value' in element ? [`${element.value}:${TYPE[element.type]}`] : [];
    return [...own, ...inside.flatMap(({ value }) => argumentsOf(value))];
  });
  return [...new Set(names)].sort();
}

function read(message: string): string[] {
  return argumentsOf(parse(message, { ignoreTag: true }));
}

describe.each(areas)('the words of %s', (area) => {
  const en: Readonly<Record<string, string>> = english[area];
  const es: Readonly<Record<string, string>> = spanish[area];

  it('are the same in every language', () => {
    expect(Object.keys(es).sort()).toEqual(Object.keys(en).sort());
  });

  it.each(Object.entries(en))('%s takes the same values in Spanish', (key, message) => {
    expect(read(es[key] ?? '')).toEqual(read(message));
  });

  it('say something in every language', () => {
    for (const message of [...Object.values(en), ...Object.values(es)]) expect(message.trim()).not.toBe('');
  });
});

it('has words for every error code of the protocol', () => {
  const wire = readFileSync(new URL('../../src/protocol/wire.ts', import.meta.url), 'utf8');
  const union = /export type ErrorCode =([^;]*);/.exec(wire)?.[1] ?? '';
  const codes = [...union.matchAll(/'([^']+)'/g)].map(([, code]) => code ?? '');
  expect(codes.length).toBeGreaterThan(20);
  for (const code of codes) expect(Object.keys(english.errors)).toContain(code);
});
