import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { Draft, Id } from '$protocol/wire';
import type { Device } from './device';
import type { Draft as Shown, DraftsStore } from './surface';

const KEPT_AFTER_MS = 400;

/** What stands in one place, and how that compares with the server's. */
export interface Begun {
  readonly text: string;
  /** Of the last text of the server's that this device has seen there. */
  readonly version: number;
  /** Whether the server has to be told. */
  readonly untold: boolean;
  /** What the server was told and has not acknowledged: when it comes back, it is ours. */
  readonly sent: string | null;
}

const NOTHING: Begun = { text: '', version: 0, untold: false, sent: null };

/** What was begun and not sent, kept on this device for each person. Nothing written is ever lost to what comes from
 * another device: where both were changed, both texts stand. */
export class Drafts implements DraftsStore {
  readonly #begun = new SvelteMap<string, Begun>();
  readonly #saved = new SvelteSet<string>();
  readonly #device: Device;
  #owner: Id | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Called when the server may have to be told. */
  onkept: () => void = () => undefined;

  constructor(device: Device) {
    this.#device = device;
    device.onLeave(() => this.#keep());
  }

  get(conversationId: Id, threadId?: Id): string {
    return this.#begun.get(placeOf(conversationId, threadId))?.text ?? '';
  }

  set(conversationId: Id, text: string, threadId?: Id): void {
    const place = placeOf(conversationId, threadId);
    const begun = this.at(place);
    const kept = text.trim() ? text : '';
    if (kept === begun.text) return;
    const known = kept !== '' || begun.version > 0 || begun.sent !== null;
    if (known) this.#begun.set(place, { ...begun, text: kept, untold: true });
    else this.#begun.delete(place);
    this.#saved.delete(place);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#keep(), KEPT_AFTER_MS);
  }

  get list(): readonly Shown[] {
    const found = [...this.#begun].filter(([, { text }]) => text !== '');
    const newest = ({ version, untold }: Begun): number => (untold ? Infinity : version);
    return found.toSorted(([, a], [, b]) => newest(b) - newest(a) || 0).map(([place, { text }]) => ({ ...readPlace(place), text }));
  }

  has(conversationId: Id): boolean {
    return this.get(conversationId) !== '';
  }

  saved(conversationId: Id, threadId?: Id): boolean {
    return this.#saved.has(placeOf(conversationId, threadId));
  }

  load(owner: Id): void {
    this.clear();
    this.#owner = owner;
    for (const [place, begun] of parse(this.#device.read(keyOf(owner)))) this.#begun.set(place, begun);
  }

  /** Forgets them here; the device keeps them. */
  clear(): void {
    this.#keep();
    this.#owner = null;
    this.#begun.clear();
    this.#saved.clear();
  }

  // ---------- beside the server's ----------

  /** The places of which the server has to be told. */
  get untold(): string[] {
    return [...this.#begun].flatMap(([place, { untold }]) => (untold ? [place] : []));
  }

  at(place: string): Begun {
    return this.#begun.get(place) ?? NOTHING;
  }

  /** What stands there is on its way. */
  send(place: string): void {
    const begun = this.at(place);
    this.#change(place, { ...begun, sent: begun.text });
  }

  acknowledge(place: string, text: string, version: number): void {
    const begun = this.#begun.get(place);
    if (begun) this.#change(place, { ...begun, version, sent: null, untold: begun.text !== text });
  }

  /** Another device, or this one before, has told the server this. */
  hear({ conversation_id, thread_id, text, version }: Draft): void {
    const place = placeOf(conversation_id, thread_id ?? undefined);
    const begun = this.at(place);
    if (version <= begun.version) return;
    const merged = begun.untold && text !== begun.sent ? both(begun.text, text) : begun.untold ? begun.text : text;
    this.#change(place, { text: merged, version, sent: null, untold: merged !== text });
  }

  /** All that the server has, as of a version. What it lacks and once had is deleted, unless it forgot it. */
  compare(listed: readonly Draft[], version: number): void {
    const theirs = new Map(listed.map((draft) => [placeOf(draft.conversation_id, draft.thread_id ?? undefined), draft]));
    for (const [place, begun] of [...this.#begun]) {
      const known = theirs.get(place)?.version ?? version;
      if (begun.version > known) this.#change(place, { ...begun, untold: begun.untold || begun.text !== '' });
      else if (!theirs.has(place) && begun.version > 0 && !begun.untold) this.#change(place, { ...begun, text: '' });
    }
    for (const draft of listed) this.hear(draft);
  }

  #change(place: string, begun: Begun): void {
    this.#begun.set(place, begun);
    this.#write();
  }

  #keep(): void {
    clearTimeout(this.#timer);
    if (this.#owner === null) return;
    this.#write();
    for (const [place, { text }] of this.#begun) if (text) this.#saved.add(place);
    this.onkept();
  }

  #write(): void {
    if (this.#owner === null) return;
    const kept = [...this.#begun].filter(([, { text, untold }]) => text || untold);
    this.#device.write(keyOf(this.#owner), kept.length > 0 ? JSON.stringify(kept) : null);
  }
}

/** One text that holds both. */
function both(mine: string, theirs: string): string {
  if (mine.includes(theirs)) return mine;
  return theirs.includes(mine) ? theirs : `${mine}\n\n${theirs}`;
}

function placeOf(conversationId: Id, threadId?: Id): string {
  return threadId ? `${conversationId}/${threadId}` : conversationId;
}

export function readPlace(place: string): { conversationId: Id; threadId: Id | null } {
  const [conversationId = '', threadId = null] = place.split('/');
  return { conversationId, threadId };
}

function keyOf(owner: Id): string {
  return `tertulia.drafts.${owner}`;
}

function parse(kept: string | null): [string, Begun][] {
  try {
    const entries: unknown = JSON.parse(kept ?? '[]');
    return Array.isArray(entries) ? entries.flatMap(readEntry) : [];
  } catch {
    return [];
  }
}

/** An entry may be a text alone, of before drafts were on all devices: the server does not have it. */
function readEntry(entry: unknown): [string, Begun][] {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string') return [];
  const [place, kept] = entry as [string, unknown];
  if (typeof kept === 'string') return [[place, { ...NOTHING, text: kept, untold: true }]];
  return isBegun(kept) ? [[place, { ...NOTHING, ...kept }]] : [];
}

function isBegun(kept: unknown): kept is Begun {
  const { text, version } = (kept ?? {}) as Partial<Begun>;
  return typeof text === 'string' && typeof version === 'number';
}
