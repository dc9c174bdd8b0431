/**
 * How far out the Gaussian moments of a pair have mass, and the panels of an activation up to there.
 *
 * @module
 */
import type { Activation } from "../activation/activation.ts";
import { partition } from "../quadrature/partition.ts";
import { refuseMoment } from "./moments.ts";

/** The density beyond the first radius is e^{−50}, beyond the last it is no double. */
const RADII = [10, 12, 14, 16, 18, 20, 23, 26, 30, 34, 38];
/** What lies outside, relative to the moment. */
const OUTSIDE = 1e-16;
/** Samples of a function on a half axis. */
const SAMPLES = 20;

/** Largest `|a(√r t)|` for `|t| ≤ radius`, bare and times `e^{−t²/2}`. */
function sizes(a: Activation, root: number, radius: number): [bare: number, weighed: number] {
  let bare = 0, weighed = 0;
  for (let i = -SAMPLES; i <= SAMPLES; i++) {
    const t = (radius * i) / SAMPLES, value = Math.abs(a.f(root * t));
    bare = Math.max(bare, value);
    weighed = Math.max(weighed, value * Math.exp(-0.5 * t * t));
  }
  return [bare, weighed];
}

/**
 * Radius of a disc of standard normal variables outside of which the product of `σ(λ)`, `λ` of
 * variance `r`, and of another activation with its variance has no mass; `undefined` when there is none.
 */
export function radiusOf(
  student: Activation,
  r: number,
  other: Activation,
  variance: number,
): number | undefined {
  for (const radius of RADII) {
    const a = sizes(student, Math.sqrt(r), radius), b = sizes(other, Math.sqrt(variance), radius);
    const outside = a[0] * b[0] * Math.exp(-0.5 * radius * radius);
    if (outside <= OUTSIDE * a[1] * b[1] && outside < Infinity) return radius;
  }
  return undefined;
}

/** Shortest panel, in standard deviations, of a function that a regular grid may be tried on. */
const GENTLE = 0.9;
/** Beyond it the density is below 1e-8, and a panel may be as short as it likes. */
const BULK = 6;

/**
 * Whether no panel had to be halved where a variable of this standard deviation has its mass: 16
 * nodes for each of them then bound the frequencies of the function by about 25, see the grids.
 */
export function isGentle(a: Activation, deviation: number, radius: number): boolean {
  const points = panelsOf(a, deviation * radius, "E σ(λ) σ⋆(λ⋆)");
  return points.every((x, i) =>
    i === 0 || x < -BULK * deviation || points[i - 1] > BULK * deviation ||
    x - points[i - 1] >= GENTLE * deviation
  );
}

const known = new WeakMap<Activation, Map<number, readonly number[]>>();

/**
 * Ends of panels on which an activation is as good as a polynomial of degree 15, from below `−reach` to above
 * `reach`: short where it is steep, and cut at its kinks.
 *
 * Source: ours.
 *
 * @param a Activation.
 * @param reach Distance from 0 that the panels reach at least.
 * @param moment What is computed, for the message of an error.
 * @throws {RangeError} If it is not finite there or has too much structure.
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { activation, panelsOf } from "lora-dynamics/gaussian/mod.ts";
 * const shortest = (text: string) => {
 *   const ends = panelsOf(activation(text), 5, "a mean");
 *   return Math.min(...ends.slice(1).map((end, i) => end - ends[i]));
 * };
 * assert(shortest("tanh(20z)") < 0.2 * shortest("tanh(z)"));
 * assert(panelsOf(activation("abs(z - 0.3)"), 5, "a mean").includes(0.3));
 * ```
 */
export function panelsOf(a: Activation, reach: number, moment: string): readonly number[] {
  const end = 10 * 2 ** Math.max(0, Math.ceil(Math.log2(reach / 10)));
  let panels = known.get(a);
  if (panels === undefined) known.set(a, panels = new Map());
  let points = panels.get(end);
  if (points === undefined) {
    const found = partition(a.f, end, a.kinks, Math.abs(a.f(1)) + Math.abs(a.f(-1)));
    const { trouble } = found;
    if (trouble?.kind === "nonFinite") {
      refuseMoment(moment, `|z| <= ${end}`, a, a, `σ(${trouble.at}) is ${trouble.value}`);
    }
    if (trouble) refuseMoment(moment, `|z| <= ${end}`, a, a, `σ is too rough near ${trouble.at}`);
    panels.set(end, points = found.points);
  }
  return points;
}
