/**
 * The late rate of SGD at finite `n`: the mean logarithm of one factor.
 *
 * @module
 */
import { checkInteger, checkKeys, checkPositive } from "../../../../check.ts";
import { semidefiniteRoot } from "../../../../linalg/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { type Model, response } from "../../model.ts";
import { checkMatched } from "../moments/matched.ts";
import { averages } from "../moments/moments.ts";

/** A rate with its standard error. */
export interface TailRate {
  /** Decay rate of `1 − m`, per unit of `τ = steps/n`. */
  readonly rate: number;
  /** Standard error of the sampled mean. */
  readonly se: number;
}

/**
 * Rate at which `1 − m` decays in the end, for `ĉ = c` and any `n`.
 *
 * Near `m = 1` a step multiplies `√(1 − m²)` by `√((1 − ηGx²)² + η²G²x²R)`, `G = (ξψ)²`, `x ~ N(0, 1)`,
 * `R ~ χ²_{n−2}`: the factors are independent, and the rate is `−2n` times their mean logarithm, sampled here. As
 * `n → ∞` it tends to `2αE(ξψ)² − α²E(ξψ)⁴`.
 *
 * Scale: `τ = steps/n`. Source: ours.
 *
 * @throws {RangeError} If `ĉ ≠ ±c`, `α ≤ 0` or `n < 3`.
 * @example
 * ```ts
 * import { standard, tailRate } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rate, se } = tailRate(standard(), { alpha: 0.2, n: 1e6 });
 * assertAlmostEquals(rate, 8 / 45, 4 * se);
 * ```
 */
export function tailRate(
  model: Model,
  options: { alpha: number; n: number; samples?: number },
): TailRate {
  const what = "find a late rate", { alpha, n, samples = 200_000 } = options;
  checkKeys(what, options, ["alpha", "n", "samples"]);
  const { k, gram, c, xi } = model;
  checkMatched(what, model);
  checkPositive(what, "alpha", alpha);
  checkInteger(what, "n", n, 3);
  checkInteger(what, "samples", samples, 100);
  const rng = stream("7", "tail rate"), eta = alpha / n, g = new Float64Array(k);
  const root = gram && semidefiniteRoot(Float64Array.from(gram), k), a = new Float64Array(k);
  let mean = 0, square = 0;
  for (let i = 0; i < samples; i++) {
    rng.fillNormal(g);
    for (let r = 0; r < k; r++) {
      a[r] = root ? g.reduce((sum, x, j) => sum + root[r * k + j] * x, 0) : g[r];
    }
    const s = rng.normal(), { slope } = response(model, a, s, s);
    const gate = xi * slope.reduce((sum, x, j) => sum + x * c[j], 0), step = eta * gate * gate;
    const x2 = rng.normal() ** 2, rest = rng.chiSquare(n - 2);
    // The mean of the linear part is known, and what is left of the logarithm is small.
    const y = -2 * step * x2 + step * step * x2 * (x2 + rest), log = (Math.log1p(y) - y) / 2;
    mean += log / samples;
    square += log * log / samples;
  }
  const se = Math.sqrt((square - mean * mean) / samples);
  const { gate2, gate4 } = averages(model, 1);
  const linear = 2 * alpha * gate2 - alpha * alpha * gate4 * (n + 1) / n;
  return { rate: linear - 2 * n * mean, se: 2 * n * se };
}
