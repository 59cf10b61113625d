/* The service worker. A new version takes over as soon as it has all its files: pages that are open keep the script that
   they run and find the rest of their files in the version before, and whatever is opened or reloaded is wholly new. */
import { type Manifest, SERVER_PATHS, Shell } from './shell';

/** TypeScript has the scope of workers only in a library that excludes that of pages. */
interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
/** Not every browser has routes. */
interface Installing extends Extendable {
  addRoutes?(routes: readonly { condition: { urlPattern: { pathname: string } }; source: 'network' }[]): Promise<void>;
}
interface Fetching extends Event {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Scope {
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install', listener: (event: Installing) => void): void;
  addEventListener(type: 'activate', listener: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void;
}

/** Put in by the build. */
declare const MANIFEST: Manifest;

const scope = globalThis as unknown as Scope;
const shell = new Shell({ manifest: MANIFEST, caches, fetch: (...args) => fetch(...args), origin: location.origin });

scope.addEventListener('install', (event) => {
  // Past this worker altogether: what a page sends as it is closed must not wait for anybody.
  const routes = SERVER_PATHS.map((pathname) => ({ condition: { urlPattern: { pathname } }, source: 'network' as const }));
  event.waitUntil(event.addRoutes?.(routes).catch(() => undefined) ?? Promise.resolve());
  event.waitUntil(shell.install().then(() => scope.skipWaiting()));
});

scope.addEventListener('activate', (event) => {
  event.waitUntil(shell.removeOld().then(() => scope.clients.claim()));
});

scope.addEventListener('fetch', (event) => {
  const answer = shell.answer(event.request);
  if (answer) event.respondWith(answer);
});
