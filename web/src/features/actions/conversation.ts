import Archive from '@lucide/svelte/icons/archive';
import ArchiveRestore from '@lucide/svelte/icons/archive-restore';
import Bell from '@lucide/svelte/icons/bell';
import BellOff from '@lucide/svelte/icons/bell-off';
import CheckCheck from '@lucide/svelte/icons/check-check';
import Link from '@lucide/svelte/icons/link';
import LogOut from '@lucide/svelte/icons/log-out';
import PanelRight from '@lucide/svelte/icons/panel-right';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import UserRoundPlus from '@lucide/svelte/icons/user-round-plus';
import UsersRound from '@lucide/svelte/icons/users-round';
import type { ApiError } from '$client/errors';
import { wordError } from '$i18n/errors';
import { t } from '$i18n/t';
import type { Conversation } from '$protocol/wire';
import type { Stores } from '$stores/surface';
import { dialogs } from '../dialogs/dialogs.svelte';
import { navigation } from '../navigation/navigation.svelte';
import { conversationHref } from '../navigation/routes';
import { type Action, offered } from './action';
import { markRead } from './reading';

/** What may be done with the open conversation by whom is reading, in the order of its menu. */
export function actionsOfConversation(conversation: Conversation, stores: Stores): Action[] {
  return [...panels(), ...changes(conversation, stores), ...ends(conversation, stores)];
}

function panels(): Action[] {
  return [
    { id: 'details', icon: PanelRight, label: t('conversation.details'), run: () => navigation.openPanel({ kind: 'details' }) },
    { id: 'people', icon: UsersRound, label: t('conversation.people_panel'), run: () => navigation.openPanel({ kind: 'people' }) },
  ];
}

function changes(conversation: Conversation, stores: Stores): Action[] {
  const { id, role, muted } = conversation;
  const { conversations } = stores;
  const { plaza, shared } = placeOf(conversation);
  const unread = conversation.unread_count + conversation.mention_count > 0;
  return offered([
    unread && { id: 'mark_read', icon: CheckCheck, label: t('conversation.mark_read'), run: () => markRead([conversation], stores) },
    role !== null && shared && conversations.may(id, 'add_people') && { id: 'add_people', icon: UserRoundPlus, label: t('profile.add'), run: () => dialogs.open({ kind: 'add_people', conversationId: id }) },
    shared && conversations.may(id, 'rename') && { id: 'edit_conversation', icon: PencilLine, label: t('conversation.edit'), run: () => dialogs.open({ kind: 'edit_conversation', conversationId: id }) },
    (role !== null || plaza) && { id: 'mute', icon: muted ? Bell : BellOff, label: muted ? t('conversation.unmute') : t('conversation.mute'), run: () => attempt(conversations.mute(id, !muted), stores) },
    { id: 'copy_link', icon: Link, label: t('conversation.copy_link'), run: () => void copyLink(conversation, stores) },
  ]);
}

function ends(conversation: Conversation, stores: Stores): Action[] {
  const { id, kind, role } = conversation;
  const { conversations } = stores;
  const { channel, archived } = placeOf(conversation);
  const mayArchive = channel && conversations.may(id, 'archive');
  return offered([
    mayArchive && !archived && { id: 'archive', icon: Archive, label: t('channels.archive'), run: () => dialogs.open({ kind: 'archive_conversation', conversationId: id }) },
    mayArchive && archived && { id: 'restore', icon: ArchiveRestore, label: t('channels.restore'), run: () => attempt(conversations.restore(id), stores) },
    role !== null && (channel || kind === 'group') && { id: 'leave', icon: LogOut, label: t('conversation.leave'), danger: true, run: () => dialogs.open({ kind: 'leave_conversation', conversationId: id }) },
  ]);
}

function placeOf({ kind, space_id, archived_at }: Conversation): { plaza: boolean; channel: boolean; archived: boolean; shared: boolean } {
  const plaza = kind === 'channel' && space_id === null;
  const channel = kind === 'channel' && !plaza;
  const archived = archived_at !== null;
  return { plaza, channel, archived, shared: !archived && (channel || kind === 'group') };
}

function attempt(doing: Promise<void>, { toasts }: Stores): void {
  doing.catch((error: ApiError) => toasts.show({ text: wordError(error), tone: 'alert' }));
}

async function copyLink(conversation: Conversation, { toasts }: Stores): Promise<void> {
  await navigator.clipboard.writeText(location.origin + conversationHref(conversation));
  toasts.show({ text: t('timeline.link_copied') });
}
