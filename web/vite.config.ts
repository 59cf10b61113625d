import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { holdBudget } from './budget.ts';
import { packShell } from './shell.ts';

const LAYERS = ['protocol', 'client', 'i18n', 'stores', 'ui', 'features', 'app', 'worker'] as const;
const SERVER = process.env['WEB_DEV_SERVER'] ?? 'http://127.0.0.1:8000';
const FIRST_FONT = /atkinson-hyperlegible-next-latin-wght-normal-[^/]*\.woff2$/;

/** What the design promises to slow lines. */
const BUDGET = { script: 150_000, firstPaint: 200_000, oneOf: /\/i18n\/[a-z]+\/index\.ts$/, font: FIRST_FONT };

/** The names of emoji, and the letters of languages that few write, are fetched by who needs them. */
const SHELL = {
  worker: fileURLToPath(new URL('./src/worker/main.ts', import.meta.url)),
  omit: /emojibase-data|-(?:latin-ext|vietnamese)-wght-/,
};

/** Asks for the one font of the first screen beside the first script, not after the style sheet. */
function preloadFirstFont(): Plugin {
  return {
    name: 'preload-first-font',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const font = Object.keys(bundle ?? {}).find((file) => FIRST_FONT.test(file));
        if (!font) throw new Error('the first font is not in the bundle');
        const attrs = { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${font}`, crossorigin: '' };
        return [{ tag: 'link', attrs, injectTo: 'head' }];
      },
    },
  };
}

export default defineConfig({
  plugins: [svelte(), preloadFirstFont(), holdBudget(BUDGET), packShell(SHELL)],
  resolve: {
    // The tests run the code that browsers run.
    ...(process.env['VITEST'] ? { conditions: ['browser'] } : {}),
    alias: Object.fromEntries(
      LAYERS.map((layer) => [`$${layer}`, fileURLToPath(new URL(`./src/${layer}`, import.meta.url))]),
    ),
  },
  build: {
    outDir: 'dist',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': SERVER,
      '/ws': { target: SERVER, ws: true },
      '/socket.io': { target: SERVER, ws: true },
    },
  },
  test: {
    // Those of tests/live need a server, and are run where one is (`npm run test:live`).
    include: process.env['WEB_TEST_SERVER'] ? ['tests/live/*.live.ts'] : ['tests/**/*.test.ts'],
    setupFiles: ['tests/words.ts'],
    environment: 'node',
    testTimeout: 20_000,
    restoreMocks: true,
    sequence: { shuffle: true },
  },
});
