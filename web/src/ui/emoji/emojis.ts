import { fold } from '../fold';

export interface Emoji {
  unicode: string;
  label: string;
  /** Index of its group in the Unicode order: 0 smileys … 9 flags. */
  group: number;
  words: string;
}

interface CompactEmoji {
  unicode: string;
  label: string;
  group?: number;
  tags?: string[];
}

const COMPONENTS = 2;
const loaded = new Map<string, Promise<Emoji[]>>();

/** All emoji with their names in a language; fetched when first asked for, then kept. */
export function loadEmojis(language: string): Promise<Emoji[]> {
  const known = loaded.get(language);
  if (known) return known;
  const loading = fetchCompact(language).then((list) => list.filter(isWhole).map(toEmoji));
  loading.catch(() => loaded.delete(language));
  loaded.set(language, loading);
  return loading;
}

/** Those whose name or tags hold every word asked for. */
export function findEmojis(all: readonly Emoji[], query: string): Emoji[] {
  const words = fold(query).split(/\s+/u).filter(Boolean);
  return all.filter((emoji) => words.every((word) => emoji.words.includes(word)));
}

async function fetchCompact(language: string): Promise<CompactEmoji[]> {
  const file = language === 'es' ? await import('emojibase-data/es/compact.json') : await import('emojibase-data/en/compact.json');
  return file.default as CompactEmoji[];
}

function isWhole(emoji: CompactEmoji): boolean {
  return emoji.group !== undefined && emoji.group !== COMPONENTS;
}

function toEmoji({ unicode, label, group = 0, tags = [] }: CompactEmoji): Emoji {
  return { unicode, label, group, words: fold([label, ...tags].join(' ')) };
}
