import type { ApiError } from '$client/errors';
import { wordError, wordField } from '$i18n/errors';

/** One thing that is tried from a form: whether it is under way, and what was wrong with it. */
export class Attempt {
  #busy = $state(false);
  #error = $state.raw<ApiError | null>(null);

  get busy(): boolean {
    return this.#busy;
  }

  get code(): string | null {
    return this.#error?.code ?? null;
  }

  /** What is wrong with the whole; null when a field says it. */
  problem(...fields: readonly string[]): string | null {
    const error = this.#error;
    if (!error || fields.some((field) => wordField(error, field))) return null;
    return wordError(error);
  }

  field(name: string): string | null {
    return wordField(this.#error, name);
  }

  /** Runs it once at a time; true when it worked. */
  async run(doing: () => Promise<unknown>): Promise<boolean> {
    if (this.#busy) return false;
    this.#busy = true;
    this.#error = null;
    try {
      await doing();
      return true;
    } catch (error) {
      this.#error = error as ApiError;
      return false;
    } finally {
      this.#busy = false;
    }
  }
}
