import Contrast from '@lucide/svelte/icons/contrast';
import Languages from '@lucide/svelte/icons/languages';
import MonitorSmartphone from '@lucide/svelte/icons/monitor-smartphone';
import Palette from '@lucide/svelte/icons/palette';
import Rows3 from '@lucide/svelte/icons/rows-3';
import Server from '@lucide/svelte/icons/server';
import SunMoon from '@lucide/svelte/icons/sun-moon';
import UserRound from '@lucide/svelte/icons/user-round';
import type { LucideIcon } from '@lucide/svelte';
import { t } from '$i18n/t';
import type { Stores } from '$stores/surface';
import type { Action, Here } from '../actions/action';
import { COMMANDS } from '../actions/anywhere';
import { actionsOfConversation } from '../actions/conversation';
import { actionsOfMe } from '../actions/me';
import { actionsOfSpace } from '../actions/space';
import { navigation } from '../navigation/navigation.svelte';
import { SETTINGS_SECTIONS, type SettingsSection } from '../navigation/routes';
import { shortcut } from '../shell/keyboard';
import type { Item } from './items';

/** Everything that can be done here, what one reaches for most first. */
export function deedsOf(here: Here): Item[] {
  const { stores, spaceId, conversation } = here;
  const space = spaceId === null ? undefined : stores.spaces.get(spaceId);
  const all = [
    ...commands(here),
    ...(conversation ? actionsOfConversation(conversation, stores).map((action) => deed(action, stores.conversations.titleOf(conversation))) : []),
    ...(space ? actionsOfSpace(space, stores).map((action) => deed(action, space.name)) : []),
    ...actionsOfMe(stores).map((action) => deed(action)),
    ...SETTINGS_SECTIONS.map(settings),
    ...looks(stores),
  ];
  return all.filter((item, at) => all.findIndex(({ key }) => key === item.key) === at);
}

function commands(here: Here): Item[] {
  return COMMANDS.flatMap(({ id, icon, label, keys, when, run }) => {
    if (!icon || when?.(here) === false) return [];
    return [deed({ id, icon, label: t(label), run: () => run(here), ...(keys === undefined ? {} : { keys: shortcut(keys) }) })];
  });
}

function deed({ id, icon, label, keys, danger = false, run }: Action, detail = ''): Item {
  return { kind: 'action', key: `action ${id}`, title: label, detail, icon, keys, danger, choose: run };
}

const SECTIONS: Readonly<Record<SettingsSection, LucideIcon>> = { profile: UserRound, look: Palette, devices: MonitorSmartphone, server: Server };

function settings(section: SettingsSection): Item {
  return deed({ id: `settings ${section}`, icon: SECTIONS[section], label: t(`settings.${section}`), run: () => navigation.go({ page: 'settings', section }) }, t('settings.title'));
}

/** How the page looks and speaks, but for what is so already. */
function looks({ preferences }: Stores): Item[] {
  const { theme, contrast, density, language } = preferences;
  return [
    ...(['auto', 'light', 'dark'] as const).filter((one) => one !== theme).map((one) => look(SunMoon, 'theme', t(`settings.theme_${one}`), () => (preferences.theme = one))),
    ...(['normal', 'more'] as const).filter((one) => one !== contrast).map((one) => look(Contrast, 'contrast', t(`settings.contrast_${one}`), () => (preferences.contrast = one))),
    ...(['comfortable', 'compact', 'roomy'] as const).filter((one) => one !== density).map((one) => look(Rows3, 'density', t(`settings.density_${one}`), () => (preferences.density = one))),
    ...(['es', 'en'] as const).filter((one) => one !== language).map((one) => look(Languages, 'language', t(`palette.language_${one}`), () => (preferences.language = one))),
  ];
}

function look(icon: LucideIcon, what: 'theme' | 'contrast' | 'density' | 'language', label: string, run: () => void): Item {
  return deed({ id: `${what} ${label}`, icon, label, run }, t(`settings.${what}`));
}
