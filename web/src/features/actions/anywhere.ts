import ArrowDown from '@lucide/svelte/icons/arrow-down';
import ArrowUp from '@lucide/svelte/icons/arrow-up';
import CheckCheck from '@lucide/svelte/icons/check-check';
import Keyboard from '@lucide/svelte/icons/keyboard';
import ListChecks from '@lucide/svelte/icons/list-checks';
import SquarePen from '@lucide/svelte/icons/square-pen';
import type { LucideIcon } from '@lucide/svelte';
import type { Key } from '$i18n/t';
import type { Timeline } from '$stores/surface';
import { dialogs } from '../dialogs/dialogs.svelte';
import { navigation } from '../navigation/navigation.svelte';
import { conversationHref, parseRoute } from '../navigation/routes';
import { frame } from '../shell/frame.svelte';
import { viewport } from '../shell/viewport.svelte';
import type { Here } from './action';
import { markRead } from './reading';
import { focusNextRegion } from './regions';

/** Something that can be done from anywhere: with its key, from the palette, or both. */
export interface Command {
  readonly id: string;
  readonly label: Key;
  /** As `keysOf` names them. */
  readonly keys?: string;
  /** Only what has one stands in the palette. */
  readonly icon?: LucideIcon;
  /** Whether there is anything to do. */
  readonly when?: (here: Here) => boolean;
  readonly run: (here: Here) => void;
}

/** The one table: the keys of the page, their list, and the palette read it. */
export const COMMANDS: readonly Command[] = [
  { id: 'palette', label: 'palette.title', keys: 'Ctrl K', run: openPalette },
  { id: 'catch_up', label: 'catch_up.title', keys: 'Ctrl J', icon: ListChecks, run: () => navigation.go({ page: 'catch_up' }) },
  { id: 'next_unread', label: 'keys.next_unread', keys: 'Alt Shift ↓', icon: ArrowDown, when: isSomethingUnread, run: (here) => goToUnread(here, 1) },
  { id: 'previous_unread', label: 'keys.previous_unread', keys: 'Alt Shift ↑', icon: ArrowUp, when: isSomethingUnread, run: (here) => goToUnread(here, -1) },
  { id: 'read_all', label: 'catch_up.read_all', icon: CheckCheck, when: isSomethingUnread, run: ({ stores }) => markRead(stores.conversations.waiting, stores) },
  { id: 'new_message', label: 'profile.new_message', icon: SquarePen, run: () => dialogs.open({ kind: 'new_message' }) },
  { id: 'next', label: 'keys.next', keys: 'Alt ↓', run: (here) => goToNext(here, 1) },
  { id: 'previous', label: 'keys.previous', keys: 'Alt ↑', run: (here) => goToNext(here, -1) },
  { id: 'region', label: 'keys.region', keys: 'F6', run: () => focusNextRegion(1) },
  { id: 'region_before', label: 'keys.region_before', keys: 'Shift F6', run: () => focusNextRegion(-1) },
  { id: 'panel', label: 'keys.panel', keys: 'Ctrl .', run: togglePanel },
  { id: 'close', label: 'keys.close', keys: 'Esc', when: isSomethingOpen, run: closeRightmost },
  { id: 'keyboard', label: 'keys.title', keys: '?', icon: Keyboard, run: () => dialogs.open({ kind: 'keyboard' }) },
];

/** Opens the palette over where one is. */
export function openPalette({ spaceId, conversation }: Omit<Here, 'stores'>): void {
  dialogs.open({ kind: 'palette', spaceId, conversationId: conversation?.id ?? null });
}

function isSomethingUnread({ stores }: Here): boolean {
  return stores.conversations.waiting.length > 0;
}

function goToUnread({ stores, spaceId, conversation }: Here, by: 1 | -1): void {
  const next = stores.conversations.nextUnread(spaceId, conversation?.id ?? null, by);
  if (next) navigation.go(parseRoute(conversationHref(next)));
}

function goToNext({ stores, spaceId, conversation }: Here, by: 1 | -1): void {
  const list = stores.conversations.sections(spaceId).flatMap((section) => section.conversations);
  const at = list.findIndex(({ id }) => id === conversation?.id);
  const next = list[(at + by + list.length) % list.length];
  if (next) navigation.go(parseRoute(conversationHref(next)));
}

function togglePanel(): void {
  const { route } = navigation;
  if (viewport.drawer) frame.drawer = !frame.drawer;
  else if (route.page === 'conversation' && route.panel) navigation.closePanel();
  else navigation.openPanel({ kind: 'details' });
}

function isSomethingOpen(here: Here): boolean {
  return frame.drawer || hasPanel() || lineOf(here) !== null;
}

function closeRightmost(here: Here): void {
  if (frame.drawer) frame.drawer = false;
  else if (hasPanel()) navigation.closePanel();
  else lineOf(here)?.clearUnreadLine();
}

function hasPanel(): boolean {
  return navigation.route.page === 'conversation' && navigation.route.panel !== null;
}

function lineOf({ stores, conversation }: Here): Timeline | null {
  const timeline = conversation ? stores.timelines.open(conversation.id) : null;
  return timeline?.unreadLine ? timeline : null;
}
