/**
 * The flow with a preconditioned adapter: the transient of a tilted target is gone.
 *
 * @module
 */
import { columns, dot, frobeniusNorm, multiply, svd } from "../../../../linalg/mod.ts";
import { modalVector } from "../../bases.ts";
import type { Adapters, Problem } from "../../model.ts";
import { checkAdapters, checkProblem } from "../../shapes.ts";
import { checkSingle, outsideOf, targetSides } from "../excess/excess.ts";

/**
 * Half-time of the flow `Ḃ = W₂⁺EAᵀ`, `Ȧ = BᵀW₂ᵀE` from a small start: first time with `uᵀEv = σ/2`.
 *
 * Law: `C = W₂B` obeys `Ċ = EAᵀ`, `Ȧ = CᵀE`: plain factorisation, whatever `W₂` is. So the growth rate is σ,
 * `T_{1/2} = (1/2σ) log(2σ/‖z‖²) + o(1)` with `z = (B₀ᵀW₂ᵀu + A₀v)/√2`.
 * Assumes: problem S, a target of rank one in the range of `W₂`.
 * Scale: flow time.
 * Source: ours; T4 with `s = 1`.
 *
 * @throws {RangeError} If the target has another rank or is outside the range of `W₂`.
 *
 * @example At an angle to the singular directions, as fast as without `W₂`.
 * ```ts
 * import { preconditionedHalfTime, startAdapters, tiltedProblem } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = tiltedProblem({ degrees: 30 }), draws = portable(81);
 * const adapters = startAdapters(problem, { start: "gauss", r: 1, alpha: 1e-3, draws });
 * assertAlmostEquals(preconditionedHalfTime(problem, adapters), 9.04612681385887, 1e-11);
 * ```
 */
export function preconditionedHalfTime(problem: Problem, adapters: Adapters): number {
  const what = "compute the half-time of the preconditioned flow";
  checkProblem(what, problem);
  checkSingle(what, problem);
  checkAdapters(what, problem, adapters);
  const { u, v, values } = targetSides(problem);
  if (values.length !== 1) {
    throw new RangeError(
      `Cannot ${what} as the target must have rank one: its rank is ${values.length}`,
    );
  }
  const { u: left, values: s } = svd(problem.w2);
  const rank = s.filter((x) => x > 1e-12 * s[0]).length;
  const outside = frobeniusNorm(outsideOf(columns(left, 0, rank), u));
  if (!(outside <= 1e-10)) {
    throw new RangeError(
      `Cannot ${what} as the target must be in the range of w2: it is outside by ` +
        outside.toPrecision(2),
    );
  }
  const { b1, a1 } = adapters, [sigma] = values;
  const z = modalVector(multiply(problem.w2, b1), a1, [u.data, v.data]);
  return Math.log(2 * sigma / dot(z, z)) / (2 * sigma);
}
