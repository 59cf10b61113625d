import type { Selected } from './formatting';

/** Replaces the whole text so that the browser's own undo still knows the way back. */
export function replaceText(box: HTMLTextAreaElement, { text, start, end }: Selected): void {
  box.focus();
  const before = commonStart(box.value, text);
  const after = commonEnd(box.value, text, before);
  box.setSelectionRange(before, box.value.length - after);
  insertText(box, text.slice(before, text.length - after));
  box.setSelectionRange(start, end);
}

/** Types a text where the cursor is. */
export function insertText(box: HTMLTextAreaElement, text: string): void {
  box.focus();
  const done = text === '' ? document.execCommand('delete') : document.execCommand('insertText', false, text);
  if (done) return;
  box.setRangeText(text, box.selectionStart, box.selectionEnd, 'end');
  box.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Grows a text box with its text; the style sheet says how far. */
export function fit(box: HTMLTextAreaElement): void {
  if (CSS.supports('field-sizing', 'content')) return;
  box.style.blockSize = 'auto';
  box.style.blockSize = `${box.scrollHeight}px`;
}

function commonStart(a: string, b: string): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at += 1;
  return at;
}

function commonEnd(a: string, b: string, start: number): number {
  let at = 0;
  while (at < a.length - start && at < b.length - start && a[a.length - 1 - at] === b[b.length - 1 - at]) at += 1;
  return at;
}
