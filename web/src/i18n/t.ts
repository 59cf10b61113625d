import { type Area, type Key, wordsIn } from './catalogue';
import { type Values, type Wording, wordingOf } from './icu';
import { language } from './language.svelte';

export type { Key } from './catalogue';
export type { Values } from './icu';

const wordings = new Map<string, Wording>();

/** The words of a key in the language of the page; `values` fill its ICU placeholders. */
export function t(key: Key, values?: Values): string {
  const message = messageOf(key);
  return message.includes('{') ? readOnce(message)(values ?? {}) : message;
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

function readOnce(message: string): Wording {
  const known = wordings.get(message) ?? wordingOf(message);
  wordings.set(message, known);
  return known;
}
