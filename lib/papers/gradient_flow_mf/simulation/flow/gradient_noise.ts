/**
 * Noise of the gradient, as a hook of gradient descent.
 *
 * @module
 */
import { checkMethods, checkNonNegative } from "../../../../check.ts";
import type { PortableDraws } from "../../../../random/mod.ts";
import type { Hook } from "./hook.ts";

/**
 * The hook that adds independent normals of size `κ` to every entry of every velocity.
 *
 * Near a solution a direction of curvature `λ` is then an autoregressive process with a mean loss of
 * `ηκ²/(4 − 2ηλ)`: a floor of `¼ηκ²` for each stiff direction as `ηλ → 0`.
 *
 * Assumes: gradient descent, `eta > 0`; a flow has one velocity at a state and refuses it.
 * Source: ours.
 *
 * @param kappa Standard deviation `κ ≥ 0` of an entry.
 * @param draws Where it comes from; runs of one experiment draw from it one after the other.
 * @throws {RangeError} If `κ` is not a finite number ≥ 0.
 * @throws {TypeError} If `draws` are none.
 *
 * @example One target, one weight in each factor: one stiff direction, of curvature `a² + b² = 2`.
 * ```ts
 * import { descend, factorization, gradientNoise } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = factorization({ m: 1 }), one = matrix(1, 1, [1]);
 * const at = Array.from({ length: 4000 }, (_, i) => 100 + 10 * i);
 * const hook = gradientNoise(0.01, portable(1));
 * const { losses } = descend(problem, { b1: one, a1: one }, { eta: 0.1, at, hook });
 * const mean = losses.reduce((sum, loss) => sum + loss) / losses.length;
 * assertAlmostEquals(mean / (0.1 * 0.01 ** 2 / (4 - 2 * 0.1 * 2)), 1, 0.1);
 * ```
 */
export function gradientNoise(kappa: number, draws: Pick<PortableDraws, "normals">): Hook {
  const what = "make noise of the gradient";
  checkNonNegative(what, "kappa", kappa);
  checkMethods(what, "draws", draws, "draws such as portable(1)", ["normals"]);
  return ({ velocity }) => {
    for (const { data } of Object.values(velocity)) {
      draws.normals(data.length).forEach((x, i) => data[i] += kappa * x);
    }
  };
}
