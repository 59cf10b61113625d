import type { Id, Space, SpaceKind, Wall } from '$protocol/wire';
import { DEFAULT_BACKOFF, fullJitter } from '$client/backoff';
import type { Connection } from '$client/connection';
import { type SpaceAction, mayInSpace } from '$client/permissions';
import { uuid7 } from '$client/uuid7';
import { format } from '$i18n/format';
import type { Attention, SpacesStore } from './surface';

/** My spaces, by name. */
export class Spaces implements SpacesStore {
  #list = $state.raw<readonly Space[]>([]);
  #loaded = $state(false);
  readonly #connection: Connection;
  readonly #attention: (spaceId: Id) => Attention;
  readonly #changed: () => void;

  constructor(connection: Connection, attention: (spaceId: Id) => Attention, changed: () => void) {
    this.#connection = connection;
    this.#attention = attention;
    this.#changed = changed;
    connection.on('gateway.ready', () => void this.#load());
    connection.on('conversations.space_added', ({ space }) => this.#put(space));
    connection.on('conversations.space_removed', ({ space_id }) => this.#drop(space_id));
    connection.on('conversations.space_changed', ({ space_id, name, wall }) => {
      const known = this.get(space_id);
      if (known) this.#put({ ...known, name, wall });
    });
  }

  get list(): readonly Space[] {
    return this.#list;
  }

  get loaded(): boolean {
    return this.#loaded;
  }

  get(id: Id): Space | undefined {
    return this.#list.find((space) => space.id === id);
  }

  attention(id: Id): Attention {
    return this.#attention(id);
  }

  may(id: Id, action: SpaceAction): boolean {
    return mayInSpace(action, this.get(id)?.role);
  }

  async create(fields: { name: string; kind: SpaceKind; wall?: Wall }): Promise<Space> {
    const { space } = await this.#connection.request('conversations.create_space', { id: uuid7(), ...fields });
    this.#put(space);
    return space;
  }

  async update(id: Id, changes: { name?: string; wall?: Wall }): Promise<void> {
    const { space } = await this.#connection.request('conversations.update_space', { space_id: id, ...changes });
    this.#put(space);
  }

  async leave(id: Id): Promise<void> {
    await this.#connection.request('conversations.remove_space_member', { space_id: id, user_id: 'me' });
    this.#drop(id);
  }

  /** Takes them as this device kept them. */
  restore(spaces: readonly Space[]): void {
    this.#list = spaces;
    this.#loaded = true;
  }

  clear(): void {
    this.#list = [];
    this.#loaded = false;
  }

  /** Tried again as long as this connection stands; the next one reads them anyway. */
  async #load(attempt = 0): Promise<void> {
    try {
      const { items } = await this.#connection.request('conversations.list_spaces', {});
      this.#set(items);
      this.#loaded = true;
    } catch {
      const again = () => this.#connection.state === 'ready' && void this.#load(attempt + 1);
      setTimeout(again, fullJitter(attempt, DEFAULT_BACKOFF));
    }
  }

  #put(space: Space): void {
    this.#set([...this.#list.filter(({ id }) => id !== space.id), space]);
  }

  #drop(id: Id): void {
    this.#set(this.#list.filter((space) => space.id !== id));
  }

  #set(spaces: readonly Space[]): void {
    this.#list = spaces.toSorted((a, b) => format.compare(a.name, b.name));
    this.#changed();
  }
}
