import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';

const script = readFileSync(new URL('../public/theme.js', import.meta.url), 'utf8');

interface Browser {
  kept?: string | null;
  language?: string;
  prefersMore?: boolean;
  keepsNothing?: boolean;
}

function firstPaint({ kept = null, language = 'en-GB', prefersMore = false, keepsNothing = false }: Browser) {
  const root = { dataset: {} as Record<string, string>, lang: '' };
  const localStorage = {
    getItem() {
      if (keepsNothing) throw new Error('SecurityError');
      return kept;
    },
  };
  runInContext(script, createContext({ document: { documentElement: root }, localStorage, navigator: { language }, matchMedia: () => ({ matches: prefersMore }) }));
  return { ...root.dataset, lang: root.lang };
}

describe('the first paint', () => {
  it('is as was chosen on this device', () => {
    const kept = JSON.stringify({ theme: 'dark', contrast: 'more', density: 'roomy', language: 'es' });
    expect(firstPaint({ kept })).toEqual({ theme: 'dark', contrast: 'more', density: 'roomy', lang: 'es' });
  });

  it('is as the browser prefers until something is chosen', () => {
    expect(firstPaint({ language: 'es-MX', prefersMore: true })).toEqual({ theme: 'auto', contrast: 'more', density: 'comfortable', lang: 'es' });
    expect(firstPaint({ language: 'fr' })).toEqual({ theme: 'auto', contrast: 'normal', density: 'comfortable', lang: 'en' });
  });

  it.each(['{"theme":', 'null', '[]', '{"theme":"<x>","density":{}}'])('does not trip over %s', (kept) => {
    expect(firstPaint({ kept })).toMatchObject({ theme: 'auto', density: 'comfortable' });
  });

  it('needs no storage', () => {
    expect(firstPaint({ keepsNothing: true })).toMatchObject({ theme: 'auto' });
  });
});

it('loads no script and no style that the page’s own policy forbids', () => {
  const html = readFileSync(new URL('../index.html', import.meta.url), 'utf8');
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>/);
  expect(html).not.toMatch(/\sstyle=|<style|\son\w+=/);
});
