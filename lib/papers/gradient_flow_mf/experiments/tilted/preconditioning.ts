/**
 * A cure for a target at an angle: the adapter follows `W₂⁺E` in place of `W₂ᵀE`.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
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
  sentence,
} from "../../../../figure/mod.ts";
import { portable } from "../../../../random/mod.ts";
import { seedNumber } from "../../problems/mod.ts";
import { plainProblem, type ProblemLike, problemOf } from "../../shapes.ts";
import { startAdapters, startWords } from "../../starts.ts";
import { tiltedRun } from "../../simulation/runs/tilted_run.ts";
import { preconditionedHalfTime } from "../../theory/tilted/preconditioned.ts";
import { tiltedTarget, universalCurve } from "../../theory/tilted/tilted.ts";
import { tiltedProblem } from "../../problems/tilted.ts";
import { seedParameter, startParameter, startSeeds, TIME } from "../physics.ts";
import { worded } from "../worded.ts";

/** A number of a run. */
export interface PreconditioningRow extends Row {
  /** Whether the flow is preconditioned. */
  preconditioned: boolean;
  /** `"loss"` at the time `at`; `"half"`, the time at which `L = σ²/8`; `"late"`, the time of `L = at`. */
  quantity: string;
  /** Time, or loss. */
  at: number;
  /** The number of the run; null if the loss was not reached. */
  run: number | null;
  /** That of theory. */
  theory: number | null;
}

/**
 * Parameters of {@linkcode preconditioning}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const preconditioningParameters = {
  problem: param.value<ProblemLike>(
    tiltedProblem({ degrees: 30 }),
    "a problem S with a rank-one target in the range of w2",
    (problem) => tiltedTarget(problemOf(problem)),
    "a problem { w2, target } with one adapter and a target of rank one",
  ),
  start: startParameter("gauss", "start of the adapter"),
  alpha: param.number(1e-3, "its scale α", { above: 0 }),
  r: param.integer(1, "rank of the adapter", { least: 1 }),
  late: param.number(1e-6, "loss whose time is taken", { above: 0 }),
  horizon: param.number(60, "last time", { above: 0 }),
  points: param.integer(241, "number of times", { least: 2 }),
  seed: seedParameter(81),
};

type Parameters = Values<typeof preconditioningParameters>;

/** Half-time and time of a late loss of the preconditioned flow: a logistic curve of rate 2σ. */
function preconditionedCurve(half: number, sigma: number) {
  const loss = (t: number) => 0.5 * (sigma / (1 + Math.exp(2 * sigma * (t - half)))) ** 2;
  return {
    loss,
    below: (x: number) => half + Math.log(sigma / Math.sqrt(2 * x) - 1) / (2 * sigma),
  };
}

/** Symbols over all of the time. */
const SYMBOLS = 20;

function draw(rows: readonly PreconditioningRow[], parameters: Parameters): Figure {
  const { alpha, start, r, problem, late } = parameters, { name = "own problem" } = problem;
  const every = Math.max(1, Math.round(parameters.points / SYMBOLS));
  const low = 1e-3 * late, names = ["flow, /{W}_{2}^{T}/{E}", "preconditioned, /{W}_{2}^{+}/{E}"];
  const drawing: Drawing = {
    title: "",
    x: { label: TIME },
    y: { label: "loss /{L}", type: "log" },
    series: [false, true].map((preconditioned, i) => {
      const here = where(where(rows, "preconditioned", preconditioned), "quantity", "loss")
        .filter(({ run }) => run! > low);
      return {
        name: names[i],
        line: here.map(({ at: x, theory }) => ({ x, y: theory! })),
        marks: here.filter((_, k) => k % every === 0).map(({ at: x, run }) => ({ x, y: run! })),
      };
    }),
  };
  const at = (preconditioned: boolean) =>
    where(where(rows, "preconditioned", preconditioned), "quantity", "late")[0].run;
  const words = (t: number | null) => t === null ? "later than the horizon" : formatNumber(t, 3);
  return figureOf([{ ...drawing, legend: "above" }], {
    caption: `${sentence(name)}, r = ${r}, ${startWords(start)} at α = ` +
      `${
        scaleWords(alpha)
      }. Symbols: runs; lines: the universal curve of T9 and a logistic curve of rate ` +
      `2σ, neither fitted. L = ${scaleWords(late)} is reached at t = ${words(at(false))} and, ` +
      `preconditioned, at ${words(at(true))}.`,
  });
}

