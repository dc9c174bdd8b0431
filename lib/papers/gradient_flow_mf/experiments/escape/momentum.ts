/**
 * Sensitivity: momentum changes the clock of the escape and nothing else.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  geomspace,
  linspace,
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
  scaleWords,
} from "../../../../figure/mod.ts";
import { portable } from "../../../../random/mod.ts";
import { growthModes } from "../../bases.ts";
import { signalDirections } from "../../measures.ts";
import { factorization, seedNumber } from "../../problems/mod.ts";
import { plainProblem, type ProblemLike, problemOf } from "../../shapes.ts";
import { startAdapters, startWords } from "../../starts.ts";
import { momentumRun } from "../../simulation/runs/momentum_run.ts";
import { startPower } from "../../theory/escape/escape.ts";
import { momentumGrowth, momentumHalfTime } from "../../theory/escape/momentum.ts";
import { REFERENCE, startParameter, startSeeds } from "../physics.ts";
import { worded } from "../worded.ts";

/** A moment of a run, with what theory says of the run. */
export interface MomentumCourseRow extends Row {
  /** Step size. */
  eta: number;
  /** Weight of the last step. */
  beta: number;
  /** Number of steps. */
  step: number;
  /** What is learnt, as a share of the whole. */
  share: number;
  /** Logistic curve of theory. */
  predicted: number;
  /** Logarithm of the growth per step of the run, while little is learnt. */
  growth: number;
  /** That of theory. */
  root: number;
  /** Half-time of the run, in steps. */
  half: number;
  /** That of theory. */
  halfPredicted: number;
}

/**
 * Parameters of {@linkcode momentum}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const momentumParameters = {
  problem: param.value<ProblemLike>(
    factorization({ m: 12 }),
    "a problem with one adapter and a rank-one target along a singular direction of w2",
    (problem) => problemOf(problem),
    "a problem { w2, target }",
  ),
  start: startParameter("spectral", "start of the adapter"),
  alpha: param.number(1e-5, "its scale α", { above: 0, most: 1e-4 }),
  r: param.integer(2, "rank of the adapter", { least: 1 }),
  eta: param.numbers([1e-2, 1e-3], "step sizes", { above: 0 }),
  beta: param.numbers([0, 0.5, 0.9], "weights of the last step", { least: 0, below: 1 }),
  points: param.integer(400, "numbers of steps at which a run is looked at", { least: 50 }),
  seed: param.seed(REFERENCE, `seed of a random start; "${REFERENCE}" takes 6`),
};

type Parameters = Values<typeof momentumParameters>;

/** Shares between which the growth per step is read off. */
const WINDOW = [1e-8, 1e-6] as const;

/** Where a logistic curve through the two points around one half is at one half. */
function crossing(rows: readonly { step: number; share: number }[]): number {
  const i = rows.findIndex(({ share }) => share > 0.5);
  if (i < 1) return NaN;
  const logit = (k: number) => Math.log(rows[k].share / (1 - rows[k].share));
  const [a, b] = [logit(i - 1), logit(i)], from = rows[i - 1].step;
  return from - a / (b - a) * (rows[i].step - from);
}

/** Growth per step between two shares. */
function growthOf(rows: readonly { step: number; share: number }[]): number {
  const [i, j] = WINDOW.map((x) => rows.findIndex(({ share }) => share > x));
  return Math.log(rows[j].share / rows[i].share) / (2 * (rows[j].step - rows[i].step));
}

