/**
 * The model on one screen: the paper's Problem 2, its loss and its gradient flow, in the paper's symbols.
 * Slow and plain; everything fast is tested equal to it.
 *
 * @module
 */
import { checkKeys } from "../../check.ts";
import {
  add,
  frobeniusNorm,
  type Matrix,
  multiply,
  multiplyNT,
  multiplyTN,
} from "../../linalg/mod.ts";

/**
 * Fine-tuning of a frozen two-layer linear map `W₂W₁` towards `Y_ft = W₂W₁ + Δ`.
 *
 * With `w1` both layers have an adapter: the paper's Problem 2, here "D". Without it only layer 1 has
 * one: "S", or "MF" where `w2` is the identity (names ours).
 */
export interface Problem {
  /** A few words, for captions. */
  readonly name?: string;
  /** Frozen `W₂`, `m × h`. */
  readonly w2: Matrix;
  /** Frozen `W₁`, `h × n`; without it layer 2 has no adapter. */
  readonly w1?: Matrix;
  /** What has to be learnt, `Δ`, `m × n`: the paper's `ΔY`. */
  readonly target: Matrix;
}

/** Factors of the adapters: layer 1 computes `Ŵ₁ = W₁ + B₁A₁`, layer 2 `Ŵ₂ = W₂ + B₂A₂`. */
export interface Adapters {
  /** `h × r₁`. */
  readonly b1: Matrix;
  /** `r₁ × n`. */
  readonly a1: Matrix;
  /** `m × r₂`, in problem D. */
  readonly b2?: Matrix;
  /** `r₂ × h`, in problem D. */
  readonly a2?: Matrix;
}

/**
 * Error `E = Y_ft − Ŵ₂Ŵ₁`, as `Δ − W₂B₁A₁ − B₂A₂Ŵ₁`: the difference of two large products would lose
 * the digits of a small error.
 */
export function error({ w2, w1, target }: Problem, { b1, a1, b2, a2 }: Adapters): Matrix {
  const learnt = multiply(b1, a1), e = add(target, multiply(w2, learnt), -1);
  return w1 && b2 && a2 ? add(e, multiply(multiply(b2, a2), add(w1, learnt)), -1) : e;
}

/** Loss `L = ½‖E‖²_F`. */
export function loss(problem: Problem, adapters: Adapters): number {
  return 0.5 * frobeniusNorm(error(problem, adapters)) ** 2;
}

/**
 * The gradient flow: time derivatives of the factors, the negative gradients of `L`.
 *
 * Law: `Ḃ₁ = Ŵ₂ᵀEA₁ᵀ`, `Ȧ₁ = B₁ᵀŴ₂ᵀE`, `Ḃ₂ = EŴ₁ᵀA₂ᵀ`, `Ȧ₂ = B₂ᵀEŴ₁ᵀ`.
 * Scale: gradient-flow time, steps × step size of gradient descent.
 * Source: the paper, Eq. (3) and Lemma A.5.
 *
 * @example At `B = 0` only `B` moves, along the gradient in the weights.
 * ```ts
 * import { factorization, velocity } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const start = { b1: matrix(2, 1), a1: matrix(1, 2, [0.5, 0]) };
 * const { b1, a1 } = velocity(factorization({ m: 2, sigma: [3] }), start);
 * assertEquals([...b1.data, ...a1.data], [1.5, 0, 0, 0]);
 * ```
 */
export function velocity(problem: Problem, adapters: Adapters): Adapters {
  checkKeys("compute the velocity", adapters, ["b1", "a1", "b2", "a2"], "the adapters");
  const { w2, w1 } = problem, { b1, a1, b2, a2 } = adapters, e = error(problem, adapters);
  const back = multiplyTN(b2 && a2 ? add(w2, multiply(b2, a2)) : w2, e); // Ŵ₂ᵀE
  const first = { b1: multiplyNT(back, a1), a1: multiplyTN(b1, back) };
  if (!w1 || !b2 || !a2) return first;
  const ahead = multiplyNT(e, add(w1, multiply(b1, a1))); // EŴ₁ᵀ
  return { ...first, b2: multiplyNT(ahead, a2), a2: multiplyTN(b2, ahead) };
}

/** One step of gradient descent, all factors from their old values: the explicit Euler method. */
export function descentStep(problem: Problem, adapters: Adapters, eta: number): Adapters {
  const { b1, a1, b2, a2 } = adapters, v = velocity(problem, adapters);
  const first = { b1: add(b1, v.b1, eta), a1: add(a1, v.a1, eta) };
  return b2 && a2 ? { ...first, b2: add(b2, v.b2!, eta), a2: add(a2, v.a2!, eta) } : first;
}
