/** Zeros of functions of the state along the solution. */
import { checkBoolean, checkKeys, show } from "../check.ts";
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

/**
 * Checks what a reader wrote as events.
 *
 * @throws {TypeError} If a part is missing, unknown, or of the wrong type.
 * @throws {RangeError} If a direction is none of −1, 0, 1.
 */
export function checkEvents(what: string, events: readonly Omit<OdeEvent, "g">[]): void {
  events.forEach((event, i) => {
    const name = `events[${i}]`, { direction = 0, terminal = false } = event;
    checkKeys(what, event, ["name", "g", "direction", "terminal"], name);
    checkBoolean(what, `${name}.terminal`, terminal);
    const { g } = event as { readonly g?: unknown };
    if (typeof g !== "function") {
      throw new TypeError(
        `Cannot ${what} as ${name}.g must be a function of t and y: current value is ${show(g)}`,
      );
    }
    if (direction !== 1 && direction !== -1 && direction !== 0) {
      throw new RangeError(
        `Cannot ${what} as ${name}.direction must be 1 (rising), -1 (falling) or 0 (both): current ` +
          `value is ${show(direction)}`,
      );
    }
  });
}

/** States at the two ends of a step. */
interface Ends {
  readonly y: Float64Array;
  readonly next: Float64Array;
}

/** A step that was just taken. */
interface Step extends Ends {
  /** Writes the state in the middle, to the order of a cubic or so. */
  middle(h: number, out: Float64Array): void;
}

/** An occurrence of the event with index `event`. */
interface Hit {
  readonly event: number;
  readonly t: number;
  readonly y: Float64Array;
  readonly terminal: boolean;
}

/** What `look` found: nothing, an event, or a quantity that is no number. */
export type Look = "nothing" | "fired" | "nan";

/**
 * Watches the signs of the quantities from step to step, in its ends and its middle. A quantity that is 0
 * at the start has no sign yet; one that reaches 0 exactly at the end of a step is counted there, once.
 */
export class EventWatch {
  readonly #events: readonly OdeEvent[];
  readonly #before: Float64Array;
  readonly #between: Float64Array;
  readonly #after: Float64Array;
  readonly #y: Float64Array;

  constructor(events: readonly OdeEvent[], n: number) {
    this.#events = events;
    this.#before = new Float64Array(events.length);
    this.#between = new Float64Array(events.length);
    this.#after = new Float64Array(events.length);
    this.#y = new Float64Array(n);
  }

  /**
   * Takes the signs at the start; false if one is NaN.
   *
   * @throws {TypeError} If a quantity is no number, as a condition would be.
   */
  start(t0: number, y0: Float64Array): boolean {
    this.#events.forEach(({ name, g }, i) => {
      const value: unknown = g(t0, y0);
      if (typeof value !== "number") {
        throw new TypeError(
          `Cannot watch the event "${name}" as g must be a number that changes its sign there, such as ` +
            `y[0] - 2: current value is ${show(value)}`,
        );
      }
      this.#before[i] = value;
    });
    return !this.#before.some(Number.isNaN);
  }

  #fires(i: number, a: number, b: number): boolean {
    const direction = this.#events[i].direction ?? 0;
    return (a < 0 && b >= 0 && direction >= 0) || (a > 0 && b <= 0 && direction <= 0);
  }

  /** Evaluates the quantities in the middle and at the end of the step from `t`. */
  look(t: number, h: number, s: Step): Look {
    s.middle(h, this.#y);
    let found: Look = "nothing";
    for (let i = 0; i < this.#events.length; i++) {
      const { g } = this.#events[i], before = this.#before[i];
      const middle = this.#between[i] = g(t + h / 2, this.#y),
        after = this.#after[i] = g(t + h, s.next);
      if (Number.isNaN(after) || Number.isNaN(middle)) return "nan";
      if (
        this.#fires(i, before, middle) || this.#fires(i, middle, after) ||
        this.#fires(i, before, after)
      ) {
        found = "fired";
      }
    }
    return found;
  }

  /** The occurrences inside the step in the order of time, ended by the first terminal one. */
  locate(s: Ends, t: number, h: number, rows: Float64Array): Hit[] {
    const y = this.#y;
    const hits: Hit[] = [];
    for (let i = 0; i < this.#events.length; i++) {
      const { g, terminal = false } = this.#events[i],
        before = this.#before[i],
        after = this.#after[i];
      const along = (theta: number) => {
        if (theta === 1) y.set(s.next);
        else interpolate(theta, s.y, rows, y);
        return g(t + theta * h, y);
      };
      const find = (from: number, to: number, a: number, b: number) => {
        if (!this.#fires(i, a, b)) return;
        const width = (4 * Number.EPSILON * (Math.abs(t) + h)) / h;
        const theta = b === 0 ? to : brent(along, from, to, a, b, width, 4 * Number.EPSILON);
        along(theta);
        hits.push({ event: i, t: t + theta * h, y: y.slice(), terminal });
      };
      // Twice only where the middle lies on the other side of both ends: there and back within the step.
      const middle = before * this.#between[i] < 0 || after * this.#between[i] < 0
        ? along(0.5)
        : before;
      if (middle !== 0 && (before * middle < 0 || after * middle < 0)) {
        find(0, 0.5, before, middle);
        find(0.5, 1, middle, after);
      } else {
        find(0, 1, before, after);
      }
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
