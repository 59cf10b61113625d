import { gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

export interface Budget {
  /** Bytes of JavaScript, gzipped. */
  readonly script: number;
  /** Bytes of everything that the first paint waits for, gzipped. */
  readonly firstPaint: number;
  /** Modules that every first paint fetches one of, though by a dynamic import. */
  readonly oneOf: RegExp;
  /** The font of the first paint. */
  readonly font: RegExp;
}

export interface Weight {
  readonly script: number;
  readonly firstPaint: number;
}

type Bundle = Readonly<Record<string, Rolldown.OutputAsset | Rolldown.OutputChunk>>;

/** What a browser fetches before the first paint: entries, what they import, their styles, the page and the font. */
export function weigh(bundle: Bundle, { oneOf, font }: Pick<Budget, 'oneOf' | 'font'>): Weight {
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
  const first = withImports(bundle, chunks.filter(({ isEntry }) => isEntry));
  const chosen = chunks.filter((chunk) => oneOf.test(chunk.facadeModuleId ?? '') && !first.has(chunk)).map(({ code }) => packed(code));
  const script = sum([...first].map(({ code }) => packed(code))) + Math.max(0, ...chosen);
  const styles = new Set([...first].flatMap(({ viteMetadata }) => [...(viteMetadata?.importedCss ?? [])]));
  const assets = Object.values(bundle).filter((file) => file.type === 'asset');
  const others = assets.filter(({ fileName }) => styles.has(fileName) || fileName.endsWith('.html'));
  // A woff2 is packed already.
  const letters = assets.filter(({ fileName }) => font.test(fileName)).map(({ source }) => source.length);
  return { script, firstPaint: script + sum(others.map(({ source }) => packed(source))) + sum(letters) };
}

/** Fails a build whose first visit is too heavy. */
export function holdBudget(budget: Budget): Plugin {
  return {
    name: 'hold-budget',
    apply: 'build',
    writeBundle(_options, bundle) {
      const { script, firstPaint } = weigh(bundle, budget);
      const line = `first visit: ${kilo(script)} of ${kilo(budget.script)} kB script, ${kilo(firstPaint)} of ${kilo(budget.firstPaint)} kB first paint (gzip)`;
      if (script > budget.script || firstPaint > budget.firstPaint) this.error(line);
      this.info(line);
    },
  };
}

function withImports(bundle: Bundle, entries: readonly Rolldown.OutputChunk[]): Set<Rolldown.OutputChunk> {
  const reached = new Set(entries);
  for (const chunk of reached) {
    for (const name of chunk.imports) {
      const imported = bundle[name];
      if (imported?.type === 'chunk') reached.add(imported);
    }
  }
  return reached;
}

const packed = (content: string | Uint8Array): number => gzipSync(content, { level: 9 }).length;
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const kilo = (bytes: number): string => (bytes / 1000).toFixed(1);
