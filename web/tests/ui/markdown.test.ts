// @vitest-environment happy-dom
import fc from 'fast-check';
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, describe, expect, it } from 'vitest';
import Markdown from '$ui/markdown/Markdown.svelte';
import type { MarkdownSetting } from '$ui/markdown/setting';
import { ana } from '../cast';

const setting: MarkdownSetting = {
  references: {
    mention: (name) => (name === 'ana' ? { label: 'Ana', me: true, id: ana.id } : null),
    channel: (name) => (name === 'hornos' ? '/s/1/c/2' : null),
  },
  words: { copy: 'Copy', copied: 'Copied', code: 'Code', more: (lines) => `${lines} more`, less: 'Less', spoiler: 'Spoiler', done: 'Done', todo: 'To do' },
};

const mounted: (() => void)[] = [];

afterEach(() => {
  for (const end of mounted.splice(0)) end();
});

function render(text: string): HTMLElement {
  const target = document.createElement('div');
  const component = mount(Markdown, { target, props: { text, setting } });
  mounted.push(() => void unmount(component));
  flushSync();
  return target;
}

const ALLOWED = new Set('DIV P SPAN STRONG EM S CODE PRE A UL OL LI BLOCKQUOTE HR BR TABLE THEAD TBODY TR TH TD INPUT BUTTON SECTION HEADER SVG PATH RECT'.split(' '));
const PROTOCOLS = ['http:', 'https:', 'mailto:'];

/** Everything that a message could do to a page, it does not. */
function expectHarmless(target: HTMLElement): void {
  for (const element of target.querySelectorAll('*')) {
    expect(ALLOWED).toContain(element.tagName.toUpperCase());
    for (const { name, value } of element.attributes) {
      expect(name).not.toMatch(/^on/i);
      expect(['style', 'srcdoc', 'formaction', 'action']).not.toContain(name);
      if (name === 'href') expect(PROTOCOLS).toContain(new URL(value, 'https://here.example').protocol);
      if (name === 'src') throw new Error(`a message loads ${value}`);
    }
  }
}

const CORPUS = [
  '<script>alert(1)</script>',
  '<SCRIPT SRC=//evil.example/x.js></SCRIPT>',
  '<img src=x onerror=alert(1)>',
  '<img src="x" onerror="alert(1)" style="position:fixed">',
  '<svg onload=alert(1)><script>alert(1)</script></svg>',
  '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
  '<a href="javascript:alert(1)">x</a>',
  '<div style="background:url(javascript:alert(1))">x</div>',
  '<style>*{display:none}</style>',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<form action="https://evil.example"><input name=password></form>',
  '<base href="https://evil.example/">',
  '<!-- --><script>alert(1)</script><!-- -->',
  '<![CDATA[<script>alert(1)</script>]]>',
  '<?php echo 1 ?>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](java&#10;script:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](\u0001javascript:alert(1))',
  '[x](  javascript:alert(1))',
  '[x](<javascript:alert(1)>)',
  '[x](vbscript:msgbox(1))',
  '[x](data:text/html,<script>alert(1)</script>)',
  '[x](data:text/html;base64,PHNjcmlwdD4=)',
  '[x](blob:https://evil.example/1)',
  '[x](file:///etc/passwd)',
  '<javascript:alert(1)>',
  '![x](javascript:alert(1))',
  '![x](https://evil.example/pixel.png)',
  '![x](x" onerror="alert(1))',
  '[x]: javascript:alert(1)\n\n[x]',
  '[x](https://ok.example "title" onclick="alert(1)")',
  '[x](https://ok.example "\\" onmouseover=alert(1) \\"")',
  '`<script>alert(1)</script>`',
  '```html\n<script>alert(1)</script>\n```',
  '```"><script>alert(1)</script>\nx\n```',
  '| <img src=x onerror=alert(1)> | b |\n|---|---|\n| [x](javascript:alert(1)) | c |',
  '- [x] <img src=x onerror=alert(1)>',
  '> <script>alert(1)</script>',
  '||<img src=x onerror=alert(1)>||',
  '@<script>alert(1)</script>',
  '#<img src=x onerror=alert(1)>',
  'https://ok.example/"onmouseover="alert(1)',
  'www.ok.example/<script>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '{@html "<script>alert(1)</script>"} {{constructor.constructor("alert(1)")()}}',
  '\u202e<script>\u0000',
];

describe('a message that means harm', () => {
  it.each(CORPUS)('%s is text', (text) => {
    expectHarmless(render(text));
  });

  it('shows HTML as it was typed', () => {
    expect(render('a <b onclick="x()">bold</b> word').textContent).toBe('a <b onclick="x()">bold</b> word');
  });

  it('is harmless in any mixture', () => {
    const piece = fc.oneof(fc.constantFrom(...CORPUS), fc.constantFrom('\n', '\n\n', '> ', '- ', '**', '`', '```', '[', '](', ')', '|', '||', '&#x3c;', '@ana', '#hornos', 'http://'), fc.string());
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        expectHarmless(render(pieces.join('')));
        mounted.pop()?.();
      }),
      { numRuns: 150 },
    );
  });
});

describe('a message', () => {
  it('leads outside without telling where it comes from', () => {
    const link = render('see https://ok.example/a?b=c').querySelector('a');
    expect(link?.getAttribute('href')).toBe('https://ok.example/a?b=c');
    expect(link?.getAttribute('rel')?.split(' ').sort()).toEqual(['nofollow', 'noopener', 'noreferrer']);
  });

  it('shows a link that must not be followed as its words', () => {
    const target = render('[look](javascript:alert(1))');
    expect([target.querySelector('a'), target.textContent]).toEqual([null, 'look']);
  });

  it('has its people and channels', () => {
    const target = render('**@ana**, see #hornos, not @nadie nor mail@ana.example');
    expect(target.querySelectorAll('.at.me')).toHaveLength(1);
    expect(target.querySelector('a.at')?.getAttribute('href')).toBe('/s/1/c/2');
    expect(target.textContent).toContain('@nadie');
  });

  it('keeps names inside code as they are', () => {
    expect(render('`@ana`\n\n```\n@ana #hornos\n```').querySelector('.at')).toBeNull();
  });

  it.each([
    ['😍', true],
    ['👩‍👩‍👧‍👦 🏳️‍🌈 1️⃣', true],
    ['😍😍😍😍', false],
    ['hola 😍', false],
    ['123', false],
  ])('of emoji alone is large: %s %s', (text, large) => {
    expect(render(text).querySelector('.large') !== null).toBe(large);
  });

  it('breaks its lines where they were broken', () => {
    const [first] = render('uno\ndos').querySelectorAll('p');
    expect(first?.textContent).toBe('uno\ndos');
  });

  it('says the whole of what was typed, whatever it looks like', () => {
    for (const text of ['    four spaces', 'Title\n---', '[a]: https://x.example', '1) one', '# one', '#hornos2']) {
      const letters = text.replace(/[^\p{L}]/gu, '');
      expect(render(text).textContent.replace(/[^\p{L}]/gu, '')).toContain(letters);
    }
  });
});
