import type { LucideIcon } from '@lucide/svelte';
import Archive from '@lucide/svelte/icons/archive';
import ArchiveRestore from '@lucide/svelte/icons/archive-restore';
import Eye from '@lucide/svelte/icons/eye';
import Info from '@lucide/svelte/icons/info';
import LogIn from '@lucide/svelte/icons/log-in';
import LogOut from '@lucide/svelte/icons/log-out';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import Pin from '@lucide/svelte/icons/pin';
import PinOff from '@lucide/svelte/icons/pin-off';
import UsersRound from '@lucide/svelte/icons/users-round';
import { t } from '$i18n/t';
import type { Id, Message } from '$protocol/wire';

type Words = (part: { actor: string; user: string; name: string; topic: string }) => string;

interface Line {
  icon: LucideIcon;
  word: Words;
}

const LINES: Readonly<Record<string, Line>> = {
  joined: { icon: LogIn, word: ({ actor }) => t('system.joined', { actor }) },
  added: { icon: LogIn, word: ({ actor, user }) => t('system.added', { actor, user }) },
  left: { icon: LogOut, word: ({ actor }) => t('system.left', { actor }) },
  removed: { icon: LogOut, word: ({ actor, user }) => t('system.removed', { actor, user }) },
  renamed: { icon: PencilLine, word: ({ actor, name }) => t('system.renamed', { actor, name }) },
  topic_changed: { icon: PencilLine, word: ({ actor, topic }) => t('system.topic_changed', { actor, topic }) },
  topic_cleared: { icon: PencilLine, word: ({ actor }) => t('system.topic_cleared', { actor }) },
  default_changed: { icon: UsersRound, word: ({ actor }) => t('system.default_changed', { actor }) },
  archived: { icon: Archive, word: ({ actor }) => t('system.archived', { actor }) },
  unarchived: { icon: ArchiveRestore, word: ({ actor }) => t('system.unarchived', { actor }) },
  pinned: { icon: Pin, word: ({ actor }) => t('system.pinned', { actor }) },
  unpinned: { icon: PinOff, word: ({ actor }) => t('system.unpinned', { actor }) },
  made_public: { icon: Eye, word: ({ actor }) => t('system.made_public', { actor }) },
  made_private: { icon: Eye, word: ({ actor }) => t('system.made_private', { actor }) },
};

/** A system line in the reader's language; a type this version does not know keeps the server's English. */
export function wordSystem(message: Message, nameOf: (id: Id) => string): string {
  const line = lineOf(message);
  if (!line) return message.text;
  return line.word({ actor: nameOf(message.author.id), user: nameOf(part(message, 'user_id')), name: part(message, 'name'), topic: part(message, 'topic') });
}

export function iconOf(message: Message): LucideIcon {
  return lineOf(message)?.icon ?? Info;
}

/** Several lines as one: "6 people joined" when all of them say so. */
export function foldedLine(messages: readonly Message[]): string {
  const count = messages.length;
  if (messages.every((message) => ['joined', 'added'].includes(typeOf(message)))) return t('system.many_joined', { count });
  if (messages.every((message) => ['left', 'removed'].includes(typeOf(message)))) return t('system.many_left', { count });
  return t('system.many_other', { count });
}

function lineOf(message: Message): Line | undefined {
  return LINES[typeOf(message)];
}

function typeOf(message: Message): string {
  const type = part(message, 'type');
  return type === 'visibility_changed' ? `made_${part(message, 'visibility')}` : type;
}

function part(message: Message, field: string): string {
  const value = message.data?.[field];
  return typeof value === 'string' ? value : '';
}
