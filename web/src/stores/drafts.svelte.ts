import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { Id } from '$protocol/wire';
import type { Device } from './device';
import type { DraftsStore } from './surface';

const KEPT_AFTER_MS = 400;

/** What was begun and not sent, kept on this device for each person. */
export class Drafts implements DraftsStore {
  readonly #texts = new SvelteMap<string, string>();
  readonly #saved = new SvelteSet<string>();
  readonly #device: Device;
  #owner: Id | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(device: Device) {
    this.#device = device;
    device.onLeave(() => this.#keep());
  }

  get(conversationId: Id, threadId?: Id): string {
    return this.#texts.get(placeOf(conversationId, threadId)) ?? '';
  }

  set(conversationId: Id, text: string, threadId?: Id): void {
    const place = placeOf(conversationId, threadId);
    if (text === (this.#texts.get(place) ?? '')) return;
    if (text.trim()) this.#texts.set(place, text);
    else this.#texts.delete(place);
    this.#saved.delete(place);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#keep(), KEPT_AFTER_MS);
  }

  has(conversationId: Id): boolean {
    return this.#texts.has(placeOf(conversationId));
  }

  saved(conversationId: Id, threadId?: Id): boolean {
    return this.#saved.has(placeOf(conversationId, threadId));
  }

  load(owner: Id): void {
    this.clear();
    this.#owner = owner;
    for (const [place, text] of parse(this.#device.read(keyOf(owner)))) this.#texts.set(place, text);
  }

  /** Forgets them here; the device keeps them. */
  clear(): void {
    this.#keep();
    this.#owner = null;
    this.#texts.clear();
    this.#saved.clear();
  }

  #keep(): void {
    clearTimeout(this.#timer);
    if (this.#owner === null) return;
    const kept = this.#texts.size > 0 ? JSON.stringify([...this.#texts]) : null;
    this.#device.write(keyOf(this.#owner), kept);
    for (const place of this.#texts.keys()) this.#saved.add(place);
  }
}

function placeOf(conversationId: Id, threadId?: Id): string {
  return threadId ? `${conversationId}/${threadId}` : conversationId;
}

function keyOf(owner: Id): string {
  return `tertulia.drafts.${owner}`;
}

function parse(kept: string | null): [string, string][] {
  try {
    const entries: unknown = JSON.parse(kept ?? '[]');
    return Array.isArray(entries) ? entries.filter(isDraft) : [];
  } catch {
    return [];
  }
}

function isDraft(entry: unknown): entry is [string, string] {
  return Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === 'string');
}
