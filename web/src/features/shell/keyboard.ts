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

/** Whether what has the focus takes letters as text. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/u.test(target.tagName));
}
