import type { ElementContent, RootContent } from 'hast';
import { common, createLowlight } from 'lowlight';

/** A stretch of code with the class that colours it; an empty class is plain. */
export interface Stretch {
  text: string;
  tone: '' | 'key' | 'string' | 'number' | 'function' | 'note';
}

const lowlight = createLowlight(common);

const TONES: Record<string, Stretch['tone']> = {
  keyword: 'key', built_in: 'key', literal: 'key', type: 'key', tag: 'key', 'selector-tag': 'key', name: 'key', operator: 'key', section: 'key', bullet: 'key',
  string: 'string', regexp: 'string', addition: 'string', char: 'string', symbol: 'string', link: 'string',
  number: 'number', attr: 'number', attribute: 'number', variable: 'number', 'template-variable': 'number', property: 'number', params: '',
  title: 'function', 'selector-id': 'function', 'selector-class': 'function', meta: 'function',
  comment: 'note', quote: 'note', doctag: 'note', deletion: 'key',
};

/** Cuts code into coloured stretches; a language it does not know stays plain. */
export function highlight(code: string, language: string): Stretch[] {
  if (!lowlight.registered(language)) return [{ text: code, tone: '' }];
  return lowlight.highlight(language, code).children.flatMap((node) => stretches(node, ''));
}

function stretches(node: RootContent | ElementContent, tone: Stretch['tone']): Stretch[] {
  if (node.type === 'text') return [{ text: node.value, tone }];
  if (node.type !== 'element') return [];
  const own = toneOf(node.properties['className']) ?? tone;
  return node.children.flatMap((child) => stretches(child, own));
}

function toneOf(className: unknown): Stretch['tone'] | undefined {
  const first: unknown = Array.isArray(className) ? className[0] : undefined;
  return typeof first === 'string' ? TONES[first.replace('hljs-', '')] : undefined;
}
