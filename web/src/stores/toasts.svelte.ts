import type { Toast, ToastsStore } from './surface';

const PLAIN_MS = 5000;
const ACTION_MS = 10_000;

type Shown = Parameters<ToastsStore['show']>[0];
interface Queued extends Toast {
  readonly gone: (() => void) | undefined;
}

/** Short notices, one at a time, in the order they came. */
export class Toasts implements ToastsStore {
  #queue = $state.raw<readonly Queued[]>([]);
  #next = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #endsAt = 0;
  #left = 0;

  get current(): Toast | null {
    return this.#queue[0] ?? null;
  }

  show({ gone, action, ...shown }: Shown): number {
    const id = this.#next++;
    const taken = action && { label: action.label, run: () => this.#act(id, action.run) };
    this.#queue = [...this.#queue, { tone: 'plain', ...shown, id, gone, ...(taken ? { action: taken } : {}) }];
    if (this.#queue.length === 1) this.#start();
    return id;
  }

  dismiss(id: number): void {
    this.#remove(id)?.gone?.();
  }

  pause(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#left = Math.max(0, this.#endsAt - Date.now());
  }

  resume(): void {
    if (this.#timer === undefined && this.current) this.#run(this.#left);
  }

  /** Ends all of them at once, as if their time had passed. */
  flush(): void {
    for (const { id } of this.#queue) this.dismiss(id);
  }

  #act(id: number, run: () => void): void {
    if (this.#remove(id)) run();
  }

  #remove(id: number): Queued | undefined {
    const found = this.#queue.find((toast) => toast.id === id);
    const wasShown = this.#queue[0] === found;
    this.#queue = this.#queue.filter((toast) => toast !== found);
    if (found && wasShown) this.#start();
    return found;
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { current } = this;
    if (current) this.#run(current.action ? ACTION_MS : PLAIN_MS);
  }

  #run(milliseconds: number): void {
    const id = this.current?.id;
    this.#endsAt = Date.now() + milliseconds;
    this.#timer = setTimeout(() => id !== undefined && this.dismiss(id), milliseconds);
  }
}
