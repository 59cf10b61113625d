import type { Id, Profile, ServerInfo } from '$protocol/wire';
import {
  type Copied,
  type CopiedConversation,
  type CopiedFacts,
  type CopyStorage,
  type Weight,
  bytesOf,
  copyOf,
  overweight,
  replicaFrom,
} from '$client/deviceCopy';
import type { Log } from './log.svelte';
import type { Spaces } from './spaces.svelte';
import type { Windows } from './windows';

export interface DeviceCopyNeed {
  readonly storage: CopyStorage;
  readonly log: Log;
  readonly windows: () => Windows;
  readonly spaces: Spaces;
  readonly user: () => Profile | null;
  readonly server: () => ServerInfo | null;
}

/** Changes are written together, at the latest this long after the first of them. */
const WRITTEN_AFTER_MS = 500;

/** Keeps on this device what its person sees, as of the positions of the log, and gives it back at the next start. */
export class DeviceCopy {
  readonly #need: DeviceCopyNeed;
  /** Whose the copy is while it is kept up to date. */
  #owner: Id | null = null;
  #copied: Copied | null = null;
  readonly #dirty = new Set<Id>();
  readonly #weights = new Map<Id, Weight>();
  readonly #openedAt = new Map<Id, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(need: DeviceCopyNeed) {
    this.#need = need;
    need.log.on('changed', (id) => this.#note(id));
    need.log.on('forgotten', (id) => this.#note(id));
  }

  /** What was kept of the last person here, if anything. `begin` shows it to that person. */
  async read(): Promise<CopiedFacts | null> {
    this.#copied = await this.#need.storage.read();
    return this.#copied?.facts ?? null;
  }

  /** From now on the copy follows what this person sees. */
  begin(owner: Id): void {
    if (this.#owner === owner) return this.noteFacts();
    if (this.#copied?.facts.user.id === owner) this.#show(this.#copied);
    this.#copied = null;
    this.#owner = owner;
    const facts = this.#facts();
    if (facts) void this.#need.storage.begin(facts);
    for (const id of this.#need.log.mine) if (!this.#weights.has(id)) this.#note(id);
  }

  /** Something of the person or the spaces is another than before. */
  noteFacts(): void {
    this.#writeSoon();
  }

  /** A reader came to a conversation. */
  opened(id: Id): void {
    this.#openedAt.set(id, Date.now());
    this.#note(id);
  }

  /** Writes now: the page may be gone the next moment. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const facts = this.#facts();
    if (!facts || facts.user.id !== this.#owner) return;
    const rows = [...this.#dirty].map((id) => this.#rowOf(id) ?? id);
    this.#dirty.clear();
    const put = rows.filter((row) => typeof row !== 'string');
    const gone = rows.filter((row) => typeof row === 'string');
    for (const row of put) this.#weigh(row);
    for (const id of gone) this.#weights.delete(id);
    const dropped = overweight([...this.#weights.values()]);
    for (const id of dropped) this.#weights.delete(id);
    void this.#need.storage.write({ facts, put: put.filter(({ id }) => !dropped.includes(id)), drop: [...gone, ...dropped] });
  }

  /** Nothing of it stays on the device. */
  async clear(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const owner = this.#owner;
    this.#owner = null;
    this.#copied = null;
    for (const each of [this.#dirty, this.#weights, this.#openedAt]) each.clear();
    if (owner !== null) await this.#need.storage.clear(owner);
  }

  #show({ facts, conversations }: Copied): void {
    const { log, spaces, windows } = this.#need;
    spaces.restore(facts.spaces);
    log.restore(conversations.map(replicaFrom));
    for (const row of conversations.toSorted((a, b) => a.usedAt - b.usedAt)) {
      this.#weigh(row);
      if (!row.window) continue;
      this.#openedAt.set(row.id, row.usedAt);
      windows().restore(row.id, row.window);
    }
    this.#dirty.clear();
  }

  #note(id: Id): void {
    this.#dirty.add(id);
    this.#writeSoon();
  }

  #writeSoon(): void {
    if (this.#owner !== null) this.#timer ??= setTimeout(() => this.flush(), WRITTEN_AFTER_MS);
  }

  #facts(): CopiedFacts | null {
    const [user, server] = [this.#need.user(), this.#need.server()];
    return user && server && { user, server, spaces: this.#need.spaces.list };
  }

  /** A conversation of mine as it is now; null when it is not mine any more. */
  #rowOf(id: Id): CopiedConversation | null {
    const { log, windows } = this.#need;
    const replica = log.replicas.get(id);
    if (!replica || !log.mine.has(id)) return null;
    const { last_message, created_at } = replica.conversation;
    const usedAt = Math.max(this.#openedAt.get(id) ?? 0, Date.parse(last_message?.created_at ?? created_at));
    return copyOf(replica, windows().known(id), usedAt);
  }

  #weigh(row: CopiedConversation): void {
    this.#weights.set(row.id, { id: row.id, bytes: bytesOf(row), usedAt: row.usedAt });
  }
}
