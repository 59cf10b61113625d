import type { References } from './pieces';

/** What a text needs to know of where it stands: who is who, and the words of its controls. */
export interface MarkdownSetting {
  references: References;
  words: { copy: string; copied: string; code: string; more: (lines: number) => string; less: string; spoiler: string; done: string; todo: string };
  /** Someone's name was pressed. */
  onperson?: (id: string, at: HTMLElement) => void;
}
