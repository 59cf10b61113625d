import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import { MOST_ROWS, RowSlice } from '$features/timeline/slice.svelte';

const rows = (from: number, to: number): { key: string }[] => Array.from({ length: to - from }, (_, n) => ({ key: `m${from + n}` }));

function sliced(initial: { key: string }[]): { slice: RowSlice<{ key: string }>; set: (next: { key: string }[]) => void; keys: () => string[] } {
  let list = $state.raw(initial);
  const slice = new RowSlice(() => list);
  return {
    slice,
    set: (next) => {
      list = next;
      flushSync();
    },
    keys: () => slice.rows.map((row) => row.key),
  };
}

describe('the stretch of a list that is in the page', () => {
  it('shows the end, and follows it', () => {
    const { set, keys } = sliced(rows(0, 1000));
    expect(keys().at(-1)).toBe('m999');
    set(rows(0, 1003));
    expect(keys().at(-1)).toBe('m1002');
  });

  it('stays with its rows once it is held, whatever comes before or after', () => {
    const { slice, set, keys } = sliced(rows(500, 1000));
    slice.hold();
    const before = keys();
    set(rows(0, 1010));
    expect(keys()).toEqual(before);
  });

  it('is never more than the page bears, wherever one goes in it', () => {
    const { slice, keys } = sliced(rows(0, 5000));
    for (let n = 0; n < 100; n += 1) {
      slice.extendUp();
      expect(slice.rows.length).toBeLessThanOrEqual(MOST_ROWS);
    }
    expect(slice.atStart).toBe(true);
    expect(keys()[0]).toBe('m0');
    for (let n = 0; n < 100; n += 1) {
      slice.extendDown();
      expect(slice.rows.length).toBeLessThanOrEqual(MOST_ROWS);
    }
    expect(slice.atEnd).toBe(true);
    expect(MOST_ROWS).toBeLessThanOrEqual(250);
  });

  it('brings any row in, with rows on both sides', () => {
    const { slice, keys } = sliced(rows(0, 1000));
    expect(slice.show('m300')).toBe(true);
    expect(keys().indexOf('m300')).toBeGreaterThan(20);
    expect(keys().indexOf('m300')).toBeLessThan(keys().length - 20);
    expect(slice.show('gone')).toBe(false);
  });

  it('keeps its place when its first row goes', () => {
    const { slice, set, keys } = sliced(rows(0, 400));
    slice.hold();
    const [first = '', second] = keys();
    set(rows(0, 400).filter((row) => row.key !== first));
    expect(keys()[0]).toBe(second);
  });
});
