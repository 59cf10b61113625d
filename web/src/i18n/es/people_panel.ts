import type { people_panel as en } from '../en/people_panel';
import type { Words } from '../words';

export const people_panel: Words<typeof en> = {
  add: 'Añadir',
  find: 'Buscar a alguien',
  here: 'Aquí · {count}',
  others: 'No están · {count}',
  none: 'Nadie con ese nombre.',
  actions: 'Lo que puede hacer {name} aquí',
  remove: 'Quitar de aquí',
  remove_title: '¿Quitar a {name}?',
  remove_text: '{name} dejará de leer «{conversation}». Sus mensajes se quedan.',
  remove_keep: 'Que se quede',
  role_owner: 'Puede hacerlo todo aquí',
  role_moderator: 'Borra mensajes y quita personas',
  role_member: 'Lee y escribe',
};
