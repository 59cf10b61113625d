import { formatRoute, parseRoute, type Panel, type Route } from './routes';

interface Entry {
  /** The address one came from inside the app; lets closing a thing be the same as going back. */
  from?: string;
}

class Navigation {
  #route = $state.raw<Route>(parseRoute(here()));

  /** Where the reader is now. */
  get route(): Route {
    return this.#route;
  }

  go(route: Route, { replace = false }: { replace?: boolean } = {}): void {
    const address = formatRoute(route);
    const entry: Entry = replace ? (history.state as Entry | null) ?? {} : { from: here() };
    if (replace || address === here()) history.replaceState(entry, '', address);
    else history.pushState(entry, '', address);
    this.#route = route;
  }

  /** Leaves for a place one level up: by going back when one came from there, so that Back does not reopen it. */
  closeTo(route: Route): void {
    const { from } = (history.state as Entry | null) ?? {};
    if (from === formatRoute(route)) history.back();
    else this.go(route, { replace: true });
  }

  openPanel(panel: Panel): void {
    if (this.#route.page !== 'conversation') return;
    this.go({ ...this.#route, panel }, { replace: this.#route.panel !== null });
  }

  closePanel(): void {
    if (this.#route.page === 'conversation' && this.#route.panel) this.closeTo({ ...this.#route, panel: null });
  }

  /** Follows links inside the page and the browser's Back and Forward; returns what ends it. */
  start(): () => void {
    const popped = (): void => {
      this.#route = parseRoute(here());
    };
    const clicked = (event: MouseEvent): void => {
      const route = insideLink(event);
      if (!route) return;
      event.preventDefault();
      this.go(route);
    };
    window.addEventListener('popstate', popped);
    document.addEventListener('click', clicked);
    return () => {
      window.removeEventListener('popstate', popped);
      document.removeEventListener('click', clicked);
    };
  }
}

function here(): string {
  return location.pathname + location.search;
}

function insideLink(event: MouseEvent): Route | null {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link?.href || link.hasAttribute('download') || link.origin !== location.origin) return null;
  if (link.target && link.target !== '_self') return null;
  const route = parseRoute(link.pathname + link.search);
  return route.page === 'not_found' ? null : route;
}

/** The one history of this page. */
export const navigation = new Navigation();
