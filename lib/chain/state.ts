import { checkFinite, checkInteger, checkKeys, checkNonNegative } from "../check.ts";
import { checkDraws, type Draws } from "./draws.ts";

/** Start of a chain: `u₀` and, unless ω is drawn uniformly, its coordinates and remainder. */
export interface SingleIndexStart {
  /** Scalar factor `u₀`; `d⁻²` when not given. */
  readonly u?: number;
  /** Coordinates of ω in the frame; drawn as those of a uniform unit vector when not given. */
  readonly a?: readonly number[];
  /** Norm of the rest of ω; `√(1 − |a|²)` when not given. */
  readonly h?: number;
}

/** A start on the sphere has `|a|² + h² = 1`. */
export function checkOnSphere(what: string, { a, h }: SingleIndexStart): void {
  if (a !== undefined && h !== undefined) checkUnit(what, "|start.a|^2 + start.h^2", [...a, h]);
}

/** A vector on the sphere has length 1; `name` says what its square is called. */
export function checkUnit(what: string, name: string, entries: Iterable<number>): void {
  let square = 0;
  for (const x of entries) square += x * x;
  if (Math.abs(square - 1) <= 1e-9) return;
  throw new RangeError(
    `Cannot ${what} as ${name} must be 1 on the sphere: current value is ${square}`,
  );
}

/** One vector of the memory of all copies, and its number beside `u`; 0 at the start. */
export interface MemoryState {
  /** Numbers beside `u`, one per copy. */
  readonly u: Float64Array;
  /** Coordinates in the frame, as those of ω. */
  readonly a: Float64Array;
  /**
   * Coordinates outside the frame, `1 + memory` per copy: along ω's rest, then in directions
   * orthogonal to it.
   */
  readonly rest: Float64Array;
}

/**
 * State of many independent copies of `(u, a, h)`, as arrays over the copies.
 *
 * @example
 * ```ts
 * import { ChainState } from "lora-dynamics/chain/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const state = new ChainState(3, 1, 1000, { u: 0.5, a: [0.6] }, stream("7"));
 * assertEquals([state.m(2), state.h[2], state.s(2, 0.1)], [0.6, 0.8, 0.4]);
 * ```
 */
export class ChainState {
  /** Scalar factors `u`, one per copy. */
  readonly u: Float64Array;
  /** Coordinates of ω in the frame; `a[c·p + j]` is coordinate j of copy c. */
  readonly a: Float64Array;
  /** Norm of the part of ω outside the frame, one per copy. */
  readonly h: Float64Array;
  /** What a rule with memory keeps beside ω, one entry for each vector. */
  readonly memory: readonly MemoryState[];

  readonly #lost: Uint8Array;

  /**
   * A state of `copies` independent starts, drawn from `rng`.
   *
   * @throws {RangeError} If a number is out of range or ω lies outside the unit ball.
   * @throws {TypeError} If a shape does not fit.
   */
  constructor(
    readonly copies: number,
    readonly p: number,
    d: number,
    start: SingleIndexStart,
    rng: Draws,
    memory = 0,
  ) {
    const what = "start a chain";
    checkKeys(what, start, ["u", "a", "h"], "start");
    checkInteger(what, "copies", copies, 1);
    checkDraws(what, rng);
    const { u = d ** -2, a: direction, h: remainder } = start;
    checkFinite(what, "start.u", u);
    this.u = new Float64Array(copies).fill(u);
    this.a = new Float64Array(copies * p);
    this.h = new Float64Array(copies);
    this.#lost = new Uint8Array(copies);
    this.memory = Array.from({ length: memory }, () => ({
      u: new Float64Array(copies),
      a: new Float64Array(copies * p),
      rest: new Float64Array(copies * (1 + memory)),
    }));
    if (direction !== undefined) this.#setDirections(direction, remainder);
    else if (remainder === undefined) this.#drawDirections(d, rng);
    else throw new TypeError(`Cannot ${what} as start.a must be given with start.h: it is missing`);
  }

  /** `a = g/√(|g|² + G²)`, `g ~ N(0, I_p)`, `G² ~ χ²_{d−p}`: the frame's part of a uniform unit vector. */
  #drawDirections(d: number, rng: Draws): void {
    const { copies, p, a, h } = this;
    rng.stream("start").fillNormal(a);
    rng.stream("start remainder").fillChiSquare(h, d - p);
    for (let c = 0; c < copies; c++) {
      let square = h[c];
      for (let j = 0; j < p; j++) square += a[c * p + j] ** 2;
      h[c] = Math.sqrt(h[c] / square);
      for (let j = 0; j < p; j++) a[c * p + j] /= Math.sqrt(square);
    }
  }

  #setDirections(direction: readonly number[], remainder: number | undefined): void {
    const what = "start a chain";
    const { copies, p } = this;
    if (!Array.isArray(direction) || direction.length !== p) {
      throw new TypeError(
        `Cannot ${what} as start.a must have one entry per frame direction (${p}): ` +
          `current value is ${JSON.stringify(direction)}`,
      );
    }
    direction.forEach((x, j) => checkFinite(what, `start.a[${j}]`, x));
    const square = direction.reduce((sum, x) => sum + x * x, 0);
    // A unit vector's square may be above 1 by rounding.
    if (remainder === undefined && square > 1 + 1e-12) {
      throw new RangeError(
        `Cannot ${what} as |start.a|^2 must be <= 1: current value is ${square}`,
      );
    }
    const h = remainder ?? Math.sqrt(Math.max(0, 1 - square));
    checkNonNegative(what, "start.h", h);
    for (let c = 0; c < copies; c++) this.a.set(direction, c * p);
    this.h.fill(h);
  }

  /** Overlap `m = ω·ω⋆` of copy `c`, with its sign. */
  m(c: number): number {
    return this.a[c * this.p];
  }

  /** `s = w·ω⋆ = w₀·ω⋆ + u m` of copy `c`, given `w₀·ω⋆`. */
  s(c: number, frozenOverlap: number): number {
    return frozenOverlap + this.u[c] * this.a[c * this.p];
  }

  /** Sets copies that are no longer finite to NaN, for good, and returns how many have become so. */
  lose(): number {
    const { u, a, h, p } = this, lost = this.#lost;
    let count = 0;
    for (let c = 0; c < this.copies; c++) {
      // A difference with itself is 0, or NaN for what is not finite.
      let alarm = u[c] - u[c] + (h[c] - h[c]);
      for (let j = c * p; j < (c + 1) * p; j++) alarm += a[j] - a[j];
      if (!lost[c] && alarm === 0) continue;
      u[c] = h[c] = NaN;
      a.fill(NaN, c * p, (c + 1) * p);
      count += 1 - lost[c];
      lost[c] = 1;
    }
    return count;
  }
}
