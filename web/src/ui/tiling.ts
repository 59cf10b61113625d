/** The paint of one petal of a tile: a class of TileBand. */
export type Paint = 'full' | 'half' | 'pale' | 'sheet' | 'saffron' | 'pomegranate' | 'indigo';
export type Tile = readonly [Paint, Paint, Paint, Paint];

const GROUNDS: readonly Paint[] = ['full', 'full', 'half', 'half', 'pale', 'sheet'];
const SPARKS: readonly Paint[] = ['saffron', 'saffron', 'saffron', 'pomegranate', 'sheet', 'indigo'];

/** A wall of tiles that is always the same for the same seed. */
export function tiling(count: number, seed: string): Tile[] {
  const next = randoms(seed);
  return Array.from({ length: count }, () => tile(next));
}

function tile(next: () => number): Tile {
  const ground = pick(GROUNDS, next());
  const petals: [Paint, Paint, Paint, Paint] = [ground, ground, ground, ground];
  if (next() < 0.7) petals[Math.floor(next() * 4)] = pick(SPARKS, next());
  if (next() < 0.25) petals[Math.floor(next() * 4)] = pick(SPARKS, next());
  return petals;
}

function pick(from: readonly Paint[], at: number): Paint {
  return from[Math.floor(at * from.length)] ?? 'full';
}

function randoms(seed: string): () => number {
  let state = [...seed].reduce((sum, letter) => Math.imul(sum ^ letter.charCodeAt(0), 0x01000193), 0x811c9dc5) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
