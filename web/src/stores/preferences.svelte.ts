import { loadWords } from '$i18n/catalogue';
import { type Language, isLanguage, language } from '$i18n/language.svelte';
import type { Device } from './device';
import type { Contrast, Density, PreferencesStore, Theme } from './surface';

const KEY = 'tertulia.preferences';

const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];
const CONTRASTS: readonly Contrast[] = ['normal', 'more'];
const DENSITIES: readonly Density[] = ['comfortable', 'compact', 'roomy'];

/** How the page looks and speaks on this device. `public/theme.js` reads the same before the first paint. */
export class Preferences implements PreferencesStore {
  #theme = $state<Theme>('auto');
  #contrast = $state<Contrast>('normal');
  #density = $state<Density>('comfortable');
  /** May be on its way. */
  #chosen: Language | null = null;
  readonly #device: Device;
  readonly #root: HTMLElement;
  readonly #spoken: (language: Language) => void;

  /** @param spoken is told which language was chosen by hand */
  constructor(device: Device, root: HTMLElement, spoken: (language: Language) => void) {
    this.#device = device;
    this.#root = root;
    this.#spoken = spoken;
    // What stands on the root was chosen by theme.js: kept, or what this browser prefers.
    this.#theme = oneOf(THEMES, root.dataset['theme']);
    this.#contrast = oneOf(CONTRASTS, root.dataset['contrast']);
    this.#density = oneOf(DENSITIES, root.dataset['density']);
    if (isLanguage(root.lang)) language.current = root.lang;
  }

  get theme(): Theme {
    return this.#theme;
  }

  set theme(theme: Theme) {
    this.#theme = theme;
    this.#root.dataset['theme'] = theme;
    this.#keep({ theme });
  }

  get contrast(): Contrast {
    return this.#contrast;
  }

  set contrast(contrast: Contrast) {
    this.#contrast = contrast;
    this.#root.dataset['contrast'] = contrast;
    this.#keep({ contrast });
  }

  get density(): Density {
    return this.#density;
  }

  set density(density: Density) {
    this.#density = density;
    this.#root.dataset['density'] = density;
    this.#keep({ density });
  }

  get language(): Language {
    return language.current;
  }

  set language(chosen: Language) {
    this.speak(chosen);
    this.#spoken(chosen);
  }

  /** The language that the person chose on another device. The page changes when the words are here. */
  speak(chosen: Language): void {
    this.#chosen = chosen;
    this.#keep({ language: chosen });
    loadWords(chosen).then(() => this.#reword(chosen), () => undefined);
  }

  #reword(chosen: Language): void {
    if (this.#chosen !== chosen) return;
    language.current = chosen;
    this.#root.lang = chosen;
  }

  /** Only what was chosen is kept: the rest goes on following the browser. */
  #keep(choice: Record<string, string>): void {
    this.#device.write(KEY, JSON.stringify({ ...this.#kept(), ...choice }));
  }

  #kept(): object {
    try {
      const kept: unknown = JSON.parse(this.#device.read(KEY) ?? '{}');
      return typeof kept === 'object' && kept !== null ? kept : {};
    } catch {
      return {};
    }
  }
}

function oneOf<Value extends string>(values: readonly [Value, ...Value[]] | readonly Value[], value: string | undefined): Value {
  return values.find((each) => each === value) ?? (values[0] as Value);
}
