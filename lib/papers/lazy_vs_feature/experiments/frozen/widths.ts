/**
 * What a frozen random `ĉ` costs as the number of neurons grows: medians over draws of signs.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Drawing, type Figure, figureOf } from "../../../../figure/mod.ts";
import { activation } from "../../../../gaussian/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { activationLabel, ACTIVATIONS } from "../../activations.ts";
import { randomSigns } from "../../left_factors.ts";
import { fineTuning } from "../../model.ts";
import { frozenCost } from "../../theory/mod.ts";
import { quantile } from "../courses.ts";
import {
  checkSize,
  kappaOf,
  sizeName,
  type SizeRule,
  sizeWords,
} from "../landscape/start_slopes.ts";
import { activationsParameter } from "../physics.ts";

/**
 * Parameters of {@linkcode widthCosts}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const widthParameters = {
  activations: activationsParameter([ACTIVATIONS.h3, ACTIVATIONS.erf]),
  k: param.integers(
    [25, 81, 289, 1089],
    "neurons of the orthonormal base, odd; squares hold the signs exactly",
    { least: 3 },
  ),
  sizes: param.values<SizeRule>(
    [{ kappa: 0.5 }, { xi: 1 }],
    "perturbations: { kappa }, fixed per neuron, or { xi }, fixed in all",
    checkSize,
    "{ kappa } or { xi }",
  ),
  target: param.number(0.9, "overlap |m| to reach", { above: 0, below: 1 }),
  draws: param.integer(41, "pairs of signs behind each median", { least: 5 }),
  seed: param.seed(),
};

type Parameters = Values<typeof widthParameters>;

/** Median time of one number of neurons. */
export interface WidthRow extends Row {
  /** Name of the activation. */
  activation: string;
  /** Perturbation in words. */
  size: string;
  /** Neurons. */
  k: number;
  /** Median best time over signs; infinite ones count. */
  median: number;
  /** Lower quartile. */
  low: number;
  /** Upper quartile. */
  high: number;
  /** Draws that never arrive, whatever the step. */
  never: number;
  /** Time at `|q| = 1/√k`, `A = 1`: what is left when the signs are held typical. */
  typical: number;
}

/** Signs of `k` neurons whose sums are nearest to `A = 1`, `q = 1/√k`. */
function typicalModel(sigma: Parameters["activations"][number], k: number, kappa: number) {
  const root = Math.sqrt(k);
  let best = { gap: Infinity, counts: [0, 0, 0, 0] };
  for (let sum = 1; sum < 3 * root; sum += 2) {
    for (let both = 1; both < 3 * root; both += 2) {
      const counts = [k + 2 * sum + both, k - both, k - both, k - 2 * sum + both].map((x) => x / 4);
      if (!counts.every((x) => Number.isInteger(x) && x >= 0)) continue;
      const gap = Math.abs(Math.log(sum * sum / k)) + Math.abs(Math.log(both / root));
      if (gap < best.gap) best = { gap, counts };
    }
  }
  const fill = (signs: number[]) =>
    best.counts.flatMap((n, i) => Array<number>(n).fill(signs[i] / root));
  return fineTuning({
    activation: sigma,
    k,
    kappa,
    c: fill([1, 1, -1, -1]),
    hatC: fill([1, -1, 1, -1]),
  });
}

function run(p: Parameters): WidthRow[] {
  return p.sizes.flatMap((size) =>
    p.activations.flatMap((sigma) =>
      p.k.map((k): WidthRow => {
        const kappa = kappaOf(size, k), known = new Map<string, number>();
        const rng = stream(p.seed, "widths", k);
        const times = Array.from({ length: p.draws }, () => {
          const c = randomSigns(k, rng), hatC = randomSigns(k, rng);
          const plus = (x: readonly number[]) => x.filter((y) => y > 0).length;
          const both = c.filter((x, i) => x * hatC[i] > 0).length;
          const key = [plus(c), plus(hatC), both].join(" ");
          const model = () => fineTuning({ activation: sigma, k, kappa, c, hatC });
          if (!known.has(key)) known.set(key, frozenCost(model(), { target: p.target }).time);
          return known.get(key)!;
        }).toSorted((a, b) => a - b);
        return {
          ...{ activation: activation(sigma).name, size: sizeName(size), k },
          ...{
            median: quantile(times, 0.5),
            low: quantile(times, 0.25),
            high: quantile(times, 0.75),
          },
          never: times.filter((time) => time === Infinity).length,
          typical: frozenCost(typicalModel(sigma, k, kappa), { target: p.target }).time,
        };
      })
    )
  );
}

function draw(rows: readonly WidthRow[], p: Parameters): Figure {
  const drawings = p.sizes.map((size): Drawing => {
    const own = where(rows, "size", sizeName(size)), first = p.k[0];
    const top = Math.max(...own.map(({ median }) => median).filter(Number.isFinite));
    return {
      title: sizeWords(size),
      x: { label: "neurons /{k}", type: "log", ticks: [...p.k], tickFormat: String },
      y: { label: `best time to |/{m}| = ${p.target}`, type: "log" },
      series: [
        ...p.activations.map((sigma, look) => {
          const mine = where(own, "activation", activation(sigma).name);
          return {
            ...{ name: activationLabel(sigma), look },
            line: mine.map(({ k, typical }) => ({ x: k, y: typical })),
            marks: mine.filter(({ median }) => median < Infinity).map(({ k, median }) => ({
              x: k,
              y: median,
            })),
            bars: mine.filter(({ high }) => high < Infinity)
              .map(({ k: x, median: y, low, high }) => ({ x, y, low, high })),
          };
        }),
        ...[3, 4].map((power) => ({
          name: "∝ /{k}³, ∝ /{k}⁴ (bounds)",
          guide: [first, first * 6].map((x) => ({ x, y: top / 50 * (x / first) ** power })),
        })),
      ],
      legend: "above",
    };
  });
  return figureOf(drawings, {
    columns: 2,
    caption:
      `Best time of the flow to |m| = ${p.target} with frozen random signs, orthonormal base. Marks: median and ` +
      `quartiles over ${p.draws} pairs of signs; lines: signs held at |q| = k^{−1/2}, A = 1. Dotted: powers of the paper's bounds.`,
  });
}

/**
 * Best time of the paper's algorithm against the number of neurons, over draws of signs.
 *
 * Scale: `τ = steps/n`, `n → ∞` at fixed `k`. Source: bounds: dayi25a, Theorems 11 and 12; times: ours, no proof.
 */
export const widthCosts: Experiment<typeof widthParameters, WidthRow[], Figure> = experiment({
  name: "cost of neurons",
  about: "What a frozen random left factor costs as the number of neurons grows.",
  parameters: widthParameters,
  quick: { k: [25, 81, 289], draws: 21, activations: [ACTIVATIONS.h3] },
  check: (p, refuse) => {
    const even = p.k.find((k) => k % 2 === 0);
    if (even !== undefined) refuse("k", "odd, so that no sum of signs vanishes", even);
  },
  run,
  figure: draw,
});
