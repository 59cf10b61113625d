import type { Id, Invite, InviteCard, Space, SpaceRole, Timestamp } from '$protocol/wire';
import type { Connection } from '$client/connection';
import type { Http } from '$client/http';
import { uuid7 } from '$client/uuid7';
import type { InvitesStore } from './surface';

const PAGE = 200;

/** Invitations to spaces. */
export class Invites implements InvitesStore {
  readonly #connection: Connection;
  readonly #http: Http;

  constructor(connection: Connection, http: Http) {
    this.#connection = connection;
    this.#http = http;
  }

  async list(spaceId: Id): Promise<Invite[]> {
    const { items } = await this.#connection.request('conversations.list_invites', { space_id: spaceId, limit: PAGE });
    return items;
  }

  async create(fields: { spaceId: Id; role?: SpaceRole; maxUses?: number; expiresAt?: Timestamp }): Promise<Invite> {
    const { spaceId, role, maxUses, expiresAt } = fields;
    const { invite } = await this.#connection.request('conversations.create_invite', {
      id: uuid7(),
      space_id: spaceId,
      ...(role ? { role } : {}),
      ...(maxUses ? { max_uses: maxUses } : {}),
      ...(expiresAt ? { expires_at: expiresAt } : {}),
    });
    return invite;
  }

  async delete(code: string): Promise<void> {
    await this.#connection.request('conversations.delete_invite', { code });
  }

  preview(code: string): Promise<InviteCard> {
    return this.#http.invite(code);
  }

  async accept(code: string): Promise<Space> {
    const { space } = await this.#connection.request('conversations.accept_invite', { code });
    return space;
  }
}
