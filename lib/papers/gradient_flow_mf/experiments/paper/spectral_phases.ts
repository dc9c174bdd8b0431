/**
 * Theorem 4.1 confronted with the flow of one direction from the paper's spectral start.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  linspace,
  param,
  type Values,
} from "../../../../experiment/mod.ts";
import { type Figure, formatNumber } from "../../../../figure/mod.ts";
import { matrix } from "../../../../linalg/mod.ts";
import { type Adapters, type Problem, velocity } from "../../model.ts";
import { aligned } from "../../problems/mod.ts";
import { adaptersOf } from "../../run_start.ts";
import { problemOf } from "../../shapes.ts";
import type { Observe } from "../../simulation/runs/run.ts";
import { type LayerStart, layerStart, type StartLike, startNames } from "../../starts.ts";
import { paperSymbols } from "../../theory/paper/symbols.ts";
import { type Theorem41, theorem41 } from "../../theory/paper/theorem_4_1.ts";
import { checkEscape, statedProblemsParameter } from "./_escape.ts";
import { type CourseRow, rankParameter, runsOf, seedParameter, startSeeds } from "../physics.ts";
import {
  type SpectralCourseRow,
  spectralPanels,
  type SpectralPhasesRow,
} from "./_spectral_panels.ts";
import { worded } from "../worded.ts";

export type { SpectralCourseRow, SpectralPhasesRow } from "./_spectral_panels.ts";

/** The paper's spectral start with its normal numbers replaced by 1: `B = 0`, `A` of size `α`. */
export const unitSpectral: LayerStart = {
  name: "unitSpectral",
  words: "spectral (paper), of size /{α}",
  source: "the paper, Section 4",
  random: false,
  factors: (layer) => ({
    b: matrix(layer.weight.rows, layer.rank),
    a: layerStart("spectral").factors(layer).a,
  }),
};

/** A start by its name, `"unit"` for {@linkcode unitSpectral}, or a reader's own. */
export type SpectralStartLike = StartLike | "unit";

const startOf = (like: SpectralStartLike): StartLike => like === "unit" ? unitSpectral : like;

/** A problem of one direction: `σ = 5`, `σ_{W₂} = 2.5`, and a ratio `δ_w`. */
export function oneDirection(deltaW: number): Problem {
  return aligned({
    name: `one direction, δ_w = ${formatNumber(deltaW, 3)}`,
    ...{ s2: [2.5], s1: [2.5 * deltaW], target: [5] },
  });
}

/**
 * Parameters of {@linkcode spectralPhases}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const spectralPhasesParameters = {
  problems: statedProblemsParameter([0.25, 0.5, 1 / 1.05 ** 2].map(oneDirection)),
  starts: param.values<SpectralStartLike>(
    ["unit"],
    "starts: unit (spectral with 1 for the normal number), spectralPaper, spectral, or any other",
    (like) => layerStart(startOf(like)),
    `unit, ${startNames.join(", ")}, or { name, random, factors }`,
  ),
  alpha: param.numbers([1e-2, 1e-4, 1e-8], "scales α of the starts", { above: 0 }),
  r: rankParameter(1),
  copies: param.integer(1, "starts at each scale, where they are random", { least: 1 }),
  seed: seedParameter(3000),
  points: param.integer(150, "moments up to T₁, as many more at its beginning and after it", {
    least: 10,
  }),
  span: param.number(3, "time that is followed after T₁, in units of 1/(σσ_W₂)", { above: 0 }),
};

type Parameters = Values<typeof spectralPhasesParameters>;

/** The parts `Bᵀl`, `Ar` of an adapter along the target, and how they move. */
function along({ b1, a1, b2, a2 }: Adapters, second: boolean, l: Float64Array, r: Float64Array) {
  const b = second ? b2! : b1, a = second ? a2! : a1;
  return Array.from({ length: b.columns }, (_, k) => {
    let x = 0, y = 0;
    for (let i = 0; i < b.rows; i++) x += b.data[i * b.columns + k] * l[i];
    for (let j = 0; j < a.columns; j++) y += a.data[k * a.columns + j] * r[j];
    return [x, y];
  }).flat();
}

