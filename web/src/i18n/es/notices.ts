import type { notices as en } from '../en/notices';
import type { Words } from '../words';

export const notices: Words<typeof en> = {
  message_deleted: 'Mensaje borrado',
  undo: 'Deshacer',
  edit_failed: 'Tu cambio no se ha guardado. {reason}',
  delete_failed: 'El mensaje no se ha borrado. {reason}',
  reaction_failed: 'Tu reacción no se ha guardado. {reason}',
  pin_failed: 'No se ha podido fijar ni soltar. {reason}',
  undo_failed: 'No se ha podido retirar el mensaje. {reason}',
};
