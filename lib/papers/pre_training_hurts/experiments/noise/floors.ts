/**
 * E10: the floor that label noise leaves, and its price in time.
 *
 * @module
 */
import { type Experiment, experiment, linspace, where } from "../../../../experiment/mod.ts";
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
import { besideWords, frozenOf } from "../../frozen.ts";
import { stepScale } from "../../step_scale.ts";
import { strengthColumn } from "../physics.ts";
import { physicsWords } from "../search_theory.ts";
import {
  type FloorMean,
  floorMeans,
  type FloorParameters,
  floorParameters,
  type FloorRow,
  floorRuns,
  floorTheory,
  unitOf,
  whyNoFloor,
} from "./_floor_runs.ts";
import { samplerWords } from "../problem.ts";

export {
  type FloorMean,
  floorMeans,
  type FloorParameters,
  floorParameters,
  type FloorRow,
} from "./_floor_runs.ts";

type Key = "gap" | "risk";

/** Strengths that the figure shows: from 0 to 1, or what the run has beyond. */
function spanOf({ mu }: FloorParameters): [low: number, high: number] {
  const places = mu.map((w0) => frozenOf(w0)[0]);
  return [
    Math.min(0, ...places.filter((x) => x <= 0).map((x) => x - 0.1)),
    Math.max(1, ...places.filter((x) => x >= 1).map((x) => x + 0.1)),
  ];
}

function seriesOf(means: readonly FloorMean[], p: FloorParameters, key: Key): Series[] {
  const numbers = p.mu.filter((w0): w0 is number => whyNoFloor(p, w0) === undefined);
  // Up to the target from both sides: at μ = 1 nothing is left that noise could move.
  const [low, high] = spanOf(p),
    strengths = linspace(low, high, 61).slice(1, -1)
      .filter((mu) => Math.abs(1 - mu) > 0.06 && whyNoFloor(p, mu) === undefined);
  const unit = (perD: number) =>
    key === "gap" && numbers.length > 0 ? floorTheory(p, 0.5, perD).leading.gap : 1;
  const value = (floor: { gap: number; excessRisk: number }) =>
    key === "gap" ? floor.gap : floor.excessRisk;
  return p.batchPerD.map((perD): Series => {
    const own = p.mu.flatMap((w0) => {
      const rows = where(where(means, "perD", perD), "mu", strengthColumn(w0));
      return rows.map((row) => ({ ...row, x: frozenOf(w0)[0] }));
    });
    const se = (row: FloorMean) => key === "gap" ? row.gapSe : row.riskSe;
    const line = numbers.length === 0 ? [] : strengths.map((mu) => {
      const { exact, leading } = floorTheory(p, mu, perD);
      return { x: mu, y: value(exact ?? leading) / unit(perD) };
    });
    return {
      name: `/{b} = ${perD === 1 ? "" : formatNumber(perD)}/{d}`,
      marks: own.map((row) => ({ x: row.x, y: row[key] / unit(perD) })),
      bars: own.map((row) => {
        const { x } = row, y = row[key] / unit(perD), error = se(row) / unit(perD);
        return { x, y, low: y - error, high: y + error };
      }),
      ...(line.length > 0 ? { line } : {}),
    };
  });
}

/** Excess risk against the time in which the loss falls. */
function priceOf(means: readonly FloorMean[], p: FloorParameters): Omit<Drawing, "title"> {
  const holds = p.mu.every((w0) => whyNoFloor(p, w0) === undefined);
  const times = means.map(({ time }) => time).filter((time) => time > 0);
  const low = Math.min(...times) / 2, high = 2 * Math.max(...times);
  return {
    x: { label: "relaxation (steps)", type: "log" },
    y: { label: "excess risk", type: "log" },
    series: p.batchPerD.map((perD): Series => {
      const own = where(means, "perD", perD).filter(({ time, risk }) => time > 0 && risk > 0);
      return {
        name: `/{b} = ${perD === 1 ? "" : formatNumber(perD)}/{d}`,
        marks: own.map(({ time, risk }) => ({ x: time, y: risk })),
        ...(holds ? { line: [low, high].map((x) => ({ x, y: unitOf(p, perD) / x })) } : {}),
      };
    }),
  };
}

function draw(rows: readonly FloorRow[], p: FloorParameters): Figure {
  const means = floorMeans(rows, p);
  const why = p.mu.map((w0) => whyNoFloor(p, w0)).find((words) => words !== undefined);
  const linear = activation(p.student).name === "x", holds = why === undefined;
  const x = { label: "pre-training strength /{μ}", domain: spanOf(p) };
  const drawings: Drawing[] = [
    {
      title: "overlap",
      ...{ x, y: { label: holds ? "(1 − |/{m}|) / leading order" : "1 − |/{m}|" } },
      series: seriesOf(means, p, "gap"),
    },
    {
      title: "excess risk",
      ...{ x, y: { label: "excess risk", type: "log" } },
      series: seriesOf(means, p, "risk"),
    },
    { title: "the price", ...priceOf(means, p) },
  ];
  const divisor = stepScale(p.student) === 1 ? "4b" : "4bN_k";
  const caption =
    `Stationary state under label noise: ${physicsWords({ ...p, start: "random" })}, d = ${
      scaleWords(p.d)
    }. Marks: time averages of ${p.copies} copies of ${samplerWords(p)} over ${p.averaged} ` +
    "steps from the optimum, ± standard error. " +
    (holds
      ? `Lines: ${
        linear ? "fixed point of the mean step" : "leading order"
      }; (a) is divided by the leading order ηΔd/(${divisor}), which does not depend on μ; (c) risk times time is Δd/(8b) to leading order, for every strength and step size.`
      : `No theory is drawn: ${why}.`) +
    besideWords(p.mu);
  return figureOf(drawings, {
    ...{ columns: 3, caption, aspect: 0.95, legend: legendOf(drawings[0].series) },
  });
}

/**
 * Overlap and excess risk at which label noise keeps a fine-tuned model, against the strength of pre-training.
 *
 * Source: ours.
 *
 * @example Twice the label noise, twice the floor.
 * ```ts
 * import { floorMeans, noiseFloors } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const mine = { mu: [0.5], batchPerD: [4], copies: 2, burnIn: 200, averaged: 300 };
 * const [low, high] = await Promise.all([0.1, 0.2].map(async (noise) => {
 *   const { rows, parameters } = await noiseFloors({ ...mine, noise });
 *   return floorMeans(rows, parameters)[0].risk;
 * }));
 * assert(Math.abs(high / low - 2) < 0.05);
 * ```
 */
export const noiseFloors: Experiment<typeof floorParameters, FloorRow[], Figure> = experiment({
  name: "floor of label noise",
  about: "Stationary overlap and excess risk under label noise, against strength and batch.",
  parameters: floorParameters,
  quick: { copies: 10, averaged: 1000 },
  run: floorRuns,
  figure: draw,
  table: floorMeans,
});
