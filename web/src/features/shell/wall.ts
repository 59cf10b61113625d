import type { Wall } from '$protocol/types';

/** Paints the room. */
export function paintWall(wall: Wall): void {
  document.body.dataset['wall'] = wall;
}
