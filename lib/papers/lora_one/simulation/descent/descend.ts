/**
 * The descent of a start: by its parametrisation, on the problem that it has to solve.
 *
 * @module
 */
import { checkOneOf } from "../../../../check.ts";
import { add, multiply } from "../../../../linalg/mod.ts";
import { productOf, type Start } from "../../../../nn/mod.ts";
import type { LinearProblem } from "../../problems/linear.ts";
import type { Descent } from "./descent.ts";
import { DoraDescent } from "./dora_descent.ts";
import { type DescentOptions, LoraDescent } from "./factor_descent.ts";
import { MiddleDescent } from "./middle_descent.ts";

/** How the trained weight is written: `W + AB`, or DoRA's lengths and directions. */
export type Parametrisation = "LoRA" | "DoRA";

/**
 * The problem that the adapter of a start has to solve: a start that was subtracted from the frozen weight must
 * reach `Δ + A₀B₀` instead of `Δ`.
 */
export function shiftedProblem(problem: LinearProblem, start: Start): LinearProblem {
  if (!start.shifted) return problem;
  const product = productOf(start), { covariance, target, gradient, fitted, weight } = problem;
  return {
    covariance,
    target: add(target, product),
    gradient: add(gradient, multiply(covariance, product)),
    ...(fitted ? { fitted: add(fitted, product) } : {}),
    ...(weight ? { weight: add(weight, product, -1) } : {}),
  };
}

/**
 * The descent of a start on a linear problem: LoRA-SB's on its middle factor, a frozen factor as the start has it,
 * on the shifted problem where the start was subtracted from the weight.
 *
 * @param problem The problem, before any shift.
 * @param start A start, see `startOf`.
 * @param options As of {@linkcode LoraDescent}; `parametrisation: "DoRA"` trains lengths and directions.
 * @throws {RangeError} If the parametrisation is not known.
 * @throws {TypeError} If a start with a middle factor is to be trained by DoRA.
 *
 * @example
 * ```ts
 * import { descend, population, startOf } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertLess } from "@std/assert";
 *
 * const problem = population(matrix(3, 3, [2, 0, 0, 0, 1, 0, 0, 0, 0]));
 * const start = startOf("LoRA-SB", { gradient: problem.gradient, r: 2, gamma: 0.5 });
 * assertLess(descend(problem, start, { rate: 0.5 }).advance(60).risk(), 1e-30);
 * ```
 */
export function descend(
  problem: LinearProblem,
  start: Start,
  { parametrisation = "LoRA", ...options }: DescentOptions & {
    readonly parametrisation?: Parametrisation;
  },
): Descent {
  checkOneOf("descend", "parametrisation", parametrisation, ["LoRA", "DoRA"]);
  const own = shiftedProblem(problem, start);
  if (start.middle && parametrisation === "DoRA") {
    throw new TypeError(
      `Cannot descend as parametrisation must be LoRA for ${start.name}, whose factors are frozen: current value is DoRA`,
    );
  }
  if (start.middle) return new MiddleDescent(own, start, options);
  return parametrisation === "DoRA"
    ? new DoraDescent(own, start, options)
    : new LoraDescent(own, start, options);
}
