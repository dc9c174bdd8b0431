import { checkFinite, checkInteger, checkMethods, checkNonNegative } from "../check.ts";

/**
 * The randomness a chain consumes; every `Stream` is one. Tests put given numbers in its place.
 */
export interface Draws {
  /** Named child, independent of what was drawn so far. */
  stream(...path: (string | number)[]): Draws;
  /** One standard normal. */
  normal(): number;
  /** One χ² variable with `nu` degrees of freedom. */
  chiSquare(nu: number): number;
  /** Fills `out` with standard normals. */
  fillNormal(out: Float64Array): Float64Array;
  /** Fills `out` with χ² variables. */
  fillChiSquare(out: Float64Array, nu: number): Float64Array;
}

/** A source of draws, not just its seed. */
export function checkDraws(what: string, rng: unknown): void {
  const methods = ["stream", "normal", "chiSquare", "fillNormal", "fillChiSquare"];
  checkMethods(what, "rng", rng, 'a stream such as stream("7")', methods);
}

/** What hitting times and trajectories need of a chain. */
export interface Chain {
  /** Current state of all copies. */
  readonly state: ChainState;
  /** Steps made so far. */
  readonly steps: number;
  /** One step of all copies. */
  step(): void;
}

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
  if (a === undefined || h === undefined) return;
  const square = a.reduce((sum, x) => sum + x * x, h * h);
  if (Math.abs(square - 1) <= 1e-9) return;
  throw new RangeError(
    `Cannot ${what} as |start.a|^2 + start.h^2 must be 1 on the sphere: current value is ${square}`,
  );
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
  ) {
    const what = "start a chain";
    checkInteger(what, "copies", copies, 1);
    checkDraws(what, rng);
    const { u = d ** -2, a: direction, h: remainder } = start;
    checkFinite(what, "start.u", u);
    this.u = new Float64Array(copies).fill(u);
    this.a = new Float64Array(copies * p);
    this.h = new Float64Array(copies);
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
    if (remainder === undefined && square > 1) {
      throw new RangeError(
        `Cannot ${what} as |start.a|^2 must be <= 1: current value is ${square}`,
      );
    }
    const h = remainder ?? Math.sqrt(1 - square);
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

  /**
   * Moves copy `c` by the gradient step `u −= du`, `a −= da`, `h → √((h − dh)² + rest)`, where
   * `rest` is the squared length of the step in the `d − p − 1` directions orthogonal to everything
   * before; then re-normalises ω when it lives on the sphere.
   */
  move(
    c: number,
    du: number,
    da: Float64Array,
    dh: number,
    rest: number,
    sphere: boolean,
  ): void {
    const { u, a, h, p } = this;
    u[c] -= du;
    let square = (h[c] - dh) ** 2 + rest;
    let length = 1;
    const remainder = Math.sqrt(square);
    for (let j = 0; j < p; j++) {
      const x = a[c * p + j] - da[j];
      a[c * p + j] = x;
      square += x * x;
    }
    if (sphere) {
      length = 1 / Math.sqrt(square);
      for (let j = 0; j < p; j++) a[c * p + j] *= length;
    }
    h[c] = remainder * length;
  }
}
