/* What features and stores import: `wire.ts` is generated from the contracts (`make protocol`), and
 * what the web app calls otherwise has its other name here. */

import type { Conversation, MessagePage } from './wire';

export type * from './wire';
export type {
  CaughtUp as CatchUpResult,
  ConversationShared as SharedConversation,
  InviteCard as InvitePreview,
  Member as SpaceMember,
  Register as RegistrationRequest,
  Registered as RegistrationResult,
  SetUp as SetupRequest,
  SetUpDone as SetupResult,
  SignIn as SignInRequest,
  SignedIn as SignInResult,
  State as PresenceState,
  User as Author,
} from './wire';

/** The newest page, with the conversation that it belongs to. */
export interface Snapshot extends MessagePage {
  conversation: Conversation;
}

/** Part of a list; `next` is the cursor of what follows. */
export interface Page<Item> {
  items: Item[];
  next: string | null;
}
