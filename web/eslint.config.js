import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** Each layer and the layers it may import. What is not named here may not be imported. */
const MAY_IMPORT = {
  protocol: [],
  client: ['protocol'],
  i18n: ['protocol'],
  stores: ['i18n', 'client', 'protocol'],
  ui: ['i18n', 'protocol'],
  features: ['ui', 'stores', 'i18n', 'client', 'protocol'],
  worker: [],
  app: ['features', 'ui', 'stores', 'i18n', 'client', 'protocol'],
};

const LAYERS = Object.keys(MAY_IMPORT);

function forbidden(layer) {
  const above = LAYERS.filter((other) => other !== layer && !MAY_IMPORT[layer].includes(other));
  return above.map((other) => ({
    group: [`$${other}`, `$${other}/**`, `**/../${other}/**`],
    message: `${layer} may import ${MAY_IMPORT[layer].join(', ') || 'nothing of the others'}`,
  }));
}

function layerRules(layer) {
  return {
    files: [`src/${layer}/**/*.{ts,svelte}`],
    rules: { 'no-restricted-imports': ['error', { patterns: forbidden(layer) }] },
  };
}

const NO_DOM = ['document', 'window', 'navigator', 'localStorage', 'sessionStorage', 'location', 'history'];

export default ts.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/'] },
  js.configs.recommended,
  ts.configs.strict,
  svelte.configs.recommended,
  {
    languageOptions: { globals: globals.browser },
    rules: {
      'no-eval': 'error',
      'no-implied-eval': 'error',
      eqeqeq: ['error', 'smart'],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { extraFileExtensions: ['.svelte'], parser: ts.parser, svelteConfig } },
    rules: {
      'no-undef': 'off',
      'prefer-const': 'off',
      'svelte/prefer-const': 'error',
      'svelte/no-at-html-tags': 'error',
      'svelte/no-inline-styles': ['error', { allowTransitions: true }],
    },
  },
  { files: ['**/*.ts'], rules: { 'no-undef': 'off' } },
  { files: ['public/theme.js'], languageOptions: { sourceType: 'script' } },
  { files: ['*.config.{js,ts}'], languageOptions: { globals: globals.node } },
  {
    // Stores say by SvelteMap and SvelteSet what is reactive; what is plain there is plain on purpose.
    files: ['src/stores/**/*.svelte.ts'],
    rules: { 'svelte/prefer-svelte-reactivity': 'off' },
  },
  ...LAYERS.map(layerRules),
  {
    files: ['src/client/**/*.ts', 'src/protocol/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', ...NO_DOM] },
  },
);
