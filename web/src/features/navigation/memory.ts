import type { Id } from '$protocol/wire';

/* What this device remembers of where its reader was. Losing it costs a click, so every failure is silence. */
const KEY = 'tertulia.places';

interface Places {
  space: Id | null;
  /** The last conversation of each space; under '' that of none. */
  conversations: Record<string, Id>;
  folded: string[];
}

function read(): Places {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Places>;
    return { space: kept.space ?? null, conversations: kept.conversations ?? {}, folded: kept.folded ?? [] };
  } catch {
    return { space: null, conversations: {}, folded: [] };
  }
}

function write(change: (places: Places) => void): void {
  const places = read();
  change(places);
  try {
    localStorage.setItem(KEY, JSON.stringify(places));
  } catch {
    return;
  }
}

export function lastSpace(): Id | null {
  return read().space;
}

export function lastConversation(spaceId: Id | null): Id | null {
  return read().conversations[spaceId ?? ''] ?? null;
}

export function rememberSpace(spaceId: Id): void {
  write((places) => (places.space = spaceId));
}

/** @param listOf the space in whose list it was opened */
export function rememberConversation(listOf: Id | null, conversationId: Id): void {
  write((places) => (places.conversations[listOf ?? ''] = conversationId));
}

export function foldedSections(): ReadonlySet<string> {
  return new Set(read().folded);
}

export function rememberFold(section: string, folded: boolean): void {
  write((places) => {
    const others = places.folded.filter((other) => other !== section);
    places.folded = folded ? [...others, section] : others;
  });
}
