import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Theme, WALLS, lowestContrast, themes } from './tokens';

const css = readFileSync(new URL('../src/tokens.css', import.meta.url), 'utf8');

/** The table of ui.md, section 2: what the pair needs, and the lowest of the six walls in each theme. */
const TABLE: readonly (readonly [pair: string, needs: number, lowest: readonly [number, number, number, number]])[] = [
  ['ink on table', 7, [16.8, 13.7, 21, 21]],
  ['ink on wall', 7, [13.2, 15.1, 21, 21]],
  ['ink on mark-soft', 7, [15.5, 11.5, 18.9, 15.9]],
  ['ink-2 on table', 4.5, [9.0, 8.9, 17, 18.4]],
  ['ink-2 on wall', 4.5, [7.1, 9.8, 17, 18.4]],
  ['ink-3 on table', 4.5, [6.6, 6.5, 10.1, 11.0]],
  ['ink-3 on table-3', 4.5, [5.7, 5.1, 10.1, 11.0]],
  ['ink-3 on wall', 4.5, [5.2, 7.1, 10.1, 11.0]],
  ['ink-3 on wall-hover', 4.5, [4.7, 6.5, 10.1, 11.0]],
  ['link on table', 4.5, [7.5, 8.3, 10.6, 12.4]],
  ['link on mark-soft', 4.5, [6.9, 7.0, 9.5, 9.4]],
  ['accent on table', 4.5, [5.9, 8.3, 12, 15.4]],
  ['accent on wall', 4.5, [4.9, 9.2, 12, 15.4]],
  ['accent on accent-soft-2', 4.5, [4.7, 5.3, 9.6, 11.1]],
  ['on-accent on accent', 4.5, [5.9, 9.1, 12.0, 15.4]],
  ['on-mark on mark', 4.5, [12.9, 7.7, 16.2, 14.6]],
  ['mark-ink on mark-soft', 4.5, [7.9, 9.7, 12.9, 12.3]],
  ['on-alert on alert', 4.5, [7.0, 7.6, 9.3, 12.1]],
  ['alert on wall', 4.5, [5.5, 7.5, 9.3, 12.1]],
  ['ok on ok-soft', 4.5, [6.0, 7.2, 10.0, 15.5]],
  ['info on info-soft', 4.5, [6.3, 6.8, 10.6, 12.4]],
  ['on-badge on badge', 4.5, [9.5, 8.8, 21, 21]],
  ['line-strong on table', 3, [4.0, 4.3, 21, 21]],
  ['line-strong on table-2', 3, [3.7, 3.9, 21, 21]],
  ['line-strong on wall', 3, [3.2, 4.7, 21, 21]],
  ['mark-strong on mark-soft', 3, [3.3, 7.9, 6.7, 11.0]],
  ['focus on table', 3, [7.5, 11.7, 11.5, 16.1]],
  ['focus on wall', 3, [5.9, 12.9, 11.5, 16.1]],
  ['focus on accent-soft-2', 3, [5.7, 7.3, 9.2, 11.6]],
];

const SEATS = Array.from({ length: 12 }, (_, seat) => `seat-${seat + 1}-ink on seat-${seat + 1}`);
const CODE = ['text', 'key', 'str', 'num', 'fn', 'note'].map((part) => `code-${part} on table-2`);
const PRESENCE = ['here', 'away', 'busy', 'gone'].map((state) => `${state} on wall`);

const [light, dark, lightMore, darkMore] = themes(css) as [Theme, Theme, Theme, Theme];

describe.each([
  ['light', light, 0],
  ['dark', dark, 1],
  ['light, more contrast', lightMore, 2],
  ['dark, more contrast', darkMore, 3],
] as const)('the tokens in %s', (_name, theme, column) => {
  it.each(TABLE)('keep %s above %d to 1, as ui.md says', (pair, needs, lowest) => {
    const computed = lowestContrast(theme, [pair]);
    expect(computed).toBeGreaterThanOrEqual(needs);
    expect(computed).toBeGreaterThanOrEqual(lowest[column] - 0.1);
  });

  it.each([
    ['initials on seats', SEATS, 4.5, [6.4, 6.7, 6.4, 6.7]],
    ['code colours on table-2', CODE, 4.5, [5.5, 5.9, 5.9, 8.2]],
    ['presence on wall', PRESENCE, 3, [3.5, 7.5, 4.4, 8.6]],
  ] as const)('keep %s readable, the lowest of them', (_what, pairs, needs, lowest) => {
    const computed = lowestContrast(theme, pairs);
    expect(computed).toBeGreaterThanOrEqual(needs);
    expect(computed).toBeCloseTo(lowest[column], 0);
  });
});

it('knows the six walls', () => {
  expect(WALLS.every((wall) => css.includes(`[data-wall='${wall}']`))).toBe(true);
});

it('sees a pair that is too weak', () => {
  const weak = css.replace(/--ink:\s+light-dark\([^)]*\)/, '--ink: light-dark(#c0c0c0, #555555)');
  expect(lowestContrast((themes(weak) as [Theme])[0], ['ink on table'])).toBeLessThan(7);
});
