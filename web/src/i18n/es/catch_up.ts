import type { catch_up as en } from '../en/catch_up';
import type { Words } from '../words';

export const catch_up: Words<typeof en> = {
  title: 'Al día',
  waiting: '{messages, plural, one {# mensaje} other {# mensajes}} en {count, plural, one {# conversación} other {# conversaciones}}',
  mentions: 'Te miran a ti',
  direct: 'Directos',
  channels: 'Canales',
  read: 'Marcar como leído',
  conversations: '{count, plural, one {# conversación espera} other {# conversaciones esperan}}',
  read_name: 'Marcar {name} como leído',
  read_all: 'Marcar todo como leído',
  read_one: '{name}: leído',
  read_many: '{count, plural, one {# conversación leída} other {# conversaciones leídas}}',
  more_lines: '{count, plural, one {# mensaje más} other {# mensajes más}}',
};
