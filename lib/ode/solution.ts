/** What a solve returns. */
import type { Sink } from "./drive.ts";
import { Growing } from "./growing.ts";
import { noWork } from "./integrator.ts";
import type { OdeStatus } from "./status.ts";
import { interpolate } from "./stepper.ts";

/** Work of a solve. */
export interface OdeStats {
  /**
   * Calls of the right-hand side, those for a Jacobian by finite differences included; the one that
   * looks at its style before the start is not.
   */
  readonly evaluations: number;
  /** Steps that met the tolerance. */
  readonly accepted: number;
  /** Steps that were tried and repeated with a smaller size. */
  readonly rejected: number;
  /** Jacobians computed or asked for. */
  readonly jacobians: number;
  /** LU decompositions; radau5 makes a real and a complex one at a time. */
  readonly decompositions: number;
}

/** One occurrence of an event. */
export interface OdeEventHit {
  /** Name of the event. */
  readonly name: string;
  /** When. */
  readonly t: number;
  /** State then. */
  readonly y: Float64Array;
}

/** Solution of an initial value problem. */
export interface OdeSolution {
  /** How the solve ended. */
  readonly status: OdeStatus;
  /** Last time reached. */
  readonly t: number;
  /** State at `t`. */
  readonly y: Float64Array;
  /** The requested times that were reached; without `times`: the start and every accepted step. */
  readonly times: Float64Array;
  /** States at `times`. */
  readonly states: readonly Float64Array[];
  /** Events in the order of time. */
  readonly events: readonly OdeEventHit[];
  /** Work done. */
  readonly stats: OdeStats;
  /** Relative tolerance used: at least 100 machine epsilons, whatever was asked. */
  readonly rtol: number;
  /**
   * State at any `t` between the start and the last time reached; needs `dense: true`.
   *
   * @throws {RangeError} If `t` lies outside, or the solve was not dense.
   */
  readonly at: (t: number) => Float64Array;
}

/** Collects output while the solve runs. */
export class Recorder implements OdeSolution, Sink {
  status: OdeStatus = "done";
  t: number;
  y: Float64Array;
  readonly events: OdeEventHit[] = [];
  stats: OdeStats = noWork();
  readonly rtol: number;
  readonly #names: readonly string[];
  readonly #n: number;
  readonly #rows: number;
  readonly #dense: boolean;
  readonly #start: number;
  readonly #times = new Growing();
  readonly #states = new Growing();
  /** Per step: start, size, then state and rows. */
  readonly #starts = new Growing();
  readonly #sizes = new Growing();
  readonly #polynomials = new Growing();
  #stateViews: Float64Array[] | undefined;

  /** `names` are those of the events; `rows` is 0 when the solve is not dense. */
  constructor(t0: number, n: number, rtol: number, rows: number, names: readonly string[]) {
    this.t = t0;
    this.y = new Float64Array(n);
    this.rtol = rtol;
    this.#names = names;
    this.#n = n;
    this.#rows = rows;
    this.#dense = rows > 0;
    this.#start = t0;
  }

  /** One point of output. */
  push(t: number, y: Float64Array): void {
    this.#times.push(t);
    this.#states.append(y);
  }

  /** One step for `at`. */
  pushStep(t: number, h: number, y: Float64Array, rows: Float64Array): void {
    this.#starts.push(t);
    this.#sizes.push(h);
    this.#polynomials.append(y);
    this.#polynomials.append(rows);
  }

  /** One event. */
  hit(event: number, t: number, y: Float64Array): void {
    this.events.push({ name: this.#names[event], t, y });
  }

  get times(): Float64Array {
    return this.#times.view();
  }

  get states(): readonly Float64Array[] {
    const n = this.#n;
    return this.#stateViews ??= Array.from(
      { length: this.#times.length },
      (_, i) => this.#states.view(i * n, (i + 1) * n),
    );
  }

  // A field, so that a reader may take it out of the solution.
  readonly at = (t: number): Float64Array => {
    if (!this.#dense) {
      throw new RangeError(
        "Cannot interpolate the solution as dense must be true: current value is false",
      );
    }
    if (!(t >= this.#start && t <= this.t)) {
      throw new RangeError(
        `Cannot interpolate the solution as t must lie in [${this.#start}, ${this.t}]: ` +
          `current value is ${t}`,
      );
    }
    if (t === this.t) return this.y.slice();
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#starts.at(middle) <= t) low = middle;
      else high = middle;
    }
    const n = this.#n;
    const size = (this.#rows + 1) * n;
    const polynomial = this.#polynomials.view(low * size, (low + 1) * size);
    const out = new Float64Array(n);
    const theta = (t - this.#starts.at(low)) / this.#sizes.at(low);
    interpolate(theta, polynomial.subarray(0, n), polynomial.subarray(n), out);
    return out;
  };
}
