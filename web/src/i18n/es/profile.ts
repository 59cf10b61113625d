import type { profile as en } from '../en/profile';
import type { Words } from '../words';

export const profile: Words<typeof en> = {
  you: 'Tú',
  bot: 'bot',
  card: 'Perfil',
  card_of: 'Perfil de {name}',
  message: 'Mensaje',
  with_presence: '{name}, {presence}',
  new_message: 'Nuevo mensaje',
  new_message_text: 'Una persona, o varias para un grupo.',
  to: '¿A quién?',
  who: '¿A quién?',
  found: 'Personas encontradas',
  none_found: 'Aquí no hay nadie con ese nombre.',
  nobody_yet: 'Todavía no hay nadie más.',
  take_out: 'Quitar a {name}',
  group_name: 'Nombre del grupo, si quieres',
  group_name_hint: 'Sin nombre, se llama como su gente.',
  begin: 'Escribir',
  begin_group: 'Empezar el grupo',
  add: 'Añadir personas',
  add_to: 'Añadir personas a {name}',
  add_text: 'Leerán todo lo que se ha dicho antes.',
  add_count: '{count, plural, =0 {Añadir} one {Añadir # persona} other {Añadir # personas}}',
  adding: 'Añadiendo…',
};
