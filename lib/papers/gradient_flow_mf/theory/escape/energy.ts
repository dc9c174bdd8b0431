/**
 * T2: how fast the loss falls, and the largest step of gradient descent.
 *
 * @module
 */
import { checkInteger } from "../../../../check.ts";
import {
  add,
  frobeniusNorm,
  innerProduct,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  scale,
} from "../../../../linalg/mod.ts";
import { type Adapters, error, type Problem } from "../../model.ts";
import { checkAdapters } from "../../shapes.ts";

/** `X ↦ 𝒦(X)` at fixed factors. */
function operator({ w2, w1 }: Problem, { b1, a1, b2, a2 }: Adapters): (x: Matrix) => Matrix {
  const left = b2 && a2 ? add(w2, multiply(b2, a2)) : w2, moved = multiply(left, b1); // Ŵ₂B₁
  const first = (x: Matrix) =>
    add(
      multiply(left, multiplyTN(left, multiply(multiplyNT(x, a1), a1))),
      multiply(moved, multiplyTN(moved, x)),
    );
  if (!w1 || !b2 || !a2) return first;
  const right = add(w1, multiply(b1, a1)), seen = multiply(a2, right); // A₂Ŵ₁
  return (x) => {
    const ahead = multiplyNT(x, right);
    const second = add(
      multiply(multiplyNT(x, seen), seen),
      multiply(multiply(b2, multiplyTN(b2, ahead)), right),
    );
    return add(first(x), second);
  };
}

/**
 * T2: the operator that turns the error: `Ė = −𝒦(E)`.
 *
 * Law: `𝒦(X) = Ŵ₂Ŵ₂ᵀXA₁ᵀA₁ + Ŵ₂B₁B₁ᵀŴ₂ᵀX + XŴ₁ᵀA₂ᵀA₂Ŵ₁ + B₂B₂ᵀXŴ₁ᵀŴ₁`, symmetric and positive
 * semidefinite, one term for each factor; with one adapter the first two.
 * Shapes: `m × n` to `m × n`.
 * Source: elementary; in place of it the paper has the Polyak–Łojasiewicz inequality of its Lemma D.1.
 *
 * @throws {TypeError} If the adapters do not fit the problem.
 *
 * @example The loss falls at the rate `⟨E, 𝒦(E)⟩`, which is the squared speed of the factors.
 * ```ts
 * import { energyOperator, error, problemQ, startAdapters, velocity } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { innerProduct } from "lora-dynamics/linalg/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = problemQ({ delta: 0.5 }), draws = portable(7);
 * const at = startAdapters(problem, { start: "gauss", r: [2, 3], alpha: 0.3, draws });
 * const e = error(problem, at), fall = innerProduct(e, energyOperator(problem, at, e));
 * const speed = Object.values(velocity(problem, at)).reduce((sum, x) => sum + innerProduct(x, x), 0);
 * assertAlmostEquals(fall / speed, 1, 1e-12);
 * ```
 */
export function energyOperator(problem: Problem, adapters: Adapters, x: Matrix): Matrix {
  checkAdapters("apply the energy operator", problem, adapters);
  return operator(problem, adapters)(x);
}

/**
 * T2: rate of the loss, `dL/dt = −⟨E, 𝒦(E)⟩`.
 *
 * Source: elementary.
 *
 * @throws {TypeError} If the adapters do not fit the problem.
 */
export function lossRate(problem: Problem, adapters: Adapters): number {
  checkAdapters("compute the rate of the loss", problem, adapters);
  const e = error(problem, adapters);
  return -innerProduct(e, operator(problem, adapters)(e));
}

/**
 * Largest eigenvalue of `𝒦`. At a solution the Hessian of the loss has the same non-zero eigenvalues,
 * so gradient descent needs a step below `2/λ_max` to stay there.
 *
 * Errors: by power iteration, from below.
 * Source: elementary.
 *
 * @param problem The problem.
 * @param adapters The adapters.
 * @param iterations Number of applications of `𝒦`, 200 by default.
 * @throws {TypeError} If the adapters do not fit the problem.
 * @throws {RangeError} If `iterations` is no integer ≥ 1.
 *
 * @example One mode at its end, `b = a = √(σ/s)`: `2sσ`.
 * ```ts
 * import { factorization, largestCurvature } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = factorization({ m: 1, sigma: [0.6], s: 1.7 });
 * const end = matrix(1, 1, [Math.sqrt(0.6 / 1.7)]);
 * assertAlmostEquals(largestCurvature(problem, { b1: end, a1: end }), 2 * 1.7 * 0.6, 1e-12);
 * ```
 */
export function largestCurvature(problem: Problem, adapters: Adapters, iterations = 200): number {
  const what = "find the largest curvature";
  checkAdapters(what, problem, adapters);
  checkInteger(what, "iterations", iterations, 1);
  const apply = operator(problem, adapters), { rows, columns } = problem.target;
  // A start without symmetries, so that it has a part along every eigenvector.
  let x = matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, (_, i) => 1 + Math.sin(1 + i * i)),
  );
  let value = NaN;
  for (let i = 0; i < iterations; i++) {
    x = apply(scale(x, 1 / frobeniusNorm(x)));
    value = frobeniusNorm(x);
    if (value === 0) return 0;
  }
  return value;
}
