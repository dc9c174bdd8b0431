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
  /** Writes the state at a share of the step, to the order of a cubic or so. */
  within(share: number, h: number, out: Float64Array): void;
}

/** An occurrence of the event with index `event`. */
interface Hit {
  readonly event: number;
  readonly t: number;
  readonly y: Float64Array;
  readonly terminal: boolean;
}

/** Parts of a step in whose ends the quantities are looked at. */
const PARTS = 4;
/** Most parts into which a step is cut where a quantity comes and goes. */
const MOST_PARTS = 1024;

/** Number of changes of sign in a list; a zero has no sign. */
function changes(values: ArrayLike<number>): number {
  let count = 0, last = 0;
  for (let i = 0; i < values.length; i++) {
    const sign = Math.sign(values[i]);
    if (sign === 0) continue;
    if (sign === -last) count++;
    last = sign;
  }
  return count;
}

/**
 * Values of a quantity in equal parts of a step, so many that twice and four times as many show no
 * further change of sign.
 */
function refined(along: (theta: number) => number, before: number, after: number): number[] {
  let parts = PARTS, steady = 0;
  const at = (k: number) => k === 0 ? before : k === parts ? after : along(k / parts);
  let values = Array.from({ length: parts + 1 }, (_, k) => at(k));
  while (steady < 2 && parts < MOST_PARTS) {
    const coarse = values;
    parts *= 2;
    values = Array.from({ length: parts + 1 }, (_, k) => k % 2 === 0 ? coarse[k / 2] : at(k));
    steady = changes(values) === changes(coarse) ? steady + 1 : 0;
  }
  return values;
}

/** What `look` found: nothing, an event, or a quantity that is no number. */
export type Look = "nothing" | "fired" | "nan";

/**
 * Watches the signs of the quantities from step to step, in its ends and its quarters. A quantity that is 0
 * at the start has no sign yet; one that reaches 0 exactly at the end of a step is counted there, once.
 */
export class EventWatch {
  readonly #events: readonly OdeEvent[];
  /** For each event, its values in the ends of the parts of the step. */
  readonly #values: readonly Float64Array[];
  readonly #y: Float64Array;

  constructor(events: readonly OdeEvent[], n: number) {
    this.#events = events;
    this.#values = events.map(() => new Float64Array(PARTS + 1));
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
      this.#values[i][0] = value;
    });
    return !this.#values.some(([value]) => Number.isNaN(value));
  }

  #fires(i: number, a: number, b: number): boolean {
    const direction = this.#events[i].direction ?? 0;
    return (a < 0 && b >= 0 && direction >= 0) || (a > 0 && b <= 0 && direction <= 0);
  }

  /** Evaluates the quantities in the parts and at the end of the step from `t`. */
  look(t: number, h: number, s: Step): Look {
    for (let part = 1; part <= PARTS; part++) {
      const share = part / PARTS, end = part === PARTS;
      if (!end) s.within(share, h, this.#y);
      for (let i = 0; i < this.#events.length; i++) {
        const value = this.#values[i][part] = this.#events[i].g(
          t + share * h,
          end ? s.next : this.#y,
        );
        if (Number.isNaN(value)) return "nan";
      }
    }
    const fires = this.#values.some((values, i) =>
      this.#fires(i, values[0], values[PARTS]) ||
      values.some((value, k) => k > 0 && this.#fires(i, values[k - 1], value))
    );
    return fires ? "fired" : "nothing";
  }

  /** The occurrences inside the step in the order of time, ended by the first terminal one. */
  locate(s: Ends, t: number, h: number, rows: Float64Array): Hit[] {
    const y = this.#y;
    const hits: Hit[] = [];
    for (let i = 0; i < this.#events.length; i++) {
      const { g, terminal = false } = this.#events[i], seen = this.#values[i];
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
      if (seen[0] !== 0 && changes(seen) < 2) {
        find(0, 1, seen[0], seen[PARTS]);
        continue;
      }
      const values = refined(along, seen[0], seen[PARTS]), parts = values.length - 1;
      for (let k = 1; k <= parts; k++) find((k - 1) / parts, k / parts, values[k - 1], values[k]);
    }
    hits.sort((a, b) => a.t - b.t);
    const end = hits.findIndex((hit) => hit.terminal);
    return end < 0 ? hits : hits.slice(0, end + 1);
  }

  /** The end of the step becomes the start of the next. */
  advance(): void {
    for (const values of this.#values) values[0] = values[PARTS];
  }
}
