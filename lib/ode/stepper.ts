/** What the two Runge–Kutta methods have in common. */

/** Right-hand side of `dy/dt = f(t, y)`: writes the derivative into `dy` and leaves `y` alone. */
export type Rhs = (t: number, y: Float64Array, dy: Float64Array) => void;

/** A right-hand side in either style: writes the derivative, or returns it as a list. */
export type AnyRhs = (t: number, y: Float64Array, dy: Float64Array) => unknown;

/**
 * A right-hand side that may look at parameters. The explicit methods hand them on with each call,
 * which for small systems is visibly faster than a closure around them.
 */
export type ParametricRhs = (
  t: number,
  y: Float64Array,
  dy: Float64Array,
  p?: Float64Array,
) => void;

/** Room and arithmetic of one method for one system size. */
export interface Stepper {
  /** The error estimate falls like `h^(errorOrder + 1)`. */
  readonly errorOrder: number;
  /** Calls of the right-hand side in a step; the first stage is the last one of the step before. */
  readonly stages: number;
  /** Number of rows in the nested interpolation polynomial. */
  readonly rows: number;
  /** State at the start of the step. */
  y: Float64Array;
  /** State at its end. */
  next: Float64Array;
  /** Slope at the start. */
  slope: Float64Array;
  /** Slope at the end, evaluated by `step`. */
  nextSlope: Float64Array;
  /** From `(t, y, slope)` to `next` and `nextSlope`. */
  step(t: number, h: number): void;
  /**
   * Root mean square of the error estimate over `atol + rtol max(|y|, |next|)`; not finite if the
   * step met a value that is not.
   */
  errorNorm(h: number, rtol: number, atol: Float64Array): number;
  /** Writes the interpolation rows of the step just taken; returns the evaluations that it cost. */
  interpolant(t: number, h: number, rows: Float64Array): number;
  /** Makes the end of the step the start of the next. */
  advance(): void;
}

/**
 * Rows that every Hermite-type interpolant of HNW starts with: `Δy`, `h k_0 − Δy` and
 * `2 Δy − h (k_1 + k_0)`.
 */
export function startRows(
  s: Pick<Stepper, "y" | "next" | "slope" | "nextSlope">,
  h: number,
  rows: Float64Array,
): void {
  const { y, next, slope, nextSlope } = s;
  const n = y.length;
  for (let i = 0; i < n; i++) {
    const change = next[i] - y[i];
    rows[i] = change;
    rows[n + i] = h * slope[i] - change;
    rows[2 * n + i] = 2 * change - h * (nextSlope[i] + slope[i]);
  }
}

/** State at a share of a step, by the cubic through the states and slopes at its ends. */
export function hermiteWithin(
  { y, next, slope, nextSlope }: Pick<Stepper, "y" | "next" | "slope" | "nextSlope">,
  share: number,
  h: number,
  out: Float64Array,
): void {
  const rest = 1 - share, to = share * share * (1 + 2 * rest), from = rest * rest * (1 + 2 * share);
  const up = h * share * rest * rest, down = h * share * share * rest;
  for (let i = 0; i < out.length; i++) {
    out[i] = from * y[i] + to * next[i] + up * slope[i] - down * nextSlope[i];
  }
}

/**
 * Nested polynomial `y + θ (F_0 + (1−θ) (F_1 + θ (F_2 + …)))` on `θ = (t − t_0)/h`.
 *
 * Source: HNW I, section II.6, and the dense output of DOP853.
 */
export function interpolate(
  theta: number,
  y: Float64Array,
  rows: Float64Array,
  out: Float64Array,
): void {
  const n = out.length;
  const rest = 1 - theta;
  const last = rows.length / n - 1;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let k = last; k >= 0; k--) sum = (sum + rows[k * n + i]) * ((k & 1) === 0 ? theta : rest);
    out[i] = y[i] + sum;
  }
}
