import { type Key, type Values, hasWords, t } from './t';

/** What an `ApiError` and the error of an unsent message have in common. */
export interface Wordable {
  readonly code: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly errors?: readonly { readonly field: string; readonly code: string }[];
}

/** One sentence or two for an error, by its code and params. */
export function wordError(error: Wordable): string {
  const only = error.code === 'invalid' && error.errors?.length === 1 ? error.errors[0] : undefined;
  if (only) return wordFieldCode(only.code, error.params);
  const key = `errors.${error.code}`;
  return hasWords(key) ? t(key, valuesOf(error.params)) : t('errors.unknown', { code: error.code });
}

const OF_FIELD: Readonly<Record<string, { field: string; key: Key }>> = {
  'accounts.username_taken': { field: 'username', key: 'fields.username_taken' },
  'conversations.name_taken': { field: 'name', key: 'fields.name_taken' },
};

/** What is wrong with one field of a form; null when nothing is. */
export function wordField(error: Wordable | null | undefined, field: string): string | null {
  if (!error) return null;
  const whole = OF_FIELD[error.code];
  if (whole?.field === field) return t(whole.key);
  const found = error.errors?.find((each) => each.field === field || each.field.endsWith(`.${field}`));
  return found ? wordFieldCode(found.code, error.params) : null;
}

function wordFieldCode(code: string, params: Wordable['params']): string {
  const key = `fields.${code}`;
  const values = valuesOf(params);
  const complete = hasWords(key) && (!NEED_LIMIT.has(code) || 'limit' in values);
  return complete ? t(key, values) : t('fields.other');
}

const NEED_LIMIT = new Set(['too_short', 'too_long', 'too_few_people', 'too_many_people']);

function valuesOf(params: Wordable['params'] = {}): Values {
  const usable = Object.entries(params).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  return Object.fromEntries(usable) as Values;
}
