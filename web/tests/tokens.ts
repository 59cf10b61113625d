/* Reads the colours of tokens.css as a browser would resolve them for a wall, a scheme and a contrast. */

export const WALLS = ['verde', 'anil', 'azafran', 'vermut', 'oliva', 'piedra'] as const;

type Tokens = ReadonlyMap<string, string>;
/** The tokens of one theme on each wall. */
export type Theme = readonly Tokens[];

interface Block {
  readonly selectors: readonly string[];
  readonly tokens: Tokens;
}

/** Light, dark, light with more contrast, dark with more contrast. */
export function themes(css: string): readonly Theme[] {
  const blocks = blocksOf(css);
  return [false, true].flatMap((more) =>
    (['light', 'dark'] as const).map((scheme) => WALLS.map((wall) => resolve(blocks, wall, more, scheme))),
  );
}

/** The lowest contrast ratio (WCAG 2.2) of these `text on ground` pairs over all walls. */
export function lowestContrast(theme: Theme, pairs: readonly string[]): number {
  const ratios = theme.flatMap((tokens) => pairs.map((pair) => contrast(...(pair.split(' on ') as [string, string]), tokens)));
  return Math.min(...ratios);
}

function blocksOf(css: string): readonly Block[] {
  const plain = css.replace(/\/\*[\s\S]*?\*\//g, '').replace(/@(media|font-face)[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, '');
  return [...plain.matchAll(/([^{}]+)\{([^{}]*)\}/g)].map(([, selectors = '', body = '']) => ({
    selectors: selectors.split(',').map((selector) => selector.trim()),
    tokens: new Map([...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value.trim()])),
  }));
}

function resolve(blocks: readonly Block[], wall: string, more: boolean, scheme: 'light' | 'dark'): Tokens {
  const plain = blocks.filter(({ selectors }) => selectors.includes(':root'));
  const painted = blocks.filter(({ selectors }) => selectors.includes(`[data-wall='${wall}']`));
  const contrasted = more ? blocks.filter(({ selectors }) => selectors.includes("[data-contrast='more']")) : [];
  const entries = [...plain, ...painted, ...contrasted].flatMap(({ tokens }) => [...tokens]);
  return new Map(entries.map(([name, value]) => [name, ofScheme(value, scheme)]));
}

function ofScheme(value: string, scheme: 'light' | 'dark'): string {
  const pair = /^light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)$/i.exec(value);
  return (scheme === 'light' ? pair?.[1] : pair?.[2]) ?? value;
}

function contrast(text: string, ground: string, tokens: Tokens): number {
  const [high = 1, low = 0] = [luminance(text, tokens), luminance(ground, tokens)].toSorted((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function luminance(name: string, tokens: Tokens): number {
  const colour = tokens.get(name) ?? '';
  if (!/^#[0-9a-f]{6}$/i.test(colour)) throw new Error(`--${name} is not a colour: ${colour}`);
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => linear(parseInt(colour.slice(at, at + 2), 16) / 255));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
