import { fold } from '$ui/fold';

/** The word under the cursor that asks for a suggestion. */
export interface Token {
  kind: 'mention' | 'channel' | 'emoji';
  query: string;
  start: number;
  end: number;
}

const STARTS = /(?:^|[\s(¿¡"'«])(?<mark>[@#:])(?<query>[\p{L}\p{N}\p{M}._-]*)$/u;
const KINDS = { '@': 'mention', '#': 'channel', ':': 'emoji' } as const;
/** ":" alone is punctuation; two letters after it ask for an emoji. */
const EMOJI_FROM = 2;

/** What is being asked for at the cursor, if anything. */
export function tokenAt(text: string, cursor: number): Token | null {
  const match = STARTS.exec(text.slice(0, cursor));
  const { mark, query } = match?.groups ?? {};
  if ((mark !== '@' && mark !== '#' && mark !== ':') || query === undefined) return null;
  if (mark === ':' && query.length < EMOJI_FROM) return null;
  return { kind: KINDS[mark], query, start: cursor - query.length - 1, end: cursor };
}

/** The text with the token replaced, and where the cursor goes. */
export function complete(text: string, token: Token, replacement: string): { text: string; cursor: number } {
  const after = text.slice(token.end);
  const space = after.startsWith(' ') ? '' : ' ';
  return { text: text.slice(0, token.start) + replacement + space + after, cursor: token.start + replacement.length + 1 };
}

interface Named {
  username: string | null;
  display_name: string;
}

/**
 * Those whose name or one of its words begins as asked for, accents ignored: first those who are called so, then those
 * whose surname begins so, then those whose username does.
 */
export function matching<Person extends Named>(people: readonly Person[], query: string): Person[] {
  const asked = fold(query);
  const ranked = people.map((person) => ({ person, rank: rank(person, asked) })).filter(({ rank: place }) => place < Infinity);
  return ranked.sort((a, b) => a.rank - b.rank).map(({ person }) => person);
}

function rank({ username, display_name }: Named, asked: string): number {
  const name = fold(display_name);
  if (name.startsWith(asked)) return 0;
  if (name.split(/\s+/u).some((word) => word.startsWith(asked))) return 1;
  return username !== null && fold(username).startsWith(asked) ? 2 : Infinity;
}
