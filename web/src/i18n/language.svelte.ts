export const LANGUAGES = ['en', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language of the page. Everything that words something reads it, so a change rewords the page. */
export const language = $state<{ current: Language }>({ current: 'en' });

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((known) => known === value);
}
