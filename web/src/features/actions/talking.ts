import type { ApiError } from '$client/errors';
import { wordError } from '$i18n/errors';
import type { User } from '$protocol/wire';
import type { Stores } from '$stores/surface';
import { navigation } from '../navigation/navigation.svelte';
import { conversationHref, parseRoute } from '../navigation/routes';

/** Opens the direct with somebody; with oneself, one's notes. */
export function talkTo({ id }: Pick<User, 'id'>, { conversations, toasts }: Stores): void {
  conversations.talkTo([id]).then(
    (direct) => navigation.go(parseRoute(conversationHref(direct))),
    (error: ApiError) => toasts.show({ text: wordError(error), tone: 'alert' }),
  );
}
