/* The scenarios that the Python client is tested with too: tests/golden/reducer/README.md says what stands in them. */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CaughtUp, Conversation, Head, Id, Message, MessagePage, ReadMoved, ThreadPage, Update } from '$protocol/wire';
import { replacedIn } from '$client/catchup';
import { type Replica, isBehind, moveRead, receive, recount, replicaOf } from '$client/reducer';
import { type Belongs, type MessageWindow, applyToWindow, inThread, inTimeline, windowOf } from '$client/window';

type Snapshot = MessagePage & { conversation: Conversation };

interface State {
  followed: boolean;
  position: Replica['position'];
  held: number[];
  wants: 'catch_up' | 'snapshot' | null;
  conversation: Conversation;
  messages: Message[];
}

interface Inputs {
  update: Update;
  read: ReadMoved;
  settings_changed: { muted: boolean };
  removed: object;
  lost: object;
  ready: { heads: Record<Id, Head> };
  caught_up: CaughtUp;
  snapshot: Snapshot;
  expect: Partial<State>;
}

interface Scenario {
  why: string;
  viewer_id: Id;
  snapshot: Snapshot;
  threads: Record<Id, ThreadPage>;
  inputs: Partial<Inputs>[];
  expected: Partial<State>;
}

/** One conversation on a screen, by the rules of the client alone. */
class Screen {
  readonly #id: Id;
  readonly #viewer: Id;
  #replica: Replica | null;
  #windows: { window: MessageWindow; belongs: Belongs }[];
  #replaced = false;
  #connected = true;
  #early: Update[] = [];

  constructor({ snapshot, threads, viewer_id }: Scenario) {
    this.#id = snapshot.conversation.id;
    this.#viewer = viewer_id;
    this.#replica = replicaOf(snapshot.conversation);
    const replies = Object.entries(threads).map(([root, page]) => ({ window: windowOf(page), belongs: inThread(root) }));
    this.#windows = [{ window: windowOf(snapshot), belongs: inTimeline }, ...replies];
  }

  readonly hear: { [Name in keyof Inputs]: (told: Inputs[Name]) => void } = {
    update: (update) => (this.#connected && !this.#replaced ? this.#take(update) : void this.#early.push(update)),
    read: (read) => this.#change((known) => moveRead(known, read, this.#viewer)),
    settings_changed: ({ muted }) => this.#change((known) => ({ ...known, conversation: { ...known.conversation, muted } })),
    removed: () => this.#forget(),
    lost: () => {
      this.#connected = false;
      this.#early = [];
    },
    ready: ({ heads }) => {
      this.#connected = true;
      this.#replaced ||= replacedIn(heads, () => this.#replica?.position).includes(this.#id);
      this.#heads(heads);
      if (!(this.#id in heads)) this.#forget();
      if (!this.#replaced) this.#takeEarly();
    },
    caught_up: ({ gone, resync, updates, heads }) => {
      if (gone.includes(this.#id)) this.#forget();
      this.#replaced ||= resync.includes(this.#id);
      for (const update of updates) this.#take(update);
      this.#heads(heads);
    },
    snapshot: (read) => {
      this.#replica = replicaOf(read.conversation);
      this.#windows = [{ window: windowOf(read), belongs: inTimeline }];
      this.#replaced = false;
      this.#takeEarly();
    },
    expect: (state) => expect(this.state).toMatchObject(state),
  };

  get state(): Partial<State> {
    const replica = this.#replica;
    if (!replica) return { followed: false };
    const shown = new Map(this.#windows.flatMap(({ window }) => window.items).map((message) => [message.id, message]));
    return {
      followed: true,
      position: replica.position,
      held: replica.held.map(({ seq }) => seq),
      wants: this.#replaced ? 'snapshot' : isBehind(replica) ? 'catch_up' : null,
      conversation: replica.conversation,
      messages: [...shown.values()].sort((a, b) => a.seq - b.seq),
    };
  }

  #take(update: Update): void {
    if (!this.#replica) return;
    const { replica, applied } = receive(this.#replica, update, this.#viewer);
    this.#replica = replica;
    this.#windows = this.#windows.map(({ window, belongs }) => ({
      window: applied.reduce((known, each) => applyToWindow(known, each, belongs, this.#viewer), window),
      belongs,
    }));
  }

  #takeEarly(): void {
    for (const update of this.#early.splice(0)) this.#take(update);
  }

  #heads(heads: Record<Id, Head>): void {
    const head = heads[this.#id];
    if (head && !this.#replaced) this.#change((known) => recount(known, head, this.#viewer));
  }

  #change(change: (replica: Replica) => Replica): void {
    this.#replica &&= change(this.#replica);
  }

  #forget(): void {
    this.#replica = null;
  }
}

const folder = new URL('../../../tests/golden/reducer/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));

describe('what a client makes of what it is told', () => {
  it.each(files)('%s', (file) => {
    const scenario = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Scenario;
    const screen = new Screen(scenario);
    for (const input of scenario.inputs) {
      for (const [name, told] of Object.entries(input)) screen.hear[name as keyof Inputs](told as never);
    }
    expect(screen.state, scenario.why).toEqual(scenario.expected);
  });

  it('has scenarios', () => {
    expect(files).not.toEqual([]);
  });
});
