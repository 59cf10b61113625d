// @vitest-environment happy-dom
import { createRawSnippet, flushSync, mount, unmount } from 'svelte';
import { type Mock, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MessageRow, Row } from '$client/rows';
import Log from '$features/timeline/Log.svelte';
import { messageOf } from '../cast';

const said = (id: string): MessageRow => ({ kind: 'message', key: id, message: messageOf({ seq: 1, id }), grouped: false, mine: false, looksAtMe: false, unsent: null });
const row = createRawSnippet<[Row, { active: boolean }]>((one, place) => ({
  render: () => `<div role="article" data-key="${one().key}" tabindex="${place().active ? 0 : -1}">${one().key}</div>`,
  setup: (element) => {
    $effect(() => element.setAttribute('tabindex', place().active ? '0' : '-1'));
  },
}));

let end: () => void;
let keys: Mock<(event: KeyboardEvent, row: Row) => void>;

beforeEach(() => {
  vi.stubGlobal('ResizeObserver', class { observe(): void {} disconnect(): void {} });
  keys = vi.fn();
  const rows: Row[] = [{ kind: 'start', key: 'start' }, said('a'), { kind: 'day', key: 'd', at: '2026-01-01T00:00:00.000Z' }, said('b'), said('c')];
  const log = mount(Log, { target: document.body, props: { rows, label: 'Messages', row, onrowkey: keys } });
  flushSync();
  end = () => void unmount(log);
});

afterEach(() => {
  end();
  vi.unstubAllGlobals();
});

const stops = (): string[] => [...document.querySelectorAll<HTMLElement>('[data-key][tabindex="0"]')].map((one) => one.dataset['key'] ?? '');
const focused = (): string | undefined => (document.activeElement as HTMLElement | null)?.dataset['key'];

function press(key: string): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
  document.activeElement?.dispatchEvent(event);
  flushSync();
  return event;
}

function focus(key: string): void {
  document.querySelector<HTMLElement>(`[data-key="${key}"]`)?.focus();
  flushSync();
}

describe('the keyboard in a log', () => {
  it('has one stop for Tab: the last message', () => {
    expect(stops()).toEqual(['c']);
  });

  it('moves from message to message, over dividers, and takes the stop along', () => {
    focus('c');
    press('ArrowUp');
    expect(focused()).toBe('b');
    press('ArrowUp');
    expect(focused()).toBe('a');
    expect(stops()).toEqual(['a']);
    press('ArrowUp');
    expect(focused()).toBe('a');
    press('End');
    expect(focused()).toBe('c');
    press('Home');
    expect(focused()).toBe('a');
  });

  it('hands other keys over with their row', () => {
    focus('b');
    press('q');
    expect(keys).toHaveBeenCalledTimes(1);
    expect(keys.mock.calls[0]?.[1]).toMatchObject({ key: 'b' });
  });

  it('is a log that is not read out by itself', () => {
    const log = document.querySelector('[role="log"]');
    expect(log?.getAttribute('aria-live')).toBe('off');
    expect(log?.getAttribute('aria-label')).toBe('Messages');
  });
});
