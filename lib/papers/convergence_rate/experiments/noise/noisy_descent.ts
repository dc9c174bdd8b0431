/**
 * F23, C43: LoRA SGD with a certified step under gradient noise.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  param,
  type Row,
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
  legendOf,
  scaleWords,
} from "../../../../figure/mod.ts";
import { rateRule } from "../../rules.ts";
import { type NoisyRow, noisyRun } from "../../simulation/noisy.ts";
import { balancedSpectrum } from "../../theory/local.ts";
import { noiseFloor } from "../../theory/noise.ts";
import {
  allValues,
  checkTarget,
  ruleParameter,
  startWords,
  targetParameters,
  targetWords,
} from "../physics.ts";

/** A bin of a run. */
export interface NoiseRow extends NoisyRow {
  /** Exponent of the damping. */
  power: number;
  /** Number of the copy. */
  copy: number;
}

/** Mean over the copies. */
export interface NoiseMean extends Row {
  /** Exponent of the damping. */
  power: number;
  /** Steps. */
  t: number;
  /** Mean `‖∇J‖²` without noise. */
  gradient2: number;
  /** Its standard error. */
  se: number;
  /** Floor by theory at the mean learning rate; null where theory does not hold. */
  theory: number | null;
}

/**
 * Parameters of {@linkcode noisyDescent}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const noisyParameters = {
  ...targetParameters({ shape: [6, 5], sigma: [2, 1], r: 2 }),
  scale: param.number(
    0.05,
    "scale of the start; a small one ends nearly balanced, as theory assumes",
    {
      above: 0,
    },
  ),
  rule: ruleParameter("simple", "rule that is damped; it sees the noisy gradient"),
  powers: param.numbers([0, 0.5, 0.75], "exponents of the damping (1 + t/hold)^(−power)", {
    least: 0,
  }),
  hold: param.number(100, "steps before the damping counts", { above: 0 }),
  noise: param.number(0.02, "deviation of the noise on each entry of G", { least: 0 }),
  steps: param.integer(100_000, "steps", { least: 1000 }),
  copies: param.integer(12, "runs of each damping", { least: 2 }),
};

/** Values of the parameters. */
export type NoisyParameters = Values<typeof noisyParameters>;

/** Why theory does not hold; nothing where it does. */
function whyNoTheory({ r, sigma, noise }: NoisyParameters): string | undefined {
  if (noise === 0) return "there is no noise";
  return r === sigma.length ? undefined : "the rank differs from that of the target";
}

/** Means over the copies, with the floor that theory has for the learning rate of the bin. */
export function noiseMeans(rows: readonly NoiseRow[], p: NoisyParameters): NoiseMean[] {
  const spectrum = whyNoTheory(p) === undefined
    ? balancedSpectrum(allValues(p), { rows: p.m, columns: p.n, r: p.r })
    : undefined;
  return p.powers.flatMap((power) => {
    const own = where(rows, "power", power);
    return distinct(own, "t").map((t) => {
      const here = where(own, "t", t), { mean, se } = summary(here.map((row) => row.gradient2));
      const eta = summary(here.map((row) => row.eta)).mean;
      const theory = spectrum ? noiseFloor(spectrum, { eta, noise: p.noise }) : null;
      return { power, t, gradient2: mean, se, theory };
    });
  });
}

/** Exponent of the mean `‖∇J‖²` over the last decade, and its standard error over the copies. */
export function noiseExponent(
  rows: readonly NoiseRow[],
  power: number,
): { mean: number; se: number } {
  const own = where(rows, "power", power), last = Math.max(...own.map(({ t }) => t));
  const copies = distinct(own, "copy").map((copy) => {
    const late = where(own, "copy", copy).filter(({ t }) => t > last / 10);
    return slope(
      late.map(({ t }) => Math.log(t)),
      late.map(({ gradient2 }) => Math.log(gradient2)),
    );
  });
  return summary(copies);
}

