import type { LucideIcon } from '@lucide/svelte';
import GraduationCap from '@lucide/svelte/icons/graduation-cap';
import Headset from '@lucide/svelte/icons/headset';
import UsersRound from '@lucide/svelte/icons/users-round';
import type { SpaceKind, Wall } from '$protocol/wire';
import { t } from '$i18n/t';

export const KINDS: readonly { kind: SpaceKind; icon: LucideIcon; wall: Wall }[] = [
  { kind: 'team', icon: UsersRound, wall: 'verde' },
  { kind: 'support', icon: Headset, wall: 'anil' },
  { kind: 'class', icon: GraduationCap, wall: 'azafran' },
];

const WALLS: readonly Wall[] = ['verde', 'anil', 'azafran', 'vermut', 'oliva', 'piedra'];

/** The wall a kind of space opens on. */
export function wallOf(kind: SpaceKind): Wall {
  return KINDS.find((one) => one.kind === kind)?.wall ?? 'verde';
}

/** The paints to choose from, by their names. */
export function paints(): { value: Wall; label: string }[] {
  return WALLS.map((value) => ({ value, label: t(`spaces.wall_${value}`) }));
}
