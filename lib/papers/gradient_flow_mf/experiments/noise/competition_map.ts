/**
 * E3, C19: which adapter learns the target, over the ratio of growth rates and the ratio of learning
 * rates.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import {
  distinct,
  type Experiment,
  experiment,
  geomspace,
  linspace,
  param,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Figure,
  formatNumber,
  type Row,
  scaleWords,
  simulation,
  style,
  theory,
} from "../../../../figure/mod.ts";
import { dot, scale } from "../../../../linalg/mod.ts";
import { growthModes, modalVectors } from "../../bases.ts";
import type { Problem } from "../../model.ts";
import { canonical } from "../../problems/mod.ts";
import { adaptersOf } from "../../run_start.ts";
import { type ProblemLike, problemOf } from "../../shapes.ts";
import { startWords } from "../../starts.ts";
import { competitionMode, finalSplit } from "../../theory/noise/competition.ts";
import { escapeBy } from "./_noise.ts";
import { runsOf, seedParameter, startParameter, startSeeds } from "../physics.ts";
import { worded } from "../worded.ts";

/** What two adapters learn of a target at one place of the map, by T10 or by a run. */
export interface MapRow extends Row {
  /** Whether this is T10 for a place of the map, or the end of a run with matrices. */
  kind: "root" | "run";
  /** `δ_w = s₁/s₂`. */
  deltaW: number;
  /** Learning rate of adapter 2 over that of adapter 1. */
  rho: number;
  /** Seed of the start; `"all"` for a mean over the starts. */
  seed: string;
  /** What adapter 1 has learnt; of `"root"` rows the geometric mean over the starts. */
  x1: number;
  /** What adapter 2 has learnt. */
  x2: number;
  /** Part of the target that adapter 2 has learnt, `(s₁ + ½x₁)x₂/σ`; adapter 1 has the rest. */
  share: number;
  /** T10 for `x₁` of a run; equal to `x1` elsewhere. */
  root1: number;
  /** T10 for `x₂` of a run. */
  root2: number;
}

/**
 * Parameters of {@linkcode competitionMap}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const mapParameters = {
  problem: param.value<ProblemLike>(
    canonical({ d: 12, s1: 1 }),
    "a problem for which Assumptions 2.1 and 2.2 hold, with a rank-one target; its W₁ is scaled to " +
      "every δ_w",
    problemOf,
    "a problem { w2, w1, target }",
  ),
  ratios: param.numbers(linspace(0.05, 1, 39), "ratios δ_w of the map", { above: 0, entries: 2 }),
  rates: param.numbers(geomspace(0.25, 8, 41), "learning rates ρ of the map", {
    ...{ above: 0, entries: 2 },
  }),
  runRatios: param.numbers([0.3, 0.5, 0.7, 0.9], "ratios δ_w of the runs", { above: 0 }),
  runRates: param.numbers([0.5, 1, 1.2, 2, 4], "learning rates ρ of the runs", { above: 0 }),
  start: startParameter("gauss"),
  alpha: param.number(1e-5, "scale α of the start", { above: 0, below: 1 }),
  r: param.integer(3, "rank of the adapters", { least: 1 }),
  copies: param.integer(1, "starts, each with all runs; the map is their mean", { least: 1 }),
  wait: param.number(30, "flow time of a run beyond 1.3 log(1/α)/λ", { least: 0 }),
  seed: seedParameter(890),
};

type Parameters = Values<typeof mapParameters>;

/** The problem with its first layer scaled so that it has this `δ_w`. */
function atRatio(problem: Problem, deltaW: number): Problem {
  const own = competitionMode("draw the map of the competition", problem).deltaW;
  const name = `${problem.name ?? "own problem"}, W₁ scaled to δ_w = ${formatNumber(deltaW)}`;
  return { ...problem, name, w1: scale(problem.w1!, deltaW / own) };
}

/** Edges of the cells around increasing values. */
function edges(values: readonly number[], log: boolean): (value: number) => [number, number] {
  const on = (x: number) => log ? Math.log(x) : x, back = (x: number) => log ? Math.exp(x) : x;
  const sorted = values.map(on).toSorted((a, b) => a - b), last = sorted.length - 1;
  const middle = (i: number) =>
    i < 0
      ? (3 * sorted[0] - sorted[1]) / 2
      : i >= last
      ? (3 * sorted[last] - sorted[last - 1]) / 2
      : (sorted[i] + sorted[i + 1]) / 2;
  return (value) => {
    const i = sorted.indexOf(on(value));
    return [back(middle(i - 1)), back(middle(i))];
  };
}

