import { describe, expect, it } from 'vitest';
import { isEmojiOnly } from '$ui/emoji/emojiOnly';
import { findEmojis, loadEmojis } from '$ui/emoji/emojis';
import { stepInGrid } from '$ui/emoji/grid';

describe('a message of nothing but emoji', () => {
  it.each(['🎉', '🎉🎉', '👩‍🚀 👍🏽 🇪🇸', '❤️'])('%s is shown large', (text) => {
    expect(isEmojiOnly(text)).toBe(true);
  });

  it.each(['', '🎉🎉🎉🎉', 'hola 🎉', '123', '#'])('%j is not', (text) => {
    expect(isEmojiOnly(text)).toBe(false);
  });
});

describe('looking for an emoji', () => {
  it('finds it by its name in the language of the reader, without accents', async () => {
    const found = findEmojis(await loadEmojis('es'), 'corazon rojo');
    expect(found.map(({ unicode }) => unicode)).toContain('❤️');
  });

  it('offers no skin tone and no flag letter on its own', async () => {
    const all = await loadEmojis('en');
    expect(all.some(({ unicode }) => unicode === '🏽' || unicode === '🇪')).toBe(false);
  });
});

describe('arrows in the grid of emoji', () => {
  const sizes = [3, 10];

  it.each([
    ['ArrowRight', 0, 1],
    ['ArrowLeft', 0, 0],
    ['ArrowDown', 1, 4],
    ['ArrowDown', 4, 12],
    ['ArrowUp', 12, 4],
    ['ArrowUp', 10, 2],
    ['ArrowUp', 1, 1],
    ['End', 0, 12],
    ['Home', 9, 0],
  ])('%s from %i leads to %i', (key, from, to) => {
    expect(stepInGrid(key, from, sizes, 8)).toBe(to);
  });

  it('leaves other keys alone', () => {
    expect(stepInGrid('a', 0, sizes, 8)).toBeNull();
  });
});
