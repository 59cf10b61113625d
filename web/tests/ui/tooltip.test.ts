import { describe, expect, it } from 'vitest';
import { placeTip } from '$ui/tooltip';

const box = (x: number, y: number): DOMRect => ({ left: x, top: y, right: x + 32, bottom: y + 32, width: 32, height: 32, x, y, toJSON: () => ({}) });
const room = { width: 400, height: 300 };
const tip = { width: 100, height: 24 };

describe('a tip', () => {
  it('stands over the middle of its owner', () => {
    expect(placeTip(box(200, 100), tip, 'top', room)).toEqual({ x: 166, y: 70 });
  });

  it('goes below where there is no room above', () => {
    expect(placeTip(box(200, 4), tip, 'top', room).y).toBe(42);
  });

  it('never leaves the window', () => {
    expect(placeTip(box(380, 100), tip, 'top', room).x).toBe(292);
    expect(placeTip(box(0, 100), tip, 'top', room).x).toBe(8);
  });
});
