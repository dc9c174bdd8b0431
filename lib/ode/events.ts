/** Zeros of functions of the state along the solution. */
import { brent } from "./find_root.ts";
import { interpolate } from "./stepper.ts";

/** A quantity whose sign changes are looked for. */
export interface OdeEvent {
  /** Name under which occurrences are listed. */
  name: string;
  /** The quantity; it must not write to `y`. */
  g: (t: number, y: Float64Array) => number;
  /** 1 only when it rises through 0, −1 only when it falls, 0 (default) both. */
  direction?: -1 | 0 | 1;
  /** Ends the solve at the first occurrence (default false). */
  terminal?: boolean;
}

/** States at the two ends of a step. */
interface Ends {
  readonly y: Float64Array;
  readonly next: Float64Array;
}

/** An occurrence of the event with index `event`. */
interface Hit {
  readonly event: number;
  readonly t: number;
  readonly y: Float64Array;
  readonly terminal: boolean;
}

/**
 * Watches the signs of the quantities from step to step. A quantity that is 0 at the start has no
 * sign yet; one that reaches 0 exactly at the end of a step is counted there, once.
 */
export class EventWatch {
  readonly #events: readonly OdeEvent[];
  readonly #before: Float64Array;
  readonly #after: Float64Array;
  readonly #y: Float64Array;

  constructor(events: readonly OdeEvent[], n: number) {
    this.#events = events;
    this.#before = new Float64Array(events.length);
    this.#after = new Float64Array(events.length);
    this.#y = new Float64Array(n);
  }

  /** Takes the signs at the start. */
  start(t0: number, y0: Float64Array): void {
    const events = this.#events;
    for (let i = 0; i < events.length; i++) this.#before[i] = events[i].g(t0, y0);
  }

  #fires(i: number): boolean {
    const a = this.#before[i];
    const b = this.#after[i];
    const direction = this.#events[i].direction ?? 0;
    return (a < 0 && b >= 0 && direction >= 0) || (a > 0 && b <= 0 && direction <= 0);
  }

  /** Evaluates the quantities at the end of the step; true if any has an event inside. */
  look(t: number, y: Float64Array): boolean {
    let any = false;
    for (let i = 0; i < this.#events.length; i++) {
      this.#after[i] = this.#events[i].g(t, y);
      any ||= this.#fires(i);
    }
    return any;
  }

  /** The occurrences inside the step in the order of time, ended by the first terminal one. */
  locate(s: Ends, t: number, h: number, rows: Float64Array): Hit[] {
    const y = this.#y;
    const hits: Hit[] = [];
    for (let i = 0; i < this.#events.length; i++) {
      if (!this.#fires(i)) continue;
      const { g, terminal = false } = this.#events[i];
      const along = (theta: number) => {
        if (theta === 1) y.set(s.next);
        else interpolate(theta, s.y, rows, y);
        return g(t + theta * h, y);
      };
      const width = (4 * Number.EPSILON * (Math.abs(t) + h)) / h;
      const theta = this.#after[i] === 0
        ? 1
        : brent(along, 0, 1, this.#before[i], this.#after[i], width, 4 * Number.EPSILON);
      along(theta);
      hits.push({ event: i, t: t + theta * h, y: y.slice(), terminal });
    }
    hits.sort((a, b) => a.t - b.t);
    const end = hits.findIndex((hit) => hit.terminal);
    return end < 0 ? hits : hits.slice(0, end + 1);
  }

  /** The end of the step becomes the start of the next. */
  advance(): void {
    this.#before.set(this.#after);
  }
}
