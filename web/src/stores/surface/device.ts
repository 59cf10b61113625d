/* What belongs to this device. */
import type { Language } from '$i18n/language.svelte';

export type Theme = 'auto' | 'light' | 'dark';
export type Contrast = 'normal' | 'more';
export type Density = 'comfortable' | 'compact' | 'roomy';

export interface PreferencesStore {
  theme: Theme;
  contrast: Contrast;
  density: Density;
  language: Language;
}

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'alert';
  readonly action?: { readonly label: string; run(): void };
}

export interface ToastsStore {
  /** One at a time; the next waits for this one to go. */
  readonly current: Toast | null;
  /** 5 s, 10 s with an action. `gone` is called once, when it goes without its action. */
  show(toast: Omit<Toast, 'id' | 'tone'> & { tone?: Toast['tone']; gone?: () => void }): number;
  dismiss(id: number): void;
  /** While the pointer or the focus is on it. */
  pause(): void;
  resume(): void;
}

export interface AnnouncerStore {
  /** Text of the polite live region of the frame. */
  readonly polite: string;
  /** Text of its `role="alert"`. */
  readonly assertive: string;
  say(text: string): void;
  alert(text: string): void;
}
