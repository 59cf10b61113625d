import Hash from '@lucide/svelte/icons/hash';
import LogOut from '@lucide/svelte/icons/log-out';
import PaintRoller from '@lucide/svelte/icons/paint-roller';
import Search from '@lucide/svelte/icons/search';
import UserRoundPlus from '@lucide/svelte/icons/user-round-plus';
import UsersRound from '@lucide/svelte/icons/users-round';
import { t } from '$i18n/t';
import type { Space } from '$protocol/wire';
import type { Stores } from '$stores/surface';
import { dialogs } from '../dialogs/dialogs.svelte';
import { type Action, offered } from './action';

/** What may be done with a space by whom is reading, in the order of its menu. */
export function actionsOfSpace({ id: spaceId }: Space, { spaces }: Stores): Action[] {
  return offered([
    spaces.may(spaceId, 'invite') && { id: 'invite', icon: UserRoundPlus, label: t('spaces.invite'), run: () => dialogs.open({ kind: 'invite', spaceId }) },
    { id: 'space_people', icon: UsersRound, label: t('spaces.people'), run: () => dialogs.open({ kind: 'space_people', spaceId }) },
    ...actionsOfChannels(spaceId, spaces),
    spaces.may(spaceId, 'manage') && { id: 'space_settings', icon: PaintRoller, label: t('spaces.settings'), run: () => dialogs.open({ kind: 'space_settings', spaceId }) },
    { id: 'leave_space', icon: LogOut, label: t('spaces.leave'), danger: true, run: () => dialogs.open({ kind: 'leave_space', spaceId }) },
  ]);
}

/** Finding and making channels. */
export function actionsOfChannels(spaceId: Space['id'], spaces: Stores['spaces']): Action[] {
  return offered([
    spaces.may(spaceId, 'join_channels') && { id: 'browse_channels', icon: Search, label: t('channels.browse'), run: () => dialogs.open({ kind: 'browse_channels', spaceId }) },
    spaces.may(spaceId, 'create_conversations') && { id: 'create_channel', icon: Hash, label: t('channels.create'), run: () => dialogs.open({ kind: 'create_channel', spaceId }) },
  ]);
}
