/**
 * E2: the exit of the search against the logarithm of the dimension.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  type ExperimentContext,
  param,
  type Row,
  summary,
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
  type Series,
} from "../../../../figure/mod.ts";
import { activation } from "../../../../gaussian/mod.ts";
import type { Frozen } from "../../frozen.ts";
import { passages } from "../../simulation/runs/passage.ts";
import { TYPICAL_OVERLAP } from "../../starts.ts";
import { exitLaw } from "../../theory/dimension.ts";
import { meanPassage } from "../../theory/mean_recursion.ts";
import { noiseShift } from "../../theory/noisy_search.ts";
import { runsOf, settingOf, sgdParameters, strengthColumn, strengthWords } from "../physics.ts";
import {
  batchAt,
  batchParameter,
  batchWords,
  noiseSettingOf,
  physicsWords,
  stepsOf,
  whyNoMeanTheory,
} from "../search_theory.ts";

/**
 * Parameters of {@linkcode dimensionExits}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const dimensionExitParameters = {
  ...sgdParameters({ mu: [0.2, 0.5, 0.8], step: 0.1, copies: 400 }),
  d: param.integers([1e3, 1e5, 1e7, 1e9], "input dimensions", { least: 2, entries: 2 }),
  batch: batchParameter("d"),
  radius: param.number(0.5, "overlap |m| at which a copy has left the search", {
    above: 0,
    below: 1,
  }),
  maxSteps: param.integer(20_000, "steps after which a copy is given up", { least: 1 }),
};

/** Parameters of a run. */
export type DimensionExitParameters = Values<typeof dimensionExitParameters>;

/** Exit of one copy. */
export interface DimensionExitRow extends Row {
  /** Strength, or the coordinates of w₀. */
  mu: number | string;
  /** Input dimension. */
  d: number;
  /** Seed of its group of copies. */
  seed: string;
  /** Number of the copy: equal ones share their draws over all dimensions. */
  copy: number;
  /** Step of the exit, interpolated; `null` when it was not seen. */
  exit: number | null;
  /** `"arrived"`, `"given up"` or `"diverged"`. */
  status: string;
}

/** Mean and spread of the exits of one strength and dimension. */
export interface DimensionExitMean extends Row {
  /** Strength, or the coordinates of w₀. */
  mu: number | string;
  /** Input dimension. */
  d: number;
  /** Copies behind it. */
  copies: number;
  /** Mean step; `NaN` when a copy has not arrived. */
  mean: number;
  /** Its standard error. */
  se: number;
  /** Standard deviation. */
  sd: number;
  /** What theory says of the mean; `null` where it does not hold. */
  theory: number | null;
  /** What it says of the standard deviation. */
  theorySd: number | null;
}

async function run(
  p: DimensionExitParameters,
  { sweep }: ExperimentContext,
): Promise<DimensionExitRow[]> {
  const { radius, maxSteps, copies, seed } = p;
  const rows = await runsOf(sweep, {
    run: passages,
    cells: p.mu.flatMap((w0) =>
      p.d.map((d) => ({
        columns: { mu: strengthColumn(w0), dimension: d },
        setting: {
          ...settingOf({ ...p, d, batch: batchAt(p.batch, d) }, w0),
          ...{ goal: { of: "m" as const, level: radius }, maxSteps },
        },
      }))
    ),
    ...{ copies, seed, together: 50 },
  });
  return rows.map(({ mu, dimension, seed, copy, exit, status }) => (
    { mu, d: dimension, seed, copy, exit, status }
  ));
}

/**
 * Mean exit step that theory predicts: the mean of SGD from the typical start, and the shift by the noise of the search.
 *
 * The mean over `m₀ = ξ/√d` is that at `ln|ξ| = E ln|ξ|`, since the exit is linear in `ln m₀` while `m₀` is small.
 */
