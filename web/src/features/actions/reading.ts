import type { ApiError } from '$client/errors';
import { wordError } from '$i18n/errors';
import { t } from '$i18n/t';
import type { Conversation } from '$protocol/wire';
import type { Stores } from '$stores/surface';

/** Marks these as read, on every device, and offers to take it back. */
export function markRead(list: readonly Conversation[], { conversations, toasts }: Stores): void {
  const refused = (error: ApiError): number => toasts.show({ text: wordError(error), tone: 'alert' });
  const said = list.length === 1 && list[0] ? t('catch_up.read_one', { name: conversations.titleOf(list[0]) }) : t('catch_up.read_many', { count: list.length });
  conversations.readAll(list.map(({ id }) => id)).then(
    (undo) => toasts.show({ text: said, action: { label: t('timeline.undo'), run: () => void undo().catch(refused) } }),
    refused,
  );
}
