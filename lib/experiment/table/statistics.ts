import { show } from "../../check.ts";

/** Mean, standard deviation and standard error of a sample. */
export interface Summary {
  /** Number of values. */
  readonly n: number;
  /** Mean. */
  readonly mean: number;
  /** Standard deviation with divisor `n − 1`; 0 for a single value. */
  readonly sd: number;
  /** Standard error of the mean, `sd/√n`. */
  readonly se: number;
}

function checkSample(what: string, values: ArrayLike<number>): void {
  if (!(values.length > 0)) {
    throw new RangeError(`Cannot ${what} as values must not be empty: current length is 0`);
  }
  // The first one tells: a misspelt column is undefined everywhere, one of a table is text.
  if (typeof values[0] !== "number") {
    const found = `current first value is ${show(values[0])}`;
    throw new TypeError(`Cannot ${what} as values must be numbers: ${found}`);
  }
}

/** NaN has no place in an order: statistics that sort answer NaN when they meet one. */
function hasNaN(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) return true;
  return false;
}

/**
 * Mean, standard deviation and standard error.
 *
 * @throws {RangeError} If there are no values.
 * @throws {TypeError} If they are no numbers.
 *
 * @example
 * ```ts
 * import { summary } from "lora-dynamics/experiment/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(summary([1, 2, 3]).mean, 2);
 * assertEquals(summary([1, 2, 3]).sd, 1);
 * ```
 */
export function summary(values: ArrayLike<number>): Summary {
  checkSample("summarise a sample", values);
  const n = values.length;
  let mean = 0, square = 0;
  for (let i = 0; i < n; i++) mean += values[i] / n;
  for (let i = 0; i < n; i++) square += (values[i] - mean) ** 2;
  const sd = n > 1 ? Math.sqrt(square / (n - 1)) : 0;
  return { n, mean, sd, se: sd / Math.sqrt(n) };
}

/**
 * Median; the mean of the two middle values when there is an even number, NaN if one is NaN.
 *
 * @throws {RangeError} If there are no values.
 * @throws {TypeError} If they are no numbers.
 *
 * @example
 * ```ts
 * import { median } from "lora-dynamics/experiment/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(median([5, 1, 2, 10]), 3.5);
 * ```
 */
export function median(values: ArrayLike<number>): number {
  checkSample("take a median", values);
  if (hasNaN(values)) return NaN;
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * Slope of the least-squares line through points.
 *
 * @throws {RangeError} If there are fewer than two points, or all at one `x`.
 * @throws {TypeError} If they are no numbers.
 *
 * @example
 * ```ts
 * import { slope } from "lora-dynamics/experiment/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(slope([0, 1, 2], [1, 3, 5]), 2);
 * ```
 */
export function slope(x: ArrayLike<number>, y: ArrayLike<number>): number {
  if (x.length !== y.length || x.length < 2) {
    throw new RangeError(
      `Cannot fit a line as x and y must have the same length >= 2: ` +
        `current lengths are ${x.length} and ${y.length}`,
    );
  }
  const mx = summary(x).mean, my = summary(y).mean;
  let xy = 0, xx = 0;
  for (let i = 0; i < x.length; i++) {
    xy += (x[i] - mx) * (y[i] - my);
    xx += (x[i] - mx) ** 2;
  }
  if (xx === 0) {
    const found = `current value of all ${x.length} is ${x[0]}`;
    throw new RangeError(`Cannot fit a line as x must hold two different values: ${found}`);
  }
  return xy / xx;
}

/**
 * Two-sample Kolmogorov–Smirnov test: the largest distance of the empirical distribution functions
 * and its asymptotic p-value; both are NaN if a value is.
 *
 * Assumes: continuous laws, samples of some dozens or more.
 * Source: Stephens' correction of the asymptotic law (1970).
 *
 * @throws {RangeError} If a sample is empty.
 *
 * @example
 * ```ts
 * import { ksTwoSample } from "lora-dynamics/experiment/mod.ts";
 * import { assertEquals, assertLess } from "@std/assert";
 *
 * const x = Float64Array.from({ length: 100 }, (_, i) => i / 100);
 * assertEquals(ksTwoSample(x, x).distance, 0);
 * assertLess(ksTwoSample(x, x.map((v) => v * v)).p, 1e-2);
 * ```
 */
export function ksTwoSample(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
): { distance: number; p: number } {
  checkSample("compare two samples", x);
  checkSample("compare two samples", y);
  if (hasNaN(x) || hasNaN(y)) return { distance: NaN, p: NaN };
  const a = Float64Array.from(x).sort(), b = Float64Array.from(y).sort();
  let i = 0, j = 0, distance = 0;
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i], b[j]);
    while (a[i] === value) i++;
    while (b[j] === value) j++;
    distance = Math.max(distance, Math.abs(i / a.length - j / b.length));
  }
  const root = Math.sqrt(a.length * b.length / (a.length + b.length));
  return { distance, p: kolmogorovTail((root + 0.12 + 0.11 / root) * distance) };
}

/** `P(K > x) = 2 Σ (−1)^{k−1} e^{−2k²x²}` of the Kolmogorov law. */
function kolmogorovTail(x: number): number {
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1, term = 1; term >= 1e-17; k++) {
    term = Math.exp(-2 * k * k * x * x);
    sum += k % 2 ? term : -term;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}