export function dimensionExitTheory(p: DimensionExitParameters, mu: number, d: number): number {
  const { student, teacher, radius, maxSteps } = p, batch = batchAt(p.batch, d);
  const linear = [student, teacher ?? student].every((it) => activation(it).name === "x");
  const { steps } = meanPassage(
    {
      ...{ student, frozen: [mu], step: stepsOf(p), labelNoise: p.noise },
      ...(teacher === null ? {} : { teacher }),
      // The noise of a batch of order d has a closed form for the linear target; others have it in the search alone.
      ...(linear ? { batch, d } : {}),
    },
    { u: d ** -2, a: [TYPICAL_OVERLAP / Math.sqrt(d)] },
    { radius, maxSteps: 10 * maxSteps },
  );
  return steps + noiseShift(noiseSettingOf(p, mu, d), batch, radius).shift;
}

/** Means of the exits, with what theory says of each. */
export function dimensionExitMeans(
  rows: readonly DimensionExitRow[],
  p: DimensionExitParameters,
): DimensionExitMean[] {
  return p.mu.flatMap((w0) =>
    p.d.map((d): DimensionExitMean => {
      const own = where(where(rows, "mu", strengthColumn(w0)), "d", d);
      const { mean, se, sd } = summary(own.map(({ exit }) => exit ?? NaN));
      const holds = whyNoMeanTheory(p, w0) === undefined;
      return {
        ...{ mu: strengthColumn(w0), d, copies: own.length, mean, se, sd },
        theory: holds ? dimensionExitTheory(p, w0 as number, d) : null,
        theorySd: holds ? exitSd(p, w0 as number) : null,
      };
    })
  );
}

/** Standard deviation of the exit that the random start alone causes. */
function exitSd(p: DimensionExitParameters, mu: number): number {
  const { matrix, step, ratio } = noiseSettingOf(p, mu, 1);
  return exitLaw(matrix, step, ratio).sd;
}

/** Excess kurtosis 4 of `ln|ξ|`: the relative standard error of a standard deviation of `n` copies is `√(3/(2n))`. */
export function sdError(sd: number, copies: number): number {
  return sd * Math.sqrt(3 / (2 * copies));
}

/** Dimensions at which a line is drawn. */
function spaced(d: readonly number[], points: number): number[] {
  const low = Math.log(Math.min(...d)), high = Math.log(Math.max(...d));
  return Array.from({ length: points }, (_, i) => Math.exp(low + (high - low) * i / (points - 1)));
}

function meanSeries(
  means: readonly DimensionExitMean[],
  p: DimensionExitParameters,
  w0: Frozen,
): Series {
  const own = where(means, "mu", strengthColumn(w0)).filter(({ mean }) => mean > 0);
  const line = whyNoMeanTheory(p, w0) === undefined
    ? spaced(p.d, 15).map((d) => ({ x: d, y: dimensionExitTheory(p, w0 as number, Math.round(d)) }))
    : undefined;
  const bars = own.map(({ d, mean, se }) => ({ x: d, y: mean, low: mean - se, high: mean + se }));
  return {
    name: strengthWords(w0),
    marks: own.map(({ d, mean }) => ({ x: d, y: mean })),
    ...(line ? { line } : {}),
    ...(p.copies > 1 ? { bars } : {}),
  };
}

function sdSeries(
  means: readonly DimensionExitMean[],
  p: DimensionExitParameters,
  w0: Frozen,
): Series {
  const own = where(means, "mu", strengthColumn(w0)).filter(({ sd }) => sd > 0);
  const theory = own[0]?.theorySd ?? null, low = Math.min(...p.d), high = Math.max(...p.d);
  return {
    name: strengthWords(w0),
    marks: own.map(({ d, sd }) => ({ x: d, y: sd })),
    bars: own.map(({ d, sd, copies }) => {
      const error = sdError(sd, copies);
      return { x: d, y: sd, low: sd - error, high: sd + error };
    }),
    ...(theory === null
      ? {}
      : { line: [{ x: low / 1.6, y: theory }, { x: high * 1.6, y: theory }] }),
  };
}

