/**
 * F9: descent from the spectral start at every condition number, preconditioned and plain.
 *
 * @module
 */
import { distinct, type Experiment, experiment, where } from "../../../../experiment/mod.ts";
import type { Figure } from "../../../../figure/mod.ts";
import { frobeniusNorm, identity, type Matrix, matrix } from "../../../../linalg/mod.ts";
import { startOf } from "../../../../nn/mod.ts";
import { composed, linearProblem, spectrum } from "../../problems/linear.ts";
import { LoraDescent } from "../../simulation/descent/factor_descent.ts";
import { optimiser, type OptimiserLike } from "../../simulation/descent/optimiser.ts";
import { gradientRate, preconditionedRate } from "../../theory/preconditioned.ts";
import { checkDamping } from "../training.ts";
import { conditionFigure } from "./_condition_figure.ts";
import {
  conditionData,
  type ConditionParameters,
  conditionParameters,
  type ConditionRow,
} from "./condition_parameters.ts";

/** Columns of zeros for an adapter of more rank than the target. */
function padded(target: Matrix, count: number): Matrix {
  const out = matrix(target.rows, count);
  target.data.forEach((x, i) => {
    out.data[Math.floor(i / target.columns) * count + i % target.columns] = x;
  });
  return out;
}

function follow(
  p: ConditionParameters,
  data: ReturnType<typeof conditionData>,
  how: OptimiserLike,
  kappa: number,
) {
  const values = spectrum(kappa, p.rank), count = Math.max(p.r, p.rank);
  const target = padded(composed(data.u, values, identity(p.rank)), count);
  const problem = linearProblem(data.covariance, target), size = frobeniusNorm(target);
  const start = startOf("LoRA-One", { gradient: problem.gradient, r: p.r, gamma: p.gamma });
  const run = new LoraDescent(problem, start, { rate: p.eta, optimiser: how, damping: p.damping });
  const recent: number[] = [], kept: { at: number; error: number; scaled: number }[] = [];
  let iterations: number | null = null, scaledIterations: number | null = null, next = 0;
  run.advance(p.most, (at) => {
    const e = run.error(), error = frobeniusNorm(e) / size;
    let sum = 0;
    e.data.forEach((x, i) => i % count < p.rank && (sum += (x / values[i % count]) ** 2));
    const scaled = Math.sqrt(sum / p.rank);
    if (error < p.goal) iterations ??= at;
    if (scaled < p.goal) scaledIterations ??= at;
    recent.push(error);
    if (recent.length > 11) recent.shift();
    const last = error < p.until || at === p.most;
    if (at >= next || last) {
      kept.push({ at, error, scaled });
      next = at < 100 ? at + 1 : Math.ceil(1.03 * at);
    }
    return last;
  });
  const rate = (recent.at(-1)! / recent[0]) ** (1 / Math.max(1, recent.length - 1));
  const { name } = optimiser(how, p.damping);
  return kept.map((row): ConditionRow => ({
    ...{ optimiser: name, kappa, ...row },
    ...{ iterations, scaledIterations, rate, status: run.status },
  }));
}

function run(p: ConditionParameters): ConditionRow[] {
  const data = conditionData(p);
  return p.optimisers.flatMap((how) =>
    [...p.kappas, ...(how === "gd" ? [] : p.extreme)].flatMap((kappa) =>
      follow(p, data, how, kappa)
    )
  );
}

/**
 * F9: errors and steps of preconditioned and plain descent from the spectral start, by condition number.
 *
 * Source: ours; the paper has a rate without κ in an appendix that was not seen.
 *
 * @example Over-rank needs damping, and damping knows the spectrum.
 * ```ts
 * import { conditionNumbers } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { table } = await conditionNumbers({
 *   r: 8, damping: 1e-2, kappas: [4, 1000], extreme: [], optimisers: ["preconditioned"], until: 1e-7, most: 400,
 * });
 * assertEquals(table().map((row) => row["steps"]), [32, 164]);
 * ```
 */
export const conditionNumbers: Experiment<
  typeof conditionParameters,
  ConditionRow[],
  Figure,
  Record<never, never>
> = experiment({
  name: "condition numbers",
  about: "Descent from the spectral start at every condition number, preconditioned and plain.",
  parameters: conditionParameters,
  quick: { kappas: [1, 10, 100] },
  check: ({ d, N, rank, r, optimisers, damping, goal, until }, refuse) => {
    if (N < d) refuse("N", `at least d = ${d}`, N);
    if (rank > d) refuse("rank", `at most d = ${d}`, rank);
    if (r < rank) refuse("r", `at least r* = ${rank}, or the spectral start is not exact`, r);
    if (r > d) refuse("r", `at most d = ${d}`, r);
    checkDamping(damping, optimisers, refuse);
    if (until > goal) refuse("until", `at most the goal ${goal}`, until);
  },
  run,
  figure: conditionFigure,
  table: (rows, p) => {
    const { u, covariance } = conditionData(p);
    return distinct(rows, "optimiser").flatMap((name) =>
      distinct(where(rows, "optimiser", name), "kappa").map((kappa) => {
        const [row] = where(where(rows, "optimiser", name), "kappa", kappa);
        const plain = name === optimiser("gd").name, values = spectrum(kappa, p.rank);
        return {
          ...{ optimiser: name, "κ": kappa, "steps": row.iterations, "late rate": row.rate },
          "local rate by theory": plain
            ? gradientRate(covariance, u, { values, rate: p.eta })
            : name === "preconditioned"
            ? preconditionedRate(covariance, u, p.eta)
            : null,
          status: row.status,
        };
      })
    );
  },
});
