/**
 * A look at a reader's loss: whether its gradient is that of its value, and its smoothness constant large
 * enough.
 *
 * @module
 */
import { checkKeys, checkMethods } from "../../check.ts";
import { add, frobeniusNorm, innerProduct, type Matrix, matrix } from "../../linalg/mod.ts";
import { stream } from "../../random/mod.ts";
import { normals } from "./adapters.ts";
import type { Loss } from "./losses.ts";

/** Where {@linkcode checkLoss} looks. */
export interface LossCheckOptions {
  /** Number of random points, 50 by default. */
  readonly trials?: number;
  /** Deviation of their entries, 1 by default. */
  readonly size?: number;
  /** Seed of the points. */
  readonly seed?: string;
}

/**
 * Checks a loss by differences at random points and returns it: the gradient against five values of the loss
 * along a random direction, the lower bound, and `L` against the change of the gradient between two points.
 *
 * A check at points proves nothing; a sign or a factor that is wrong shows at once.
 *
 * @throws {RangeError} If a gradient is not that of the value, a value lies below `low`, or two gradients differ
 * by more than `L` times the distance: each names what was found.
 *
 * @example
 * ```ts
 * import { checkLoss, type Loss } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertThrows } from "@std/assert";
 *
 * const quartic: Loss = {
 *   ...{ name: "quartic", rows: 1, columns: 1, smoothness: 1, low: 0 },
 *   evaluate({ data: [x] }, gradient) {
 *     gradient.data[0] = x ** 3;
 *     return x ** 4 / 4;
 *   },
 * };
 * assertThrows(() => checkLoss(quartic), RangeError, "smoothness must be >=");
 * ```
 */
export function checkLoss(loss: Loss, options: LossCheckOptions = {}): Loss {
  const what = "use a loss", { trials = 50, size = 1, seed = "7" } = options;
  checkKeys(what, options, ["trials", "size", "seed"]);
  checkMethods(what, "it", loss, "a Loss { name, rows, columns, smoothness, low, evaluate }", [
    "evaluate",
  ]);
  const rng = stream(seed, "check of a loss"), shape = [loss.rows, loss.columns] as const;
  const refuse = (text: string, found: number): never => {
    throw new RangeError(`Cannot ${what} as ${text}: current value is ${found}`);
  };
  const at = (x: Matrix): { value: number; gradient: Matrix } => {
    const gradient = matrix(...shape);
    return { value: loss.evaluate(x, gradient), gradient };
  };
  for (let trial = 0; trial < trials; trial++) {
    const x = normals(shape, rng, size), move = normals(shape, rng, size);
    const here = at(x), there = at(add(x, move, 1)), length = frobeniusNorm(move);
    const slope = innerProduct(here.gradient, move), h = 1e-3;
    const value = (k: number) => at(add(x, move, k * h)).value;
    const wanted = (8 * (value(1) - value(-1)) - (value(2) - value(-2))) / (12 * h);
    const scale = Math.abs(wanted) + frobeniusNorm(here.gradient) * length +
      1e-6 * Math.abs(here.value);
    if (!(Math.abs(slope - wanted) <= 1e-5 * scale)) {
      refuse(`its slope along a direction must be that of its value, ${wanted}`, slope);
    }
    if (!(here.value >= loss.low)) refuse(`its value must be >= low = ${loss.low}`, here.value);
    const least = frobeniusNorm(add(here.gradient, there.gradient, -1)) / length;
    if (!(least <= loss.smoothness * (1 + 1e-9))) {
      refuse(`smoothness must be >= ${least}, the change of its gradient`, loss.smoothness);
    }
  }
  return loss;
}
