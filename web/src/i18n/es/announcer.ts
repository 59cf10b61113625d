import type { announcer as en } from '../en/announcer';
import type { Words } from '../words';

export const announcer: Words<typeof en> = {
  message: '{name}: {text}',
  new_messages: '{count, plural, one {# mensaje nuevo} other {# mensajes nuevos}}',
  connection_lost: 'Se perdió la conexión. Lo que escribas saldrá cuando vuelva.',
  send_failed: 'Un mensaje no se ha enviado.',
};
