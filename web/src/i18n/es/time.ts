import type { time as en } from '../en/time';
import type { Words } from '../words';

export const time: Words<typeof en> = {
  today: 'Hoy',
  yesterday: 'Ayer',
  yesterday_short: 'ayer',
  since_time: '{hour, select, one {la {time}} other {las {time}}}',
  since_yesterday: 'ayer',
  since_day: 'el {day}',
};
