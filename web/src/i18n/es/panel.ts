import type { panel as en } from '../en/panel';
import type { Words } from '../words';

export const panel: Words<typeof en> = {
  close: 'Cerrar panel',
  resize: 'Ancho del panel',
  thread: 'Hilo',
  thread_label: 'Mensajes del hilo',
  no_replies: 'Sin respuestas todavía',
};
