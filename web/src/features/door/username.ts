import { fold } from '$ui/fold';

const LONGEST = 32;

/** A username to begin with, made of a name: "Inés Robledo" gives "ines.robledo". */
export function usernameFor(name: string): string {
  const words = fold(name).split(/[^a-z0-9]+/u).filter(Boolean);
  return words.join('.').slice(0, LONGEST).replace(/\.+$/u, '');
}
