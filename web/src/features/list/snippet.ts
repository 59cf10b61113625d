import type { Conversation } from '$protocol/wire';
import { t } from '$i18n/t';
import type { Stores } from '$stores/surface';
import { plain } from '../timeline/spoken';
import { wordSystem } from '../timeline/system';

/** The second line of a row on a phone: who said what last, or the draft. */
export interface Snippet {
  who: string | null;
  text: string;
}

export function snippetOf(conversation: Conversation, stores: Stores): Snippet {
  const draft = stores.drafts.get(conversation.id).trim();
  if (draft) return { who: t('list.draft_by'), text: plain({ text: draft }) };
  const message = conversation.last_message;
  if (!message) return { who: null, text: conversation.topic || t('list.nothing_yet') };
  const author = stores.people.get(message.author.id) ?? message.author;
  if (message.kind === 'system') return { who: null, text: wordSystem(message, (id) => stores.people.get(id)?.display_name ?? t('people.unknown')) };
  if (message.deleted_at) return { who: null, text: t('timeline.deleted', { name: author.display_name }) };
  return { who: whoOf(conversation, message.author.id, author.display_name, stores), text: plain(message) };
}

function whoOf(conversation: Conversation, authorId: string, name: string, stores: Stores): string | null {
  if (authorId === stores.session.user?.id) return t('list.you_said');
  return conversation.kind === 'direct' ? null : t('list.said', { name: name.split(' ')[0] ?? name });
}
