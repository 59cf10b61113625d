/* The service worker: it opens the app without a network, and brings its new versions. */

/** A new version is looked for within this time after the server came back, by each page at a moment of its own. */
const SPREAD_MS = 60_000;
/** Nobody who asked for the new version waits longer for all of it. */
const PATIENCE_MS = 10_000;

let registered: Promise<ServiceWorkerRegistration | null> | null = null;

/** From now on the app opens without a network. Does nothing where the browser cannot, and outside of a built app. */
export function keepShell(): void {
  const able = import.meta.env.PROD && 'serviceWorker' in navigator;
  registered ??= able ? navigator.serviceWorker.register('/worker.js').catch(() => null) : Promise.resolve(null);
}

/** Sees, some time soon, whether there is a newer version. */
export function lookForNewShell(): () => void {
  const timer = setTimeout(() => void update(), Math.random() * SPREAD_MS);
  return () => clearTimeout(timer);
}

/** Opens this page again, in the newest version that can be had. */
export async function renew(): Promise<void> {
  await Promise.race([update(), new Promise((done) => setTimeout(done, PATIENCE_MS))]);
  location.reload();
}

async function update(): Promise<void> {
  const registration = await registered;
  const found = await registration?.update().catch(() => null);
  const worker = found?.installing;
  if (!worker) return;
  await new Promise<void>((done) => {
    worker.addEventListener('statechange', () => {
      if (worker.state === 'activated' || worker.state === 'redundant') done();
    });
  });
}
