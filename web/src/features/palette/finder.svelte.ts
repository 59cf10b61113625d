import type { Key } from '$i18n/t';
import type { Conversation, User } from '$protocol/wire';
import type { Here } from '../actions/action';
import { type Asked, bestOf, readAsked } from './asking';
import { deedsOf } from './deeds';
import { type Item, itemOfConversation, itemOfPerson, textOf } from './items';
import { acquaintancesOf, besides, placesOf } from './sources';

/** Lines under one title, in the order they are offered. */
export interface Group {
  readonly title: Key;
  readonly items: readonly Item[];
}

const WAIT_MS = 150;
const MOST = 6;
const MOST_DEEDS_UNASKED = 5;

/**
 * Finds what is asked for. What is in memory comes at once and keeps its place; what the server adds comes under it, in
 * groups of its own.
 */
export class Finder {
  typed = $state('');
  readonly #here: Here;
  #found = $state.raw<readonly User[]>([]);
  #channels = $state.raw<readonly Conversation[]>([]);
  #failed = $state(false);

  constructor(here: Here) {
    this.#here = here;
    const { stores, spaceId } = here;
    if (spaceId !== null && stores.spaces.may(spaceId, 'join_channels')) {
      stores.conversations.listSpace(spaceId).then((all) => (this.#channels = all), () => (this.#failed = true));
    }
  }

  readonly asked: Asked = $derived.by(() => readAsked(this.typed));
  readonly groups: readonly Group[] = $derived.by(() => this.#groups().filter(({ items }) => items.length > 0));

  /** True when the server could not be asked: what is shown may not be all. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Asks the server who else is called so; returns what ends the asking. */
  askForPeople(): () => void {
    const { only, text } = this.asked;
    if (only === 'channels' || only === 'actions' || (only === 'everything' && text === '')) {
      this.#found = [];
      return () => undefined;
    }
    let current = true;
    const search = (): unknown => this.#here.stores.people.search(text).then((users) => current && (this.#found = users), () => current && (this.#failed = true));
    const timer = setTimeout(search, text ? WAIT_MS : 0);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }

  #groups(): Group[] {
    const { only, words } = this.asked;
    if (only === 'everything' && words.length === 0) return this.#unasked();
    const [inPlaces, inPeople, inDeeds] = [only !== 'people' && only !== 'actions', only !== 'channels' && only !== 'actions', only === 'everything' || only === 'actions'];
    const places = inPlaces ? this.#best(placesOf(this.#here, this.asked), only === 'channels' ? Infinity : MOST) : [];
    const people = inPeople ? this.#people(places) : [];
    const deeds = inDeeds ? this.#best(deedsOf(this.#here), only === 'actions' ? Infinity : MOST) : [];
    return [
      { title: 'palette.conversations', items: places },
      { title: 'palette.people', items: people },
      { title: 'palette.actions', items: deeds },
      { title: 'palette.directory', items: inPeople ? this.#directory([...places, ...people]) : [] },
      { title: 'palette.channels', items: inPlaces ? this.#joinable() : [] },
    ];
  }

  /** Where one was lately, and what one does most. */
  #unasked(): Group[] {
    const { stores, spaceId, conversation } = this.#here;
    const others = stores.conversations.list.filter(({ id, archived_at }) => archived_at === null && id !== conversation?.id);
    const recent = others.slice(0, MOST).map((one) => itemOfConversation(one, spaceId, stores));
    return [{ title: 'palette.recent', items: recent }, { title: 'palette.actions', items: deedsOf(this.#here).slice(0, MOST_DEEDS_UNASKED) }];
  }

  #people(above: readonly Item[]): Item[] {
    const { stores } = this.#here;
    const others = besides(above, acquaintancesOf(stores), stores.session.user?.id);
    return this.#best(others.map((user) => itemOfPerson(user, stores)), MOST);
  }

  #directory(above: readonly Item[]): Item[] {
    const { stores } = this.#here;
    const others = besides(above, this.#found, stores.session.user?.id);
    return others.slice(0, 2 * MOST).map((user) => itemOfPerson(user, stores));
  }

  #joinable(): Item[] {
    const { stores, spaceId } = this.#here;
    const others = this.#channels.filter(({ id, archived_at }) => archived_at === null && !stores.conversations.isIn(id));
    return this.#best(others.map((one) => itemOfConversation(one, spaceId, stores)), MOST);
  }

  #best(items: readonly Item[], most: number): Item[] {
    return bestOf(items, textOf, this.asked.words).slice(0, most);
  }
}
