export type TooltipSide = 'top' | 'right' | 'bottom' | 'left';

/** Where a tip of a size stands beside a box, inside the window. */
export function placeTip(box: DOMRect, tip: { width: number; height: number }, side: TooltipSide, room: { width: number; height: number }): { x: number; y: number } {
  const GAP = 6;
  const EDGE = 8;
  const middle = { x: box.left + (box.width - tip.width) / 2, y: box.top + (box.height - tip.height) / 2 };
  const above = box.top - tip.height - GAP;
  const below = box.bottom + GAP;
  const wanted = {
    top: { x: middle.x, y: above < EDGE ? below : above },
    bottom: { x: middle.x, y: below + tip.height > room.height - EDGE ? above : below },
    right: { x: box.right + GAP, y: middle.y },
    left: { x: box.left - tip.width - GAP, y: middle.y },
  }[side];
  const within = (at: number, size: number, whole: number): number => Math.max(EDGE, Math.min(at, whole - size - EDGE));
  return { x: within(wanted.x, tip.width, room.width), y: within(wanted.y, tip.height, room.height) };
}
