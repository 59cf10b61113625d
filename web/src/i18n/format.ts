import { kept } from './kept';
import { t } from './t';

const DAY_MS = 86_400_000;
function date(id: string, options: Intl.DateTimeFormatOptions, at: string | Date): string {
  return kept(id, (of) => new Intl.DateTimeFormat(of, options)).format(new Date(at));
}

/** Whole days from the day of `at` to today, where the reader is. */
function daysAgo(at: string | Date, now: Date): number {
  const [then, today] = [new Date(at), new Date(now)];
  return Math.round((today.setHours(0, 0, 0, 0) - then.setHours(0, 0, 0, 0)) / DAY_MS);
}

function isThisYear(at: string | Date, now: Date): boolean {
  return new Date(at).getFullYear() === now.getFullYear();
}

/** Dates, numbers and lists as this person's language and region write them. */
export const format = {
  /** 9:34 */
  time(at: string | Date): string {
    return date('time', { hour: 'numeric', minute: '2-digit' }, at);
  },

  /** Thursday 8 October; *Today* and *Yesterday* by name, another year with its year. */
  day(at: string | Date, now = new Date()): string {
    const days = daysAgo(at, now);
    if (days === 0) return t('time.today');
    if (days === 1) return t('time.yesterday');
    return this.date(at, now);
  },

  /** Thursday 8 October */
  date(at: string | Date, now = new Date()): string {
    const day = { weekday: 'long', day: 'numeric', month: 'long' } as const;
    return isThisYear(at, now) ? date('date', day, at) : date('date of year', { ...day, year: 'numeric' }, at);
  },

  /** Thursday 8 October, 9:34 */
  moment(at: string | Date): string {
    return date('moment', { dateStyle: 'full', timeStyle: 'short' }, at);
  },

  /** As short as it stays clear: 9:34 · yesterday · Tue · 8 Oct · 08/10/2025 */
  when(at: string | Date, now = new Date()): string {
    const days = daysAgo(at, now);
    if (days <= 0) return this.time(at);
    if (days === 1) return t('time.yesterday_short');
    if (days < 7) return date('weekday', { weekday: 'short' }, at);
    if (isThisYear(at, now)) return date('short', { day: 'numeric', month: 'short' }, at);
    return date('short of year', { dateStyle: 'short' }, at);
  },

  /** To be put after "since": 9:30 · yesterday · 8 Oct; *las 9:30 · ayer · el 8 oct* in Spanish. */
  since(at: string | Date, now = new Date()): string {
    const days = daysAgo(at, now);
    if (days === 1) return t('time.since_yesterday');
    if (days > 1) return t('time.since_day', { day: date('short', { day: 'numeric', month: 'short' }, at) });
    const time = this.time(at);
    return t('time.since_time', { time, hour: /^0?1\D/.test(time) ? 'one' : 'other' });
  },

  /** in 3 days · 2 hours ago */
  relative(at: string | Date, now = new Date()): string {
    const seconds = (new Date(at).getTime() - now.getTime()) / 1000;
    const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
    const relative = kept('relative', (of) => new Intl.RelativeTimeFormat(of, { numeric: 'auto' }));
    return relative.format(Math.trunc(seconds / size), unit);
  },

  number(value: number): string {
    return kept('number', (of) => new Intl.NumberFormat(of)).format(value);
  },

  /** For badges: never above 99+. */
  badge(value: number): string {
    return value > 99 ? '99+' : this.number(value);
  },

  /** Noor and Tomás */
  list(items: readonly string[]): string {
    return kept('list', (of) => new Intl.ListFormat(of, { type: 'conjunction' })).format(items);
  },

  /** For sorting names as this language does, 2 before 10. */
  compare(a: string, b: string): number {
    return kept('compare', (of) => new Intl.Collator(of, { numeric: true, sensitivity: 'base' })).compare(a, b);
  },
};

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];
