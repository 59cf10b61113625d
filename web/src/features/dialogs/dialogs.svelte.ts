import type { Id, Message } from '$protocol/wire';

/** A dialog and what it is about. */
export type DialogRequest =
  | { kind: 'palette'; spaceId: Id | null; conversationId: Id | null }
  | { kind: 'new_message' }
  | { kind: 'create_channel'; spaceId: Id }
  | { kind: 'browse_channels'; spaceId: Id }
  | { kind: 'create_space' }
  | { kind: 'space_settings'; spaceId: Id }
  | { kind: 'space_people'; spaceId: Id }
  | { kind: 'leave_space'; spaceId: Id }
  | { kind: 'invite'; spaceId: Id }
  | { kind: 'add_people'; conversationId: Id }
  | { kind: 'edit_conversation'; conversationId: Id }
  | { kind: 'leave_conversation'; conversationId: Id }
  | { kind: 'archive_conversation'; conversationId: Id }
  | { kind: 'remove_member'; conversationId: Id; userId: Id }
  | { kind: 'remove_from_space'; spaceId: Id; userId: Id }
  | { kind: 'history'; message: Message }
  | { kind: 'keyboard' };

class Dialogs {
  #current = $state.raw<DialogRequest | null>(null);

  get current(): DialogRequest | null {
    return this.#current;
  }

  open(request: DialogRequest): void {
    this.#current = request;
  }

  close(): void {
    this.#current = null;
  }
}

/** The one dialog that may be open. */
export const dialogs = new Dialogs();
