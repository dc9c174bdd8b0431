/**
 * Theorem G.1: a start inside the leading singular space of the weights can stand still.
 *
 * @module
 */
import { checkFinite, checkKeys, checkOneOf, checkPositive } from "../../../../check.ts";
import { matrix } from "../../../../linalg/mod.ts";
import type { Adapters, Problem } from "../../model.ts";
import { aligned } from "../../problems/mod.ts";

/** Parameters of {@linkcode theoremG1}. */
export interface TheoremG1Options {
  /** Which singular direction of the weights the start lies in; the target lies in the other. */
  readonly along?: "top" | "bottom";
  /** `a₁`, `A₁ = a₁e₁ᵀ` (or `e₂ᵀ`). */
  readonly a1?: number;
  /** `a₂`. */
  readonly a2?: number;
  /** Entry of `A₁` in the other direction: 0 in the theorem. */
  readonly tilt?: number;
  /** Singular values of `W₂ = W₁`. */
  readonly weights?: readonly [number, number];
  /** Singular value of the target. */
  readonly sigma?: number;
}

/** What {@linkcode theoremG1} sets up. */
export interface TheoremG1 {
  /** The problem. */
  readonly problem: Problem;
  /** The adapters at `t = 0`. */
  readonly start: Adapters;
}

/**
 * The problem and the start of Theorem G.1: `W₂ = W₁ = diag(10, 1)`, `r = 1`, `B_i = 0`, `A_i = a_ie₁ᵀ`,
 * and a target along `e₂`, so that `L(t) = L(0)` for all `t`; with a `tilt` it is learnt.
 *
 * Law: `W₂ᵀΔYA₁ᵀ = 0` and `A₂(ΔYW₁ᵀ)ᵀ = 0`, so no factor moves.
 * Source: the paper, Theorem G.1. Its printed `Y_ft` equals `Y_pre`; a target with `L(0) = 1`, such as
 * `diag(100, 1 + √2)`, is taken to be meant. That the least tilt frees the flow is ours.
 *
 * @throws {RangeError} If a value is out of range.
 * @throws {TypeError} If a key is unknown.
 *
 * @example
 * ```ts
 * import { loss, theoremG1, velocity } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const { problem, start } = theoremG1();
 * assertAlmostEquals(loss(problem, start), 1, 1e-15);
 * assertEquals([...velocity(problem, start).b1.data], [0, 0]);
 * ```
 */
export function theoremG1(options: TheoremG1Options = {}): TheoremG1 {
  const what = "set up Theorem G.1";
  checkKeys(what, options, ["along", "a1", "a2", "tilt", "weights", "sigma"]);
  const { along = "top", a1 = 0.3, a2 = -0.2, tilt = 0 } = options;
  const { weights = [10, 1], sigma = Math.SQRT2 } = options;
  checkOneOf(what, "along", along, ["top", "bottom"]);
  for (const [name, value] of Object.entries({ a1, a2, tilt })) checkFinite(what, name, value);
  weights.forEach((value, i) => checkPositive(what, `weights[${i}]`, value));
  checkPositive(what, "sigma", sigma);
  const inside = (value: number, other = 0) => along === "top" ? [value, other] : [other, value];
  return {
    problem: aligned({
      name: `Theorem G.1, start in the ${along} singular direction`,
      ...{ s2: weights, s1: weights, target: inside(0, sigma) },
    }),
    start: {
      ...{ b1: matrix(2, 1), a1: matrix(1, 2, inside(a1, tilt)) },
      ...{ b2: matrix(2, 1), a2: matrix(1, 2, inside(a2)) },
    },
  };
}
