import { describe, expect, it } from 'vitest';
import { Writing } from '$features/composer/writing.svelte';

describe('what stands in a composer', () => {
  it('is the draft, also when another device writes on', () => {
    const writing = new Writing('casi');
    expect(writing.adopt('casi todo')).toBe(true);
    expect(writing.text).toBe('casi todo');
    expect(writing.adopt('casi todo')).toBe(false);
  });

  it('lends itself to an edit, and the draft is there again afterwards', () => {
    const writing = new Writing('casi');
    writing.borrow('hola');
    writing.borrow('otra');
    expect(writing.text).toBe('otra');
    expect([writing.giveBack(), writing.text]).toEqual([true, 'casi']);
    expect(writing.giveBack()).toBe(false);
  });

  it('goes on with the edit while another device changes the draft', () => {
    const writing = new Writing('casi');
    writing.borrow('hola');
    expect([writing.adopt('casi todo'), writing.text]).toEqual([false, 'hola']);
    writing.giveBack();
    expect(writing.text).toBe('casi todo');
  });

  it('keeps the white space that nobody else is told of', () => {
    const writing = new Writing('');
    writing.text = '  ';
    expect([writing.adopt(''), writing.text]).toEqual([false, '  ']);
  });
});
