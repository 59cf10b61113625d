import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { Conversation, Head, Id, Position, Ready, Update } from '$protocol/wire';
import { fullJitter } from '$client/backoff';
import { type Follower, behind, catchUp, replacedIn } from '$client/catchup';
import type { Connection } from '$client/connection';
import { Emitter } from '$client/emitter';
import {
  type Counts,
  type Replica,
  hasGap,
  isBehind,
  moveRead,
  receive,
  recount,
  remembers,
  replicaOf,
  reread,
  updatesSince,
} from '$client/reducer';
import { Timers } from '$client/timers';

export interface LogEvents {
  /** A conversation was read whole. */
  adopted: Conversation;
  /** Something of this conversation is another than before. */
  changed: Id;
  /** An update took effect, in its order. */
  applied: Update;
  /** What was read of this conversation is of another history, or has holes: read it again. */
  reset: Id;
  /** My read mark went back to this `seq`, here or on another device. */
  unread: { readonly id: Id; readonly seq: number };
  forgotten: Id;
  /** Everything missed is here. */
  current: undefined;
}

/** What the server has said and has not come after this is asked for. */
const OVERDUE_MS = 2000;
const GAP_BACKOFF = { base_ms: 500, max_ms: 10_000 };
/** A shorter absence needs no second look at what is outside the sequence. */
const ABSENCE_MS = 10_000;

/** All conversations of mine as they are now: first read whole, then followed by their logs. */
export class Log {
  readonly replicas = new SvelteMap<Id, Replica>();
  /** Those I am in; the others are public channels that are being read. */
  readonly mine = new SvelteSet<Id>();
  #loaded = $state(false);
  #syncing = $state(false);

  readonly #connection: Connection;
  readonly #viewer: () => Id | null;
  readonly #events = new Emitter<LogEvents>();
  /** What came before it could be placed: before `gateway.ready`, or while its conversation was being read. */
  #early: Update[] = [];
  #reading = 0;
  #run = 0;
  #lostAt: number | null = null;
  readonly #filling = new Set<Id>();
  readonly #overdue = new Timers<Id>();
  /** Of another history than the server's: until they are read again, updates of the new one are set aside. */
  readonly #replaced = new Set<Id>();

