import { locale } from './language.svelte';

const formats = new Map<string, unknown>();

/** Intl's formatters are slow to make and quick to use: one of a kind, in the language of the page. */
export function kept<Format>(id: string, make: (locale: string) => Format): Format {
  const key = `${locale()} ${id}`;
  const known = (formats.get(key) as Format | undefined) ?? make(locale());
  formats.set(key, known);
  return known;
}
