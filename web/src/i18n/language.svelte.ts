export const LANGUAGES = ['en', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

const REGIONS: Readonly<Record<Language, string>> = { en: 'en-GB', es: 'es-ES' };

/** The language of the page. Everything that words something reads it, so a change rewords the page. */
export const language = $state<{ current: Language }>({ current: 'en' });

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((known) => known === value);
}

/** The language with the region whose dates and numbers this person is used to. */
export function locale(): string {
  const { current } = language;
  const spoken = typeof navigator === 'undefined' ? [] : navigator.languages;
  return spoken.find((tag) => tag.startsWith(`${current}-`)) ?? REGIONS[current];
}
