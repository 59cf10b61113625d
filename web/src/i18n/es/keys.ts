import type { keys as en } from '../en/keys';
import type { Words } from '../words';

export const keys: Words<typeof en> = {
  title: 'Teclado',
  anywhere: 'En cualquier sitio',
  on_message: 'Sobre un mensaje',
  in_composer: 'Al escribir',
  previous: 'Conversación anterior',
  next: 'Conversación siguiente',
  previous_unread: 'Anterior sin leer',
  next_unread: 'Siguiente sin leer',
  region: 'Siguiente parte de la pantalla',
  region_before: 'Parte anterior de la pantalla',
  panel: 'Panel lateral, o la lista',
  close: 'Cerrar lo de más a la derecha',
  move: 'Moverse',
  edit: 'Editar el mío',
  remove: 'Borrar',
  delete: 'Supr',
  send: 'Enviar',
  line: 'Línea nueva',
  edit_last: 'Editar el último (en vacío)',
  undo_send: 'Deshacer el último envío (en vacío)',
  take: 'Aceptar la sugerencia',
  leave: 'Salir de escribir',
  note: 'Las letras actúan solo con un mensaje enfocado: pulsa Tab hasta llegar a los mensajes.',
};