/** `z₁`, `z₂` and their growth; directions are found once for each run. */
function observer(): Observe {
  let at: Problem | undefined, u: Float64Array, g: Float64Array, v: Float64Array;
  return ({ adapters, problem }) => {
    if (problem !== at) [at, { u, g, v }] = [problem, paperSymbols(problem)];
    const moving = velocity(problem, adapters);
    const of = (second: boolean, left: Float64Array, right: Float64Array) => {
      const now = along(adapters, second, left, right), change = along(moving, second, left, right);
      const z = now.reduce((sum, x) => sum + x * x, 0);
      return { z, growth: 2 * now.reduce((sum, x, i) => sum + x * change[i], 0) / z };
    };
    const first = of(false, g, v), second = of(true, u, g);
    return { z1: first.z, growth: first.growth, ratioGrowth: first.growth - second.growth };
  };
}

/** First and last time at which a quantity is at least a bound, between the moments by a straight line. */
function holds(rows: readonly { at: number; y: number }[], bound: number): [number, number] {
  const inside = rows.map(({ y }) => y >= bound), first = inside.indexOf(true);
  if (first < 0) return [NaN, NaN];
  const last = inside.lastIndexOf(true);
  const cross = (i: number, j: number) => {
    if (i < 0 || j >= rows.length) return rows[i < 0 ? j : i].at;
    const [a, b] = [rows[i], rows[j]];
    return a.at + (bound - a.y) / (b.y - a.y) * (b.at - a.at);
  };
  return [cross(first - 1, first), cross(last, last + 1)];
}

/** A run beside the theorem. */
function confront(
  rows: readonly (CourseRow & Record<string, unknown>)[],
  law: Theorem41,
  of: Pick<SpectralPhasesRow, "problem" | "deltaW" | "lambda">,
): { run: SpectralPhasesRow; course: SpectralCourseRow[] } {
  const { t1, growth, ratioGrowth, threshold, bound } = law, [{ start, alpha, seed }] = rows;
  const phase = rows.filter(({ at }) => at <= t1), end = phase.at(-1)!;
  const line = (key: string) => phase.map((row) => ({ at: row.at, y: Number(row[key]) }));
  const [holdsFrom, holdsUntil] = holds(line("growth"), growth);
  const [ratioHoldsFrom, ratioHoldsUntil] = holds(line("ratioGrowth"), ratioGrowth);
  const over = ({ at, signal }: CourseRow) => signal / bound(end.signal, at - t1);
  const after = rows.filter(({ at }) => at >= t1);
  return {
    run: {
      ...{ ...of, start, alpha, seed, t1, t1Main: law.t1Main },
      growthStart: Number(rows[0].growth),
      ...{ holdsFrom, from: law.from, holdsUntil, until: Math.min(law.until, t1) },
      ...{ ratioHoldsFrom, ratioFrom: law.ratioFrom, ratioHoldsUntil },
      ...{ overThreshold: Number(end.z1) / threshold, reached: law.reached },
      overBound: Math.max(...after.map(over)),
    },
    course: rows.map((row) => ({
      ...{ problem: of.problem, start, alpha, seed, at: row.at / t1 },
      ...{ growth: Number(row.growth) / of.lambda, predicted: law.growthAt(row.at) / of.lambda },
      overBound: row.at < t1 ? null : over(row),
    })),
  };
}

