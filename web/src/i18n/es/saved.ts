import type { saved as en } from '../en/saved';
import type { Words } from '../words';

export const saved: Words<typeof en> = {
  title: 'Borradores y guardados',
  drafts: 'Borradores',
  messages: 'Mensajes guardados',
  save: 'Guardar para ti',
  unsave: 'Quitar de guardados',
  mark: 'Guardado',
  failed: 'No se ha guardado. {reason}',
  in_thread: 'En un hilo de {name}',
  discard: 'Descartar el borrador',
  discarded: 'Borrador descartado',
  gone: 'Ya no puedes leer este mensaje.',
  nothing: 'Aquí todavía no hay nada',
  nothing_text: 'Lo que empieces a escribir espera aquí, y también los mensajes que guardes. Solo lo ves tú.',
  list_failed: 'Ahora mismo no se puede mostrar lo que guardaste.',
};
