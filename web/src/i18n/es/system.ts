import type { system as en } from '../en/system';
import type { Words } from '../words';

export const system: Words<typeof en> = {
  joined: '{actor} se ha sentado a la mesa',
  added: '{actor} ha traído a {user} a la mesa',
  left: '{actor} se ha levantado de la mesa',
  removed: '{actor} ha sacado a {user}',
  renamed: '{actor} ha cambiado el nombre de la conversación a {name}',
  topic_changed: '{actor} ha cambiado el tema a «{topic}»',
  topic_cleared: '{actor} ha quitado el tema',
  made_public: '{actor} ha abierto la conversación a todo el espacio',
  made_private: '{actor} ha hecho privada la conversación',
  default_changed: '{actor} ha cambiado quién está desde el principio',
  archived: '{actor} ha archivado la conversación',
  unarchived: '{actor} ha recuperado la conversación',
  pinned: '{actor} ha fijado un mensaje',
  unpinned: '{actor} ha soltado un mensaje fijado',
  many_joined: '{count, plural, one {# persona se ha sentado a la mesa} other {# personas se han sentado a la mesa}}',
  many_added: '{count, plural, one {# persona ha llegado a la mesa} other {# personas han llegado a la mesa}}',
  many_left: '{count, plural, one {# persona se ha levantado de la mesa} other {# personas se han levantado de la mesa}}',
  many_removed: '{count, plural, one {# persona ha salido} other {# personas han salido}}',
  many_other: '{count, plural, one {# cambio} other {# cambios}}',
};
