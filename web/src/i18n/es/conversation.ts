import type { conversation as en } from '../en/conversation';
import type { Words } from '../words';

export const conversation: Words<typeof en> = {
  details: 'Detalles',
  people_panel: 'Personas',
  menu: 'Más sobre la conversación',
  mark_read: 'Marcar como leído',
  edit_title: 'Nombre y tema',
  edit: 'Nombre y tema…',
  mute: 'Silenciar',
  unmute: 'Dejar de silenciar',
  leave: 'Salir',
  copy_link: 'Copiar enlace',
  here: '{count, plural, one {# aquí} other {# aquí}}',
  people: '{count, plural, one {# persona} other {# personas}}',
  show_people: '{text}: ver personas',
};
