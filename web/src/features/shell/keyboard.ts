/** Whether this keyboard says ⌘ where others say Ctrl. */
const isMac = typeof navigator !== 'undefined' && /mac|iphone|ipad/iu.test(navigator.platform);

const ON_MAC: Readonly<Record<string, string>> = { Ctrl: '⌘', Shift: '⇧', Alt: '⌥' };

/** Keys as this keyboard names them: `Ctrl Shift X` or `⌘ ⇧ X`. */
export function shortcut(keys: string): string {
  return isMac ? keys.split(' ').map((key) => ON_MAC[key] ?? key).join(' ') : keys;
}

/** The key that commands: ⌘ on a Mac, Ctrl elsewhere. */
export function isCommand(event: KeyboardEvent): boolean {
  return isMac ? event.metaKey : event.ctrlKey;
}

/** The keys of an event as shortcuts are written: `Ctrl Shift F`, `Alt ↓`, `?`. */
export function keysOf(event: KeyboardEvent): string {
  const { altKey, shiftKey, key } = event;
  const isSign = key.length === 1 && !altKey && !isCommand(event);
  const held = [isCommand(event) && 'Ctrl', altKey && 'Alt', shiftKey && !isSign && 'Shift'];
  return [...held, NAMED[key] ?? (key.length === 1 ? key.toUpperCase() : key)].filter(Boolean).join(' ');
}

const NAMED: Readonly<Record<string, string>> = { ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc' };

/** Whether what has the focus takes letters as text. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/u.test(target.tagName));
}
