/**
 * What a descent asks of a model: the residual at an adapter, the error, the loss.
 *
 * @module
 */
import { add, type Matrix, multiply, spectralNorm, workspace } from "../../../../linalg/mod.ts";
import { errorOf, lossOf, stabilityNumber } from "../../measures.ts";
import type { ActivationProblem, GradientAt } from "../../problems/activation.ts";
import type { OptimiserLike } from "./optimiser.ts";
import { type Adapter, checkAdapter, type LinearProblem } from "../../problems/linear.ts";

/** A model whose adapter can be trained. */
export interface Model {
  /** Checks an adapter against the model; returns its rank. */
  check(what: string, adapter: Adapter): number;
  /** `J = −∇_W L` at `W + AB`, `d × k`; may reuse its result. */
  residual(adapter: Adapter): Matrix;
  /** `AB − Δ`. */
  error(adapter: Adapter): Matrix;
  /** Training loss; what the model has no loss of is its risk. */
  loss(adapter: Adapter): number;
  /** What is known of the step sizes that are stable, in words; `shares` are those of `A` and `B` in `η`. */
  bound(
    start: Adapter,
    steps: { readonly eta: number; readonly shares: readonly [number, number] },
    optimiser: OptimiserLike,
  ): string;
}

/** A linear problem, or a model. */
export type ModelLike = LinearProblem | Model;

/** The model of a linear problem, or the model itself. */
export function modelOf(like: ModelLike): Model {
  return "residual" in like ? like : linearModel(like);
}

/** The linear model: `J = G − Σ̂AB`. */
export function linearModel(problem: LinearProblem): Model {
  const { covariance: { rows: d }, target: { columns: k } } = problem;
  let room: { covariance: Matrix; a: Matrix; b: Matrix; sa: Matrix; residual: Matrix } | undefined;
  return {
    check: (what, adapter) => checkAdapter(what, problem, adapter),
    residual: ({ a, b }) => {
      if (room?.a.columns !== a.columns) {
        const r = a.columns;
        room = workspace({
          covariance: [d, d],
          a: [d, r],
          b: [r, k],
          sa: [d, r],
          residual: [d, k],
        });
        room.covariance.data.set(problem.covariance.data);
      }
      const { covariance, sa, residual } = room!;
      room!.a.data.set(a.data);
      room!.b.data.set(b.data);
      multiply(multiply(covariance, room!.a, sa), room!.b, residual);
      return add(problem.gradient, residual, -1, residual);
    },
    error: (adapter) => errorOf(problem, adapter),
    loss: (adapter) => lossOf(problem, errorOf(problem, adapter)),
    bound: ({ a }, { eta, shares: [A, B] }, optimiser) => {
      const most = spectralNorm(problem.covariance);
      if (optimiser === "preconditioned") {
        // The modes of an error have the eigenvalues of (η_A I + η_B UUᵀ)Σ̂, at most (η_A + η_B)‖Σ̂‖.
        return `preconditioned descent of exact rank is stable near the optimum for η < ${
          (2 / ((A + B) * most)).toPrecision(3)
        }`;
      }
      if (optimiser !== "gd") return "";
      // At AB = Δ the curvature is η_A‖B‖² + η_B‖A‖² times ‖Σ̂‖, and least, 2√(η_A η_B)‖Δ‖, where the two are equal.
      const near = 1 / (Math.sqrt(A * B) * most * spectralNorm(problem.target));
      const c = stabilityNumber(problem, a, eta * B), edge = A === 0 ? 2 : 4;
      const which = A === 1 && B === 1 ? "η" : "η_B";
      const known = [
        ...(near < Infinity ? [`η below about ${near.toPrecision(3)} near the optimum`] : []),
        ...(c > 0
          ? [`c = ${which} λ_max(A₀ᵀΣ̂A₀) below ${edge} at the start: now it is ${c.toPrecision(3)}`]
          : []),
      ].join(", and ");
      return known && `gradient descent needs ${known}`;
    },
  };
}

/** One layer with an activation, by its gradient on samples or the population. */
export function activationModel(
  { weight, target }: ActivationProblem,
  gradient: GradientAt,
): Model {
  const problem = { covariance: weight, target, gradient: target } as unknown as LinearProblem;
  const error = (adapter: Adapter) => errorOf(problem, adapter);
  return {
    check: (what, adapter) => checkAdapter(what, problem, adapter),
    residual: ({ a, b }) => gradient(add(weight, multiply(a, b))),
    error,
    loss: (adapter) => 0.5 * error(adapter).data.reduce((sum, x) => sum + x * x, 0),
    bound: () => "",
  };
}
