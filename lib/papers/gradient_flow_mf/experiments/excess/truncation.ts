/**
 * Sensitivity: an adapter of too small a rank, and noise in the target.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  geomspace,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  scaleWords,
} from "../../../../figure/mod.ts";
import { portable } from "../../../../random/mod.ts";
import type { Problem } from "../../model.ts";
import { factorization } from "../../problems/mod.ts";
import { plainProblem, type ProblemLike, problemOf } from "../../shapes.ts";
import { startWords } from "../../starts.ts";
import { tailRun } from "../../simulation/runs/tail_run.ts";
import { deficientLoss } from "../../theory/escape/incremental.ts";
import { REFERENCE, startParameter, startSeeds, TIME } from "../physics.ts";
import { worded } from "../worded.ts";

/** A moment of a run. */
export interface TruncationRow extends Row {
  /** Size of the noise in the target. */
  epsilon: number;
  /** Rank of the adapter. */
  r: number;
  /** Flow time. */
  at: number;
  /** Loss. */
  loss: number;
  /** `½Σ_{j>r} σ_j²` of the noisy target. */
  floor: number;
}

/**
 * Parameters of {@linkcode truncation}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const truncationParameters = {
  problem: param.value<ProblemLike>(
    factorization({ m: 12, sigma: [1, 0.5] }),
    "a problem with one adapter and w2 = s times a square orthogonal matrix",
    (problem) => problemOf(problem),
    "a problem { w2, target }",
  ),
  epsilon: param.numbers([0, 0.03], "sizes ε of the noise: εG/√m is added to the target", {
    least: 0,
  }),
  r: param.integers([1, 2, 3], "ranks of the adapter", { least: 1 }),
  start: startParameter("zeroB", "start of the adapter"),
  alpha: param.number(1e-3, "its scale α", { above: 0 }),
  horizon: param.number(2e4, "last time", { above: 0 }),
  points: param.integer(41, "number of times", { least: 2 }),
  noise: param.seed("5", "seed of the noise, a whole number as text"),
  seed: param.seed(REFERENCE, `seed of the start; "${REFERENCE}" takes 6`),
};

type Parameters = Values<typeof truncationParameters>;

/** The problem with noise in its target. */
export function noisyTarget(problem: Problem, epsilon: number, seed: number): Problem {
  const { rows, columns, data } = problem.target, noise = portable(seed).normals(rows * columns);
  const target = {
    ...{ rows, columns },
    data: data.map((x, i) => x + epsilon * noise[i] / Math.sqrt(rows)),
  };
  return { ...problem, target };
}

function draw(rows: readonly TruncationRow[], parameters: Parameters): Figure {
  const { epsilon, r, start, alpha, problem } = parameters, { name = "own problem" } = problem;
  const low = 1e-26;
  const drawings: Drawing[] = epsilon.map((size) => ({
    title: size === 0 ? "target as it is" : `noise ε = ${formatNumber(size)}`,
    x: { label: TIME, type: "log" },
    y: { label: "loss /{L}", type: "log" },
    series: r.map((rank) => {
      const here = where(where(rows, "epsilon", size), "r", rank).filter(({ loss }) => loss > low);
      const [{ floor }] = here;
      const line = distinct(rows, "at").map((x) => ({ x, y: floor }));
      const marks = here.map(({ at: x, loss: y }) => ({ x, y }));
      return { name: `/{r} = ${rank}`, ...(floor > low ? { line } : {}), marks };
    }),
  }));
  return figureOf(drawings, {
    columns: 2,
    legend: legendOf(drawings.at(-1)!.series),
    caption:
      `An adapter of rank r on ${name}, ${startWords(start)} at α = ${
        scaleWords(alpha)
      }. Symbols: ` +
      "runs; lines: ½ Σ σ_j² over the singular values of the target beyond r, where there are any." +
      (rows.some(({ loss }) => loss <= low)
        ? ` Losses below ${scaleWords(low)} are not drawn.`
        : "") +
      (epsilon.some((size) => size > 0)
        ? " With noise the rest never vanishes, and the modes of the noise are learnt last."
        : ""),
  });
}

/**
 * Loss of an adapter whose rank is below that of the target, or of its noise: it learns the leading modes.
 *
 * Rows: a moment of a run each.
 * Source: ours; Eckart and Young (1936) for the best that a rank can do.
 *
 * @example
 * ```ts
 * import { truncation } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rows } = await truncation({ epsilon: [0], r: [1], points: 2, horizon: 200 });
 * assertAlmostEquals(rows.at(-1)!.loss, 0.125, 1e-6);
 * ```
 */
export const truncation: Experiment<typeof truncationParameters, TruncationRow[], Figure> =
  experiment({
    name: "rank below the target's",
    about: "What is left where the rank is too small, or where the target is noisy.",
    parameters: truncationParameters,
    quick: { points: 21 },
    check: ({ epsilon, r, noise, problem }, refuse) => {
      if (new Set(epsilon).size < epsilon.length) refuse("epsilon", "different numbers", epsilon);
      if (new Set(r).size < r.length) refuse("r", "different numbers", r);
      if (!/^\d+$/.test(noise)) refuse("noise", 'a whole number as text, such as "5"', noise);
      const { rows, columns } = problemOf(problem).target, most = Math.min(rows, columns);
      if (Math.max(...r) > most) refuse("r", `<= ${most}`, r);
    },
    run: async (parameters, { sweep }) => {
      const { problem, epsilon, r, start, alpha, horizon, points, noise, seed } = parameters;
      const times = geomspace(Math.min(1, horizon / 10), horizon, points);
      const rows: TruncationRow[] = [];
      for (const size of epsilon) {
        const noisy = noisyTarget(problemOf(problem), size, Number(noise));
        const cells = r.map((rank) => (
          { problem: plainProblem(noisy), startedBy: start, alpha, r: rank, times }
        ));
        const found = await sweep({
          run: tailRun,
          workers: 0,
          cells,
          seeds: startSeeds(seed, 6, 1),
        });
        for (const { r, at, loss } of found) {
          rows.push({ epsilon: size, r, at, loss, floor: deficientLoss(noisy, r) });
        }
      }
      return rows;
    },
    figure: draw,
    table: worded((rows) =>
      distinct(rows, "epsilon").flatMap((epsilon) =>
        distinct(rows, "r").map((r) => {
          const { at, loss, floor } = where(where(rows, "epsilon", epsilon), "r", r).at(-1)!;
          return { epsilon, r, t: at, "L(t)": loss, "½ Σ σ_j² beyond r": floor };
        })
      )
    ),
  });
