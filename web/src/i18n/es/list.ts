import type { list as en } from '../en/list';
import type { Words } from '../words';

export const list: Words<typeof en> = {
  caught_up: 'Estás al día',
  caught_up_text: 'Buen momento para un café.',
  channels: 'Canales',
  direct: 'Directos',
  draft: 'borrador',
  draft_by: 'Borrador:',
  filter_all: 'Todo',
  filter_direct: 'Directos',
  filter_mentions: 'Menciones',
  filter_unread: 'Sin leer',
  filters: 'Mostrar',
  is_writing: 'está escribiendo',
  mentions: '{count, plural, one {# mención} other {# menciones}}',
  muted: 'en silencio',
  no_directs: 'Nadie aparte todavía',
  no_directs_text: 'Escribe a alguien: queda entre vosotros.',
  nothing_yet: 'Todavía no se ha dicho nada',
  said: '{name}:',
  tab_chats: 'Charlas',
  tab_you: 'Tú',
  tabs: 'Secciones',
  typing: 'alguien escribe',
  unread: '{count, plural, one {# sin leer} other {# sin leer}}',
  you_said: 'Tú:',
};
