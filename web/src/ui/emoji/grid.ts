/**
 * Where an arrow key leads in grids that stand one under another.
 * @param at the focused cell, counted over all grids
 * @param sizes how many cells each grid has
 * @returns the cell to focus, or null when the key does not move
 */
export function stepInGrid(key: string, at: number, sizes: readonly number[], columns: number): number | null {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (at < 0) return null;
  switch (key) {
    case 'ArrowRight': return Math.min(at + 1, total - 1);
    case 'ArrowLeft': return Math.max(at - 1, 0);
    case 'ArrowDown': return below(at, sizes, columns);
    case 'ArrowUp': return above(at, sizes, columns);
    case 'Home': return 0;
    case 'End': return total - 1;
    default: return null;
  }
}

function place(at: number, sizes: readonly number[]): { grid: number; start: number } {
  let start = 0;
  for (let grid = 0; grid < sizes.length; grid += 1) {
    const size = sizes[grid] ?? 0;
    if (at < start + size) return { grid, start };
    start += size;
  }
  return { grid: sizes.length - 1, start };
}

function below(at: number, sizes: readonly number[], columns: number): number {
  const { grid, start } = place(at, sizes);
  const end = start + (sizes[grid] ?? 0);
  if (at + columns < end) return at + columns;
  const next = sizes[grid + 1];
  if (next === undefined) return at;
  return end + Math.min((at - start) % columns, next - 1);
}

function above(at: number, sizes: readonly number[], columns: number): number {
  const { grid, start } = place(at, sizes);
  if (at - columns >= start) return at - columns;
  const before = sizes[grid - 1];
  if (before === undefined) return at;
  const lastRow = Math.floor((before - 1) / columns) * columns;
  return start - before + Math.min(lastRow + ((at - start) % columns), before - 1);
}
