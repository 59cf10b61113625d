import { announcer as announcerEn } from './en/announcer';
import { errors as errorsEn } from './en/errors';
import { fields as fieldsEn } from './en/fields';
import { notices as noticesEn } from './en/notices';
import { people as peopleEn } from './en/people';
import { system as systemEn } from './en/system';
import { time as timeEn } from './en/time';
import { announcer as announcerEs } from './es/announcer';
import { errors as errorsEs } from './es/errors';
import { fields as fieldsEs } from './es/fields';
import { notices as noticesEs } from './es/notices';
import { people as peopleEs } from './es/people';
import { system as systemEs } from './es/system';
import { time as timeEs } from './es/time';
import type { Language } from './language.svelte';
import type { Words } from './words';

/** Every area of words. A new area is a file in each language, and a line here in each. */
const en = {
  announcer: announcerEn,
  errors: errorsEn,
  fields: fieldsEn,
  notices: noticesEn,
  people: peopleEn,
  system: systemEn,
  time: timeEn,
};

type Areas = typeof en;
export type Area = keyof Areas;

const es: { [Name in Area]: Words<Areas[Name]> } = {
  announcer: announcerEs,
  errors: errorsEs,
  fields: fieldsEs,
  notices: noticesEs,
  people: peopleEs,
  system: systemEs,
  time: timeEs,
};

/** `area.key`, for every key of every area. */
export type Key = { [Name in Area]: `${Name}.${keyof Areas[Name] & string}` }[Area];

export const CATALOGUE: Readonly<Record<Language, Readonly<Record<Area, Readonly<Record<string, string>>>>>> = { en, es };
