/**
 * Whether SGD stays at the optimum: the deviation of ω beside steps, and its growth beside the strength.
 *
 * @module
 */
import { chainRule, stepSizes } from "../../../../chain/mod.ts";
import {
  distinct,
  type Experiment,
  experiment,
  type ExperimentContext,
  linspace,
  param,
  slope,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  listed,
  type Series,
} from "../../../../figure/mod.ts";
import { type RunRow, sgdRun } from "../../simulation/runs/run.ts";
import { optimumFactors, stableDistance } from "../../theory/stability.ts";
import { activationParameter, ruleParameter, runsOf, stepParameter } from "../physics.ts";
import { plainWords, stepWords } from "./words.ts";

/**
 * Parameters of {@linkcode optimumStability}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const stabilityParameters = {
  student: activationParameter("He3", "activation σ of student and teacher"),
  mu: param.numbers(
    [0.34, 0.36, 0.38, 0.4, 0.42, 0.44, 0.46, 0.49, 0.52],
    "strengths μ of pre-training, w₀ = μω⋆; the adapter learns u = 1 − μ",
    { entries: 1 },
  ),
  d: param.integer(1000, "input dimension", { least: 3 }),
  batch: param.integer(500, "fresh inputs a step", { least: 1 }),
  sizes: param.integers([1, 4, 12], "multiples of d and batch, at the same d/b", { least: 1 }),
  step: stepParameter(0.2),
  rule: ruleParameter(),
  offset: param.number(1e-6, "deviation h of ω from ω⋆ at the start", { above: 0, below: 0.1 }),
  steps: param.integer(400, "steps of SGD", { least: 8 }),
  copies: param.integer(10, "independent runs", { least: 2 }),
  seed: param.seed(),
};

type Parameters = Values<typeof stabilityParameters>;

/** A copy at a step, with its deviation. */
export interface StabilityRow extends RunRow {
  /** Strength. */
  mu: number;
  /** Input dimension. */
  d: number;
  /** Inputs a step. */
  batch: number;
  /** `h² = 1 − m²`. */
  square: number;
  /** Seed of its group of copies. */
  seed: string;
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<StabilityRow[]> {
  const { student, step, rule, steps, offset: h, copies, seed } = p;
  const looks = linspace(0, steps, 9).map(Math.round);
  const cells = p.sizes.flatMap((size) =>
    p.mu.map((mu) => {
      const start = { u: 1 - mu, a: [Math.sqrt(1 - h * h)], h }, d = p.d * size;
      const batch = p.batch * size;
      return {
        columns: { mu, d, batch },
        setting: {
          ...{ student, w0: mu, d, batch, step, start, looks },
          ...(rule === "sgd" ? {} : { rule }),
        },
      };
    })
  );
  const rows = await runsOf(sweep, {
    ...{ run: sgdRun, cells, copies, seed, together: 4, label: "stability of the optimum" },
  });
  return rows.map((row) => ({ ...row, square: row.gap * (2 - row.gap) }));
}

/** Square of the deviation up to which its dynamics are linear. */
const SMALL = 0.01;

/**
 * Growth of `ln h²` per step, one number per copy while h is small, without the first quarter of the run where enough is
 * left; a copy that has left before it was looked at twice has none.
 */
export function growthOfCopies(rows: readonly StabilityRow[]): number[] {
  const first = Math.max(...rows.map(({ at }) => at)) / 4;
  return distinct(rows, "copy").map((copy) => {
    const all = where(rows, "copy", copy), left = all.findIndex(({ square }) => square > SMALL);
    const small = left < 0 ? all : all.slice(0, left), late = small.filter(({ at }) => at >= first);
    const own = late.length > 1 ? late : small;
    if (own.length < 2) return NaN;
    return slope(own.map(({ at }) => at), own.map(({ square }) => Math.log(square)));
  }).filter(Number.isFinite);
}

/** The setting of the theory; nothing where the law of plain SGD at a constant step does not hold. */
function settingOf(p: Parameters) {
  const parts = [p.step].flat();
  if (p.rule !== "sgd" || parts.some((part) => typeof part !== "number")) return undefined;
  const { u, omega } = stepSizes(p.step)(0);
  return { student: p.student, d: p.d, batch: p.batch, step: [u, omega] as const };
}

/** Growth of `ln E h²` per step as `d` and `b` grow at the same ratio. */
function limitGrowth(setting: NonNullable<ReturnType<typeof settingOf>>, mu: number): number {
  const size = 1e9; // leaves nothing of order 1/b
  const { d, batch } = setting;
  return Math.log(
    optimumFactors({ ...setting, d: d * size, batch: batch * size }, Math.abs(1 - mu)).across,
  );
}

/** A growth from the start to the last step, or to where h² is 1. */
function lineWithin(least: number, growth: number, steps: number) {
  const end = growth > 0 ? Math.min(steps, -Math.log(least) / growth) : steps;
  return [0, end].map((x) => ({ x, y: least * Math.exp(growth * x) }));
}

function draw(rows: readonly StabilityRow[], p: Parameters): Figure {
  const setting = settingOf(p), dims = distinct(rows, "d"), least = p.offset ** 2;
  const shown = linspace(0, p.mu.length - 1, Math.min(4, p.mu.length)).map((i) =>
    p.mu[Math.round(i)]
  );
  const courses: Series[] = shown.map((mu, look) => {
    const own = where(where(rows, "mu", mu), "d", p.d * p.sizes[0]);
    const spread = distinct(own, "at").map((at) => {
      const logs = where(own, "at", at).map(({ square }) => Math.log(square));
      const sorted = logs.toSorted((x, y) => x - y);
      const y = Math.exp(summary(logs).mean);
      return { x: at, y, low: Math.exp(sorted[0]), high: Math.exp(sorted.at(-1)!) };
    });
    return {
      ...{ name: `/{μ} = ${formatNumber(mu)}`, look, marks: spread, band: spread },
      ...(setting
        ? {
          line: lineWithin(least, limitGrowth(setting, mu), p.steps),
        }
        : {}),
    };
  });
  const low = Math.min(...p.mu), high = Math.max(...p.mu), fine = linspace(low, high, 60);
  const rates: Series[] = dims.map((d, i) => {
    const bars = p.mu.flatMap((mu) => {
      const growths = growthOfCopies(where(where(rows, "d", d), "mu", mu));
      if (growths.length < 2) return [];
      const { mean, se } = summary(growths);
      return [{ x: mu, y: mean, low: mean - 2 * se, high: mean + 2 * se }];
    });
    const scaled = setting && { ...setting, d, batch: Math.round(p.batch * d / p.d) };
    return {
      ...{ name: `/{d} = ${formatNumber(d)}`, look: 4 + i, marks: bars, bars },
      ...(scaled
        ? {
          line: fine.map((x) => ({
            x,
            y: Math.log(optimumFactors(scaled, Math.abs(1 - x)).growth),
          })),
        }
        : {}),
    };
  });
  const limits: Series[] = setting
    ? [{
      name: "/{d}, /{b} → ∞",
      look: 7,
      line: fine.map((x) => ({ x, y: limitGrowth(setting, x) })),
    }]
    : [];
  const ends = rates.flatMap(({ marks }) => marks!.map(({ y }) => y)).concat(0);
  const span = [Math.min(...ends), Math.max(...ends)], pad = 0.12 * (span[1] - span[0]) + 1e-6;
  const distance = setting && stableDistance(setting);
  const criticals = distance === undefined
    ? []
    : [1 - distance, 1 + distance].filter((mu) => mu > low && mu < high);
  const guides: Series[] = [
    { name: "no growth", guide: [{ x: low, y: 0 }, { x: high, y: 0 }] },
    ...criticals.map((x) => ({
      name: "critical strength",
      guide: [span[0] - pad, span[1] + pad].map((y) => ({ x, y })),
    })),
  ];
  const drawings: Drawing[] = [
    {
      title: "",
      x: { label: "SGD steps" },
      y: { label: "/{h}² = 1 − /{m}²", type: "log" },
      series: courses,
      legend: "above",
    },
    {
      title: "",
      x: { label: "pre-training strength /{μ}" },
      y: { label: "growth of ln /{h}² per step", domain: [span[0] - pad, span[1] + pad] },
      series: [...limits, ...rates, ...guides],
      legend: "above",
    },
  ];
  return figureOf(drawings, {
    ...{ columns: 2, aspect: 0.8, caption: captionOf(p, dims, distance, criticals) },
  });
}

function captionOf(
  p: Parameters,
  dims: readonly number[],
  distance: number | undefined,
  criticals: readonly number[],
): string {
  const rule = p.rule === "sgd" ? "" : `, rule ${chainRule(p.rule).name}`;
  return `Deviation of ω from its place at the optimum, ${plainWords(p.student)} target, ` +
    `b = ${p.batch}, d = ${p.d} (a) and d = ${listed(dims)} at the same d/b (b), ` +
    `η = ${stepWords(p)}${rule}, from u = 1 − μ and h = ${formatNumber(p.offset)}. ` +
    `Marks: ${p.copies} runs of the exact chain, geometric mean; band (a): their range; bars (b): ` +
    `two standard errors, while h² < ${formatNumber(SMALL)}. ` +
    (distance === undefined
      ? "No theory is drawn: it is that of plain SGD at a constant step."
      : "Lines: mean-square law, in (a) and the first of (b) as d and b grow, then at each size; " +
        edgeWords(p, distance, criticals));
}

/** Where the optimum stops to be stable. */
function edgeWords(p: Parameters, distance: number, criticals: readonly number[]): string {
  if (criticals.length > 0) {
    const edges = criticals.map((mu) => mu.toFixed(3)).join(" and ");
    return `dotted upright: critical strength μ = ${edges}; SGD stays only nearer to 1.`;
  }
  const inside = p.mu.every((mu) => Math.abs(1 - mu) < distance);
  return `the optimum is ${inside ? "stable" : "unstable"} at every strength of the figure.`;
}

/**
 * Stability of the optimum under SGD: growth of the deviation of ω per step, against the strength of pre-training.
 *
 * Law: {@linkcode optimumFactors}; SGD stays at the optimum where `η u²(κ² + (d/b) E σ'⁴) < 2κ`, `u = 1 − μ`. The
 * geometric mean of a copy grows more slowly than the mean square, and both tend to the law as `d` and `b` grow.
 * Source: ours.
 *
 * @example
 * ```ts
 * import { growthOfCopies, optimumStability } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const quick = { preset: "quick", sizes: [1], copies: 4 } as const;
 * const weak = await optimumStability({ ...quick, mu: [0.3] });
 * const strong = await optimumStability({ ...quick, mu: [0.6] });
 * assert(growthOfCopies(weak.rows).every((rate) => rate > 0));
 * assert(growthOfCopies(strong.rows).every((rate) => rate < 0));
 * ```
 */
export const optimumStability: Experiment<typeof stabilityParameters, StabilityRow[], Figure> =
  experiment({
    name: "stability of the optimum",
    about:
      "Does SGD stay where the flow ends? Growth of a small deviation, for strengths of yours.",
    parameters: stabilityParameters,
    quick: { mu: [0.36, 0.4, 0.48, 0.52], sizes: [1, 4] },
    run,
    figure: draw,
  });