/** Orders of what the competition neglects, relative to the smaller product. */
function remainder(ratio: number, alpha: number): number {
  const x = Math.min(ratio, 1 / ratio);
  return alpha ** (4 * x) + alpha ** (1 + x);
}

function draw(rows: readonly MapRow[], parameters: Parameters): Figure {
  const { problem, ratios, rates, alpha, r, start, copies, wait } = parameters;
  const cells = where(rows, "kind", "root"), runs = where(rows, "kind", "run");
  const across = edges(ratios, false), up = edges(rates, true);
  const boxes = cells.map((row) => {
    const [x1, x2] = across(row.deltaW), [y1, y2] = up(row.rho);
    return { x1, x2, y1, y2, share: row.share };
  });
  const places = [...Map.groupBy(runs, ({ deltaW, rho }) => `${deltaW} ${rho}`).values()]
    .map((group) => ({ ...group[0], share: summary(group.map((row) => row.share)).mean }));
  const [low, high] = [Math.min(...rates), Math.max(...rates)];
  const threshold = linspace(Math.min(...ratios), Math.max(...ratios), 200)
    .map((deltaW) => ({ deltaW, rho: 1 / deltaW })).filter(({ rho }) => rho >= low && rho <= high);
  const smaller = ({ x1, x2, root1, root2 }: MapRow) =>
    Math.abs(Math.log(root1 < root2 ? x1 / root1 : x2 / root2));
  const off = runs.map((row) => (
    { ratio: row.rho * row.deltaW, deltaW: row.deltaW, off: smaller(row) }
  )).filter((row) => row.off > 0);
  const shown = distinct(runs, "deltaW"), ends = off.map((row) => row.ratio);
  const counted = ends.length < 2 ? [] : geomspace(Math.min(...ends), Math.max(...ends), 61)
    .map((ratio) => ({ ratio, off: remainder(ratio, alpha) }));
  return {
    panels: [
      {
        title: "part learnt by adapter 2",
        x: { label: "ratio of growth rates /{δ}_{w}" },
        y: { label: "learning rates, 2 over 1, /{ρ}", type: "log" },
        color: { type: "linear", scheme: "cividis", domain: [0, 1], label: "part", legend: true },
        marks: [
          Plot.rect(boxes, {
            ...{ x1: "x1", x2: "x2", y1: "y1", y2: "y2", fill: "share", inset: -0.15, clip: true },
          }),
          theory(threshold, { x: "deltaW", y: "rho", stroke: "#fff", strokeDasharray: "4 2" }),
          // Two rings: one is seen on dark ground, one on light ground.
          ...[{ stroke: "#fff", strokeWidth: 2.2 }, { stroke: "#000", strokeWidth: 0.7 }].map((
            ring,
          ) =>
            simulation(places, { ...{ x: "deltaW", y: "rho", fill: "share", r: 3.2 }, ...ring })
          ),
        ],
      },
      {
        title: "the smaller product",
        x: { label: "/{ρδ}_{w}", type: "log" },
        y: { label: "|ln(run / root)|", type: "log" },
        marks: [
          Plot.ruleX([1], { stroke: "#bbb", strokeDasharray: "4 2" }),
          Plot.line(counted, { x: "ratio", y: "off", stroke: "#bbb" }),
          ...shown.map((deltaW, i) =>
            simulation(where(off, "deltaW", deltaW), {
              ...{ x: "ratio", y: "off", stroke: style(i).stroke, symbol: style(i).symbol },
            })
          ),
        ],
      },
    ],
    columns: 2,
    legend: [
      ...shown.map((deltaW, i) => ({
        label: `/{δ}_{w} = ${formatNumber(deltaW)}`,
        ...{ stroke: style(i).stroke, symbol: style(i).symbol },
      })),
    ],
    rows: { map: cells as MapRow[], runs: runs as MapRow[] },
    size: "page",
    caption: `Which adapter learns the target (${problemOf(problem).name}, W₁ scaled; start: ` +
      `${startWords(start)}, α = ${scaleWords(alpha)}, r = ${r}, ` +
      `${copies} ${
        copies === 1 ? "start" : "starts"
      }). (a) Colour: root of T10; circles: runs with ` +
      `matrices to flow time 1.3 log(1/α)/λ + ${
        formatNumber(wait)
      }, filled with what they learnt; ` +
      `dashed: ρδ_w = 1. (b) Their deviation from the root; grey: orders of what T10 neglects, ` +
      `α^{4x} + α^{1 + x}, x = ρδ_w or its inverse, by power counting.`,
  };
}

