/**
 * E2: the exit of the search against the logarithm of the dimension.
 *
 * @module
 */
import { type Experiment, experiment, where } from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  scaleWords,
  type Series,
} from "../../../../figure/mod.ts";
import type { Frozen } from "../../frozen.ts";
import { strengthColumn, strengthWords } from "../physics.ts";
import { batchWords, physicsWords, whyNoMeanTheory } from "../search_theory.ts";
import {
  type DimensionExitMean,
  dimensionExitMeans,
  type DimensionExitParameters,
  dimensionExitParameters,
  type DimensionExitRow,
  dimensionExitRuns,
  dimensionExitTheory,
  sdError,
} from "./_exit_runs.ts";
import { samplerWords } from "../problem.ts";

export {
  type DimensionExitMean,
  dimensionExitMeans,
  type DimensionExitParameters,
  dimensionExitParameters,
  type DimensionExitRow,
  dimensionExitTheory,
  sdError,
} from "./_exit_runs.ts";

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
    `${scaleWords(p.d.at(-1)!)}. Marks: ${p.copies} copies of ${
      samplerWords(p)
    }, with standard errors; the ` +
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
  run: dimensionExitRuns,
  figure: draw,
  table: dimensionExitMeans,
});

/** The Hermite targets of E2: a batch that does not grow, and a small overlap. */
export const dimensionExitsOf: Readonly<Record<string, typeof dimensionExits>> = {
  x: dimensionExits,
  He2: dimensionExits.with("exit steps against the dimension, He₂", {
    ...{ student: "He2", mu: [0.5], d: [1e3, 1e5], batch: 3000, step: 0.05, radius: 0.1 },
    copies: 48,
  }, { copies: 24 }),
  He3: dimensionExits.with("exit steps against the dimension, He₃", {
    ...{ student: "He3", mu: [0.5, 0.7], d: [1e3, 1e4, 1e5], batch: 3000, step: 0.05, radius: 0.1 },
    copies: 48,
  }),
};
