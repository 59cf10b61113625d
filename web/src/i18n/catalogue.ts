import { announcer as announcerEn } from './en/announcer';
import { banner as bannerEn } from './en/banner';
import { channels as channelsEn } from './en/channels';
import { composer as composerEn } from './en/composer';
import { conversation as conversationEn } from './en/conversation';
import { details as detailsEn } from './en/details';
import { door as doorEn } from './en/door';
import { emoji as emojiEn } from './en/emoji';
import { errors as errorsEn } from './en/errors';
import { fields as fieldsEn } from './en/fields';
import { frame as frameEn } from './en/frame';
import { keys as keysEn } from './en/keys';
import { list as listEn } from './en/list';
import { messages as messagesEn } from './en/messages';
import { notices as noticesEn } from './en/notices';
import { panel as panelEn } from './en/panel';
import { people as peopleEn } from './en/people';
import { people_panel as peoplePanelEn } from './en/people_panel';
import { presence as presenceEn } from './en/presence';
import { profile as profileEn } from './en/profile';
import { settings as settingsEn } from './en/settings';
import { spaces as spacesEn } from './en/spaces';
import { system as systemEn } from './en/system';
import { time as timeEn } from './en/time';
import { timeline as timelineEn } from './en/timeline';
import { announcer as announcerEs } from './es/announcer';
import { banner as bannerEs } from './es/banner';
import { channels as channelsEs } from './es/channels';
import { composer as composerEs } from './es/composer';
import { conversation as conversationEs } from './es/conversation';
import { details as detailsEs } from './es/details';
import { door as doorEs } from './es/door';
import { emoji as emojiEs } from './es/emoji';
import { errors as errorsEs } from './es/errors';
import { fields as fieldsEs } from './es/fields';
import { frame as frameEs } from './es/frame';
import { keys as keysEs } from './es/keys';
import { list as listEs } from './es/list';
import { messages as messagesEs } from './es/messages';
import { notices as noticesEs } from './es/notices';
import { panel as panelEs } from './es/panel';
import { people as peopleEs } from './es/people';
import { people_panel as peoplePanelEs } from './es/people_panel';
import { presence as presenceEs } from './es/presence';
import { profile as profileEs } from './es/profile';
import { settings as settingsEs } from './es/settings';
import { spaces as spacesEs } from './es/spaces';
import { system as systemEs } from './es/system';
import { time as timeEs } from './es/time';
import { timeline as timelineEs } from './es/timeline';
import type { Language } from './language.svelte';
import type { Words } from './words';

/** Every area of words. A new area is a file in each language, and a line here in each. */
const en = {
  announcer: announcerEn,
  banner: bannerEn,
  channels: channelsEn,
  composer: composerEn,
  conversation: conversationEn,
  details: detailsEn,
  door: doorEn,
  emoji: emojiEn,
  errors: errorsEn,
  fields: fieldsEn,
  frame: frameEn,
  keys: keysEn,
  list: listEn,
  messages: messagesEn,
  notices: noticesEn,
  panel: panelEn,
  people: peopleEn,
  people_panel: peoplePanelEn,
  presence: presenceEn,
  profile: profileEn,
  settings: settingsEn,
  spaces: spacesEn,
  system: systemEn,
  time: timeEn,
  timeline: timelineEn,
};

type Areas = typeof en;
export type Area = keyof Areas;

const es: { [Name in Area]: Words<Areas[Name]> } = {
  announcer: announcerEs,
  banner: bannerEs,
  channels: channelsEs,
  composer: composerEs,
  conversation: conversationEs,
  details: detailsEs,
  door: doorEs,
  emoji: emojiEs,
  errors: errorsEs,
  fields: fieldsEs,
  frame: frameEs,
  keys: keysEs,
  list: listEs,
  messages: messagesEs,
  notices: noticesEs,
  panel: panelEs,
  people: peopleEs,
  people_panel: peoplePanelEs,
  presence: presenceEs,
  profile: profileEs,
  settings: settingsEs,
  spaces: spacesEs,
  system: systemEs,
  time: timeEs,
  timeline: timelineEs,
};

/** `area.key`, for every key of every area. */
export type Key = { [Name in Area]: `${Name}.${keyof Areas[Name] & string}` }[Area];

export const CATALOGUE: Readonly<Record<Language, Readonly<Record<Area, Readonly<Record<string, string>>>>>> = { en, es };
