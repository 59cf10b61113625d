import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Plugin, type Rolldown, build } from 'vite';
import type { Manifest } from './src/worker/shell.ts';

export interface ShellOptions {
  /** The script of the service worker. */
  readonly worker: string;
  /** Files, or modules of files, that are kept on a device only once they were used. */
  readonly omit: RegExp;
}

type Bundle = Readonly<Record<string, Rolldown.OutputAsset | Rolldown.OutputChunk>>;

/** Builds the service worker beside the app, with the list of what the app is made of. */
export function packShell({ worker, omit }: ShellOptions): Plugin {
  let [publicDir, outDir] = ['', ''];
  return {
    name: 'pack-shell',
    apply: 'build',
    configResolved(config) {
      publicDir = config.publicDir;
      outDir = join(config.root, config.build.outDir);
    },
    async writeBundle(_options, bundle) {
      const manifest = manifestOf(bundle, publicFiles(publicDir), omit);
      await build({
        configFile: false,
        publicDir: false,
        logLevel: 'warn',
        define: { MANIFEST: JSON.stringify(manifest) },
        build: {
          outDir,
          emptyOutDir: false,
          rolldownOptions: { input: worker, output: { format: 'iife', entryFileNames: 'worker.js' } },
        },
      });
      this.info(`${manifest.hashed.length} files of version ${manifest.version} open without a network`);
    },
  };
}

/** @param files those that are served under their own names, beside the page */
export function manifestOf(bundle: Bundle, files: Readonly<Record<string, string | Uint8Array>>, omit: RegExp): Manifest {
  const written = Object.values(bundle).filter((file) => !omit.test(`${file.fileName} ${'facadeModuleId' in file ? file.facadeModuleId : ''}`));
  const hashed = written.map(({ fileName }) => `/${fileName}`).filter((path) => path.startsWith('/assets/')).sort();
  const page = bundle['index.html'];
  if (page?.type !== 'asset') throw new Error('the page is not in the bundle');
  const named = Object.fromEntries(Object.entries({ ...files, 'index.html': page.source }).map(([name, content]) => [`/${name}`, integrityOf(content)]));
  const version = createHash('sha256').update(JSON.stringify([hashed, named])).digest('hex').slice(0, 12);
  return { version, hashed, named };
}

function integrityOf(content: string | Uint8Array): string {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
}

function publicFiles(folder: string): Record<string, Uint8Array> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}
