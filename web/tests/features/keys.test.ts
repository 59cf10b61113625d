// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '$features/actions/anywhere';
import { keysOf } from '$features/shell/keyboard';

const pressed = (key: string, held: KeyboardEventInit = {}): string => keysOf(new KeyboardEvent('keydown', { key, ...held }));

describe('keys are named', () => {
  it.each([
    ['k', { ctrlKey: true }, 'Ctrl K'],
    ['.', { ctrlKey: true }, 'Ctrl .'],
    ['F', { ctrlKey: true, shiftKey: true }, 'Ctrl Shift F'],
    ['ArrowDown', { altKey: true }, 'Alt ↓'],
    ['ArrowUp', { altKey: true, shiftKey: true }, 'Alt Shift ↑'],
    ['F6', { shiftKey: true }, 'Shift F6'],
    ['Escape', {}, 'Esc'],
  ])('%s %o', (key, held, name) => {
    expect(pressed(key, held)).toBe(name);
  });

  it('by the sign they make, however this keyboard makes it', () => {
    expect(pressed('?', { shiftKey: true })).toBe('?');
  });
});

it('has one command for each key', () => {
  const keys = COMMANDS.flatMap(({ keys: pressedKeys }) => pressedKeys ?? []);
  expect(new Set(keys).size).toBe(keys.length);
  expect(new Set(COMMANDS.map(({ id }) => id)).size).toBe(COMMANDS.length);
});
