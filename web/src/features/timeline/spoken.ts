import type { Unsent } from '$client/outbox';
import type { MessageRow } from '$client/rows';
import { format } from '$i18n/format';
import { t } from '$i18n/t';
import type { Message } from '$protocol/wire';

const LONGEST = 400;

/** The name of a message for assistive technology: who, when, whether it looks at me, and its words. `connected`: what waits goes in a moment. */
export function spokenMessage(row: MessageRow, author: string, connected: boolean): string {
  const { message } = row;
  const time = format.time(message.created_at);
  if (message.deleted_at) return t('timeline.spoken_deleted', { author, time });
  const text = plain(message);
  if (row.unsent) return t('timeline.spoken_unsent', { text, state: stateOf(row.unsent, connected) });
  return row.looksAtMe ? t('timeline.spoken_mention', { author, time, text }) : t('timeline.spoken', { author, time, text });
}

function stateOf({ state, late }: Unsent, connected: boolean): string {
  if (state !== 'failed' && late) return t('timeline.unsent_late');
  if (state === 'waiting' && connected) return t('timeline.unsent_waiting_turn');
  return t(`timeline.unsent_${state}`);
}

/** The text of a message as it is read out or shown in one line: without the marks of Markdown. */
export function plain(message: Pick<Message, 'text'>): string {
  const text = message.text
    .replace(/\|\|.+?\|\|/gsu, '…')
    .replace(/```[^\n]*\n?/gu, '')
    .replace(/\[(?<label>[^\]]+)\]\([^)]+\)/gu, '$<label>')
    .replace(/(?<mark>\*\*|__|~~|`)(?<inner>.+?)\k<mark>/gsu, '$<inner>')
    .replace(/^\s*(?:>|#{1,6}|[-*+]|\d+\.)\s+/gmu, '')
    .replace(/\s+/gu, ' ')
    .trim();
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