/**
 * The flow and the preconditioned flow of a problem S from the same start.
 *
 * Rows: a number of a run each, with that of theory.
 * Source: ours.
 *
 * @example
 * ```ts
 * import { preconditioning, tiltedProblem } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = tiltedProblem({ s: [2, 0.1], degrees: 70, sigma: 0.5 });
 * const { rows } = await preconditioning({ problem, alpha: 1e-4, late: 1e-4, horizon: 100, points: 2 });
 * const half = rows.find(({ quantity, preconditioned }) => quantity === "half" && preconditioned)!;
 * assertAlmostEquals(half.run!, half.theory!, 1e-3);
 * ```
 */
export const preconditioning: Experiment<
  typeof preconditioningParameters,
  PreconditioningRow[],
  Figure
> = experiment({
  name: "preconditioned adapter",
  about: "That an adapter which follows the pseudo-inverse has no transient.",
  parameters: preconditioningParameters,
  check: ({ problem, late }, refuse) => {
    const { irreducible } = universalCurve(tiltedTarget(problemOf(problem)));
    if (irreducible > 0) refuse("problem", "one with its target in the range of w2", irreducible);
    const { sigma = 1 } = tiltedTarget(problemOf(problem));
    if (!(late < sigma ** 2 / 8)) refuse("late", `below σ²/8 = ${sigma ** 2 / 8}`, late);
  },
  run: async ({ problem: like, start, alpha, r, late, horizon, points, seed }, { sweep }) => {
    const problem = problemOf(like), target = tiltedTarget(problem), sigma = target.sigma!;
    const [own] = startSeeds(seed, 81, 1), draws = portable(seedNumber("draw a start", own));
    const adapters = startAdapters(problem, { start, r, alpha, draws }), half = sigma ** 2 / 8;
    const cells = [false, true].map((precondition) => ({
      ...{ problem: plainProblem(problem), startedBy: start, alpha, r, precondition },
      ...{ times: linspace(0, horizon, points), below: [half, late] },
    }));
    const rows = await sweep({ run: tiltedRun, workers: 0, cells, seeds: [own] });
    const fast = preconditionedCurve(preconditionedHalfTime(problem, adapters), sigma);
    const slow = universalCurve(target);
    return [false, true].flatMap((preconditioned) => {
      const here = where(rows, "precondition", preconditioned);
      const tau = slow.shift(where(here, "quantity", "norm")[0].value!);
      const curve = preconditioned ? fast.loss : (t: number) => slow.loss(t + tau);
      const below = preconditioned ? fast.below : (x: number) => slow.timeBelow(x) - tau;
      return here.flatMap(({ quantity, at, value: run }) => {
        if (quantity === "loss") return [{ preconditioned, quantity, at, run, theory: curve(at) }];
        if (quantity !== "time") return [];
        const name = at === half ? "half" : "late";
        return [{ preconditioned, quantity: name, at, run, theory: below(at) }];
      });
    });
  },
  figure: draw,
  table: worded((rows) =>
    distinct(rows, "preconditioned").map((preconditioned) => {
      const of = (quantity: string) =>
        where(where(rows, "preconditioned", preconditioned), "quantity", quantity)[0];
      const [half, late] = [of("half"), of("late")];
      return {
        ...{ preconditioned, "T½": half.run, "T½, theory": half.theory, "late loss": late.at },
        ...{ "its time": late.run, "its time, theory": late.theory },
      };
    })
  ),
});
