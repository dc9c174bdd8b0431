/**
 * Eqs. (7) and (8): the flow as a linear growth plus what disturbs it.
 *
 * @module
 */
import {
  add,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
} from "../../../../linalg/mod.ts";
import { stackOf } from "../../measures.ts";
import { type Adapters, error, type Problem } from "../../model.ts";
import { checkAdapters, checkProblem } from "../../shapes.ts";
import { paperSymbols } from "./symbols.ts";

/** What disturbs the linear growth. */
export interface Decomposition {
  /** `F = W₂B₁A₁ + B₂A₂W₁ + B₂A₂B₁A₁`, what the adapters have learnt; `E = ΔY − F`. */
  readonly f: Matrix;
  /** `D₁ = A₂ᵀB₂ᵀE − W₂ᵀF`, `h × n`. */
  readonly d1: Matrix;
  /** `D₂ = EA₁ᵀB₁ᵀ − FW₁ᵀ`, `m × h`. */
  readonly d2: Matrix;
}

/**
 * The disturbances `D₁`, `D₂` of the linear growth of `Z₁ = [B₁; A₁ᵀ]` and `Z₂`, for any target.
 *
 * Law: `Ż₁ = ([0, W₂ᵀΔY; ·, 0] + [0, D₁; ·, 0]) Z₁`, the dots for transposes, and the same for `Z₂` with
 * `ΔYW₁ᵀ` and `D₂`; exact. At a start with one zero factor in each adapter `D₁ = D₂ = 0`, at an
 * all-random one `‖D_i‖ = O(α²)`.
 * Source: the paper, Eqs. (7), (8).
 *
 * @throws {TypeError} If a layer has no adapter, or shapes do not chain.
 *
 * @example
 * ```ts
 * import { decomposition, problemQ, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { spectralNorm } from "lora-dynamics/linalg/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const problem = problemQ({ delta: 0.5 });
 * const start = { start: "zeroB", r: 3, alpha: 0.01, draws: portable(802) } as const;
 * assertEquals(spectralNorm(decomposition(problem, startAdapters(problem, start)).d1), 0);
 * ```
 */
export function decomposition(problem: Problem, adapters: Adapters): Decomposition {
  const what = "split the flow into growth and disturbance";
  checkProblem(what, problem);
  checkAdapters(what, problem, adapters);
  const { w2, w1 } = problem, { b1, a1, b2, a2 } = adapters;
  if (!w1 || !b2 || !a2) {
    throw new TypeError(
      `Cannot ${what} as both layers must have an adapter: current problem has no w1`,
    );
  }
  const first = multiply(b1, a1), second = multiply(b2, a2);
  const f = add(multiply(w2, first), multiply(second, add(w1, first)));
  const e = error(problem, adapters);
  return {
    f,
    d1: add(multiplyTN(second, e), multiplyTN(w2, f), -1),
    d2: add(multiplyNT(e, first), multiplyNT(f, w1), -1),
  };
}

/** `factor · left rightᵀ`. */
function outer(left: Float64Array, right: Float64Array, factor: number): Matrix {
  const out = matrix(left.length, right.length);
  left.forEach((x, i) => right.forEach((y, j) => out.data[i * right.length + j] = factor * x * y));
  return out;
}

/** `[0, block; blockᵀ, 0] [B; Aᵀ]`. */
function mirrored(block: Matrix, b: Matrix, a: Matrix): Matrix {
  return stackOf(multiplyNT(block, a), multiplyTN(b, block));
}

/**
 * The right-hand sides of (7) and (8), `(σσ_{W₂}H₁ + D̂₁)Z₁` and `(σσ_{W₁}H₂ + D̂₂)Z₂`, in the paper's
 * form: by another path than `velocity` the same time derivatives of the stacks.
 *
 * Assumes: Assumptions 2.1 and 2.2, a target of rank one.
 * Source: the paper, Eqs. (7), (8).
 *
 * @returns `[Ż₁, Ż₂]`.
 * @throws {RangeError} If an assumption fails.
 */
export function decomposedVelocity(problem: Problem, adapters: Adapters): [Matrix, Matrix] {
  const { sigma, sigmaW2, sigmaW1, u, g, v } = paperSymbols(problem, "decompose the flow");
  const { d1, d2 } = decomposition(problem, adapters), { b1, a1, b2, a2 } = adapters;
  return [
    mirrored(add(outer(g, v, sigma * sigmaW2), d1), b1, a1),
    mirrored(add(outer(u, g, sigma * sigmaW1), d2), b2!, a2!),
  ];
}

/**
 * The generators `H₁ = [0, gvᵀ; vgᵀ, 0]` and `H₂ = [0, ugᵀ; guᵀ, 0]`.
 *
 * Source: the paper, Eqs. (7), (8).
 *
 * @throws {RangeError} If Assumption 2.1 or 2.2 fails, or the target has not rank one.
 */
export function paperGenerators(problem: Problem): { h1: Matrix; h2: Matrix } {
  const { u, g, v } = paperSymbols(problem, "form the generators H₁ and H₂");
  const full = (left: Float64Array, right: Float64Array) => {
    const rows = left.length, size = rows + right.length, out = matrix(size, size);
    left.forEach((x, i) =>
      right.forEach((y, j) => {
        out.data[i * size + rows + j] = out.data[(rows + j) * size + i] = x * y;
      })
    );
    return out;
  };
  return { h1: full(g, v), h2: full(u, g) };
}
