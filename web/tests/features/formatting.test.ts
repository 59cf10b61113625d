import { describe, expect, it } from 'vitest';
import { applyFormat, type Format } from '$features/composer/formatting';

/** `[` and `]` stand for the ends of the selection. */
function apply(format: Format, marked: string): string {
  const start = marked.indexOf('[');
  const end = marked.indexOf(']') - 1;
  const done = applyFormat(format, { text: marked.replace('[', '').replace(']', ''), start, end });
  return `${done.text.slice(0, done.start)}[${done.text.slice(done.start, done.end)}]${done.text.slice(done.end)}`;
}

describe('formatting what is selected', () => {
  it.each<[Format, string, string]>([
    ['bold', 'a las [siete]', 'a las **[siete]**'],
    ['bold', 'a las **[siete]**', 'a las [siete]'],
    ['italic', '[]', '_[]_'],
    ['strike', 'no [sí]', 'no ~~[sí]~~'],
    ['code', '[x = 1]', '`[x = 1]`'],
    ['code', '[uno\ndos]', '```\n[uno\ndos]\n```'],
    ['link', '[aquí]', '[aquí](https://)'.replace('https://', '[https://]').replace('[aquí]', '[aquí]')],
  ])('%s turns %j into %j', (format, before, after) => {
    if (format === 'link') expect(applyFormat('link', { text: 'aquí', start: 0, end: 4 })).toEqual({ text: '[aquí](https://)', start: 7, end: 15 });
    else expect(apply(format, before)).toBe(after);
  });

  it('makes an address the target of its own link', () => {
    expect(applyFormat('link', { text: 'https://a.example', start: 0, end: 17 })).toEqual({ text: '[](https://a.example)', start: 1, end: 1 });
  });

  it('puts a mark on every line, and takes them off again', () => {
    const once = applyFormat('list', { text: 'pan\nsal', start: 0, end: 7 });
    expect(once.text).toBe('- pan\n- sal');
    expect(applyFormat('list', once).text).toBe('pan\nsal');
    expect(applyFormat('numbers', { text: 'pan\nsal', start: 1, end: 6 }).text).toBe('1. pan\n2. sal');
    expect(applyFormat('quote', { text: 'dijo\nesto', start: 6, end: 6 }).text).toBe('dijo\n> esto');
  });
});
