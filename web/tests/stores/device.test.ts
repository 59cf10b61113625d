// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { language } from '$i18n/language.svelte';
import { Announcer } from '$stores/announcer.svelte';
import { Drafts } from '$stores/drafts.svelte';
import { Preferences } from '$stores/preferences.svelte';
import { Toasts } from '$stores/toasts.svelte';
import { ana, bruno, carla, id, messageOf } from '../cast';
import { TestDevice } from './browser.svelte';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  language.current = 'en';
});

describe('drafts', () => {
  it('are on the device after 400 ms, for their author and place', () => {
    const device = new TestDevice();
    const drafts = new Drafts(device);
    drafts.load(ana.id);
    drafts.set(id('hornos'), 'casi');
    drafts.set(id('hornos'), 'en el hilo', id('root'));
    expect([drafts.get(id('hornos')), drafts.saved(id('hornos'))]).toEqual(['casi', false]);
    vi.advanceTimersByTime(400);
    expect(drafts.saved(id('hornos'))).toBe(true);

    const later = new Drafts(device);
    later.load(ana.id);
    expect([later.get(id('hornos')), later.get(id('hornos'), id('root')), later.has(id('hornos'))]).toEqual(['casi', 'en el hilo', true]);
    later.load(bruno.id);
    expect(later.get(id('hornos'))).toBe('');
  });

  it('that are emptied are gone', () => {
    const device = new TestDevice();
    const drafts = new Drafts(device);
    drafts.load(ana.id);
    drafts.set(id('hornos'), 'casi');
    drafts.set(id('hornos'), '  ');
    vi.advanceTimersByTime(400);
    expect([drafts.has(id('hornos')), device.kept.size]).toEqual([false, 0]);
  });

  it('are kept when the page is left before their time', () => {
    const device = new TestDevice();
    const drafts = new Drafts(device);
    drafts.load(ana.id);
    drafts.set(id('hornos'), 'casi');
    device.leave();
    expect([...device.kept.values()].join()).toContain('casi');
  });

  it('that cannot be read are nothing', () => {
    const device = new TestDevice();
    device.write(`tertulia.drafts.${ana.id}`, '{"broken');
    const drafts = new Drafts(device);
    drafts.load(ana.id);
    expect(drafts.get(id('hornos'))).toBe('');
  });
});

describe('preferences', () => {
  it('start from what stands on the page, and are kept when chosen', async () => {
    const device = new TestDevice();
    const root = document.createElement('html');
    Object.assign(root.dataset, { theme: 'dark', contrast: 'more', density: 'nonsense' });
    root.lang = 'es';
    const spoken = vi.fn();
    const preferences = new Preferences(device, root, spoken);
    expect([preferences.theme, preferences.contrast, preferences.density, preferences.language]).toEqual(['dark', 'more', 'comfortable', 'es']);
    preferences.density = 'roomy';
    preferences.language = 'en';
    await vi.waitFor(() => expect([root.dataset['density'], root.lang, language.current]).toEqual(['roomy', 'en', 'en']));
    expect(spoken).toHaveBeenCalledExactlyOnceWith('en');
    expect(JSON.parse(device.read('tertulia.preferences') ?? '')).toEqual({ density: 'roomy', language: 'en' });
  });
});

describe('toasts', () => {
  it('come one at a time and go by themselves', () => {
    const toasts = new Toasts();
    toasts.show({ text: 'uno' });
    toasts.show({ text: 'dos', action: { label: 'Undo', run: () => undefined } });
    expect(toasts.current?.text).toBe('uno');
    vi.advanceTimersByTime(5000);
    expect(toasts.current?.text).toBe('dos');
    vi.advanceTimersByTime(9999);
    expect(toasts.current?.text).toBe('dos');
    vi.advanceTimersByTime(1);
    expect(toasts.current).toBeNull();
  });

  it('wait while they are looked at', () => {
    const toasts = new Toasts();
    const gone = vi.fn();
    toasts.show({ text: 'uno', gone });
    vi.advanceTimersByTime(4000);
    toasts.pause();
    vi.advanceTimersByTime(60_000);
    expect(gone).not.toHaveBeenCalled();
    toasts.resume();
    vi.advanceTimersByTime(1000);
    expect(gone).toHaveBeenCalledOnce();
  });

  it('do either what they offer or what they would have done', () => {
    const toasts = new Toasts();
    const [run, gone] = [vi.fn(), vi.fn()];
    toasts.show({ text: 'uno', action: { label: 'Undo', run }, gone });
    toasts.current?.action?.run();
    vi.advanceTimersByTime(20_000);
    expect([run.mock.calls.length, gone.mock.calls.length, toasts.current]).toEqual([1, 0, null]);
  });
});

describe('the announcer', () => {
  let wroteAt = 0;

  function announcer(): Announcer {
    const made = new Announcer({ viewer: () => ana.id, wroteAt: () => wroteAt, nameOf: ({ author }) => author.display_name });
    made.listenIn(id('hornos'));
    return made;
  }

  beforeEach(() => {
    wroteAt = 0;
  });

  it('speaks a message with its author, and folds a burst', () => {
    const one = announcer();
    one.hear(messageOf({ seq: 1, text: '¿confirmas la furgoneta?' }));
    vi.advanceTimersByTime(700);
    expect(one.polite).toBe('Bruno: ¿confirmas la furgoneta?');
    for (const seq of [2, 3, 4, 5, 6]) one.hear(messageOf({ seq, author: carla }));
    vi.advanceTimersByTime(700);
    expect(one.polite).toBe('5 new messages');
  });

  it('never speaks mine, nor while I write', () => {
    const one = announcer();
    one.hear(messageOf({ seq: 1, author: ana }));
    wroteAt = Date.now();
    one.hear(messageOf({ seq: 2 }));
    vi.advanceTimersByTime(1000);
    expect(one.polite).toBe('');
  });

  it('speaks only of the conversation one is in', () => {
    const one = announcer();
    one.hear(messageOf({ seq: 1, conversation_id: id('otra') }));
    one.hear(messageOf({ seq: 2, thread_id: id('m1') }));
    one.listenIn(id('otra'))();
    one.hear(messageOf({ seq: 3, conversation_id: id('otra') }));
    vi.advanceTimersByTime(1000);
    expect(one.polite).toBe('');
  });

  it('is silent again, so that the same words are heard twice', () => {
    const one = announcer();
    one.alert('lost');
    expect(one.assertive).toBe('lost');
    vi.advanceTimersByTime(5000);
    expect(one.assertive).toBe('');
  });
});
