/**
 * Claim 3.1: the growth of small adapters without the disturbances, in closed form.
 *
 * @module
 */
import { checkFinite, checkKeys, checkOneOf } from "../../../../check.ts";
import { type Matrix, matrix } from "../../../../linalg/mod.ts";
import type { Problem } from "../../model.ts";
import { paperSymbols } from "./symbols.ts";

/** Which parts of the closed form are kept, and how `γ` is normalised. */
export interface Claim31Options {
  /** Layer whose stack it is, 1 or 2. */
  readonly layer?: 1 | 2;
  /** Whether the part orthogonal to `γ` and `γ̄` is kept, which Eq. (10) leaves out; by default it is. */
  readonly nullSpace?: boolean;
  /** `"unit"` (default) or `"printed"`: `γ₁ = (g; v)` of length `√2`, as the paper prints it. */
  readonly gamma?: "unit" | "printed";
}

/** Unit vectors `γ`, `γ̄` of a layer and the rate at which `γ` grows. */
function directions(problem: Problem, layer: 1 | 2) {
  const { sigma, sigmaW2, sigmaW1, u, g, v } = paperSymbols(problem, "evaluate Claim 3.1");
  const [upper, lower] = layer === 1 ? [g, v] : [u, g];
  const stacked = (sign: number) =>
    Float64Array.from([...upper, ...lower.map((x) => sign * x)], (x) => x / Math.SQRT2);
  const rate = sigma * (layer === 1 ? sigmaW2 : sigmaW1);
  return { gamma: stacked(1), mirror: stacked(-1), rate };
}

/** `z += factor · x xᵀz₀`. */
function addPart(z: Matrix, z0: Matrix, x: Float64Array, factor: number): void {
  const r = z0.columns;
  for (let k = 0; k < r; k++) {
    let along = 0;
    for (let i = 0; i < z0.rows; i++) along += x[i] * z0.data[i * r + k];
    for (let i = 0; i < z0.rows; i++) z.data[i * r + k] += factor * along * x[i];
  }
}

/**
 * The stack `Z_i(t)` of small adapters: `γ` grows, `γ̄` shrinks, everything else stands still.
 *
 * Law: `Z₁(t) = e^{σσ_{W₂}t}γ₁γ₁ᵀZ₁(0) + e^{−σσ_{W₂}t}γ̄₁γ̄₁ᵀZ₁(0) + (I − γ₁γ₁ᵀ − γ̄₁γ̄₁ᵀ)Z₁(0)` with
 * `γ₁ = (g; v)/√2`, `γ̄₁ = (g; −v)/√2`; `Z₂` with `γ₂ = (u; g)/√2` and `σσ_{W₁}`.
 * Assumes: Assumptions 2.1 and 2.2, rank one, `‖Z‖² ≪ σ` (then `D_i` is small of second order).
 * Source: the paper, Claim 3.1 and Eq. (10), which print the first two terms and `γ₁ = (g; v)`. The
 * third term and the factor are needed for `Z₁(0)` to be the start.
 *
 * @param stack `Z_i(0)`.
 * @param t Time.
 * @throws {RangeError} If an assumption fails, or `t` is not finite.
 * @throws {TypeError} If the stack has not as many rows as `γ`.
 *
 * @example What Eq. (10) leaves out does not vanish.
 * ```ts
 * import { claim31, problemQ } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { frobeniusNorm, matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = problemQ({ delta: 0.5 }), z = matrix(19, 1, Array(19).fill(1));
 * const size = (nullSpace: boolean) => frobeniusNorm(claim31(problem, z, 0, { nullSpace })) ** 2;
 * assertAlmostEquals(size(true), 19, 1e-12);
 * assertAlmostEquals(size(false), 2, 1e-12);
 * ```
 */
export function claim31(
  problem: Problem,
  stack: Matrix,
  t: number,
  options: Claim31Options = {},
): Matrix {
  const what = "evaluate Claim 3.1";
  checkKeys(what, options, ["layer", "nullSpace", "gamma"]);
  const { layer = 1, nullSpace = true, gamma: form = "unit" } = options;
  checkOneOf(what, "gamma", form, ["unit", "printed"]);
  checkFinite(what, "t", t);
  const { gamma, mirror, rate } = directions(problem, layer), grown = rate * t;
  if (stack.rows !== gamma.length) {
    throw new TypeError(
      `Cannot ${what} as stack must have ${gamma.length} rows: current value has ${stack.rows}`,
    );
  }
  const z = matrix(stack.rows, stack.columns), unit = form === "unit" ? 1 : 2;
  if (nullSpace) z.data.set(stack.data);
  const kept = nullSpace ? unit : 0;
  addPart(z, stack, gamma, unit * Math.exp(grown) - kept);
  addPart(z, stack, mirror, unit * Math.exp(-grown) - kept);
  return z;
}

/** Sizes of the parts of a stack that Claim 3.1 tells apart. */
export interface Claim31Parts {
  /** `‖γᵀZ‖`: grows at `σσ_W`. */
  readonly growing: number;
  /** `‖γ̄ᵀZ‖`: shrinks at `σσ_W`. */
  readonly shrinking: number;
  /** Frobenius norm of all the rest: stands still, and is left out of Eq. (10). */
  readonly frozen: number;
}

/** Sizes of the growing, the shrinking and the frozen part of a stack. */
export function claim31Parts(problem: Problem, stack: Matrix, layer: 1 | 2 = 1): Claim31Parts {
  const { gamma, mirror } = directions(problem, layer), r = stack.columns;
  const rest = { ...stack, data: stack.data.slice() };
  const sizeAlong = (x: Float64Array) => {
    const along = matrix(1, r);
    for (let i = 0; i < stack.rows; i++) {
      for (let k = 0; k < r; k++) along.data[k] += x[i] * stack.data[i * r + k];
    }
    addPart(rest, stack, x, -1);
    return Math.hypot(...along.data);
  };
  const growing = sizeAlong(gamma), shrinking = sizeAlong(mirror);
  return { growing, shrinking, frozen: Math.hypot(...rest.data) };
}

/**
 * Growth rates of Claim 3.1: of `log‖γ₁γ₁ᵀZ₁‖²`, of the same of layer 2, and of their difference.
 *
 * Law: `2σσ_{W₂}`, `2σσ_{W₁}`, `2σ(σ_{W₂} − σ_{W₁})`.
 * Source: the paper, Claim 3.1 and Eq. (11).
 *
 * @throws {RangeError} If an assumption fails.
 */
export function claim31Growth(
  problem: Problem,
): { readonly first: number; readonly second: number; readonly ratio: number } {
  const first = 2 * directions(problem, 1).rate, second = 2 * directions(problem, 2).rate;
  return { first, second, ratio: first - second };
}
