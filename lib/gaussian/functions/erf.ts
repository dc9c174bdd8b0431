/**
 * The error function and its slope by a table of local Taylor polynomials.
 *
 * On the cell around a node `c` the expansion is `erf(c + δ) = erf(c) + Σ_n a_n δⁿ` with the
 * coefficients from the differential equation `y″ = −2(c + δ) y′`. There is no branch on the size
 * of `x` but the one that saturates, so that a loop over Gaussian inputs is not slowed by wrong
 * guesses of the processor.
 */

/** Beyond this argument the nearest double of erf is ±1. */
const END = 6;
const CELLS_PER_UNIT = 32;
const CELLS = END * CELLS_PER_UNIT;
/** Degrees 0 to 9 per cell: `|δ| ≤ 1/64` leaves errors below 1e-17, also in the slope. */
const WIDTH = 10;
const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

/** Taylor coefficients of `(erf(c + δ) − erf(c)) / erf′(c)` up to `degree`. */
function increments(c: number, degree: number): Float64Array {
  const a = new Float64Array(degree + 1);
  a[1] = 1;
  for (let n = 1; n < degree; n++) {
    a[n + 1] = (-2 / (n + 1)) * (c * a[n] + ((n - 1) / n) * a[n - 1]);
  }
  return a;
}

/**
 * Row `i` of `2·CELLS + 1` belongs to the node `(i − CELLS)/CELLS_PER_UNIT`. Node values are summed
 * outward from `erf(0) = 0` with compensation, half a cell from either side.
 */
function buildTable(): Float64Array {
  const table = new Float64Array((2 * CELLS + 1) * WIDTH);
  const half = 0.5 / CELLS_PER_UNIT;
  let sum = 0;
  let lost = 0;
  const add = (term: number): void => {
    const next = sum + term;
    lost += sum - next + term; // no term is larger than the sum before it, but the first, which loses nothing
    sum = next;
  };
  for (let i = 0; i <= CELLS; i++) {
    const c = i / CELLS_PER_UNIT;
    const slope = TWO_OVER_SQRT_PI * Math.exp(-c * c);
    const a = increments(c, 14);
    let left = 0;
    let right = 0;
    for (let n = 14; n >= 1; n--) {
      left = (left + (n % 2 === 1 ? a[n] : -a[n])) * half;
      right = (right + a[n]) * half;
    }
    if (i > 0) add(slope * left);
    const up = (CELLS + i) * WIDTH;
    const down = (CELLS - i) * WIDTH;
    table[down] = -(sum + lost);
    table[up] = sum + lost;
    for (let n = 1; n < WIDTH; n++) {
      table[down + n] = n % 2 === 1 ? slope * a[n] : -slope * a[n];
      table[up + n] = slope * a[n];
    }
    add(slope * right);
  }
  return table;
}

const TABLE = buildTable();

/**
 * Error function `erf(x) = (2/√π) ∫₀ˣ e^{−t²} dt`; relative error below 3e-16.
 *
 * Source: DLMF 7.2.1, expanded about 385 nodes.
 *
 * @param x Any number; `NaN` gives `NaN`.
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { erf } from "lora-dynamics/gaussian/mod.ts";
 * assertAlmostEquals(erf(1), 0.8427007929497149, 1e-15);
 * ```
 */
export function erf(x: number): number {
  if (!(x > -END && x < END)) return Math.sign(x);
  const i = (x * CELLS_PER_UNIT + (CELLS + 0.5)) | 0;
  const d = x - (i - CELLS) / CELLS_PER_UNIT;
  const k = i * WIDTH;
  const t = TABLE;
  return ((((((((t[k + 9] * d + t[k + 8]) * d + t[k + 7]) * d + t[k + 6]) * d + t[k + 5]) * d +
                    t[k + 4]) * d + t[k + 3]) * d + t[k + 2]) * d + t[k + 1]) * d + t[k];
}

/** Slope `erf′(x) = (2/√π) e^{−x²}`. */
export function erfSlope(x: number): number {
  return TWO_OVER_SQRT_PI * Math.exp(-x * x);
}

/** Values of erf at the first `n` entries of `x`. */
export function fillErf(x: Float64Array, n: number, f: Float64Array): void {
  for (let i = 0; i < n; i++) f[i] = erf(x[i]);
}

/**
 * Values and slopes of erf at the first `n` entries of `x`, both from one row of the table.
 * The slope has an absolute error below 3e-16 and is 0 beyond the table (true value < 3e-16).
 */
export function fillErfAndSlope(
  x: Float64Array,
  n: number,
  f: Float64Array,
  df: Float64Array,
): void {
  const t = TABLE;
  for (let i = 0; i < n; i++) {
    const v = x[i];
    if (!(v > -END && v < END)) {
      f[i] = Math.sign(v);
      df[i] = v === v ? 0 : NaN;
      continue;
    }
    const j = (v * CELLS_PER_UNIT + (CELLS + 0.5)) | 0;
    const d = v - (j - CELLS) / CELLS_PER_UNIT;
    const k = j * WIDTH;
    const c1 = t[k + 1];
    const c2 = t[k + 2];
    const c3 = t[k + 3];
    const c4 = t[k + 4];
    const c5 = t[k + 5];
    const c6 = t[k + 6];
    const c7 = t[k + 7];
    const c8 = t[k + 8];
    const c9 = t[k + 9];
    f[i] = ((((((((c9 * d + c8) * d + c7) * d + c6) * d + c5) * d + c4) * d + c3) * d + c2) * d +
          c1) * d + t[k];
    df[i] =
      (((((((9 * c9 * d + 8 * c8) * d + 7 * c7) * d + 6 * c6) * d + 5 * c5) * d + 4 * c4) * d +
              3 * c3) * d + 2 * c2) * d + c1;
  }
}
