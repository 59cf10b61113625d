import type { Id } from '$protocol/wire';

class ProfileCard {
  #shown = $state.raw<{ userId: Id; anchor: HTMLElement } | null>(null);

  get shown(): { userId: Id; anchor: HTMLElement } | null {
    return this.#shown;
  }

  /** Shows the card of a person beside what was pressed. */
  show(userId: Id, anchor: HTMLElement): void {
    this.#shown = { userId, anchor };
  }

  hide(): void {
    this.#shown = null;
  }
}

export const profileCard = new ProfileCard();
