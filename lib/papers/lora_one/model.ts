/**
 * The model on one screen: fine-tuning of one layer by an adapter, in the paper's symbols, on data `X`, `Y`.
 * Slow and plain; everything fast is tested equal to it.
 *
 * @module
 */
import { checkKeys } from "../../check.ts";
import { activation, type ActivationLike } from "../../gaussian/mod.ts";
import {
  add,
  frobeniusNorm,
  identity,
  type Matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  solvePositive,
  solvePositiveRight,
  svd,
} from "../../linalg/mod.ts";
import type { Adapter } from "./problems/linear.ts";

/** Data and the frozen layer `x ↦ σ((W + AB)ᵀx)`; the paper's linear model has `σ = "x"`. */
export interface Layer {
  /** Inputs, `N × d`. */
  readonly x: Matrix;
  /** Labels, `N × k`. */
  readonly y: Matrix;
  /** Frozen weight `W`, `d × k`. */
  readonly weight: Matrix;
  /** `σ`. */
  readonly activation: ActivationLike;
}

const LAYER = ["x", "y", "weight", "activation"];

const each = (m: Matrix, f: (x: number, i: number) => number): Matrix => ({
  ...m,
  data: m.data.map(f),
});

/** Loss `L(A, B) = ‖σ(X(W + AB)) − Y‖²_F/(2N)`. */
export function loss(layer: Layer, { a, b }: Adapter): number {
  checkKeys("compute the loss", layer, LAYER, "the layer");
  const { x, y, weight, activation: like } = layer;
  const { f } = activation(like), out = each(multiply(x, add(weight, multiply(a, b))), f);
  return frobeniusNorm(add(out, y, -1)) ** 2 / (2 * x.rows);
}

/** `J = −∇_W L` at `W + AB`, `d × k`: `(1/N)Xᵀ[(Y − σ(Z)) ⊙ σ′(Z)]`, `Z = X(W + AB)`; `G` at `AB = 0`. */
export function negativeGradient(layer: Layer, { a, b }: Adapter): Matrix {
  checkKeys("compute the gradient", layer, LAYER, "the layer");
  const { x, y, weight, activation: like } = layer;
  const { f, df } = activation(like), z = multiply(x, add(weight, multiply(a, b)));
  const back = each(z, (value, i) => (y.data[i] - f(value)) * df(value) / x.rows);
  return multiplyTN(x, back);
}

/**
 * A step of gradient descent on both factors, from their old values: `A + ηJBᵀ`, `B + ηAᵀJ`.
 *
 * @example The spectral start solves a problem of isotropic inputs at once, and stays.
 * ```ts
 * import { descentStep, loss, negativeGradient, spectralStart } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { identity, matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const x = matrix(2, 2, [Math.SQRT2, 0, 0, Math.SQRT2]), y = matrix(2, 1, [Math.SQRT2 * 3, 0]);
 * const layer = { x, y, weight: matrix(2, 1), activation: "x" };
 * const none = { a: matrix(2, 1), b: matrix(1, 1) };
 * const start = spectralStart(negativeGradient(layer, none), 1);
 * assertAlmostEquals(loss(layer, descentStep(layer, start, 0.1)), 0);
 * ```
 */
export function descentStep(layer: Layer, { a, b }: Adapter, eta: number): Adapter {
  const j = negativeGradient(layer, { a, b });
  return { a: add(a, multiplyNT(j, b), eta), b: add(b, multiplyTN(a, j), eta) };
}

/** A preconditioned step: `A + ηJBᵀ(BBᵀ + λI)⁻¹`, `B + η(AᵀA + λI)⁻¹AᵀJ`. */
export function preconditionedStep(
  layer: Layer,
  { a, b }: Adapter,
  options: { readonly eta: number; readonly lambda?: number },
): Adapter {
  checkKeys("make a preconditioned step", options, ["eta", "lambda"]);
  const { eta, lambda = 0 } = options;
  const j = negativeGradient(layer, { a, b }), one = identity(a.columns);
  const right = add(multiplyNT(b, b), one, lambda), left = add(multiplyTN(a, a), one, lambda);
  return {
    a: add(a, solvePositiveRight(multiplyNT(j, b), right), eta),
    b: add(b, solvePositive(left, multiplyTN(a, j)), eta),
  };
}

/** The spectral start: with `G = U S Vᵀ`, `A₀ = √γ U_r S_r^½` and `B₀ = √γ S_r^½ V_rᵀ`; `A₀B₀ = γ P_r(G)`. */
export function spectralStart(gradient: Matrix, r: number, gamma = 1): Adapter {
  const { u, values, v } = svd(gradient, r), root = (i: number) => Math.sqrt(gamma * values[i % r]);
  const right = each(v, (x, i) => x * root(i));
  return { a: each(u, (x, i) => x * root(i)), b: multiplyNT(identity(r), right) };
}
