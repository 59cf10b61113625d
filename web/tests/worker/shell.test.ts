import { describe, expect, it } from 'vitest';
import { type Manifest, Shell } from '$worker/shell';
import { manifestOf } from '../../shell';

const ORIGIN = 'https://tertulia.example';

/** What a service worker has of the browser: caches by name, in the order they were made. */
class TestCaches {
  readonly kept = new Map<string, Map<string, Response>>();

  open(name: string): Promise<Pick<Cache, 'match' | 'put'>> {
    const entries = this.kept.get(name) ?? new Map<string, Response>();
    this.kept.set(name, entries);
    return Promise.resolve({
      match: (path) => Promise.resolve(entries.get(String(path))?.clone()),
      put: (path, response) => Promise.resolve(void entries.set(String(path), response)),
    });
  }

  async match(path: string): Promise<Response | undefined> {
    return [...this.kept.values()].flatMap((entries) => entries.get(path) ?? [])[0]?.clone();
  }

  keys(): Promise<string[]> {
    return Promise.resolve([...this.kept.keys()]);
  }

  delete(name: string): Promise<boolean> {
    return Promise.resolve(this.kept.delete(name));
  }
}

/** A server with the files of one version, and what it was asked for. */
class Site {
  readonly asked: string[] = [];
  readonly files: Record<string, string>;
  down = false;

  constructor(files: Record<string, string>) {
    this.files = files;
  }

  readonly fetch = (async (input: RequestInfo | URL, init?: RequestInit) => {
    const path = typeof input === 'string' ? input : new URL((input as Request).url).pathname;
    this.asked.push(path);
    const content = this.files[path];
    if (this.down || (init?.integrity && init.integrity !== hashOf(content ?? ''))) throw new TypeError('Failed to fetch');
    return new Response(content ?? 'not here', { status: content === undefined ? 404 : 200 });
  }) as typeof fetch;
}

const hashOf = (content: string): string => `sha256 of ${content}`;

function version(name: string): { manifest: Manifest; site: Site } {
  const files = { '/index.html': `page ${name}`, '/theme.js': 'theme', [`/assets/${name}.js`]: name, '/assets/same.js': 'same' };
  const named = { '/index.html': hashOf(files['/index.html']), '/theme.js': hashOf('theme') };
  return { manifest: { version: name, hashed: [`/assets/${name}.js`, '/assets/same.js'], named }, site: new Site(files) };
}

function shellOf({ manifest, site }: ReturnType<typeof version>, caches: TestCaches): Shell {
  return new Shell({ manifest, caches: caches as unknown as CacheStorage, fetch: site.fetch, origin: ORIGIN });
}

function asking(path: string, fields: { mode?: string; method?: string; origin?: string } = {}): Request {
  const { mode = 'cors', method = 'GET', origin = ORIGIN } = fields;
  return { url: origin + path, mode, method } as Request;
}

const textOf = async (answer: Promise<Response> | null): Promise<string | undefined> => (await answer)?.text();

async function installed(name: string, caches: TestCaches) {
  const made = version(name);
  const shell = shellOf(made, caches);
  await shell.install();
  await shell.removeOld();
  return { shell, site: made.site };
}

describe('the shell', () => {
  it('answers every place of the app, and its files, without a network', async () => {
    const { shell, site } = await installed('one', new TestCaches());
    site.down = true;
    for (const path of ['/', '/s/1/c/2', '/settings/look']) expect(await textOf(shell.answer(asking(path, { mode: 'navigate' })))).toBe('page one');
    expect(await textOf(shell.answer(asking('/assets/one.js')))).toBe('one');
    expect(await textOf(shell.answer(asking('/theme.js')))).toBe('theme');
  });

  it.each([
    asking('/api/v1/users/me'),
    asking('/api/docs', { mode: 'navigate' }),
    asking('/ws'),
    asking('/ws/?EIO=4&transport=polling'),
    asking('/socket.io/?EIO=4'),
    asking('/readyz', { mode: 'navigate' }),
    asking('/', { method: 'POST', mode: 'navigate' }),
    asking('/assets/one.js', { origin: 'https://other.example' }),
    asking('/robots.txt'),
  ])('leaves $method $url to the server', async (request) => {
    const { shell } = await installed('one', new TestCaches());
    expect(shell.answer(request)).toBeNull();
  });

  it('is whole or not there', async () => {
    const caches = new TestCaches();
    await installed('one', caches);
    const broken = version('two');
    delete broken.site.files['/assets/two.js'];
    await expect(shellOf(broken, caches).install()).rejects.toThrow('/assets/two.js');
    const mixed = version('two');
    mixed.site.files['/index.html'] = 'page three';
    await expect(shellOf(mixed, caches).install()).rejects.toThrow();
    expect(await caches.keys()).toEqual(['shell one']);
  });

  it('of a new version is wholly new, and has the files of the one before for the pages that are open', async () => {
    const caches = new TestCaches();
    await installed('one', caches);
    const { shell, site } = await installed('two', caches);
    expect(site.asked).not.toContain('/assets/same.js');
    site.down = true;
    expect(await textOf(shell.answer(asking('/', { mode: 'navigate' })))).toBe('page two');
    expect(await textOf(shell.answer(asking('/assets/one.js')))).toBe('one');
    await installed('three', caches);
    expect(await caches.keys()).toEqual(['shell two', 'shell three']);
  });

  it('keeps what was left out of it once it was used', async () => {
    const { shell, site } = await installed('one', new TestCaches());
    site.files['/assets/emoji.js'] = 'emoji';
    expect(await textOf(shell.answer(asking('/assets/emoji.js')))).toBe('emoji');
    site.down = true;
    expect(await textOf(shell.answer(asking('/assets/emoji.js')))).toBe('emoji');
    await expect(shell.answer(asking('/assets/never.js'))).rejects.toThrow();
  });
});

describe('the list of what the app is made of', () => {
  const asset = (fileName: string, source = fileName) => ({ type: 'asset', fileName, source });
  const files = [asset('index.html', '<html>'), asset('assets/a.css'), { type: 'chunk', fileName: 'assets/b.js', facadeModuleId: '/x/big-data/en.json' }];
  const bundle = Object.fromEntries(files.map((file) => [file.fileName, file])) as unknown as Parameters<typeof manifestOf>[0];

  it('has each file that is not to be left out, and the hash of those without one in their name', () => {
    const { hashed, named } = manifestOf(bundle, { 'theme.js': 'x' }, /big-data/);
    expect(hashed).toEqual(['/assets/a.css']);
    expect(Object.keys(named)).toEqual(['/theme.js', '/index.html']);
    expect(named['/index.html']).toBe('sha256-t9CC7hLpG3Vuoi6FE7hZTuvPXTn6uBPaPLVXlNyIitc=');
  });

  it('is another version when anything is another', () => {
    const versions = ['x', 'y'].map((theme) => manifestOf(bundle, { 'theme.js': theme }, /$^/).version);
    expect(new Set(versions).size).toBe(2);
  });
});
