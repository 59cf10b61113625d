import { fold } from '$ui/fold';

export type Only = 'everything' | 'channels' | 'people' | 'actions';

/** What was typed into the palette. */
export interface Asked {
  readonly only: Only;
  /** Without the mark that says where to look. */
  readonly text: string;
  /** Folded: accents and capitals make no difference. */
  readonly words: readonly string[];
}

const MARKS: Readonly<Record<string, Only>> = { '#': 'channels', '@': 'people', '>': 'actions' };

/** Reads `#horn`, `@ine`, `>them` and whatever has no mark before it. */
export function readAsked(typed: string): Asked {
  const begun = typed.trimStart();
  const only = MARKS[begun.charAt(0)] ?? 'everything';
  const text = (only === 'everything' ? begun : begun.slice(1)).trim();
  return { only, text, words: fold(text).split(/\s+/u).filter(Boolean) };
}

/** Every word must be found: at the very beginning, at that of a word, or anywhere. The lower the better; `Infinity` is not found. */
export function rankOf(text: string, words: readonly string[]): number {
  const folded = fold(text);
  return words.reduce((worst, word) => worst + rankOfPlace(folded, placeOf(folded, word)), 0);
}

/** Those in which every word is found, the best first; equal ones stay in their order. */
export function bestOf<Thing>(things: readonly Thing[], textOf: (thing: Thing) => string, words: readonly string[]): Thing[] {
  const ranked = things.map((thing) => ({ thing, rank: rankOf(textOf(thing), words) })).filter(({ rank }) => rank < Infinity);
  return ranked.sort((a, b) => a.rank - b.rank).map(({ thing }) => thing);
}

export interface Piece {
  readonly text: string;
  readonly hit: boolean;
}

/** The text in pieces, those that were asked for apart. */
export function piecesOf(text: string, words: readonly string[]): Piece[] {
  const letters = [...text];
  const folded = letters.map(fold);
  const whole = folded.join('');
  const spans = words.flatMap((word) => {
    const at = placeOf(whole, word);
    return at < 0 ? [] : [[at, at + word.length] as const];
  });
  let at = 0;
  return letters.reduce<Piece[]>((pieces, letter, index) => {
    const last = pieces.at(-1);
    const length = folded[index]?.length ?? 0;
    // An accent of its own goes with its letter.
    const hit = length === 0 ? (last?.hit ?? false) : spans.some(([from, to]) => at >= from && at < to);
    at += length;
    return last?.hit === hit ? [...pieces.slice(0, -1), { text: last.text + letter, hit }] : [...pieces, { text: letter, hit }];
  }, []);
}

/** Where a word begins in a text, rather at the beginning of a word of it; below 0 where it is not. */
function placeOf(text: string, word: string): number {
  const first = text.indexOf(word);
  for (let at = first; at >= 0; at = text.indexOf(word, at + 1)) if (beginsWord(text, at)) return at;
  return first;
}

function beginsWord(text: string, at: number): boolean {
  return at === 0 || !/[\p{L}\p{N}]/u.test(text.charAt(at - 1));
}

function rankOfPlace(text: string, at: number): number {
  if (at < 0) return Infinity;
  return at === 0 ? 0 : beginsWord(text, at) ? 1 : 2;
}
