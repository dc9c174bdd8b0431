/**
 * The time at which a quantity first falls to 0 between the steps of a descent.
 *
 * @module
 */

/** Follows a quantity from step to step, up to its first fall from above 0 to 0 or below. */
export class FirstFall {
  /** Sum of the step sizes at the fall, on the straight line between the steps around it; null before. */
  at: number | null = null;
  readonly #now: () => number;
  #t = 0;
  #last: number;

  /** @param now The quantity at present. */
  constructor(now: () => number) {
    this.#now = now;
    this.#last = now();
  }

  /** Looks after a step of this size. */
  step(size: number): void {
    if (this.at !== null) return;
    const now = this.#now(), last = this.#last;
    if (last > 0 && now <= 0) this.at = this.#t + size * last / (last - now);
    this.#t += size;
    this.#last = now;
  }
}
