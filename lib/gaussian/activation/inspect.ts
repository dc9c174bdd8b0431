/**
 * What is asked of a function before it is an activation: finite and continuous where a Gaussian has
 * mass, bounded slopes, a finite second moment, and slopes that are those of the values.
 *
 * @module
 */
import { gaussianQuadrature } from "../quadrature/expectation.ts";
import { partition } from "../quadrature/partition.ts";
import { differentiate } from "./numerical_derivative.ts";

type Point = (x: number) => number;

/** The density of a standard normal beyond it is e^{−50}. */
const REACH = 10;
/** More kinks than this are none that a quadrature can be cut at. */
const MOST_KINKS = 100;

/** What was found, or the condition that does not hold and what was found instead. */
export type Verdict =
  | { readonly kinks: readonly number[] }
  | { readonly wanted: string; readonly found: string };

/**
 * Looks at a function whose kinks are expected at the given points (in increasing order).
 *
 * Points that turn out to be smooth stay: a cut too many costs little. Kinks that were not expected
 * are added, located to 1e-11.
 */
export function inspect(f: Point, df: Point | undefined, expected: readonly number[]): Verdict {
  let cuts = [...expected], points: readonly number[] = [];
  for (let pass = 0; pass < 3; pass++) {
    const { singular, trouble, points: panels } = partition(f, REACH, cuts, sizeOf(f));
    if (trouble?.kind === "nonFinite") {
      return {
        wanted: "it must be finite at every z",
        found: `${trouble.value} at z = ${trouble.at}`,
      };
    }
    if (trouble?.kind === "rough" || singular.length > MOST_KINKS) {
      const at = trouble?.at ?? singular[0];
      return {
        wanted: "it must be smooth but for a few kinks",
        found: `oscillations, kinks or jumps without end near z = ${at}`,
      };
    }
    for (const b of singular) {
      const verdict = discontinuity(f, b);
      if (verdict) return verdict;
    }
    points = panels;
    if (singular.length === 0) break;
    cuts = [...cuts, ...singular].sort((a, b) => a - b);
  }
  for (const b of cuts) {
    const verdict = discontinuity(f, b) ?? singularSlope(f, df, b);
    if (verdict) return verdict;
  }
  const { status, error } = gaussianQuadrature((z) => f(z) ** 2, { breakpoints: points });
  if (status.startsWith("diverges")) {
    return {
      wanted: "the moment E σ(z)² over a standard normal z must exist",
      found: "an infinite one, for it grows like exp(z²/4) or faster",
    };
  }
  if (status !== "done") {
    return { wanted: "E σ(z)² must be computable", found: `an error of ${error} (${status})` };
  }
  return { kinks: cuts };
}

/** A typical size of the values, so that noise far below it is not taken for structure. */
function sizeOf(f: Point): number {
  let most = 0;
  for (let i = -20; i <= 20; i++) {
    const value = Math.abs(f(0.1 * i + 0.03));
    if (Number.isFinite(value)) most = Math.max(most, value);
  }
  return most;
}

function discontinuity(f: Point, b: number): Verdict | undefined {
  const unit = 1 + Math.abs(b), middle = f(b);
  const sides = (gap: number) => [f(b - gap * unit), f(b + gap * unit)];
  const jump = (gap: number) => {
    const [left, right] = sides(gap);
    return Math.max(Math.abs(right - left), Math.abs(middle - left), Math.abs(right - middle));
  };
  const [left, right] = sides(1e-9), near = jump(1e-13);
  // A root falls off with the distance, a jump does not.
  if (near <= 1e-6 * (1 + Math.abs(left) + Math.abs(right)) || near < 0.5 * jump(1e-9)) {
    return undefined;
  }
  return {
    wanted: `it must be continuous at ${b}`,
    found: `${left} on the left, ${middle} there and ${right} on the right`,
  };
}

/** The slope must not grow without end towards the point, from either side. */
function singularSlope(f: Point, df: Point | undefined, b: number): Verdict | undefined {
  const unit = 1 + Math.abs(b);
  for (const side of [-1, 1]) {
    const quotient = (gap: number) => (f(b + side * gap * unit) - f(b)) / (side * gap * unit);
    const near = quotient(1e-9), far = quotient(1e-6);
    if (Math.abs(near) <= 1.2 * Math.abs(far) + 1e-3) continue;
    return {
      wanted: `its slope must be bounded at ${b}`,
      found: `${far} at a distance of ${1e-6 * unit} and ${near} at ${1e-9 * unit}`,
    };
  }
  if (!df || Number.isFinite(df(b))) return undefined;
  return { wanted: `its slope must be finite at ${b}`, found: String(df(b)) };
}

/**
 * Whether `df` is the slope of `f`: at some points away from the kinks it must be within 1e-5 of
 * differences.
 */
export function contradiction(
  f: Point,
  df: Point,
  kinks: readonly number[],
  name: "df" | "d2f",
): Verdict | undefined {
  for (const x of [-2.7, -1.83, -1.13, -0.61, -0.17, 0.23, 0.71, 1.37, 1.97, 2.83]) {
    if (kinks.some((b) => Math.abs(x - b) < 1e-3)) continue;
    const given = df(x), numerical = differentiate(f, x, 1, kinks);
    if (Math.abs(given - numerical) <= 1e-5 * (1 + Math.abs(given) + Math.abs(f(x)))) continue;
    const wanted = `${name} must be the derivative of ${name === "df" ? "f" : "df"}`;
    return { wanted, found: `${given} at z = ${x}, where differences give ${numerical}` };
  }
  return undefined;
}

/** Whether a function whose parity nobody told is seen not to be odd. */
export function notOdd(f: Point): boolean {
  return [0, 0.1, 0.5, 1, 1.7, 2.3, 3, 6].some((x) => {
    const [right, left] = [f(x), f(-x)];
    return Math.abs(right + left) > 1e-9 * (Math.abs(right) + Math.abs(left));
  });
}