  constructor(connection: Connection, viewer: () => Id | null) {
    this.#connection = connection;
    this.#viewer = viewer;
    connection.on('gateway.ready', (ready) => void this.#sync(ready, 0));
    connection.on('state', (state) => this.#noteState(state));
    connection.on('update', (update) => this.#receive(update));
    connection.on('conversations.added', ({ conversation }) => this.adopt(conversation, true));
    connection.on('conversations.removed', ({ conversation_id }) => this.forget(conversation_id));
    connection.on('conversations.read', (read) => this.#change(read.conversation_id, (known) => moveRead(known, read, this.#me)));
    connection.on('conversations.settings_changed', ({ conversation_id, muted }) =>
      this.#change(conversation_id, (known) => ({ ...known, conversation: { ...known.conversation, muted } })),
    );
  }

  get loaded(): boolean {
    return this.#loaded;
  }

  /** True while what was missed is being fetched. */
  get syncing(): boolean {
    return this.#syncing;
  }

  on<Name extends keyof LogEvents>(name: Name, listener: (payload: LogEvents[Name]) => void): void {
    this.#events.on(name, listener);
  }

  conversation(id: Id): Conversation | undefined {
    return this.replicas.get(id)?.conversation;
  }

  /** Takes a conversation as it was just read. */
  adopt(read: Conversation, isMine: boolean): void {
    const known = this.replicas.get(read.id);
    const followed = known !== undefined && this.mine.has(read.id) && !this.#replaced.has(read.id);
    const replica = followed ? reread(known, read, this.#me) : replicaOf(read);
    if (isMine) this.mine.add(read.id);
    this.#replaced.delete(read.id);
    this.#put(replica);
    this.#events.emit('adopted', read);
    if (known && (!followed || known.position.epoch !== replica.position.epoch)) this.#events.emit('reset', read.id);
    this.#takeEarly();
  }

  /** Takes a conversation that came beside the newest page of its timeline. */
  adoptSnapshot(read: Conversation): void {
    if (this.mine.has(read.id)) return this.adopt(read, true);
    this.#put(replicaOf(read));
    this.#events.emit('adopted', read);
  }

  /** Takes my conversations as this device kept them: there is something to show, and a place to catch up from. */
  restore(replicas: readonly Replica[]): void {
    for (const replica of replicas) {
      this.mine.add(replica.conversation.id);
      this.#put(replica);
      this.#events.emit('adopted', replica.conversation);
    }
    this.#loaded = true;
    this.#lostAt = 0;
  }

  /** Reads with updates held back, so that nothing that happens meanwhile is lost. */
  async reading<Result>(read: () => Promise<Result>): Promise<Result> {
    this.#reading += 1;
    try {
      return await read();
    } finally {
      this.#reading -= 1;
      if (this.#reading === 0) this.#early = [];
    }
  }

  forget(id: Id): void {
    this.mine.delete(id);
    this.#replaced.delete(id);
    if (this.replicas.delete(id)) this.#events.emit('forgotten', id);
  }

  clear(): void {
    this.#run += 1;
    this.#overdue.clear();
    for (const id of [...this.replicas.keys()]) this.forget(id);
    this.#loaded = false;
    this.#syncing = false;
    this.#lostAt = null;
  }

  position(id: Id): Position | undefined {
    return this.replicas.get(id)?.position;
  }

  /** What was applied above `seq`, to apply again beside a page; null when it is too long ago to know. */
  since(id: Id, seq: number): readonly Update[] | null {
    const replica = this.replicas.get(id);
    if (!replica) return [];
    return remembers(replica, seq) ? updatesSince(replica, seq) : null;
  }

  get #me(): Id {
    return this.#viewer() ?? '';
  }

  #noteState(state: string): void {
    if (state === 'ready') this.#takeEarly();
    if (state !== 'waiting' && state !== 'idle') return;
    this.#lostAt ??= Date.now();
    this.#early = [];
  }

  #change(id: Id, change: (replica: Replica) => Replica): void {
    const known = this.replicas.get(id);
    if (!known) return;
    const changed = change(known);
    this.#put(changed);
    const { read } = changed.conversation;
    if (read < known.conversation.read) this.#events.emit('unread', { id, seq: read });
    if (isBehind(changed)) this.#overdue.set(id, OVERDUE_MS, () => void this.#fill(id));
  }

  #put(replica: Replica): void {
    const { id } = replica.conversation;
    this.replicas.set(id, replica);
    this.#events.emit('changed', id);
  }

  #receive(update: Update): void {
    const known = this.replicas.get(update.conversation_id);
    const early = this.#connection.state !== 'ready' || this.#replaced.has(update.conversation_id);
    if (!known || early) {
      if (early || this.#reading > 0) this.#early.push(update);
      return;
    }
    const { replica, applied } = receive(known, update, this.#me);
    if (replica !== known) this.#put(replica);
    for (const each of applied) this.#events.emit('applied', each);
    if (hasGap(replica)) void this.#fill(update.conversation_id);
  }

  /** What can be placed by now takes its place; the rest waits on. */
  #takeEarly(): void {
    const early = this.#early;
    this.#early = [];
    for (const update of early) this.#receive(update);
  }

  // ---------- catching up ----------

  async #sync(ready: Ready, attempt: number): Promise<void> {
    const run = ++this.#run;
    this.#syncing = true;
    try {
      await this.reading(() => (this.#loaded ? this.#follow(ready.heads) : this.#load()));
    } catch {
      if (run === this.#run) this.#syncLater(ready, attempt, run);
      return;
    }
    if (run !== this.#run) return;
    this.#syncing = false;
    this.#lostAt = null;
    this.#events.emit('current', undefined);
    for (const [id, replica] of this.replicas) if (isBehind(replica)) void this.#fill(id);
  }

  /** A new connection syncs by itself; on the same one it is tried again. */
  #syncLater(ready: Ready, attempt: number, run: number): void {
    setTimeout(() => {
      if (run === this.#run && this.#connection.state === 'ready') void this.#sync(ready, attempt + 1);
    }, fullJitter(attempt, GAP_BACKOFF));
  }

  async #load(): Promise<void> {
    const { items } = await this.#connection.request('conversations.list_conversations', {});
    const ids = new Set(items.map(({ id }) => id));
    for (const id of [...this.mine]) if (!ids.has(id)) this.forget(id);
    for (const conversation of items) this.adopt(conversation, true);
    this.#loaded = true;
  }

  async #follow(heads: Readonly<Record<Id, Head>>): Promise<void> {
    const unknown = Object.keys(heads).some((id) => !this.mine.has(id));
    const absence = Date.now() - (this.#lostAt ?? Date.now());
    for (const id of [...this.mine]) if (!(id in heads)) this.forget(id);
    const replaced = replacedIn(heads, (id) => this.position(id));
    for (const id of replaced) this.#replaced.add(id);
    this.#recount(heads);
    await this.#catchUp(behind(heads, (id) => this.position(id)).filter((id) => !this.#replaced.has(id)));
    if (unknown || replaced.length > 0 || absence > ABSENCE_MS) await this.#load();
    for (const id of this.replicas.keys()) if (!this.mine.has(id)) this.#events.emit('reset', id);
  }

  #recount(heads: Readonly<Record<Id, Counts>>): void {
    for (const [id, counts] of Object.entries(heads)) {
      if (!this.#replaced.has(id)) this.#change(id, (known) => recount(known, counts, this.#me));
    }
  }

  /** Asks once for what is missing before the updates that are held. */
  async #fill(id: Id): Promise<void> {
    if (this.#filling.has(id) || this.#syncing) return;
    this.#filling.add(id);
    for (let attempt = 0; this.#isBehind(id) && this.#connection.state === 'ready'; attempt += 1) {
      await this.#catchUp([id]).catch(() => undefined);
      if (this.#isBehind(id)) await new Promise((done) => setTimeout(done, fullJitter(attempt, GAP_BACKOFF)));
    }
    this.#filling.delete(id);
  }

  #isBehind(id: Id): boolean {
    const replica = this.replicas.get(id);
    return replica !== undefined && this.mine.has(id) && isBehind(replica);
  }

  #catchUp(ids: readonly Id[]): Promise<void> {
    return catchUp(ids, this.#follower, (positions) => this.#connection.request('conversations.catch_up', { positions }));
  }

  get #follower(): Follower {
    return {
      position: (id) => this.position(id),
      apply: (updates) => updates.forEach((update) => this.#receive(update)),
      resync: async (ids) => void (await Promise.all(ids.map((id) => this.#readAgain(id)))),
      gone: (ids) => ids.forEach((id) => this.forget(id)),
      heads: (heads) => this.#recount(heads),
    };
  }

  async #readAgain(id: Id): Promise<void> {
    this.#replaced.add(id);
    await this.reading(async () => {
      const { conversation } = await this.#connection.request('conversations.get_conversation', { conversation_id: id });
      this.#replaced.delete(id);
      this.#put(replicaOf(conversation));
      this.#events.emit('reset', id);
      this.#takeEarly();
    });
  }
}
