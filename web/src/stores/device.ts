/** What the stores need of the browser besides the network. */
export interface Device {
  /** Small texts that survive a reload; null when there is none or the browser keeps nothing. */
  read(key: string): string | null;
  write(key: string, value: string | null): void;
  isOnline(): boolean;
  /** The network came or went, or the page is looked at again. */
  onWake(listener: () => void): void;
  /** The page may be gone the next moment. */
  onLeave(listener: () => void): void;
  /** Another version of the app than that of this page is what opens from now on. */
  onNewShell(listener: () => void): void;
}

export class BrowserDevice implements Device {
  read(key: string): string | null {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  }

  write(key: string, value: string | null): void {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch {
      // A browser that keeps nothing (private mode, full) is used without memory.
    }
  }

  isOnline(): boolean {
    return navigator.onLine;
  }

  onWake(listener: () => void): void {
    window.addEventListener('online', listener);
    window.addEventListener('offline', listener);
    document.addEventListener('visibilitychange', listener);
  }

  onLeave(listener: () => void): void {
    window.addEventListener('pagehide', listener);
  }

  /** The first service worker of all is no news to the page that registered it. */
  onNewShell(listener: () => void): void {
    const workers = (navigator as Partial<Navigator>).serviceWorker;
    let known = workers?.controller ?? null;
    workers?.addEventListener('controllerchange', () => {
      if (known) listener();
      known = workers.controller;
    });
  }
}
