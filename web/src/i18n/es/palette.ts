import type { palette as en } from '../en/palette';
import type { Words } from '../words';

export const palette: Words<typeof en> = {
  title: 'Ir a…',
  ask: '¿Adónde, con quién o qué hacer?',
  recent: 'Recientes',
  conversations: 'Conversaciones',
  people: 'Personas',
  actions: 'Hacer',
  directory: 'También aquí',
  channels: 'Canales en los que no estás',
  archived: 'archivado',
  language_es: 'Español',
  language_en: 'English',
  results: 'Resultados',
  none: 'Nada con «{query}»',
  none_text: 'Los acentos y las mayúsculas dan igual. Prueba con menos letras.',
  failed: 'El servidor no contesta: se muestra solo lo de este dispositivo.',
  move: 'moverse',
  open: 'abrir',
  only_channels: 'canales',
  only_people: 'personas',
  only_actions: 'acciones',
};