function draw(rows: { runs: SpectralPhasesRow[]; courses: SpectralCourseRow[] }): Figure {
  const { runs, courses } = rows;
  return {
    ...spectralPanels(runs, courses),
    size: "page",
    caption: "Theorem 4.1 for one direction. Growth d/dt log z₁ of the first adapter in units of " +
      "σσ_{W₂} against time over T₁ (of Theorem F.1): symbols are the gradient flow, lines our growth " +
      "law for x₂ → 0 (in the last row joined from problem to problem), the dotted rule is the lower bound (3 + δ_w)/2 of part 1, stated for all of " +
      "[0, T₁]. Last row: the share of [0, T₁] on which that bound holds lies between the two symbols; " +
      "z₁(T₁) over the threshold (1 − δ_w)σ/(8σ_{W₂}) that the proof takes it to have passed; ℓ over the " +
      "bound of part 2, at one scale (the table has all).",
  };
}

/**
 * Theorem 4.1 in runs: between which times the growth bounds of its first part hold, whether `z₁` has
 * reached the threshold of the proof at `T₁`, and how near the bound of its second part comes to failing.
 *
 * A direction of a target of higher rank is a problem of its own: directions do not mix.
 *
 * @example
 * ```ts
 * import { spectralPhases } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await spectralPhases({ alpha: [1e-4], points: 60 });
 * assert(rows.runs.every(({ growthStart, overBound }) => growthStart === 0 && overBound < 1.000001));
 * ```
 */
export const spectralPhases: Experiment<
  typeof spectralPhasesParameters,
  { runs: SpectralPhasesRow[]; courses: SpectralCourseRow[] },
  Figure
> = experiment({
  name: "phases of spectral starts",
  about: "Where the two parts of Theorem 4.1 hold in runs of one direction.",
  parameters: spectralPhasesParameters,
  quick: { points: 80 },
  check: ({ starts, ...rest }, refuse) =>
    checkEscape({ ...rest, starts: starts.map(startOf) }, refuse),
  run: async (parameters, { sweep }) => {
    const { problems, starts, alpha, r, copies, seed, points, span } = parameters;
    const seeds = startSeeds(seed, 3000, copies), observe = observer();
    const runs: SpectralPhasesRow[] = [], courses: SpectralCourseRow[] = [];
    for (const problem of problems.map(problemOf)) {
      const { sigma, sigmaW2, sigmaW1, lambda, deltaW, g, v } = paperSymbols(problem);
      for (const start of starts.map(startOf)) {
        for (const scale of alpha) {
          for (const one of layerStart(start).random ? seeds : seeds.slice(0, 1)) {
            const adapters = adaptersOf(problem, { startedBy: start, alpha: scale, r, seed: one });
            const z1 = along(adapters, false, g, v).reduce((sum, x) => sum + x * x, 0);
            const law = theorem41({ sigma, sigmaW2, sigmaW1, z1 });
            if (!(law.t1 > 0)) {
              throw new RangeError(
                `Cannot confront Theorem 4.1 as z₁(0) must be below its threshold ` +
                  `${law.threshold}: it is ${z1} at alpha = ${scale}`,
              );
            }
            const times = [
              ...linspace(0, Math.min(2 / lambda, law.t1 / 2), points),
              ...linspace(0, law.t1, points + 1),
              ...linspace(span / points / lambda, span / lambda, points).map((t) => law.t1 + t),
            ].toSorted((a, b) => a - b).filter((t, i, all) => t !== all[i - 1]);
            const rows = await runsOf(sweep, {
              ...{ problem, starts: [start], alpha: [scale], r, times, seeds: [one], observe },
            });
            const name = problem.name ?? "own problem";
            const { run, course } = confront(rows, law, { problem: name, deltaW, lambda });
            runs.push(run);
            courses.push(...course);
          }
        }
      }
    }
    return { runs, courses };
  },
  figure: draw,
  table: worded(({ runs }) =>
    runs.map((run) => ({
      ...{ problem: run.problem, start: run.start, alpha: run.alpha },
      "T₁ (F.1)": run.t1,
      "(1) from": run.holdsFrom,
      "theory": run.from,
      "(1) until": run.holdsUntil,
      "theory, until": run.until,
      "z₁(T₁)/threshold": run.overThreshold,
      "(2) ℓ/bound": run.overBound,
    }))
  ),
});
