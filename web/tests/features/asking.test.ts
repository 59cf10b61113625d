import { describe, expect, it } from 'vitest';
import { bestOf, piecesOf, rankOf, readAsked } from '$features/palette/asking';

const words = (typed: string): readonly string[] => readAsked(typed).words;

describe('what is asked', () => {
  it.each([
    ['#horn', 'channels', 'horn'],
    ['  @Inés', 'people', 'Inés'],
    ['> tema', 'actions', 'tema'],
    ['feria #2', 'everything', 'feria #2'],
    ['', 'everything', ''],
  ])('%j', (typed, only, text) => {
    expect(readAsked(typed)).toMatchObject({ only, text });
  });

  it('knows neither accents nor capitals', () => {
    expect(words(' Envío  A ')).toEqual(['envio', 'a']);
  });
});

describe('finding', () => {
  it('wants every word, in any order', () => {
    expect(rankOf('Inés Peña', words('pen in'))).toBeLessThan(Infinity);
    expect(rankOf('Inés Peña', words('pen bruno'))).toBe(Infinity);
  });

  it('puts first what begins so, then a word that does, then whatever holds it', () => {
    const names = ['tienda-envíos', 'reenvío', 'envíos', 'hornos', 'envolver'];
    expect(bestOf(names, (name) => name, words('env'))).toEqual(['envíos', 'envolver', 'tienda-envíos', 'reenvío']);
  });

  it('leaves equal ones in their order', () => {
    expect(bestOf(['b', 'a', 'c'], (name) => name, [])).toEqual(['b', 'a', 'c']);
  });
});

describe('marking', () => {
  const marked = (text: string, typed: string): string => piecesOf(text, words(typed)).map(({ text: piece, hit }) => (hit ? `[${piece}]` : piece)).join('');

  it('marks the letters as they are written', () => {
    expect(marked('Envíos y ruta', 'envio')).toBe('[Envío]s y ruta');
    expect(marked('cafe\u0301 solo', 'café')).toBe('[cafe\u0301] solo');
  });

  it('rather marks the beginning of a word', () => {
    expect(marked('reenvío: envío', 'env')).toBe('reenvío: [env]ío');
  });

  it('marks each word that was asked for', () => {
    expect(marked('Inés Peña', 'pe in')).toBe('[In]és [Pe]ña');
    expect(marked('hornos', '')).toBe('hornos');
  });
});
