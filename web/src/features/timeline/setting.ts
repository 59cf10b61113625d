import type { Conversation, Id, Message, User } from '$protocol/wire';
import { t } from '$i18n/t';
import { fold } from '$ui/fold';
import type { MarkdownSetting } from '$ui/markdown/setting';
import { conversationHref } from '../navigation/routes';

interface Surroundings {
  me: Id | undefined;
  person: (id: Id) => User | undefined;
  conversations: readonly Conversation[];
  conversation: Conversation | undefined;
  onperson: (id: Id, at: HTMLElement) => void;
}

/** How the text of a message is to be read: whom its `@names` mean, and where its `#names` lead. */
export function settingOf(message: Message, around: Surroundings): MarkdownSetting {
  const { me, person, conversations, conversation, onperson } = around;
  return {
    onperson,
    references: {
      mention: (name) => mentionOf(fold(name), message, me, person),
      channel: (name) => channelOf(fold(name), conversations, conversation?.space_id ?? null),
    },
    words: {
      copy: t('timeline.code_copy'),
      copied: t('timeline.code_copied'),
      code: t('timeline.code'),
      more: (lines) => t('timeline.code_more', { count: lines }),
      less: t('timeline.code_less'),
      spoiler: t('timeline.spoiler'),
      done: t('timeline.task_done'),
      todo: t('timeline.task_todo'),
    },
  };
}

function mentionOf(name: string, message: Message, me: Id | undefined, person: Surroundings['person']): { label: string; me: boolean; id: Id | null } | null {
  if (name === 'here' || name === 'everyone') {
    if (!message.mentions.includes(name)) return null;
    return { label: t(name === 'here' ? 'timeline.mention_here' : 'timeline.mention_everyone'), me: message.author.id !== me, id: null };
  }
  const id = message.mentions.find((one) => person(one)?.username === name);
  const user = id === undefined ? undefined : person(id);
  return user ? { label: user.display_name, me: user.id === me, id: user.id } : null;
}

function channelOf(name: string, conversations: readonly Conversation[], spaceId: Id | null): string | null {
  const channel = conversations.find((one) => one.kind === 'channel' && one.space_id === spaceId && fold(one.name ?? '') === name);
  return channel ? conversationHref(channel) : null;
}
