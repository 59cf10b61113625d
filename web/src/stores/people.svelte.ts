import { SvelteMap } from 'svelte/reactivity';
import type { Id, Message, State, Update, User } from '$protocol/wire';
import type { Connection } from '$client/connection';
import { ApiError } from '$client/errors';
import { messageOf } from '$client/window';
import { t } from '$i18n/t';
import type { PeopleStore } from './surface';
import type { Presence } from './presence.svelte';

const SHOWN = ['username', 'display_name', 'avatar_url', 'kind'] as const;

/** Everybody who was seen: the newest that is known of each. */
export class People implements PeopleStore {
  readonly #known = new SvelteMap<Id, User>();
  readonly #connection: Connection;
  readonly #presence: Presence;
  readonly #viewer: () => User | null;

  constructor(connection: Connection, presence: Presence, viewer: () => User | null) {
    this.#connection = connection;
    this.#presence = presence;
    this.#viewer = viewer;
    connection.on('accounts.user_changed', ({ user }) => this.learn([user]));
  }

  get me(): User | null {
    const viewer = this.#viewer();
    return viewer && (this.#known.get(viewer.id) ?? viewer);
  }

  get(id: Id): User | undefined {
    return this.#known.get(id) ?? (this.#viewer()?.id === id ? (this.#viewer() ?? undefined) : undefined);
  }

  presence(id: Id): State {
    return this.#presence.of(id);
  }

  watch(userIds: readonly Id[]): () => void {
    return this.#presence.watch(userIds);
  }

  typing(conversationId: Id): readonly User[] {
    const ids = this.#presence.typing(conversationId).filter((id) => id !== this.#viewer()?.id);
    return ids.map((id) => this.#known.get(id) ?? unknownPerson(id));
  }

  setTyping(conversationId: Id): void {
    this.#presence.setTyping(conversationId);
  }

  async fetch(id: Id): Promise<User | undefined> {
    try {
      const { user } = await this.#connection.request('conversations.get_user', { user_id: id });
      this.learn([user]);
      return user;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'not_found') return undefined;
      throw error;
    }
  }

  async search(query: string): Promise<User[]> {
    const { items } = await this.#connection.request('conversations.find_users', { query, limit: 50 });
    this.learn(items);
    return items;
  }

  learn(users: Iterable<User>): void {
    for (const user of users) {
      const known = this.#known.get(user.id);
      if (!known || SHOWN.some((field) => known[field] !== user[field])) {
        this.#known.set(user.id, { ...known, ...user });
      }
    }
  }

  learnAuthors(messages: readonly Message[]): void {
    this.learn(messages.map(({ author }) => author));
  }

  /** What an update says of people. */
  apply(update: Update): void {
    const message = update.type === 'message_edited' ? update.message : messageOf(update);
    if (message) this.learn([message.author]);
    if ('user' in update) this.learn([update.user]);
    if (message && update.type === 'message_posted') this.#presence.spoke(update.conversation_id, message.author.id);
  }

  clear(): void {
    this.#known.clear();
  }
}

function unknownPerson(id: Id): User {
  return { id, username: null, display_name: t('people.unknown'), avatar_url: null, kind: 'person' };
}