function draw(rows: readonly MomentumCourseRow[], parameters: Parameters): Figure {
  const { eta, beta, alpha, r, start, problem } = parameters, { name = "own problem" } = problem;
  const drawings: Drawing[] = eta.map((size) => ({
    title: `step size ${scaleWords(size)}`,
    x: { label: "number of steps", type: "log" },
    y: { label: "share that is learnt, /{sx}//{σ}", type: "log", domain: [3e-11, 3] },
    series: beta.map((weight) => {
      const here = where(where(rows, "eta", size), "beta", weight);
      const first = here[0].step, last = here.at(-1)!.step;
      const wanted = geomspace(first, last, 25);
      const some = wanted.map((x) =>
        here.findLast(({ step }) => step <= x * (1 + 1e-9)) ?? here[0]
      );
      return {
        name: `/{β} = ${formatNumber(weight)}`,
        line: here.map(({ step: x, predicted: y }) => ({ x, y })),
        marks: [...new Set(some)].map(({ step: x, share: y }) => ({ x, y })),
      };
    }),
  }));
  return figureOf(drawings.map((drawing) => ({ ...drawing, legend: "top-left" as const })), {
    columns: 2,
    caption: `Gradient descent with momentum on ${name}, r = ${r}, ${startWords(start)} at α = ` +
      `${
        scaleWords(alpha)
      }. Symbols: runs; lines: logistic curves that grow by the larger root of ` +
      "ρ² − (1 + β + ηλ)ρ + β = 0 per step, from the share of the start that it takes.",
  });
}

/**
 * Escape under gradient descent with momentum, against the growth root of the two-step recursion.
 *
 * Rows: a moment of a run each.
 * Source: ours.
 *
 * @example
 * ```ts
 * import { momentum } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rows: [run] } = await momentum({ eta: [0.02], beta: [0.8] });
 * assertAlmostEquals(run.growth / run.root, 1, 1e-5);
 * assertAlmostEquals(run.half, run.halfPredicted, 1 / (1 - 0.8));
 * ```
 */
export const momentum: Experiment<typeof momentumParameters, MomentumCourseRow[], Figure> =
  experiment({
    name: "momentum",
    about: "How fast gradient descent with momentum leaves the saddle.",
    parameters: momentumParameters,
    quick: { eta: [1e-2] },
    check: ({ eta, beta }, refuse) => {
      if (new Set(eta).size < eta.length) refuse("eta", "different numbers", eta);
      if (new Set(beta).size < beta.length) refuse("beta", "different numbers", beta);
    },
    run: async (parameters, { sweep }) => {
      const { problem: like, start, alpha, r, eta, beta, points, seed } = parameters;
      const problem = problemOf(like), { sigma } = signalDirections(problem);
      const [own] = startSeeds(seed, 6, 1), draws = portable(seedNumber("draw a start", own));
      const power = startPower(problem, startAdapters(problem, { start, r, alpha, draws }));
      const [lambda] = growthModes(problem).rates1, s = lambda / sigma;
      const cells = eta.flatMap((size) =>
        beta.map((weight) => {
          const half = momentumHalfTime({ s, sigma, power, eta: size, beta: weight });
          const at = linspace(1, Math.ceil(1.25 * half), points).map(Math.round);
          return {
            ...{
              problem: plainProblem(problem),
              startedBy: start,
              alpha,
              r,
              eta: size,
              beta: weight,
            },
            at: at.filter((step, i) => i === 0 || step > at[i - 1]),
          };
        })
      );
      const found = await sweep({ run: momentumRun, workers: 0, cells, seeds: [own] });
      return cells.flatMap(({ eta, beta }) => {
        const here = where(where(found, "eta", eta), "beta", beta)
          .map(({ step, x }) => ({ step, share: x * s / sigma }));
        const root = Math.log(momentumGrowth({ eta, beta, lambda }).root);
        const halfPredicted = momentumHalfTime({ s, sigma, power, eta, beta });
        const run = { growth: growthOf(here), root, half: crossing(here), halfPredicted };
        return here.map(({ step, share }) => {
          const predicted = 1 / (1 + Math.exp(-2 * root * (step - halfPredicted)));
          return { eta, beta, step, share, predicted, ...run };
        });
      });
    },
    figure: draw,
    table: worded((rows) =>
      [...Map.groupBy(rows, ({ eta, beta }) => `${eta} ${beta}`).values()].map(([row]) => ({
        ...{ eta: row.eta, beta: row.beta, "log growth per step": row.growth },
        ...{ "log ρ₊": row.root, "growth ÷ theory": row.growth / row.root },
        ...{ "half-time": row.half, "theory": row.halfPredicted },
        "difference × (1 − β)": (row.half - row.halfPredicted) * (1 - row.beta),
      }))
    ),
  });
