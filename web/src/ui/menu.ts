import type { LucideIcon } from '@lucide/svelte';

export interface MenuAction {
  label: string;
  run: () => void;
  icon?: LucideIcon;
  keys?: string | undefined;
  hint?: string;
  danger?: boolean | undefined;
}

export interface MenuChoices {
  value: string;
  choices: readonly { value: string; label: string; hint?: string }[];
  choose: (value: string) => void;
}

/** A line of a menu; what is false is left out, so that a condition may stand before it. */
export type MenuEntry = MenuAction | MenuChoices | { title: string; detail: string } | 'line' | false | null | undefined;
/** What a menu or a popover gives to the button that opens it. */
export interface TriggerProps {
  id: string;
  'aria-haspopup': 'menu' | 'dialog';
  'aria-expanded': boolean;
  onclick: (event: MouseEvent) => void;
}
