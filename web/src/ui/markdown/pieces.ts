/** What a run of plain text holds besides words. */
export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'mention'; text: string; label: string; me: boolean; id: string | null }
  | { kind: 'channel'; text: string; href: string }
  | { kind: 'spoiler'; text: string };

export interface References {
  /** Who `@name` is here, or null when it is nobody. */
  mention?: (name: string) => { label: string; me: boolean; id: string | null } | null;
  /** Where `#name` leads, or null when there is no such channel for me. */
  channel?: (name: string) => string | null;
}

const MARKS = /\|\|(?<spoiler>.+?)\|\||(?<![\p{L}\p{N}_@])@(?<name>[\p{L}\p{N}._-]{2,32})|(?<![\p{L}\p{N}_#&/])#(?<channel>[\p{L}\p{N}][\p{L}\p{N}._-]{0,79})/gu;

/** Cuts a run of text at mentions, channels and spoilers. */
export function piecesOf(text: string, references: References): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const match of text.matchAll(MARKS)) {
    const piece = pieceOf(match, references);
    if (!piece) continue;
    if (match.index > done) pieces.push({ kind: 'text', text: text.slice(done, match.index) });
    pieces.push(piece);
    done = match.index + piece.text.length + (piece.kind === 'spoiler' ? 4 : 0);
  }
  if (done < text.length) pieces.push({ kind: 'text', text: text.slice(done) });
  return pieces;
}

function pieceOf(match: RegExpMatchArray, references: References): Piece | null {
  const { spoiler, name, channel } = match.groups ?? {};
  if (spoiler !== undefined) return { kind: 'spoiler', text: spoiler };
  if (name !== undefined) return mentionOf(name, references);
  return channel === undefined ? null : channelOf(channel, references);
}

/* A name may end in a full stop that belongs to the sentence: the longest name that is somebody wins. */
function mentionOf(name: string, { mention }: References): Piece | null {
  for (let tried = name; tried.length > 1; tried = tried.slice(0, -1)) {
    const found = mention?.(tried);
    if (found) return { kind: 'mention', text: `@${tried}`, ...found };
    if (!/[._-]$/u.test(tried)) return null;
  }
  return null;
}

function channelOf(name: string, { channel }: References): Piece | null {
  for (let tried = name; tried.length > 0; tried = tried.slice(0, -1)) {
    const href = channel?.(tried);
    if (href) return { kind: 'channel', text: `#${tried}`, href };
    if (!/[._-]$/u.test(tried)) return null;
  }
  return null;
}
