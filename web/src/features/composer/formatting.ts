/** A text with its selection: what a text box holds. */
export interface Selected {
  text: string;
  start: number;
  end: number;
}

export type Format = 'bold' | 'italic' | 'strike' | 'code' | 'link' | 'list' | 'numbers' | 'quote';

const WRAPS: Partial<Record<Format, string>> = { bold: '**', italic: '_', strike: '~~' };

/** Puts a format on the selection, or takes it off when it is there already. */
export function applyFormat(format: Format, selected: Selected): Selected {
  const wrap = WRAPS[format];
  if (wrap) return toggleWrap(selected, wrap);
  switch (format) {
    case 'code': return code(selected);
    case 'link': return link(selected);
    case 'list': return prefixLines(selected, () => '- ', /^[-*] /u);
    case 'numbers': return prefixLines(selected, (line) => `${line + 1}. `, /^\d+\. /u);
    default: return prefixLines(selected, () => '> ', /^> /u);
  }
}

function toggleWrap({ text, start, end }: Selected, mark: string): Selected {
  const inside = text.slice(start, end);
  const [before, after] = [text.slice(0, start), text.slice(end)];
  if (before.endsWith(mark) && after.startsWith(mark)) {
    return { text: before.slice(0, -mark.length) + inside + after.slice(mark.length), start: start - mark.length, end: end - mark.length };
  }
  return { text: before + mark + inside + mark + after, start: start + mark.length, end: end + mark.length };
}

function code(selected: Selected): Selected {
  const inside = selected.text.slice(selected.start, selected.end);
  if (!inside.includes('\n')) return toggleWrap(selected, '`');
  const before = selected.text.slice(0, selected.start);
  const open = before === '' || before.endsWith('\n') ? '```\n' : '\n```\n';
  const text = `${before}${open}${inside}\n\`\`\`${selected.text.slice(selected.end)}`;
  return { text, start: selected.start + open.length, end: selected.end + open.length };
}

function link({ text, start, end }: Selected): Selected {
  const inside = text.slice(start, end);
  const address = /^https?:\/\/\S+$/u.test(inside);
  const made = address ? `[](${inside})` : `[${inside}](https://)`;
  const at = address ? start + 1 : start + inside.length + 3;
  return { text: text.slice(0, start) + made + text.slice(end), start: at, end: address ? at : at + 'https://'.length };
}

function prefixLines({ text, start, end }: Selected, prefix: (line: number) => string, present: RegExp): Selected {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const until = text.indexOf('\n', end) < 0 ? text.length : text.indexOf('\n', end);
  const lines = text.slice(from, until).split('\n');
  const all = lines.every((line) => present.test(line));
  const changed = lines.map((line, i) => (all ? line.replace(present, '') : prefix(i) + line)).join('\n');
  return { text: text.slice(0, from) + changed + text.slice(until), start: all || lines.length > 1 ? from : from + changed.length, end: from + changed.length };
}
