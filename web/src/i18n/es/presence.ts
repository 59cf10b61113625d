import type { presence as en } from '../en/presence';
import type { Words } from '../words';

export const presence: Words<typeof en> = {
  online: 'aquí',
  away: 'ausente',
  busy: 'no molestar',
  offline: 'sin conexión',
};
