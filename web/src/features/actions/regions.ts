const STOPS = ['[aria-current]', '[role="article"][tabindex="0"]', 'textarea', 'a[href], button'];

/** Gives the focus to the next part of the screen: rail, list, table, panel, and round again. */
export function focusNextRegion(by: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter((one) => one.offsetParent !== null);
  const at = regions.findIndex((one) => one.contains(document.activeElement));
  const next = regions[(at + by + regions.length) % regions.length];
  const stops = STOPS.map((stop) => next?.querySelector<HTMLElement>(stop));
  (stops.find((stop) => stop) ?? next)?.focus();
}
