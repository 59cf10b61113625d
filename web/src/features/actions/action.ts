import type { LucideIcon } from '@lucide/svelte';
import type { Conversation, Id } from '$protocol/wire';
import type { Stores } from '$stores/surface';
import type { MenuEntry } from '$ui/menu';

/** Something that can be done here and now: a line of a menu and of the palette. */
export interface Action {
  readonly id: string;
  readonly icon: LucideIcon;
  readonly label: string;
  /** As this keyboard names them. */
  readonly keys?: string;
  readonly danger?: boolean;
  readonly run: () => void;
}

/** Where somebody is who does something. */
export interface Here {
  readonly stores: Stores;
  /** The space whose list is shown. */
  readonly spaceId: Id | null;
  readonly conversation: Conversation | null;
}

/** Those of a list that were not left out by a condition before them. */
export function offered(list: readonly (Action | false)[]): Action[] {
  return list.filter((action) => action !== false);
}

/** As a menu shows them: what cannot be taken back stands apart at its end. */
export function entriesOf(actions: readonly Action[]): MenuEntry[] {
  const last = actions.findIndex(({ danger }) => danger);
  return last < 0 ? [...actions] : [...actions.slice(0, last), 'line', ...actions.slice(last)];
}
