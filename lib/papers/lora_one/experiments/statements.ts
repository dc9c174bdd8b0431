/**
 * The paper's statements beside what is run here: condition, value, whether it holds.
 *
 * @module
 */
import { checkKeys } from "../../../check.ts";
import type { Row } from "../../../experiment/mod.ts";
import { add, frobeniusNorm, identity, multiply, spectralNorm } from "../../../linalg/mod.ts";
import { startOf } from "../../../nn/mod.ts";
import { directionsOf } from "../measures.ts";
import { activationProblem } from "../problems/activation.ts";
import { drawProblem, type ProblemSizes, REFERENCE } from "../problems/draw.ts";
import { activationGradient } from "../simulation/runs/activation.ts";
import { requiredScale } from "../theory/linear.ts";

/** A condition of a statement beside what is run. */
export interface StatementRow extends Row {
  /** Theorem. */
  statement: string;
  /** What it asks for. */
  condition: string;
  /** What is run here. */
  here: string;
  /** Whether that is so; null where a constant is not given. */
  holds: boolean | null;
}

const digits = (x: number) => Number(x.toPrecision(3)).toString();

/**
 * Conditions of Theorems 3.1, 3.2, 3.3 and 4.2 on a problem; constants that the paper does not give count as 1.
 *
 * @param sizes The linear problem; the reference instance of the toy problem when nothing is given.
 * @param options Rank and scale `α` of the start, angle `θ` of Theorem 3.2, samples and condition number of the ReLU
 * model (20 × 20, rank 2).
 *
 * @example Forty times the data, and the condition of Theorem 3.3 holds.
 * ```ts
 * import { statements } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const holds = (N: number) =>
 *   statements({ d: 20, k: 20, N, values: [1, 1] }).find(({ statement }) => statement === "3.3")!.holds;
 * assertEquals([holds(200), holds(8000)], [false, true]);
 * ```
 */
export function statements(
  sizes: ProblemSizes = { d: 100, k: 100, N: 1600, values: [1, 1, 1, 1] },
  options: {
    readonly r?: number;
    readonly alpha?: number;
    readonly theta?: number;
    readonly seed?: string;
    readonly reluSamples?: number;
    readonly reluKappa?: number;
  } = {},
): StatementRow[] {
  const known = ["r", "alpha", "theta", "seed", "reluSamples", "reluKappa"];
  checkKeys("compare statements with a problem", options, known);
  const { r = 2 * sizes.values.length, alpha = 1e-3, theta = 0.5, seed = REFERENCE } = options;
  const { reluSamples = 4000, reluKappa = 1 } = options;
  const { d, N, values } = sizes, rank = values.length, problem = drawProblem(sizes, seed);
  const { values: lambda } = directionsOf(problem.gradient, rank),
    natural = lambda[0] / lambda[rank - 1];
  const kappa = Math.max(...values) / Math.min(...values);
  const spread = spectralNorm(add(problem.covariance, identity(d), -1));
  const epsilon = Math.min(1 / (2 * kappa), 1 / kappa ** 3);
  const wide = r >= 2 * rank;
  const scale = wide
    ? requiredScale({ theta, kappa: natural, d, gradientNorm: lambda[0], r, targetRank: rank })
    : NaN;
  const relu = activationProblem(reluKappa),
    gradient = activationGradient(relu, reluSamples, seed)(relu.weight);
  const { a, b } = startOf("LoRA-One", { gradient, r: 2, gamma: 2 }), least = 1 / reluKappa;
  const first = frobeniusNorm(add(multiply(a, b), relu.target, -1)) / least;
  return [
    { statement: "3.1", condition: "N > d, B₀ = 0", here: `N = ${N}, d = ${d}`, holds: N > d },
    { statement: "3.2", condition: "r ≥ 2r*", here: `r = ${r}, r* = ${rank}`, holds: wide },
    {
      statement: "3.2",
      condition: `α = O(${digits(scale)}) for θ = ${theta}, κ♮ = ${digits(natural)}`,
      here: `α = ${digits(alpha)}`,
      holds: wide ? alpha <= scale : false,
    },
    {
      statement: "3.3",
      condition: `‖Σ̂ − I‖ ≤ min(1/(2κ), c/κ³) = ${digits(epsilon)} (c = 1)`,
      here: `${digits(spread)} at N/d = ${digits(N / d)}`,
      holds: spread <= epsilon,
    },
    {
      statement: "4.2",
      condition: "r = r*, λ = 0, γ = 2, 0 < c_η < η < 1",
      here: "r = r* = 2, λ = 0, γ = 2, η = ½",
      holds: null,
    },
    {
      statement: "4.2",
      condition: "‖A₀B₀ − Δ‖_F ≤ ρλ_{r*}, ρ ≤ 1/20",
      here: `${digits(first)} λ_{r*} at N = ${reluSamples || "∞"}, κ = ${digits(reluKappa)}`,
      holds: first <= 1 / 20,
    },
  ];
}
