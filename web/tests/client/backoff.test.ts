import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fullJitter } from '$client/backoff';

const backoff = { base_ms: 1000, max_ms: 30_000 };

it('stays between nothing and a bound that doubles up to the most', () => {
  fc.assert(
    fc.property(fc.nat({ max: 10_000 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, luck) => {
      const delay = fullJitter(attempt, backoff, () => luck);
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThanOrEqual(Math.min(30_000, 1000 * 2 ** Math.min(attempt, 30)));
    }),
  );
});

it('uses the whole range', () => {
  expect([0, 1, 5].map((attempt) => fullJitter(attempt, backoff, () => 0.999))).toEqual([999, 1998, 29_970]);
  expect(fullJitter(9, backoff, () => 0)).toBe(0);
});