function draw(rows: readonly DimensionExitRow[], p: DimensionExitParameters): Figure {
  const means = dimensionExitMeans(rows, p);
  const x = {
    ...{ label: "input dimension /{d}", type: "log" as const },
    domain: [Math.min(...p.d) / 2, Math.max(...p.d) * 2] as [number, number],
  };
  const drawings: Drawing[] = [
    {
      title: "mean",
      ...{ x, y: { label: "exit of the search (SGD steps)", domain: [0, top(means, "mean")] } },
      series: p.mu.map((w0) => meanSeries(means, p, w0)),
    },
    ...(p.copies > 3
      ? [{
        title: "spread",
        ...{ x, y: { label: "standard deviation (SGD steps)", type: "log" as const } },
        series: p.mu.map((w0) => sdSeries(means, p, w0)),
      }]
      : []),
  ];
  const lost = rows.filter(({ exit }) => exit === null).length;
  const why = p.mu.map((w0) => whyNoMeanTheory(p, w0)).find((words) => words !== undefined);
  const caption = `Step at which |m| = ${formatNumber(p.radius)} against the dimension: ` +
    `${physicsWords(p)}, ${batchWords(p.batch)}, d = ${scaleWords(p.d[0])} to ` +
    `${
      scaleWords(p.d.at(-1)!)
    }. Marks: ${p.copies} copies of the exact chain, with standard errors; the ` +
    "same random numbers at all d. Lines: " +
    (why === undefined
      ? "the mean of SGD from the typical start with the shift by the noise of the search, nothing fitted" +
        (p.copies > 3 ? "; (b) the spread of ln|ξ| of the start, π/(2√2 ln(1 + ηλ₊))." : ".")
      : `no theory where ${why}.`) +
    (lost > 0 ? ` ${lost} copies have not arrived; means with one of them are not drawn.` : "");
  return figureOf(drawings, {
    ...{ caption, aspect: 0.85, legend: legendOf(drawings[0].series) },
    ...(drawings.length > 1 ? { columns: drawings.length } : {}),
  });
}

/** A little above the largest mean. */
function top(means: readonly DimensionExitMean[], key: "mean"): number {
  return 1.08 * Math.max(1, ...means.map((row) => row[key]).filter((y) => y > 0));
}

/**
 * Exit steps of the search against `ln d`: a straight line of slope `1/(2 ln(1 + ηλ₊))` for every target, with an
 * intercept and a spread that theory predicts.
 *
 * Scale: steps. Source: ours.
 *
 * @example Another target needs a batch that its noise allows.
 * ```ts
 * import { dimensionExitMeans, dimensionExits } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const mine = { student: "erf", mu: [0.2], d: [100, 1000], batch: "2 d", step: 0.2, copies: 4 } as const;
 * const { rows, parameters } = await dimensionExits(mine);
 * const [low, high] = dimensionExitMeans(rows, parameters);
 * assert(high.mean > low.mean && Math.abs(high.mean / high.theory! - 1) < 0.6);
 * ```
 */
export const dimensionExits: Experiment<
  typeof dimensionExitParameters,
  DimensionExitRow[],
  Figure
> = experiment({
  name: "exit steps against the dimension",
  about: "Step at which the search ends against ln d, for targets, strengths and batches of yours.",
  parameters: dimensionExitParameters,
  quick: { copies: 100 },
  run,
  figure: draw,
  table: dimensionExitMeans,
});

/** The Hermite targets of E2: a batch that does not grow, and a small overlap. */
export const dimensionExitsOf: Readonly<Record<string, typeof dimensionExits>> = {
  x: dimensionExits,
  He2: dimensionExits.with("exit steps against the dimension, He₂", {
    ...{ student: "He2", mu: [0.5], d: [1e3, 1e5], batch: 3000, step: 0.05, radius: 0.1 },
    copies: 48,
  }),
  He3: dimensionExits.with("exit steps against the dimension, He₃", {
    ...{ student: "He3", mu: [0.5, 0.7], d: [1e3, 1e4, 1e5], batch: 3000, step: 0.05, radius: 0.1 },
    copies: 48,
  }),
};
