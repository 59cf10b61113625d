const SEATS = 12;

/** The seat (1 to 12) of someone without a photo: always the same for the same id. */
export function seatOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return ((hash >>> 0) % SEATS) + 1;
}

/** One or two initials: of the first and the last word. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = words[0];
  if (first === undefined) return '?';
  const last = words.length > 1 ? words[words.length - 1] : undefined;
  return (letterOf(first) + (last ? letterOf(last) : '')).toLocaleUpperCase();
}

/** Two letters for a tile: initials of its words, or the first two letters of its only word. */
export function tileLettersOf(name: string): string {
  const words = name.trim().split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  if (words.length === 1 && words[0] !== undefined) {
    const [a = '', b = ''] = [...words[0].replace(/[^\p{L}\p{N}]/gu, '')];
    return a.toLocaleUpperCase() + b.toLocaleLowerCase();
  }
  return initialsOf(name);
}

function letterOf(word: string): string {
  return [...word].find((letter) => /[\p{L}\p{N}]/u.test(letter)) ?? '';
}