/** Products with the part of the target that adapter 2 has. */
function shared(s1: number, sigma: number, x1: number, x2: number) {
  return { x1, x2, share: (s1 + 0.5 * x1) * x2 / sigma };
}

/**
 * E3: which of two adapters learns an aligned target, over `δ_w` and the ratio `ρ` of their learning
 * rates: the root of T10, and runs with matrices and layer-wise rates on it.
 *
 * Scale: gradient-flow time.
 *
 * @example At four times the rate adapter 2 takes the target from adapter 1, whose growth rate is twice.
 * ```ts
 * import { competitionMap } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await competitionMap({
 *   ...{ preset: "quick", runRatios: [0.5], runRates: [0.5, 4], ratios: [0.4, 0.5], rates: [1, 2] },
 * });
 * const [slow, fast] = rows.filter(({ kind }) => kind === "run");
 * assert(slow.share < 1e-3 && fast.share > 0.999);
 * ```
 */
export const competitionMap: Experiment<typeof mapParameters, MapRow[], Figure> = experiment({
  name: "map of the competition",
  about: "Which of two adapters learns the target, over growth rates and learning rates.",
  parameters: mapParameters,
  quick: { ratios: linspace(0.05, 1, 20), rates: geomspace(0.25, 8, 21) },
  check: ({ ratios, rates }, refuse) => {
    for (const [name, values] of Object.entries({ ratios, rates })) {
      if (new Set(values).size < values.length) refuse(name, "different numbers", values);
    }
  },
  run: async (parameters, { sweep }) => {
    const { ratios, rates, runRatios, runRates, start, alpha, r, copies, wait, seed } = parameters;
    const base = problemOf(parameters.problem), seeds = startSeeds(seed, 890, copies);
    const rows: MapRow[] = [], sizes = new Map<string, number[]>();
    for (const copy of seeds) {
      const adapters = adaptersOf(base, { startedBy: start, alpha, r, seed: copy });
      const products = modalVectors(growthModes(base), adapters).map((z) => 0.5 * dot(z, z));
      sizes.set(copy, products);
    }
    const rootAt = (problem: Problem, rho: number, copy: string) => {
      const { s2, s1, index, sigma } = competitionMode("draw the map of the competition", problem);
      const [x1, x2] = sizes.get(copy)!, at1 = s1[index];
      const root = finalSplit({ s2: s2[index], s1: at1, sigma, x1, x2, rho });
      return { s1: at1, sigma, root };
    };
    for (const deltaW of ratios) {
      const problem = atRatio(base, deltaW);
      for (const rho of rates) {
        const each = seeds.map((copy) => rootAt(problem, rho, copy)), [{ s1, sigma }] = each;
        const mean = (of: (at: typeof each[number]) => number) => summary(each.map(of)).mean;
        const x1 = Math.exp(mean(({ root }) => Math.log(root.x1)));
        const x2 = Math.exp(mean(({ root }) => Math.log(root.x2)));
        const share = mean(({ root }) => shared(s1, sigma, root.x1, root.x2).share);
        const kind = "root", place = { deltaW, rho, seed: "all" };
        rows.push({ kind, ...place, x1, x2, share, root1: x1, root2: x2 });
      }
    }
    const all = runRatios.flatMap((deltaW) => {
      const problem = atRatio(base, deltaW);
      return runRates.map(async (rho) => {
        const runs = await runsOf(sweep, {
          ...{ problem, starts: [start], alpha: [alpha], r, seeds, label: problem.name! },
          ...{ times: [escapeBy(problem, alpha) + wait], rates: { b2: rho, a2: rho } },
        });
        return runs.map((run) => {
          const { s1, sigma, root } = rootAt(problem, rho, run.seed), kind = "run" as const;
          const learnt = shared(s1, sigma, run.x1, run.x2!);
          return { kind, deltaW, rho, seed: run.seed, ...learnt, root1: root.x1, root2: root.x2 };
        });
      });
    });
    return [...rows, ...(await Promise.all(all)).flat()];
  },
  figure: draw,
  table: worded((rows) => where(rows, "kind", "run")),
});
