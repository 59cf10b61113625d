import type { Id } from '$protocol/wire';

export type Panel = { kind: 'thread'; id: Id } | { kind: 'people' } | { kind: 'details' };

export type SettingsSection = 'profile' | 'look' | 'devices' | 'server';
export const SETTINGS_SECTIONS: readonly SettingsSection[] = ['profile', 'look', 'devices', 'server'];

/** Where the reader is: what the address says, and nothing else. */
export type Route =
  | { page: 'home' }
  | { page: 'setup'; code: string | null }
  | { page: 'sign_in' }
  /** Without a code: where registration is open to everyone. */
  | { page: 'join'; code: string | null }
  | { page: 'space'; spaceId: Id }
  | ConversationRoute
  /** What waits, in all spaces. */
  | { page: 'catch_up' }
  | { page: 'settings'; section: SettingsSection | null }
  /** Drafts and saved messages. */
  | { page: 'saved' }
  | { page: 'not_found' };

export interface ConversationRoute {
  page: 'conversation';
  /** Null for directs, groups and the plaza, which belong to no space. */
  spaceId: Id | null;
  conversationId: Id;
  messageId: Id | null;
  panel: Panel | null;
}

/** Reads an address of this site (path and query). */
export function parseRoute(address: string): Route {
  const { pathname, searchParams } = new URL(address, 'https://site.invalid');
  const parts = pathname.split('/').filter(Boolean).map(decode);
  const [first, second] = parts;
  switch (first) {
    case undefined: return { page: 'home' };
    case 'setup': return { page: 'setup', code: searchParams.get('code') };
    case 'sign-in': return { page: 'sign_in' };
    case 'join': return { page: 'join', code: second ?? null };
    case 's': return parseSpace(parts, searchParams);
    case 'c': return parseConversation(null, parts, searchParams);
    case 'settings': return parseSettings(second);
    case 'catch-up': return second === undefined ? { page: 'catch_up' } : { page: 'not_found' };
    case 'saved': return second === undefined ? { page: 'saved' } : { page: 'not_found' };
    default: return { page: 'not_found' };
  }
}

/** The address of a place: what `parseRoute` reads back. */
export function formatRoute(route: Route): string {
  switch (route.page) {
    case 'home': return '/';
    case 'setup': return route.code ? `/setup?code=${encodeURIComponent(route.code)}` : '/setup';
    case 'sign_in': return '/sign-in';
    case 'join': return route.code ? `/join/${encodeURIComponent(route.code)}` : '/join';
    case 'space': return `/s/${route.spaceId}`;
    case 'conversation': return formatConversation(route);
    case 'settings': return route.section ? `/settings/${route.section}` : '/settings';
    case 'saved': return '/saved';
    case 'catch_up': return '/catch-up';
    case 'not_found': return '/not-found';
  }
}

/** The address of a conversation, or of a message in it. */
export function conversationHref(conversation: { id: Id; space_id: Id | null }, messageId: Id | null = null): string {
  return formatConversation({ page: 'conversation', spaceId: conversation.space_id, conversationId: conversation.id, messageId, panel: null });
}

function formatConversation({ spaceId, conversationId, messageId, panel }: ConversationRoute): string {
  const space = spaceId ? `/s/${spaceId}` : '';
  const message = messageId ? `/m/${messageId}` : '';
  return `${space}/c/${conversationId}${message}${panel ? `?panel=${formatPanel(panel)}` : ''}`;
}

function formatPanel(panel: Panel): string {
  return panel.kind === 'thread' ? `thread:${panel.id}` : panel.kind;
}

function parseSpace(parts: readonly string[], query: URLSearchParams): Route {
  const spaceId = parts[1];
  if (!spaceId) return { page: 'not_found' };
  if (parts.length === 2) return { page: 'space', spaceId };
  return parts[2] === 'c' ? parseConversation(spaceId, parts.slice(2), query) : { page: 'not_found' };
}

function parseConversation(spaceId: Id | null, [, conversationId, mark, messageId]: readonly string[], query: URLSearchParams): Route {
  if (!conversationId || (mark !== undefined && (mark !== 'm' || !messageId))) return { page: 'not_found' };
  return { page: 'conversation', spaceId, conversationId, messageId: messageId ?? null, panel: parsePanel(query.get('panel')) };
}

function parsePanel(text: string | null): Panel | null {
  const thread = text?.startsWith('thread:') ? text.slice('thread:'.length) : '';
  if (thread) return { kind: 'thread', id: thread };
  return text === 'people' || text === 'details' ? { kind: text } : null;
}

function parseSettings(section: string | undefined): Route {
  if (section === undefined) return { page: 'settings', section: null };
  const known = SETTINGS_SECTIONS.find((name) => name === section);
  return known ? { page: 'settings', section: known } : { page: 'not_found' };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
