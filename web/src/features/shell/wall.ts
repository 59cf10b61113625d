import type { Wall } from '$protocol/wire';

/** Paints the room. */
export function paintWall(wall: Wall): void {
  document.body.dataset['wall'] = wall;
}
