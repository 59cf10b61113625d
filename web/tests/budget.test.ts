import { randomBytes } from 'node:crypto';
import type { Rolldown } from 'vite';
import { expect, it } from 'vitest';
import { weigh } from '../budget';

/** Text that packs into about this many bytes. */
const noise = (bytes: number): string => randomBytes(bytes).toString('base64');

function chunk(fileName: string, bytes: number, fields: Partial<Rolldown.OutputChunk> = {}): Rolldown.OutputChunk {
  return { type: 'chunk', fileName, code: noise(bytes), isEntry: false, imports: [], dynamicImports: [], facadeModuleId: null, ...fields } as Rolldown.OutputChunk;
}

function asset(fileName: string, bytes: number): Rolldown.OutputAsset {
  return { type: 'asset', fileName, source: randomBytes(bytes) } as unknown as Rolldown.OutputAsset;
}

it('weighs what the first visit waits for, and nothing that comes later', () => {
  const viteMetadata = { importedCss: new Set(['first.css']), importedAssets: new Set<string>() };
  const files = [
    chunk('entry.js', 10_000, { isEntry: true, imports: ['shared.js'], dynamicImports: ['later.js', 'en.js', 'es.js'] }),
    chunk('shared.js', 5_000, { imports: ['entry.js'], viteMetadata } as Partial<Rolldown.OutputChunk>),
    chunk('later.js', 90_000),
    chunk('en.js', 1_000, { facadeModuleId: '/src/i18n/en/index.ts' }),
    chunk('es.js', 2_000, { facadeModuleId: '/src/i18n/es/index.ts' }),
    asset('first.css', 3_000),
    asset('later.css', 90_000),
    asset('first.woff2', 4_000),
    asset('later.woff2', 90_000),
    asset('index.html', 500),
  ];
  const bundle = Object.fromEntries(files.map((file) => [file.fileName, file]));
  const { script, firstPaint } = weigh(bundle, { oneOf: /i18n\/[a-z]+\/index\.ts$/, font: /^first\.woff2$/ });
  expect(script / 17_000).toBeCloseTo(1, 1);
  expect((firstPaint - script) / 7_500).toBeCloseTo(1, 1);
});
