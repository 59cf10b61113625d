/* A browser with the app in it, before a server of the tests. */
import { flushSync } from 'svelte';
import { vi } from 'vitest';
import type { CopyStorage } from '$client/deviceCopy';
import { MemoryCopy } from '$client/deviceCopyStorage';
import { MemoryOutbox } from '$client/outboxStorage';
import type { OutboxStorage } from '$client/outbox';
import { createStores } from '$stores/create';
import type { Device } from '$stores/device';
import type { Stores } from '$stores/surface';
import { type Server, ServerWire } from '../server';

/** What survives a reload, and the switches of the network. */
export class TestDevice implements Device {
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- a device is not reactive
  readonly kept = new Map<string, string>();
  online = true;
  readonly #wake: (() => void)[] = [];
  readonly #leave: (() => void)[] = [];
  readonly #newShell: (() => void)[] = [];

  read(key: string): string | null {
    return this.kept.get(key) ?? null;
  }

  write(key: string, value: string | null): void {
    if (value === null) this.kept.delete(key);
    else this.kept.set(key, value);
  }

  isOnline(): boolean {
    return this.online;
  }

  onWake(listener: () => void): void {
    this.#wake.push(listener);
  }

  onLeave(listener: () => void): void {
    this.#leave.push(listener);
  }

  onNewShell(listener: () => void): void {
    this.#newShell.push(listener);
  }

  setOnline(online: boolean): void {
    this.online = online;
    for (const listener of this.#wake) listener();
  }

  leave(): void {
    for (const listener of this.#leave) listener();
  }

  renew(): void {
    for (const listener of this.#newShell) listener();
  }
}

export interface Browser {
  readonly stores: Stores;
  readonly wire: ServerWire;
  readonly device: TestDevice;
  readonly outbox: OutboxStorage;
  readonly copy: CopyStorage;
  readonly root: HTMLElement;
}

export function browserAt(server: Server, kept: { device?: TestDevice; outbox?: OutboxStorage; copy?: CopyStorage } = {}): Browser {
  const wire = new ServerWire(server);
  const device = kept.device ?? new TestDevice();
  const outbox = kept.outbox ?? new MemoryOutbox();
  const copy = kept.copy ?? new MemoryCopy();
  const root = { dataset: { theme: 'auto', contrast: 'normal', density: 'comfortable' }, lang: 'en' } as unknown as HTMLElement;
  const stores = createStores({ wire, fetch: server.fetch as typeof fetch, outbox, copy, device, root });
  return { stores, wire, device, outbox, copy, root };
}

/** Until this is so; the machine may be busy. */
export function waitFor(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 10_000, interval: 5 });
}

/** Records the values that an effect reading this would see. */
export function seen<Value>(read: () => Value): { values: Value[]; stop: () => void } {
  const values: Value[] = [];
  const stop = $effect.root(() => {
    $effect(() => void values.push(read()));
  });
  flushSync();
  return { values, stop };
}
