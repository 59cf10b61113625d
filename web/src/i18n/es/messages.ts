import type { messages as en } from '../en/messages';
import type { Words } from '../words';

export const messages: Words<typeof en> = {
  history: 'Historial del mensaje',
  history_text: 'Lo que decía antes de cada cambio, lo último primero.',
  now: '{when} · como está ahora',
};
