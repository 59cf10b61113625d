import { readFileSync, readdirSync } from 'node:fs';
import { parse } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';

/** tokens.css is the place for values; fonts.css has none; the ornament is painted alike in every space. */
const NOT_OURS_TO_JUDGE = new Set(['tokens.css', 'fonts.css', 'ui/ornament.css']);
/** What is placed by measured screen coordinates stands at a physical side. */
const PLACED_BY_HAND = new Set(['ui/TooltipHost.svelte']);
/** The product, the channel that every space has, and what stands on keys. */
const NAMES = /\b(?:Tertulia|general|Esc|Tab|Enter|Ctrl|Shift|Alt|Del)\b/gu;

const src = new URL('../src/', import.meta.url);
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.svelte'));
const sheets = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.css') && !NOT_OURS_TO_JUDGE.has(file));

const read = (file: string) => readFileSync(new URL(file, src), 'utf8');

/** What a style sheet says that only tokens.css may say, or that turns wrong from right to left. */
const FORBIDDEN: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['raw colour', /(?<![\w-])#(?:[0-9a-f]{3,4}){1,2}\b|\b(?:rgba?|hsla?|oklch|oklab|lab|lch|hwb)\(/i],
  ['named colour', /(?:color|background|border|outline|fill|stroke|shadow)[\w-]*:[^;{}]*\b(?:white|black|red|green|blue|gr[ae]y|orange|yellow|purple|pink|brown)\b/i],
  ['size of text in px', /font(?:-size)?:[^;{}]*\d(?:\.\d+)?px/i],
  ['physical side', /(?:^|[\s;{])(?:(?:margin|padding|border|inset)-(?:left|right)|left|right)\s*:|(?:text-align|float|clear):\s*(?:left|right)/i],
];

function stylesOf(file: string): string {
  const { css } = parse(read(file), { modern: true });
  return (css?.content.styles ?? '').replace(/\/\*[\s\S]*?\*\//g, '');
}

interface Node {
  type: string;
  name?: string;
  data?: string;
  value?: unknown;
  [field: string]: unknown;
}

/** Attributes that people read or hear. */
const READ = new Set(['aria-label', 'aria-description', 'aria-roledescription', 'title', 'placeholder', 'alt', 'label']);
const WORD = /\p{L}{2,}/u;

/** Words that stand in a component instead of in the catalogue. */
function wordsIn(file: string): string[] {
  const found: string[] = [];
  visit(parse(read(file), { modern: true }).fragment as unknown as Node, (node) => {
    if (node.type === 'Text' && WORD.test((node.data ?? '').replace(NAMES, ''))) found.push((node.data ?? '').trim());
    return node.type !== 'Attribute' || READ.has(node.name ?? '');
  });
  return found;
}

function visit(node: Node, enter: (node: Node) => boolean): void {
  if (!enter(node)) return;
  const inside = Object.values(node).flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value]));
  for (const each of inside) if (typeof each === 'object' && each !== null && 'type' in each) visit(each as Node, enter);
}

describe.each(files)('%s', (file) => {
  it.each(FORBIDDEN)('has no %s', (what, pattern) => {
    if (what === 'physical side' && PLACED_BY_HAND.has(file)) return;
    expect(pattern.exec(stylesOf(file))?.[0]).toBeUndefined();
  });

  it('has its words from the catalogue', () => {
    expect(wordsIn(file)).toEqual([]);
  });
});

describe.each(sheets)('%s', (sheet) => {
  it.each(FORBIDDEN)('has no %s', (_what, pattern) => {
    expect(pattern.exec(read(sheet).replace(/\/\*[\s\S]*?\*\//g, ''))?.[0]).toBeUndefined();
  });
});
