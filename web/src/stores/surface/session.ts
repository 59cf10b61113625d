/* Who I am, and how the line to the server stands. */
import type {
  Id,
  Profile,
  Register,
  ServerInfo,
  Session,
  SetUp,
  SetUpDone,
  SignIn,
  Space,
  UpdateProfile,
} from '$protocol/wire';

/** `set_up`: the server waits for its first owner. `unreachable`: it did not answer at the start. */
export type SessionPhase = 'starting' | 'unreachable' | 'set_up' | 'signed_out' | 'signed_in';

export interface SessionStore {
  readonly phase: SessionPhase;
  readonly server: ServerInfo | null;
  readonly user: Profile | null;
  /** True when the session ended by itself (revoked, expired): drafts and unsent messages are kept. */
  readonly lost: boolean;
  /** From a lost session to the sign-in; whoever signs in as the same person finds everything as it was. */
  leave(): void;
  /** Asks the server who it is and who I am. Call it again after `unreachable`. */
  start(): Promise<void>;
  setUp(request: SetUp): Promise<SetUpDone>;
  signIn(request: SignIn): Promise<void>;
  register(request: Register): Promise<Space | null>;
  signOut(where?: 'here' | 'everywhere'): Promise<void>;
  updateProfile(changes: ProfileChanges): Promise<void>;
  listSessions(): Promise<Session[]>;
  revokeSession(id: Id): Promise<void>;
}

export type ProfileChanges = UpdateProfile;

export type Banner =
  | { kind: 'connecting' }
  | { kind: 'offline'; waiting: number }
  | { kind: 'catching_up' }
  | { kind: 'up_to_date'; sent: number }
  | { kind: 'newer_version' }
  | { kind: 'signed_out' };

export interface ConnectionStore {
  /** True from `gateway.ready` to the end of that connection. */
  readonly ready: boolean;
  /** True while nothing can be sent and the reader should know it. */
  readonly offline: boolean;
  /** The one banner to show now, with its delays already counted. */
  readonly banner: Banner | null;
  retryNow(): void;
}