function draw(rows: readonly NoiseRow[], p: NoisyParameters): Figure {
  const means = noiseMeans(rows, p), why = whyNoTheory(p);
  const name = (power: number) =>
    power === 0 ? "undamped" : `damped by /{t}^{−${formatNumber(power)}}`;
  const course: Drawing = {
    title: "",
    x: { label: "steps /{t}", type: "log" },
    y: { label: "mean ‖∇/{J}‖², without noise", type: "log" },
    series: p.powers.map((power) => {
      const own = where(means, "power", power);
      const theory = own.filter(({ t }) => t > 300);
      return {
        name: name(power),
        ...(why === undefined
          ? { line: theory.map(({ t, theory }) => ({ x: t, y: theory! })) }
          : {}),
        marks: own.map(({ t, gradient2 }) => ({ x: t, y: gradient2 })),
        bars: own.map(({ t, gradient2, se }) => (
          {
            x: t,
            y: gradient2,
            low: Math.max(gradient2 - se, gradient2 / 10),
            high: gradient2 + se,
          }
        )),
      };
    }),
  };
  return figureOf([course], {
    legend: legendOf(course.series),
    caption:
      `Rule ${rateRule(p.rule).name} damped by (1 + t/${
        formatNumber(p.hold)
      })^(−power) with noise of deviation ` +
      `${formatNumber(p.noise)} on each entry of G, ${targetWords(p)}, from ${
        startWords(p.start)
      } × ` +
      `${formatNumber(p.scale)}: mean over ${p.copies} runs of ${
        scaleWords(p.steps)
      } steps and over bins (symbols, bars ` +
      `one standard error)${
        why === undefined
          ? "; lines: floor of the linearised noise at the learning rate of the bin"
          : `; no line, as ${why}`
      }.`,
  });
}

/**
 * Stochastic LoRA gradient descent: a certified rule that sees the noisy gradient, damped in time.
 *
 * Rows: one a damping, a copy and a bin of steps.
 * Source: ours, an experiment.
 *
 * @example Twice the noise, four times the floor.
 * ```ts
 * import { noiseMeans, noisyDescent } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const floor = async (noise: number) => {
 *   const { rows, parameters } = await noisyDescent({ noise, powers: [0], steps: 5000, copies: 4 });
 *   return noiseMeans(rows, parameters).at(-1)!.gradient2;
 * };
 * assertAlmostEquals(await floor(0.02) / await floor(0.01), 4, 0.4);
 * ```
 */
export const noisyDescent: Experiment<typeof noisyParameters, NoiseRow[], Figure> = experiment({
  name: "certified step under noise",
  about: "LoRA SGD with a certified step under gradient noise.",
  parameters: noisyParameters,
  quick: { steps: 20_000, copies: 6 },
  check: (p, refuse) => {
    checkTarget(p, refuse as never);
    if (new Set(p.powers).size < p.powers.length) refuse("powers", "different numbers", p.powers);
  },
  run: async (p, { sweep }) => {
    const { m, n, sigma, r, start, scale, rule, hold, noise, steps, seed } = p;
    const cells = p.powers.map((power) => ({
      ...{ shape: [m, n] as [number, number], sigma, r, start, scale, rule, power, hold },
      ...{ noise, steps, density: 6 },
    }));
    const seeds = Array.from({ length: p.copies }, (_, i) => `${seed}/${i + 1}`);
    const rows = await sweep({ run: noisyRun, cells, seeds });
    return rows.map(({ power, seed, t, gradient2, eta, v2, rises }) => (
      { power, copy: seeds.indexOf(seed), t, gradient2, eta, v2, rises }
    ));
  },
  figure: draw,
  table: (rows, p) =>
    p.powers.map((power) => {
      const { mean, se } = noiseExponent(rows, power);
      const last = where(noiseMeans(rows, p), "power", power).at(-1)!;
      return {
        ...{ power, "exponent of ‖∇J‖²": mean, "its s.e.": se },
        "last mean / theory": last.theory === null ? null : last.gradient2 / last.theory,
      };
    }),
});
