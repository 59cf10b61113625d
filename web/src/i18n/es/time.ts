import type { time as en } from '../en/time';
import type { Words } from '../words';

export const time: Words<typeof en> = {
  today: 'Hoy',
  yesterday: 'Ayer',
  yesterday_short: 'ayer',
};
