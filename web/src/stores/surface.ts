/* What features may ask of the stores. Every field is reactive (Svelte runes); what a function returns is not.
   A promise that fails fails with an `ApiError`, which `wordError` of $i18n puts into words. */
import type { AnnouncerStore, PreferencesStore, ToastsStore } from './surface/device';
import type { InvitesStore, MembersStore, PeopleStore } from './surface/people';
import type { DraftsStore, SavedStore } from './surface/personal';
import type { ConversationsStore, SpacesStore } from './surface/places';
import type { ConnectionStore, SessionStore } from './surface/session';
import type { DigestsStore, MessagesStore, ThreadsStore, TimelinesStore } from './surface/talk';

export type * from './surface/device';
export type * from './surface/people';
export type * from './surface/personal';
export type * from './surface/places';
export type * from './surface/session';
export type * from './surface/talk';

export interface Stores {
  readonly session: SessionStore;
  readonly connection: ConnectionStore;
  readonly spaces: SpacesStore;
  readonly conversations: ConversationsStore;
  readonly timelines: TimelinesStore;
  readonly threads: ThreadsStore;
  readonly digests: DigestsStore;
  readonly messages: MessagesStore;
  readonly people: PeopleStore;
  readonly members: MembersStore;
  readonly invites: InvitesStore;
  readonly drafts: DraftsStore;
  readonly saved: SavedStore;
  readonly preferences: PreferencesStore;
  readonly toasts: ToastsStore;
  readonly announcer: AnnouncerStore;
}
