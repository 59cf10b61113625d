import type { CaughtUp, Head, Id, Position, Update } from '$protocol/wire';

/** Positions that one call may name. */
const POSITIONS = 500;

export interface Follower {
  /** Where I stand in a conversation now; undefined when it is no longer followed. */
  position(id: Id): Position | undefined;
  apply(updates: readonly Update[]): void;
  /** Another history than mine: take new snapshots; done when they are taken. */
  resync(ids: readonly Id[]): Promise<void>;
  /** No longer for me to read. */
  gone(ids: readonly Id[]): void;
  heads(heads: Readonly<Record<Id, Head>>): void;
}

export type AskCatchUp = (positions: Record<Id, Position>) => Promise<CaughtUp>;

/** Fetches what was missed in these conversations until nothing is missing. Rejects as `ask` does; what came until then stays. */
export async function catchUp(ids: readonly Id[], follower: Follower, ask: AskCatchUp): Promise<void> {
  for (let first = 0; first < ids.length; first += POSITIONS) {
    await catchUpSome(ids.slice(first, first + POSITIONS), follower, ask);
  }
}

async function catchUpSome(ids: readonly Id[], follower: Follower, ask: AskCatchUp): Promise<void> {
  let more = true;
  while (more) {
    const positions = positionsOf(ids, follower);
    if (Object.keys(positions).length === 0) return;
    const result = await ask(positions);
    more = result.more && movesOn(result);
    await hand(result, follower);
  }
}

/** Whether the next call will ask for something else. */
function movesOn({ updates, resync, gone }: CaughtUp): boolean {
  return updates.length + resync.length + gone.length > 0;
}

function positionsOf(ids: readonly Id[], follower: Follower): Record<Id, Position> {
  const known = ids.flatMap((id) => {
    const position = follower.position(id);
    return position ? [[id, position] as const] : [];
  });
  return Object.fromEntries(known);
}

async function hand(result: CaughtUp, follower: Follower): Promise<void> {
  follower.gone(result.gone);
  await follower.resync(result.resync);
  follower.apply(result.updates);
  follower.heads(result.heads);
}

/** The conversations whose history the server has replaced: by its name, or for it ends before I stand. */
export function replacedIn(heads: Readonly<Record<Id, Head>>, position: (id: Id) => Position | undefined): Id[] {
  return Object.entries(heads).flatMap(([id, { epoch, head }]) => {
    const mine = position(id);
    return mine && (mine.epoch !== epoch || mine.seq > head) ? [id] : [];
  });
}

/** The conversations that moved on while I was away. */
export function behind(heads: Readonly<Record<Id, Head>>, position: (id: Id) => Position | undefined): Id[] {
  return Object.entries(heads).flatMap(([id, { epoch, head }]) => {
    const mine = position(id);
    return mine && mine.epoch === epoch && mine.seq < head ? [id] : [];
  });
}
