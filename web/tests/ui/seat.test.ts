import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialsOf, seatOf, tileLettersOf } from '$ui/seat';
import { tiling } from '$ui/tiling';

describe('the seat of a person', () => {
  it('is one of twelve, and the same for the same id', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        const seat = seatOf(id);
        expect(seat).toBe(seatOf(id));
        expect(Number.isInteger(seat) && seat >= 1 && seat <= 12).toBe(true);
      }),
    );
  });

  it('spreads ids of the same moment over the colours', () => {
    const moment = '01a20bd2-a9da-7b3c-9231-';
    const seats = new Set(Array.from({ length: 60 }, (_, n) => seatOf(moment + n.toString(16).padStart(12, '0'))));
    expect(seats.size).toBeGreaterThan(8);
  });

  it.each([
    ['Inés Robledo', 'IR'],
    ['  maría del carmen  luján ', 'ML'],
    ['Noor', 'N'],
    ['élodie', 'É'],
    ['李', '李'],
    ['🙂', '?'],
    ['', '?'],
  ])('says %j by its initials', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });

  it.each([
    ['Barro y Sal', 'BS'],
    ['Tienda', 'Ti'],
    ['X', 'X'],
  ])('says the space %j by two letters', (name, letters) => {
    expect(tileLettersOf(name)).toBe(letters);
  });
});

describe('a wall of tiles', () => {
  it('is always the same for the same seed, and another for another', () => {
    expect(tiling(12, 'general')).toEqual(tiling(12, 'general'));
    expect(tiling(12, 'general')).not.toEqual(tiling(12, 'plaza'));
  });
});
