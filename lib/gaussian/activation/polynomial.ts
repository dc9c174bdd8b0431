/** Polynomials: one function for one polynomial, whatever way it was written. */
import { compile } from "../expression/compile.ts";
import { seriesTree } from "../expression/hermite_tree.ts";
import { Z } from "../expression/tree.ts";
import { differentiateSeries, MAX_DEGREE } from "../functions/hermite.ts";
import { type Activation, type Functions, loopsOf } from "./activation.ts";

/** Degree up to which a polynomial is written out as straight code. */
const STRAIGHT = 16;

/** The activation `Σ_j c_j He_j`, `c` without zeros at its end. */
export function polynomialActivation(
  series: readonly number[],
  name: string,
  spec: string | undefined,
): Activation {
  return {
    name,
    spec,
    odd: series.every((c, j) => c === 0 || j % 2 === 1),
    kinks: [],
    series,
    closed: undefined,
    ...functionsOf(series),
  };
}

/** Series of the single polynomial `c He_k`. */
export function hermiteSeries(k: number, c = 1): number[] {
  const series = new Array<number>(k + 1).fill(0);
  series[k] = c;
  return series;
}

/**
 * Hermite coefficients of `Σ_j c_j zʲ`; what is left of a cancellation is 0.
 *
 * `zᵏ = Σ_m k!/(2ᵐ m! (k − 2m)!) He_{k−2m}`.
 */
export function toSeries(c: readonly number[]): number[] | undefined {
  if (c.length > MAX_DEGREE || !c.every(Number.isFinite)) return undefined;
  const series = new Array<number>(c.length).fill(0);
  const sizes = new Array<number>(c.length).fill(0);
  c.forEach((value, k) => {
    let link = value;
    for (let m = 0; k - 2 * m >= 0; m++) {
      series[k - 2 * m] += link;
      sizes[k - 2 * m] += Math.abs(link);
      link *= ((k - 2 * m) * (k - 2 * m - 1)) / (2 * (m + 1));
    }
  });
  // A sum of n terms is known to n roundings of the largest.
  const clean = series.map((value, j) =>
    Math.abs(value) <= c.length * Number.EPSILON * sizes[j] ? 0 : value
  );
  while (clean.length > 1 && clean[clean.length - 1] === 0) clean.pop();
  return clean;
}

function functionsOf(series: readonly number[]): Functions {
  const k = series.length - 1;
  if (k > 0 && series.slice(0, k).every((c) => c === 0)) return hermite(k, series[k]);
  const first = differentiateSeries(series), second = differentiateSeries(first);
  const [f, df, d2f] = [series, first, second].map((c) => seriesTree(c, Z));
  if (k <= STRAIGHT) return compile(f, df, d2f);
  return loopsOf(...[series, first, second].map(clenshaw) as [Point, Point, Point]);
}

type Point = (x: number) => number;

/** `Σ_j c_j He_j(x)` by Clenshaw's rule. */
function clenshaw(c: readonly number[]): Point {
  return (x) => {
    let b1 = 0, b2 = 0;
    for (let j = c.length - 1; j >= 0; j--) [b1, b2] = [c[j] + x * b1 - (j + 1) * b2, b1];
    return b1;
  };
}

function recurrence(k: number, x: number): number {
  let low = 0;
  let high = 1;
  for (let j = 0; j < k; j++) {
    const next = x * high - j * low;
    low = high;
    high = next;
  }
  return high;
}

/** `c He_k`. */
function hermite(k: number, c: number): Functions {
  const d2f: Point = k === 1 ? () => 0 : (x) => k * (k - 1) * recurrence(k - 2, x) * c;
  const { fill, fillValues } = LOW_DEGREE[k - 1]?.(c) ?? recurrenceLoops(k, c);
  return {
    f: (x) => recurrence(k, x) * c,
    df: (x) => k * recurrence(k - 1, x) * c,
    d2f,
    fill,
    fillValues,
    fillCurvatures(x, n, value, slope, curvature) {
      fill(x, n, value, slope);
      for (let i = 0; i < n; i++) curvature[i] = d2f(x[i]);
    },
  };
}

type Loops = Pick<Functions, "fill" | "fillValues">;

function recurrenceLoops(k: number, c: number): Loops {
  return {
    fill(x, n, f, df) {
      for (let i = 0; i < n; i++) {
        const v = x[i];
        let low = 1;
        let high = v;
        for (let j = 1; j < k; j++) {
          const next = v * high - j * low;
          low = high;
          high = next;
        }
        f[i] = high * c;
        df[i] = k * low * c;
      }
    },
    fillValues(x, n, f) {
      for (let i = 0; i < n; i++) f[i] = recurrence(k, x[i]) * c;
    },
  };
}

/** `c He_1` to `c He_4` written out. */
const LOW_DEGREE: readonly ((c: number) => Loops)[] = [
  (c) => ({
    fill(x, n, f, df) {
      for (let i = 0; i < n; i++) {
        f[i] = x[i] * c;
        df[i] = c;
      }
    },
    fillValues(x, n, f) {
      for (let i = 0; i < n; i++) f[i] = x[i] * c;
    },
  }),
  (c) => ({
    fill(x, n, f, df) {
      for (let i = 0; i < n; i++) {
        const v = x[i];
        f[i] = (v * v - 1) * c;
        df[i] = 2 * v * c;
      }
    },
    fillValues(x, n, f) {
      for (let i = 0; i < n; i++) f[i] = (x[i] * x[i] - 1) * c;
    },
  }),
  (c) => ({
    fill(x, n, f, df) {
      for (let i = 0; i < n; i++) {
        const v = x[i];
        const square = v * v;
        f[i] = v * (square - 3) * c;
        df[i] = (3 * square - 3) * c;
      }
    },
    fillValues(x, n, f) {
      for (let i = 0; i < n; i++) f[i] = x[i] * (x[i] * x[i] - 3) * c;
    },
  }),
  (c) => ({
    fill(x, n, f, df) {
      for (let i = 0; i < n; i++) {
        const v = x[i];
        const square = v * v;
        f[i] = ((square - 6) * square + 3) * c;
        df[i] = 4 * v * (square - 3) * c;
      }
    },
    fillValues(x, n, f) {
      for (let i = 0; i < n; i++) {
        const square = x[i] * x[i];
        f[i] = ((square - 6) * square + 3) * c;
      }
    },
  }),
];
