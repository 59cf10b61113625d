// @vitest-environment happy-dom
import { createRawSnippet, flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Row } from '$client/rows';
import Log from '$features/timeline/Log.svelte';
import { messageOf } from '../cast';

const HEIGHT = 20;
const SCREEN = 100;

const said = (n: number): Row => ({ kind: 'message', key: `m${n}`, message: messageOf({ seq: n, id: `m${n}` }), grouped: false, mine: false, looksAtMe: false, unsent: null });
const from = (n: number): Row[] => [{ kind: 'day', key: `day m${n}`, at: '2026-01-01T00:00:00.000Z' }, ...Array.from({ length: 40 - n }, (_, at) => said(n + at))];
const row = createRawSnippet<[Row]>((one) => ({ render: () => `<div data-key="${one().key}"></div>` }));

const props = $state({ rows: [] as Row[], label: 'Messages', row, hasBefore: true, onneedbefore: vi.fn() });
let log: object;

const box = (): HTMLElement => document.querySelector<HTMLElement>('.box') as HTMLElement;
const keys = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-key]')];
const topOf = (key: string): number => keys().findIndex((one) => one.dataset['key'] === key) * HEIGHT - box().scrollTop;

/** Rows of one height, one under another, in a box of five. */
function layOut(this: HTMLElement): DOMRect {
  const key = this.dataset['key'];
  return key === undefined ? new DOMRect(0, 0, 300, SCREEN) : new DOMRect(0, topOf(key), 300, HEIGHT);
}

beforeEach(() => {
  vi.stubGlobal('ResizeObserver', class { observe(): void {} disconnect(): void {} });
  vi.spyOn(HTMLElement.prototype, 'getBoundingClientRect').mockImplementation(layOut);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(SCREEN);
  vi.spyOn(HTMLElement.prototype, 'scrollHeight', 'get').mockImplementation(() => keys().length * HEIGHT);
  props.rows = from(20);
  props.onneedbefore.mockClear();
  log = mount(Log, { target: document.body, props });
  flushSync();
});

afterEach(() => {
  void unmount(log);
  vi.unstubAllGlobals();
});

function scrollTo(top: number): void {
  box().scrollTop = top;
  box().dispatchEvent(new Event('scroll'));
  flushSync();
}

it('leaves the first message where it stands when its day divider moves away to older ones', () => {
  scrollTo(0);
  expect(props.onneedbefore).toHaveBeenCalled();
  expect(topOf('m20')).toBe(HEIGHT);
  props.rows = from(5);
  flushSync();
  expect(topOf('m20')).toBe(HEIGHT);
});

it('asks for more for as long as the beginning of what is loaded is near', () => {
  scrollTo(0);
  const asked = props.onneedbefore.mock.calls.length;
  props.rows = from(18);
  flushSync();
  expect(props.onneedbefore.mock.calls.length).toBeGreaterThan(asked);
  props.rows = from(0);
  flushSync();
  const enough = props.onneedbefore.mock.calls.length;
  props.rows = [...from(0), said(41)];
  flushSync();
  expect(props.onneedbefore).toHaveBeenCalledTimes(enough);
});
