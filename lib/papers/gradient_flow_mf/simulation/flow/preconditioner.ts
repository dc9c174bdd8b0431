/**
 * A preconditioner of the first adapter, as a hook of the flow.
 *
 * @module
 */
import { columns, type Matrix, matrix, multiply, multiplyTN, svd } from "../../../../linalg/mod.ts";
import type { Hook } from "./hook.ts";

/**
 * The hook that turns `Ḃ₁ = W₂ᵀEA₁ᵀ` into `Ḃ₁ = W₂⁺EA₁ᵀ`: it multiplies by `(W₂ᵀW₂)⁺`.
 *
 * For problem S, where it removes the transient of a target at an angle. In problem D the velocity holds
 * `Ŵ₂ᵀ` and the hook takes the frozen part alone for it.
 * Source: ours.
 *
 * @param w2 Frozen `W₂`; singular values below 1e-12 of the largest count as 0.
 *
 * @example
 * ```ts
 * import { AdapterFlow, preconditioner, startAdapters, tiltedProblem } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const problem = tiltedProblem({ degrees: 30 }), draws = portable(81);
 * const adapters = startAdapters(problem, { start: "gauss", r: 1, alpha: 1e-3, draws });
 * const loss = (options = {}) => new AdapterFlow(problem, adapters, options).solve([20]).losses[0];
 * assert(loss({ hook: preconditioner(problem.w2) }) < 1e-8 * loss());
 * ```
 */
export function preconditioner(w2: Matrix): Hook {
  const { values, v } = svd(w2), rank = values.filter((x) => x > 1e-12 * values[0]).length;
  const basis = columns(v, 0, rank);
  let along: Matrix | undefined;
  return ({ velocity: { b1 } }) => {
    const r = b1.columns;
    along ??= matrix(rank, r);
    multiplyTN(basis, b1, along);
    for (let i = 0; i < rank; i++) {
      for (let k = 0; k < r; k++) along.data[i * r + k] /= values[i] ** 2;
    }
    multiply(basis, along, b1);
  };
}
