/**
 * What an offset start can reach at best: Eckart–Young in the metric of the data.
 *
 * @module
 */
import { checkInteger } from "../../../check.ts";
import {
  add,
  cholesky,
  columns,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  scale,
  solvePositive,
  svd,
} from "../../../linalg/mod.ts";
import { lossOf, riskOf } from "../measures.ts";
import { productOf, type Start } from "../../../nn/mod.ts";
import { composed, type LinearProblem } from "../problems/linear.ts";

/** The best that rank `r` reaches. */
export interface Floor {
  /** Training loss `½ Σ_{i>r} σ_i²(Σ̂^½M)`. */
  readonly loss: number;
  /** Risk at that optimum. */
  readonly risk: number;
  /** Rank of what would have to be learnt, `M = Δ + A₀B₀`. */
  readonly rank: number;
}

/**
 * The floor of a start whose product was subtracted from the frozen weight: its adapter must equal
 * `M = Δ + A₀B₀`, and rank `r` cannot when `rank M > r`.
 *
 * Law: with `Σ̂ = LLᵀ`, the best `AB` is `L⁻ᵀ[LᵀM]_r`.
 * Source: ours.
 *
 * @param problem The problem.
 * @param product `A₀B₀`, `d × k`; the zero matrix for a start without offset.
 * @param r Rank of the adapter.
 * @throws {RangeError} If `Σ̂` is singular (`N < d`) or `r` is out of range.
 *
 * @example A product orthogonal to the target costs rank.
 * ```ts
 * import { offsetFloor, population } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const problem = population(matrix(2, 2, [1, 0, 0, 0]));
 * const { loss, rank } = offsetFloor(problem, matrix(2, 2, [0, 0, 0, 3]), 1);
 * assertEquals(rank, 2);
 * assertAlmostEquals(loss, 0.5);
 * ```
 */
export function offsetFloor(problem: LinearProblem, product: Matrix, r: number): Floor {
  const { covariance, target, fitted = target } = problem, m = add(fitted, product);
  checkInteger("compute a floor", "r", r, 1, Math.min(m.rows, m.columns));
  const lower = cholesky(covariance), { u, values, v } = svd(multiplyTN(lower, m));
  const rank = rankOf(values);
  const loss = 0.5 * values.slice(r).reduce((sum, x) => sum + x * x, 0);
  const best = composed(columns(u, 0, r), values.slice(0, r), columns(v, 0, r));
  // L⁻ᵀ X = Σ̂⁻¹ L X.
  const reached = solvePositive(covariance, multiply(lower, best));
  return { loss, risk: riskOf(add(add(reached, product, -1), target, -1)), rank };
}

/**
 * The floor of LoRA-SB, and the limit of LoRA-GA's as its offset grows: the best `URVᵀ` with frozen
 * `U`, `V`.
 *
 * Law: `R* = (UᵀΣ̂U)⁻¹UᵀΣ̂Δ V`; risk about `½(d/N)‖Δ‖²`. Source: ours.
 *
 * @param problem The problem.
 * @param u `d × r`, orthonormal columns.
 * @param v `k × r`; only the column space of `Δᵀ` matters, so that `V` may be left out.
 */
export function middleFloor(problem: LinearProblem, u: Matrix, v?: Matrix): Omit<Floor, "rank"> {
  const { covariance, target, gradient } = problem;
  const gram = multiplyTN(u, multiply(covariance, u));
  const right = multiplyTN(u, gradient);
  const inner = solvePositive(gram, v ? multiply(right, v) : right);
  const reached = multiply(u, v ? multiplyNT(inner, v) : inner);
  const error = add(reached, target, -1);
  return { loss: lossOf({ covariance, target, gradient }, error), risk: riskOf(error) };
}

/**
 * The best that a start reaches: its offset and its frozen factors looked at.
 *
 * @param problem The problem, before any shift of the weight.
 * @param start A start, see `startOf`: with a middle factor only that is trained; a shifted one has an offset.
 * @throws {RangeError} If `Σ̂` is singular.
 *
 * @example Only an offset whose rows leave those of `Δ` costs rank.
 * ```ts
 * import { population, startFloor, startOf } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const problem = population(matrix(4, 4, [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
 * const rank = (name: "LoRA-GA" | "LoRA-One toy") =>
 *   startFloor(problem, startOf(name, { gradient: problem.gradient, r: 1 })).rank;
 * assertEquals([rank("LoRA-GA"), rank("LoRA-One toy")], [1, 1]); // one left direction in both
 * ```
 */
export function startFloor(problem: LinearProblem, start: Start): Floor {
  const { a, b, middle, shifted } = start, r = a.columns;
  if (middle) {
    const { v } = svd(b, r), { u } = svd(a, r);
    return { ...middleFloor(problem, u, v), rank: rankOf(svd(problem.target).values) };
  }
  const product = shifted ? productOf(start) : matrix(a.rows, b.columns);
  return offsetFloor(problem, product, r);
}

/** How many singular values are not rounding. */
function rankOf(values: Float64Array): number {
  return values.filter((x) => x > 1e-10 * values[0]).length;
}

/**
 * Least training loss to which the floor of an offset tends as its size grows without bound.
 *
 * Law: `q` ranks are taken by the offset `P = UCVᵀ`, in the metric of the data; what they cannot reach is
 * `(I − UUᵀ)LᵀΔ(I − VVᵀ)`, and the other `r − q` take its largest singular values. Where `row Δ` is orthogonal to
 * `V` (LoRA-GA) this is the floor of a frozen left space, see {@linkcode middleFloor}.
 * Source: ours.
 *
 * @param problem The problem.
 * @param product `A₀B₀`, of any size but 0.
 * @param r Rank of the adapter.
 *
 * @example An offset in the rows of the target costs nothing however large it is.
 * ```ts
 * import { offsetLimit, population } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = population(matrix(2, 2, [1, 0, 0, 0]));
 * assertAlmostEquals(offsetLimit(problem, matrix(2, 2, [0, 0, 3, 0]), 1), 0);
 * assertAlmostEquals(offsetLimit(problem, matrix(2, 2, [0, 0, 0, 3]), 1), 0.5);
 * ```
 */
export function offsetLimit(problem: LinearProblem, product: Matrix, r: number): number {
  const { covariance, target, fitted = target } = problem, lower = cholesky(covariance);
  const { u, values, v } = svd(multiplyTN(lower, product));
  const q = rankOf(values);
  const left = columns(u, 0, q), right = columns(v, 0, q), m = multiplyTN(lower, fitted);
  const across = add(m, multiply(left, multiplyTN(left, m)), -1);
  const rest = add(across, multiplyNT(multiply(across, right), right), -1);
  return 0.5 * svd(rest).values.slice(Math.max(0, r - q)).reduce((sum, x) => sum + x * x, 0);
}

/**
 * Floors of an offset start as its product is scaled by `s`: from 0 at `s = 0` to {@linkcode offsetLimit}.
 */
export function floorByScale(
  problem: LinearProblem,
  product: Matrix,
  { r, scales }: { r: number; scales: readonly number[] },
): (Floor & { scale: number })[] {
  return scales.map((s) => ({ scale: s, ...offsetFloor(problem, scale(product, s), r) }));
}
