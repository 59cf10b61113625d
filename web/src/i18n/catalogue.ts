import type * as english from './en';
import type { Language } from './language.svelte';
import type { Words } from './words';

type Areas = typeof english;
export type Area = keyof Areas;

/** `area.key`, for every key of every area. */
export type Key = { [Name in Area]: `${Name}.${keyof Areas[Name] & string}` }[Area];

/** Every area of words in one language. A new area is a file in each language, and a line in its `index.ts`. */
export type Catalogue = { readonly [Name in Area]: Words<Areas[Name]> };

const FETCH: Readonly<Record<Language, () => Promise<Catalogue>>> = { en: () => import('./en'), es: () => import('./es') };
const here = new Map<Language, Catalogue>();

/** Fetches the words of a language, unless they are here. */
export async function loadWords(language: Language): Promise<void> {
  if (!here.has(language)) here.set(language, await FETCH[language]());
}

/** The words of a language; `loadWords` comes first. */
export function wordsIn(language: Language): Catalogue {
  const words = here.get(language);
  if (!words) throw new Error(`the words of ${language} are not loaded`);
  return words;
}
