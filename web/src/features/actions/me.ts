import Bookmark from '@lucide/svelte/icons/bookmark';
import Keyboard from '@lucide/svelte/icons/keyboard';
import LogOut from '@lucide/svelte/icons/log-out';
import NotebookPen from '@lucide/svelte/icons/notebook-pen';
import Settings from '@lucide/svelte/icons/settings';
import { t } from '$i18n/t';
import type { Stores } from '$stores/surface';
import { dialogs } from '../dialogs/dialogs.svelte';
import { navigation } from '../navigation/navigation.svelte';
import type { Action } from './action';
import { talkTo } from './talking';

/** What is mine, in the order of the menu on my own picture. */
export function actionsOfMe(stores: Stores): Action[] {
  const { session } = stores;
  return [
    { id: 'notes', icon: NotebookPen, label: t('people.notes'), run: () => session.user && talkTo(session.user, stores) },
    { id: 'saved', icon: Bookmark, label: t('saved.title'), run: () => navigation.go({ page: 'saved' }) },
    { id: 'settings', icon: Settings, label: t('settings.title'), run: () => navigation.go({ page: 'settings', section: null }) },
    { id: 'keyboard', icon: Keyboard, label: t('keys.title'), keys: '?', run: () => dialogs.open({ kind: 'keyboard' }) },
    { id: 'sign_out', icon: LogOut, label: t('frame.sign_out'), run: () => void session.signOut() },
  ];
}
