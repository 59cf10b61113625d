import type { Conversation, Id, User } from '$protocol/wire';
import { language } from '$i18n/language.svelte';
import { t } from '$i18n/t';
import type { Stores } from '$stores/surface';
import { fold } from '$ui/fold';
import { findEmojis, loadEmojis } from '$ui/emoji/emojis';
import { matching, type Token } from './completion';

/** One line of the list over the composer. */
export type Suggestion =
  | { kind: 'person'; key: string; insert: string; user: User; outside: boolean; me: boolean }
  | { kind: 'group'; key: string; insert: string; label: string; hint: string }
  | { kind: 'channel'; key: string; insert: string; label: string; locked: boolean }
  | { kind: 'emoji'; key: string; insert: string; label: string };

const MOST = 8;

/** Finds what may be meant at the cursor: people here first, then those of the space. */
export class Suggestions {
  #stores: Stores;
  #conversation: () => Conversation;
  #list = $state.raw<readonly Suggestion[]>([]);
  #asked = 0;

  constructor(stores: Stores, conversation: () => Conversation) {
    this.#stores = stores;
    this.#conversation = conversation;
  }

  get list(): readonly Suggestion[] {
    return this.#list;
  }

  clear(): void {
    this.#asked += 1;
    this.#list = [];
  }

  /** Looks in memory at once, and asks the server for people who are not here. */
  async ask(token: Token): Promise<void> {
    const asked = (this.#asked += 1);
    const show = (list: readonly Suggestion[]): void => {
      if (asked === this.#asked) this.#list = list.slice(0, MOST);
    };
    if (token.kind === 'emoji') return show(await this.#emojis(token.query));
    if (token.kind === 'channel') return show(this.#channels(token.query));
    const here = this.#here(token.query);
    show([...here, ...this.#groups(token.query)]);
    if (here.length >= MOST || token.query === '') return;
    const outside = await this.#outside(token.query, here.map(({ key }) => key));
    show([...here, ...outside, ...this.#groups(token.query)]);
  }

  #here(query: string): Suggestion[] {
    const conversation = this.#conversation();
    const people = conversation.people ?? this.#stores.members.ofConversation(conversation.id).items.map((member) => member.user);
    return matching(people, query).flatMap((user) => this.#person(user, false));
  }

  async #outside(query: string, known: readonly string[]): Promise<Suggestion[]> {
    if (this.#conversation().kind !== 'channel' || this.#conversation().space_id === null) return [];
    const found = await this.#stores.people.search(query).catch(() => []);
    return matching(found, query).filter((user) => !known.includes(user.id)).flatMap((user) => this.#person(user, true));
  }

  #person(user: User, outside: boolean): Suggestion[] {
    if (user.username === null) return [];
    return [{ kind: 'person', key: user.id, insert: `@${user.username}`, user, outside, me: user.id === this.#stores.session.user?.id }];
  }

  #groups(query: string): Suggestion[] {
    const conversation = this.#conversation();
    if (conversation.kind === 'direct') return [];
    const everyone = this.#stores.conversations.may(conversation.id, 'mention_everyone');
    const all = [
      { name: 'here', label: t('timeline.mention_here'), hint: t('composer.here_hint') },
      ...(everyone ? [{ name: 'everyone', label: t('timeline.mention_everyone'), hint: t('composer.everyone_hint') }] : []),
    ];
    const asked = fold(query);
    return all
      .filter(({ name, label }) => name.startsWith(asked) || fold(label).startsWith(asked))
      .map(({ name, label, hint }) => ({ kind: 'group', key: name, insert: `@${name}`, label: `@${label}`, hint }));
  }

  #channels(query: string): Suggestion[] {
    const spaceId: Id | null = this.#conversation().space_id;
    const asked = fold(query);
    return this.#stores.conversations.list
      .filter((one) => one.kind === 'channel' && one.space_id === spaceId && !one.archived_at && fold(one.name ?? '').includes(asked))
      .map((one) => ({ kind: 'channel', key: one.id, insert: `#${one.name ?? ''}`, label: one.name ?? '', locked: one.visibility === 'private' }));
  }

  async #emojis(query: string): Promise<Suggestion[]> {
    const all = await loadEmojis(language.current).catch(() => []);
    return findEmojis(all, query).slice(0, MOST).map(({ unicode, label }) => ({ kind: 'emoji', key: unicode, insert: unicode, label }));
  }
}
