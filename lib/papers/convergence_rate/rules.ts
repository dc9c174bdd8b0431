/**
 * The learning-rate rules of convergence-rate as functions of the sizes of an iterate.
 *
 * @module
 */
import { checkOneOf, checkPositive } from "../../check.ts";

/** Sizes of an iterate `(B, A)` that a rule may look at. */
export interface Sizes {
  /** `L`, the smoothness of the loss. */
  readonly smoothness: number;
  /** Value of the loss. */
  readonly loss: number;
  /** `‖V‖² = ‖A‖² + ‖B‖²`. */
  readonly v2: number;
  /** `√(‖A‖² + ‖B‖²)` in operator norms. */
  readonly vop: number;
  /** `‖G‖`, Frobenius norm of the gradient in the update `X`. */
  readonly g: number;
  /** `γ = ‖G‖` in the operator norm. */
  readonly gamma: number;
  /** `‖∇J(V)‖`, norm of the gradient in the adapters. */
  readonly gradient: number;
}

/** Learning rate of an iterate. */
export type Rule = (sizes: Sizes) => number;

/** Constant of the paper's rule, `c = 4√2`. */
export const PAPER_CONSTANT: number = 4 * Math.SQRT2;

/** Largest `κ` with `x(1 + y/2)² + y ≤ 1` whenever `x + y ≤ κ`; `kappaStar()` derives it. */
export const SIMPLE_CONSTANT = 0.8161123671775559;

/** Names of the rules. */
export type RuleName = "paper" | "simple" | "cubic" | "const" | "adapt" | "adapt2" | "norm";

/** All rules, the certified ones first. */
export const RULES: readonly RuleName[] = [
  ...["paper", "simple", "cubic"] as const,
  ...["const", "adapt", "adapt2", "norm"] as const,
];

/** Largest `η` with `½Lη(v_op + ½η‖∇J‖)² + ½ηγ ≤ ½`: the left side grows, so bisect from below. */
function largestCertified({ smoothness, vop, gamma, gradient }: Sizes): number {
  const excess = (eta: number) =>
    smoothness * eta * (vop + 0.5 * eta * gradient) ** 2 + eta * gamma - 1;
  let low = 0, high = 1 / (smoothness * vop * vop + gamma); // excess(high) ≥ 0 already
  if (!(high < Infinity)) return Infinity;
  for (let turn = 0; turn < 60 && high - low > 1e-16 * high; turn++) {
    const middle = (low + high) / 2;
    if (excess(middle) > 0) high = middle;
    else low = middle;
  }
  return low;
}

/**
 * A learning-rate rule by name.
 *
 * - `paper`: `min{1/(4√2 L(‖V‖² + ‖G‖)), 1}` (the paper's Lemma 3.4). Certified for `L ≥ 1/(6√2)` only,
 *   our finding: for a smaller `L` give a larger one, or take `simple`.
 * - `simple`: `κ⋆/(L‖V‖² + ‖G‖_op)`, certified for every `L > 0` (ours, §5.3). Not capped.
 * - `cubic`: the largest step that the sharp lemma certifies (ours, §5.3). Not capped.
 * - `const`: `α`.
 * - `adapt`: `min{α/(‖V‖² + ‖G‖), 1}`; `adapt2`: `√loss` in place of `‖G‖`; `norm`:
 *   `min{α/‖∇J‖^½, 1}` (the paper's experiments).
 *
 * @param name One of {@linkcode RULES}.
 * @param alpha `α > 0` of the last four rules.
 * @throws {RangeError} If the name is not known (the list is shown) or `alpha` is not a finite number > 0.
 *
 * @example
 * ```ts
 * import { rule } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const sizes = { smoothness: 1, loss: 1, v2: 2, vop: 1.4, g: 1, gamma: 1, gradient: 1 };
 * assertAlmostEquals(rule("paper")(sizes), 1 / (4 * Math.SQRT2 * 3));
 * assertAlmostEquals(rule("adapt", 0.6)(sizes), 0.2);
 * ```
 */
export function rule(name: RuleName, alpha?: number): Rule {
  checkOneOf("choose a learning-rate rule", "name", name, RULES);
  const c = PAPER_CONSTANT;
  if (name === "paper") {
    return ({ smoothness, v2, g }) => Math.min(1 / (c * smoothness * (v2 + g)), 1);
  }
  if (name === "simple") {
    return ({ smoothness, v2, gamma }) => SIMPLE_CONSTANT / (smoothness * v2 + gamma);
  }
  if (name === "cubic") return largestCertified;
  const a = alpha ?? NaN;
  checkPositive("choose a learning-rate rule", `alpha of ${name}`, a);
  if (name === "const") return () => a;
  if (name === "adapt") return ({ v2, g }) => Math.min(a / (v2 + g), 1);
  if (name === "adapt2") {
    return ({ v2, loss }) => Math.min(a / (v2 + Math.sqrt(Math.max(loss, 0))), 1);
  }
  return ({ gradient }) => gradient > 0 ? Math.min(a / Math.sqrt(gradient), 1) : 1;
}
