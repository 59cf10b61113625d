/** A row and where its top is on the screen. */
export interface Anchor {
  key: string;
  top: number;
}

const AT_END_PX = 32;

export function isAtEnd(box: HTMLElement): boolean {
  return box.scrollHeight - box.scrollTop - box.clientHeight < AT_END_PX;
}

/** The first row that reaches into the box: the one under the reader's eyes when things change. */
export function anchorOf(box: HTMLElement, rows: readonly HTMLElement[]): Anchor | null {
  const top = box.getBoundingClientRect().top;
  const row = rows[firstBelow(rows, top)];
  const key = row?.dataset['key'];
  return row && key !== undefined ? { key, top: row.getBoundingClientRect().top } : null;
}

/** The last row whose end is inside the box. */
export function lastWhole(box: HTMLElement, rows: readonly HTMLElement[]): HTMLElement | undefined {
  const bottom = box.getBoundingClientRect().bottom + 1;
  const after = firstBelow(rows, bottom);
  const candidate = rows[Math.min(after, rows.length - 1)];
  if (candidate && candidate.getBoundingClientRect().bottom <= bottom) return candidate;
  return after > 0 ? rows[after - 1] : undefined;
}

/** Scrolls so that the row stands again where it stood, even when a banner pushed the box down. */
export function restore(box: HTMLElement, anchor: Anchor, find: (key: string) => HTMLElement | null): void {
  const row = find(anchor.key);
  if (!row) return;
  const moved = row.getBoundingClientRect().top - anchor.top;
  if (Math.abs(moved) >= 1) box.scrollTop += moved;
}

/* Rows stand in order, so the first whose bottom is below a line is found by halving. */
function firstBelow(rows: readonly HTMLElement[], line: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const bottom = rows[middle]?.getBoundingClientRect().bottom ?? Infinity;
    if (bottom > line) high = middle;
    else low = middle + 1;
  }
  return low;
}
