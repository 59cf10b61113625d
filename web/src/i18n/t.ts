import { IntlMessageFormat } from 'intl-messageformat';
import { type Area, type Key, wordsIn } from './catalogue';
import { language, locale } from './language.svelte';

export type { Key } from './catalogue';

export type Values = Readonly<Record<string, string | number | Date>>;

const formats = new Map<string, IntlMessageFormat>();

/** The words of a key in the language of the page; `values` fill its ICU placeholders. */
export function t(key: Key, values?: Values): string {
  const message = messageOf(key);
  return message.includes('{') ? String(formatOf(message).format(values)) : message;
}

/** Whether the catalogue has these words; for keys that come from the wire. */
export function hasWords(key: string): key is Key {
  return messageOf(key as Key) !== undefined;
}

function messageOf(key: Key): string {
  const dot = key.indexOf('.');
  const words: Readonly<Record<string, string>> = wordsIn(language.current)[key.slice(0, dot) as Area] ?? {};
  return words[key.slice(dot + 1)] as string;
}

function formatOf(message: string): IntlMessageFormat {
  const id = `${locale()} ${message}`;
  const known = formats.get(id) ?? new IntlMessageFormat(message, locale(), undefined, { ignoreTag: true });
  formats.set(id, known);
  return known;
}
