/**
 * F3: the error that small starts leave behind, its exponents, and how far the noise equations carry.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  param,
  type Values,
} from "../../../../experiment/mod.ts";
import { type Figure, formatNumber } from "../../../../figure/mod.ts";
import { modes } from "../../bases.ts";
import { problemQ } from "../../problems/mod.ts";
import { type ProblemLike, problemOf } from "../../shapes.ts";
import { layerStart } from "../../starts.ts";
import type { FinalErrorMean } from "./_final_error_mean.ts";
import { finalErrorFigure } from "./_final_errors_figure.ts";
import { besideNoise, escapeBy, type NoiseTheory, noiseTheory } from "./_noise.ts";
import { furthest, geometric, overScales } from "./_over_scales.ts";
import { type CourseRow, seedParameter, startSeeds, startsParameter } from "../physics.ts";
import { FIRST_ORDER, rangeWords } from "../range.ts";
import { namesInWords, worded } from "../worded.ts";

export type { FinalErrorMean } from "./_final_error_mean.ts";

export type { NoiseTheory } from "./_noise.ts";

/** End of one run beside what the noise equations say of its start. */
export interface FinalErrorRow extends CourseRow, NoiseTheory {
  /** Name of the problem. */
  problem: string;
  /** Its `δ_w`. */
  deltaW: number;
}

/**
 * Parameters of {@linkcode finalErrors}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const finalErrorParameters = {
  problems: param.values<ProblemLike>(
    [0.3, 0.6, 0.9].map((delta) => problemQ({ delta })),
    "problems for which Assumptions 2.1 and 2.2 hold, with a rank-one target and δ_w < 1",
    problemOf,
    "a problem { w2, w1, target }",
  ),
  starts: startsParameter(["zeroB", "zeroA", "gauss"]),
  alpha: param.numbers([1e-2, 1e-3, 1e-4, 1e-5], "scales α of the starts", { above: 0, below: 1 }),
  r: param.integer(3, "rank of the adapters", { least: 1 }),
  copies: param.integer(3, "starts of each kind", { least: 1 }),
  wait: param.number(
    60,
    "flow time of a run beyond 1.3 log(1/α)/λ, by which it has escaped",
    { least: 0 },
  ),
  seed: seedParameter(840),
};

type Parameters = Values<typeof finalErrorParameters>;

/** Means over the starts, with the local exponents: per start, then averaged. */
export function finalErrorMeans(rows: readonly FinalErrorRow[]): FinalErrorMean[] {
  const kinds = Map.groupBy(rows, ({ problem, start }) => JSON.stringify([problem, start]));
  return [...kinds.values()].flatMap((kind) =>
    overScales(kind).map(({ alpha, here, exponent }) => {
      const [{ problem, deltaW, start, leading }] = here;
      const { mean: rest, spread } = geometric(here.map((row) => row.rest));
      return {
        ...{ problem, deltaW, start, alpha, rest, spread },
        theory: geometric(here.map((row) => row.theory)).mean,
        off: furthest(here.map((row) => row.rest / row.theory)),
        gapOff: furthest(here.map((row) => row.gap / row.theoryGap)),
        leadingOff: leading === null ? null : furthest(here.map((row) => row.rest / row.leading!)),
        exponent: exponent((row) => row.rest),
        theoryExponent: exponent((row) => row.theory),
        gapExponent: exponent((row) => row.gap),
        theoryGapExponent: exponent((row) => row.theoryGap),
        starts: here.length,
      };
    })
  );
}

function draw(rows: readonly FinalErrorRow[], parameters: Parameters): Figure {
  const { r, copies, wait, starts } = parameters;
  const runs = `r = ${r}, flow time 1.3 log(1/α)/λ + ${formatNumber(wait)}`;
  return finalErrorFigure(
    finalErrorMeans(rows),
    starts,
    `Final error ½‖E_⊥⊥‖² of small starts on ${
      namesInWords(distinct(rows, "problem"))
    } (${runs}). ` +
      `Marks: geometric mean over ${copies} ${copies === 1 ? "start" : "starts"} ± 1 sd of the ` +
      `logarithm; lines: noise equations from the same starts; deviations are the largest of a start.` +
      rangeWords(
        rows.map(({ problem, start, alpha, rest, theory }) => ({
          ...{ series: `${problem} ${start}`, alpha, run: rest!, theory },
        })),
        FIRST_ORDER,
      ),
  );
}

/**
 * F3: what small starts leave behind against their scale, beside the noise equations (T12) and their
 * leading laws (T12a), start by start.
 *
 * Scale: gradient-flow time.
 *
 * @example The paper's start leaves an error in its own problem.
 * ```ts
 * import { finalErrors, finalErrorMeans } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await finalErrors({ preset: "quick", starts: ["zeroB"], alpha: [1e-3], copies: 1 });
 * assert(finalErrorMeans(rows).every(({ rest, off }) => rest > 0 && off < 0.05));
 * ```
 */
export const finalErrors: Experiment<typeof finalErrorParameters, FinalErrorRow[], Figure> =
  experiment({
    name: "final error of small starts",
    about: "Which error B = 0, A = 0 and all-random starts leave behind, and its exponents in α.",
    parameters: finalErrorParameters,
    check: ({ problems, starts }, refuse) => {
      const names = problems.map((problem) => problemOf(problem).name);
      if (new Set(names).size < names.length) refuse("problems", "of different names", names);
      const kinds = starts.map((start) => layerStart(start).name);
      if (new Set(kinds).size < kinds.length) refuse("starts", "of different names", kinds);
    },
    run: async ({ problems, starts, alpha, r, copies, wait, seed }, { sweep }) => {
      const seeds = startSeeds(seed, 840, copies);
      const each = problems.map((like) => {
        const problem = problemOf(like), time = (scale: number) => escapeBy(problem, scale) + wait;
        // It refuses a problem before any run.
        const [startedBy] = starts, [scale] = alpha, [first] = seeds;
        noiseTheory(problem, { startedBy, alpha: scale, r, seed: first }, time(scale));
        return { problem, time };
      });
      const all = each.map(async ({ problem, time }) => {
        const runs = await besideNoise(sweep, {
          ...{ problem, starts, alpha, r, seeds },
          ...{ times: (scale: number) => [time(scale)], label: problem.name! },
        }, time);
        const problemName = problem.name!, deltaW = modes(problem).deltaW!;
        return runs.map((row) => ({ ...row, problem: problemName, deltaW }));
      });
      return (await Promise.all(all)).flat();
    },
    figure: draw,
    table: worded((rows) =>
      finalErrorMeans(rows).map(({ deltaW, start, alpha, rest, theory, off, exponent }) => (
        { deltaW, start, alpha, rest, theory, off, exponent }
      ))
    ),
  });
