import type { LucideIcon } from '@lucide/svelte';
import Bookmark from '@lucide/svelte/icons/bookmark';
import BookmarkX from '@lucide/svelte/icons/bookmark-x';
import Copy from '@lucide/svelte/icons/copy';
import History from '@lucide/svelte/icons/history';
import Link from '@lucide/svelte/icons/link';
import MailOpen from '@lucide/svelte/icons/mail-open';
import MessageSquareReply from '@lucide/svelte/icons/message-square-reply';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import Pin from '@lucide/svelte/icons/pin';
import PinOff from '@lucide/svelte/icons/pin-off';
import Quote from '@lucide/svelte/icons/quote';
import SmilePlus from '@lucide/svelte/icons/smile-plus';
import Trash2 from '@lucide/svelte/icons/trash-2';
import RotateCw from '@lucide/svelte/icons/rotate-cw';
import type { MessageRow } from '$client/rows';
import type { Conversation, Id, Message } from '$protocol/wire';
import { t } from '$i18n/t';
import type { Stores } from '$stores/surface';
import type { Desk } from '../composer/desk.svelte';
import { dialogs } from '../dialogs/dialogs.svelte';
import { navigation } from '../navigation/navigation.svelte';
import { conversationHref } from '../navigation/routes';

export type ActionName = 'thread' | 'quote' | 'react' | 'edit' | 'history' | 'pin' | 'save' | 'unread' | 'copy_link' | 'copy_text' | 'remove' | 'retry' | 'discard';

export interface MessageAction {
  name: ActionName;
  icon: LucideIcon;
  label: string;
  /** As it is shown; `key` is what the keyboard says. */
  keys?: string;
  key?: string;
  danger?: boolean;
  run: () => void;
}

interface Surroundings {
  stores: Stores;
  conversation: Conversation;
  desk: Desk;
}

/** What may be done with a message here, by whom is reading, in the order of its menu. */
export function actionsOf({ message, unsent }: Pick<MessageRow, 'message' | 'unsent'>, around: Surroundings): MessageAction[] {
  return unsent ? actionsOfUnsent(message, around) : actionsOfSent(message, around);
}

/** It is only on this device: nobody else has a say in it. */
function actionsOfUnsent(message: Message, { stores, desk }: Surroundings): MessageAction[] {
  const { id } = message;
  return [
    { name: 'retry', icon: RotateCw, label: t('timeline.retry'), keys: 'R', key: 'r', run: () => retry(stores, id) },
    { name: 'edit', icon: PencilLine, label: t('timeline.edit'), keys: 'E', key: 'e', run: () => desk.edit(message) },
    { name: 'copy_text', icon: Copy, label: t('timeline.copy_text'), keys: 'C', key: 'c', run: () => copy(message.text, t('timeline.text_copied'), stores) },
    { name: 'discard', icon: Trash2, label: t('timeline.discard'), keys: t('keys.delete'), key: 'delete', danger: true, run: () => stores.messages.discard(id) },
  ];
}

/** Tries again what waits, and the line to the server if that is why it waits. */
export function retry(stores: Stores, id: Id): void {
  stores.connection.retryNow();
  stores.messages.retry(id);
}

function actionsOfSent(message: Message, around: Surroundings): MessageAction[] {
  if (message.deleted_at || message.kind === 'system') return [];
  const { stores, conversation, desk } = around;
  const may = (action: Parameters<Stores['conversations']['may']>[1]): boolean => stores.conversations.may(conversation.id, action);
  const mine = message.author.id === stores.session.user?.id;
  const inThread = desk.threadId !== null;
  const pinned = message.pinned_at !== null;
  const saved = stores.saved.has(message.id);
  const list: (MessageAction | false)[] = [
    !inThread && !message.thread_id && { name: 'thread', icon: MessageSquareReply, label: t('timeline.reply_in_thread'), keys: 'T', key: 't', run: () => navigation.openPanel({ kind: 'thread', id: message.id }) },
    may('post') && { name: 'quote', icon: Quote, label: t('timeline.quote'), keys: 'Q', key: 'q', run: () => desk.quote(message) },
    may('react') && { name: 'react', icon: SmilePlus, label: t('timeline.react'), keys: '+', key: '+', run: () => desk.openTools(message.id, 'reactions') },
    mine && may('post') && { name: 'edit', icon: PencilLine, label: t('timeline.edit'), keys: 'E', key: 'e', run: () => desk.edit(message) },
    message.edited_at !== null && (mine || may('delete_any')) && { name: 'history', icon: History, label: t('timeline.history'), run: () => dialogs.open({ kind: 'history', message }) },
    may('pin') && { name: 'pin', icon: pinned ? PinOff : Pin, label: pinned ? t('timeline.unpin') : t('timeline.pin'), keys: 'P', key: 'p', run: () => void stores.messages.setPinned(message, !pinned) },
    { name: 'save', icon: saved ? BookmarkX : Bookmark, label: saved ? t('saved.unsave') : t('saved.save'), keys: 'S', key: 's', run: () => void stores.saved.set(message.id, !saved) },
    !inThread && { name: 'unread', icon: MailOpen, label: t('timeline.mark_unread'), keys: 'U', key: 'u', run: () => void stores.conversations.markUnreadFrom(message) },
    { name: 'copy_link', icon: Link, label: t('timeline.copy_link'), keys: 'L', key: 'l', run: () => copy(linkTo(conversation, message), t('timeline.link_copied'), stores) },
    { name: 'copy_text', icon: Copy, label: t('timeline.copy_text'), keys: 'C', key: 'c', run: () => copy(message.text, t('timeline.text_copied'), stores) },
    (mine || may('delete_any')) && { name: 'remove', icon: Trash2, label: t('timeline.delete'), keys: t('keys.delete'), key: 'delete', danger: true, run: () => stores.messages.remove(message) },
  ];
  return list.filter((action) => action !== false);
}

function linkTo(conversation: Conversation, message: Message): string {
  const within: { id: Id; space_id: Id | null } = conversation;
  const path = conversationHref(within, message.thread_id ?? message.id);
  return location.origin + (message.thread_id ? `${path}?panel=thread:${message.thread_id}` : path);
}

function copy(text: string, said: string, stores: Stores): void {
  navigator.clipboard.writeText(text).then(
    () => stores.toasts.show({ text: said }),
    () => stores.toasts.show({ text: t('frame.copy_failed'), tone: 'alert' }),
  );
}
