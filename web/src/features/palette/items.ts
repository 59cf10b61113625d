import type { LucideIcon } from '@lucide/svelte';
import { t } from '$i18n/t';
import type { Conversation, Space, User } from '$protocol/wire';
import type { Stores } from '$stores/surface';
import { talkTo } from '../actions/talking';
import { navigation } from '../navigation/navigation.svelte';
import { conversationHref, parseRoute } from '../navigation/routes';

interface Line {
  /** No other line of the palette has it. */
  readonly key: string;
  readonly title: string;
  readonly detail: string;
  readonly choose: () => void;
}

/** A line of the palette. */
export type Item =
  | (Line & { readonly kind: 'conversation'; readonly conversation: Conversation; /** Named where it is another than the one that is open. */ readonly space: string })
  | (Line & { readonly kind: 'space'; readonly space: Space })
  | (Line & { readonly kind: 'person'; readonly user: User })
  | (Line & { readonly kind: 'action'; readonly icon: LucideIcon; readonly keys: string | undefined; readonly danger: boolean });

export function itemOfConversation(conversation: Conversation, spaceId: Space['id'] | null, { conversations, spaces }: Stores): Item {
  const { id, kind, space_id, member_count, archived_at } = conversation;
  const counted = kind === 'channel' && member_count !== null ? t('conversation.people', { count: member_count }) : '';
  return {
    kind: 'conversation',
    key: `conversation ${id}`,
    title: conversations.titleOf(conversation),
    detail: archived_at === null ? counted : t('palette.archived'),
    space: space_id === null || space_id === spaceId ? '' : (spaces.get(space_id)?.name ?? ''),
    conversation,
    choose: () => navigation.go(parseRoute(conversationHref(conversation))),
  };
}

export function itemOfSpace(space: Space): Item {
  const { id, name, kind } = space;
  return { kind: 'space', key: `space ${id}`, title: name, detail: t(`spaces.kind_${kind}`), space, choose: () => navigation.go({ page: 'space', spaceId: id }) };
}

export function itemOfPerson(user: User, stores: Stores): Item {
  const detail = user.username === null ? '' : `@${user.username}`;
  return { kind: 'person', key: `person ${user.id}`, title: user.display_name, detail, user, choose: () => talkTo(user, stores) };
}

/** What a line is found by. */
export function textOf({ kind, title, detail }: Item): string {
  return kind === 'conversation' ? title : `${title} ${detail}`;
}
