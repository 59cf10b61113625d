import type { Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmAutolinkLiteralFromMarkdown } from 'mdast-util-gfm-autolink-literal';
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTaskListItemFromMarkdown } from 'mdast-util-gfm-task-list-item';
import { gfmAutolinkLiteral } from 'micromark-extension-gfm-autolink-literal';
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough';
import { gfmTable } from 'micromark-extension-gfm-table';
import { gfmTaskListItem } from 'micromark-extension-gfm-task-list-item';

/* People type as they talk: HTML is text, an indented line is not code, a line of dashes makes no title of what
   stands above it, and a picture of another site is a link. */
const asPeopleTalk = { disable: { null: ['htmlFlow', 'htmlText', 'codeIndented', 'setextUnderline', 'definition', 'labelStartImage'] } };

const extensions = [gfmAutolinkLiteral(), gfmStrikethrough({ singleTilde: false }), gfmTable(), gfmTaskListItem(), asPeopleTalk];
const mdastExtensions = [gfmAutolinkLiteralFromMarkdown(), gfmStrikethroughFromMarkdown(), gfmTableFromMarkdown(), gfmTaskListItemFromMarkdown()];

const KEPT = 600;
const kept = new Map<string, Root>();

/** The tree of a message. Trees are kept for the latest texts: rows come and go while one scrolls. */
export function parse(text: string): Root {
  const known = kept.get(text);
  if (known) return known;
  const root = fromMarkdown(text, { extensions, mdastExtensions });
  const oldest = kept.size >= KEPT ? kept.keys().next() : undefined;
  if (oldest?.value !== undefined) kept.delete(oldest.value);
  kept.set(text, root);
  return root;
}

const PROTOCOLS = new Set(['http:', 'https:', 'mailto:']);

/** The address of a link, or null for one that must not be followed (javascript:, data: …). */
export function safeAddress(url: string): string | null {
  try {
    return PROTOCOLS.has(new URL(url, 'https://relative.invalid').protocol) ? url : null;
  } catch {
    return null;
  }
}

/** An address of this very site: it opens here, not beside. */
export function isInside(url: string): boolean {
  return url.startsWith(`${location.origin}/`);
}
