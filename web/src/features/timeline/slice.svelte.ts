const SIZE = 120;
const STEP = 60;
/** Rows in the page at most; the rest waits in memory. */
export const MOST_ROWS = 220;

interface Keyed {
  readonly key: string;
}

/**
 * The stretch of a long list that is in the page. It follows the end of the list until it is held, and then stays with
 * its first row whatever comes before or after.
 */
export class RowSlice<Row extends Keyed> {
  #rows: () => readonly Row[];
  #held = $state.raw<{ key: string; at: number } | null>(null);
  #size = $state(SIZE);

  constructor(rows: () => readonly Row[]) {
    this.#rows = rows;
  }

  /** Where the stretch begins in the whole list. */
  readonly start = $derived.by(() => {
    const rows = this.#rows();
    const last = Math.max(0, rows.length - this.#size);
    if (!this.#held) return last;
    const at = positionOf(rows, this.#held);
    return Math.min(at, Math.max(0, rows.length - 1));
  });

  readonly end = $derived.by(() => Math.min(this.#rows().length, this.start + this.#size));
  readonly rows = $derived.by(() => this.#rows().slice(this.start, this.end));
  readonly atStart = $derived.by(() => this.start === 0);
  readonly atEnd = $derived.by(() => this.end === this.#rows().length);

  /** Grows upwards; past the limit the rows at the far end leave the page. */
  extendUp(): void {
    const start = Math.max(0, this.start - STEP);
    this.#size = Math.min(MOST_ROWS, this.end - start);
    this.#hold(start);
  }

  extendDown(): void {
    const end = Math.min(this.#rows().length, this.end + STEP);
    const start = Math.max(this.start, end - MOST_ROWS);
    this.#size = end - start;
    this.#hold(start);
  }

  /** Stays with the rows that are shown now. */
  hold(): void {
    if (!this.#held) this.#hold(this.start);
    this.#size = Math.max(this.#size, this.end - this.start);
  }

  /** Shows the end, and what will be added to it. */
  follow(): void {
    this.#held = null;
    this.#size = SIZE;
  }

  /** Brings a row into the page, with rows on both sides; false when the list does not have it. */
  show(key: string): boolean {
    const at = this.#rows().findIndex((row) => row.key === key);
    if (at < 0) return false;
    if (at >= this.start && at < this.end) return true;
    this.#size = SIZE;
    this.#hold(Math.max(0, at - SIZE / 2));
    return true;
  }

  #hold(at: number): void {
    const row = this.#rows()[at];
    this.#held = row ? { key: row.key, at } : null;
  }
}

/* A row that is gone (undone, folded into another) leaves its place to the one that stands there now. */
function positionOf(rows: readonly Keyed[], held: { key: string; at: number }): number {
  if (rows[held.at]?.key === held.key) return held.at;
  const found = rows.findIndex((row) => row.key === held.key);
  return found < 0 ? held.at : found;
}
