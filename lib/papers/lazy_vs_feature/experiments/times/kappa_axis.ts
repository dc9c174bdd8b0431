/**
 * The best time against the size of the perturbation: from lazy to the information exponent.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  type ExperimentContext,
  geomspace,
  param,
  progress,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  type Series,
} from "../../../../figure/mod.ts";
import { activation, type ActivationLike, informationExponent } from "../../../../gaussian/mod.ts";
import { activationLabel } from "../../activations.ts";
import { type LeftFactor } from "../../left_factors.ts";
import { modelOf, type ModelSpec } from "../../model_spec.ts";
import { type HittingCell, type HittingRow, hittingTimes } from "../../simulation/mod.ts";
import { OverlapFlow } from "../../theory/mod.ts";
import { activationsParameter, teacherParameter } from "../physics.ts";

/**
 * Parameters of {@linkcode kappaAxis}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const kappaParameters = {
  activations: activationsParameter(["h2", "h3", "h4", "h5"]),
  kappas: param.numbers(geomspace(0.1, 32, 26), "perturbations per neuron κ, increasing", {
    above: 0,
    entries: 2,
  }),
  k: param.integer(1, "neurons of the orthonormal base", { least: 1 }),
  c: teacherParameter("plus"),
  noise: param.number(0.5, "standard deviation of the label noise of (b)", { least: 0 }),
  d: param.integer(400, "dimension in which SGD is run", { least: 3 }),
  runKappas: param.numbers([0.5, 1, 1.5, 2], "perturbations at which SGD is run", {
    above: 0,
    entries: 0,
  }),
  runActivation: param.value<ActivationLike>(
    "h3",
    "activation of these runs",
    activation,
    "an activation",
  ),
  fraction: param.number(0.5, "their step, as a part of the best one", { above: 0, most: 1 }),
  copies: param.integer(128, "runs behind each median", { least: 8 }),
  glm: param.number(10, "cost of the single-index model, in units of d^(p−1), drawn as a guide", {
    above: 0,
  }),
  seed: param.seed(),
};

type Parameters = Values<typeof kappaParameters>;

/** Best time of the flow at one size. */
export interface KappaRow extends Row {
  /** Name of the activation. */
  activation: string;
  /** Perturbation. */
  kappa: number;
  /** Variance of the label noise. */
  noise: number;
  /** Least time to `m = ½` over all steps. */
  time: number;
  /** The step. */
  alpha: number;
}

/** Median time of SGD at one size. */
export interface KappaRun extends HittingRow {
  /** Perturbation. */
  kappa: number;
  /** Copies. */
  copies: number;
  /** Time of the flow at the same step. */
  flow: number;
}

/** Tables of a run. */
export type KappaRows = {
  /** The flow. */
  readonly flow: readonly KappaRow[];
  /** SGD. */
  readonly runs: readonly KappaRun[];
};

function specAt(
  { k, c }: { readonly k: number; readonly c: LeftFactor },
  sigma: ActivationLike,
  kappa: number,
): ModelSpec {
  return { activation: sigma, k, kappa, c };
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<KappaRows> {
  const noises = [0, ...(p.noise > 0 ? [p.noise ** 2] : [])];
  using bar = progress("flows", noises.length * p.activations.length * p.kappas.length);
  const flow = noises.flatMap((noise) =>
    p.activations.flatMap((sigma) =>
      p.kappas.map((kappa): KappaRow => {
        const best = new OverlapFlow(modelOf(specAt(p, sigma, kappa)), { noise }).best();
        bar.tick(1, `κ = ${formatNumber(kappa)}`);
        return { activation: activation(sigma).name, kappa, noise, ...best };
      })
    )
  );
  const n = p.d - p.k,
    flows = p.runKappas.map((kappa) => new OverlapFlow(modelOf(specAt(p, p.runActivation, kappa))));
  const alphas = flows.map((each) => each.best().alpha * p.fraction);
  const cells: HittingCell[] = p.runKappas.map((kappa, i) => ({
    ...{ route: "fine-tuning", model: specAt(p, p.runActivation, kappa), d: p.d },
    ...{ eta: alphas[i] / n, copies: p.copies },
    maxSteps: Math.ceil(Math.max(4, 20 * flows[i].time(alphas[i])) * n),
  }));
  const rows = cells.length > 0 ? await sweep({ run: hittingTimes, cells }) : [];
  return {
    flow,
    runs: rows.map(({ steps, low, high, arrived }, i) => ({
      ...{ kappa: p.runKappas[i], copies: p.copies, flow: flows[i].time(alphas[i]) },
      ...{ steps, low, high, arrived },
    })),
  };
}

/** Log-log slope of the best time between the last two sizes. */
export function lastPower(rows: readonly KappaRow[]): number {
  const [a, b] = rows.slice(-2);
  return Math.log(b.time / a.time) / Math.log(b.kappa / a.kappa);
}

function draw({ flow, runs }: KappaRows, p: Parameters): Figure {
  const n = p.d - p.k;
  const drawing = (noise: number): Drawing => ({
    title: noise === 0 ? "no label noise" : `label noise of variance ${formatNumber(noise)}`,
    x: { label: "perturbation per neuron /{κ}", type: "log" },
    y: { label: "best time to /{m} = 1/2", type: "log" },
    series: [
      ...p.activations.map((sigma, look): Series => {
        const own = where(where(flow, "activation", activation(sigma).name), "noise", noise);
        return {
          ...{ name: activationLabel(sigma), look },
          line: own.filter(({ time }) => time < Infinity).map(({ kappa, time }) => ({
            x: kappa,
            y: time,
          })),
        };
      }),
      ...(noise > 0 ? [] : p.activations.flatMap((sigma): Series[] => {
        const own = where(where(flow, "activation", activation(sigma).name), "noise", 0);
        const q = informationExponent(activation(sigma)), last = own.at(-1)!;
        if (q < 3 || !(last.time < Infinity)) return [];
        const power = 4 * (q - 2), from = last.kappa / 8;
        return [{
          name: "∝ /{κ}^{4(p−2)}",
          guide: [from, last.kappa].map((x) => ({
            x,
            y: last.time * (x / last.kappa) ** power * 1.6,
          })),
        }];
      })),
      ...(noise > 0 || runs.length === 0 ? [] : [{
        name: `SGD, /{d} = ${p.d}`,
        look: p.activations.length,
        marks: runs.flatMap(({ kappa, steps }) =>
          steps === null ? [] : [{ x: kappa, y: steps / n }]
        ),
        bars: runs.flatMap(({ kappa: x, steps, low, high }) =>
          steps === null || low === null || high === null
            ? []
            : [{ x, y: steps / n, low: low / n, high: high / n }]
        ),
        line: geomspace(Math.min(...p.runKappas) * 0.8, Math.max(...p.runKappas) * 1.25, 9).map(
          (x) => {
            const own = new OverlapFlow(modelOf(specAt(p, p.runActivation, x)));
            return { x, y: own.time(own.best().alpha * p.fraction) };
          },
        ),
      }]),
    ],
    legend: "above",
  });
  const noises = [0, ...(p.noise > 0 ? [p.noise ** 2] : [])];
  return figureOf(noises.map(drawing), {
    columns: 2,
    ...(noises.length > 1 ? { size: "page" as const } : {}),
    caption:
      `Least time of the flow to m = ½ over all step sizes, in units of n inputs, k = ${p.k}, ĉ = c. Dotted: the ` +
      `power κ^{4(p−2)} of the information exponent p, above the lines for clarity.` +
      (runs.length > 0
        ? ` Marks: median of SGD in d = ${p.d} with quartiles (${
          activation(p.runActivation).name
        }, ${formatNumber(p.fraction)} of the best step), and the flow at that step.`
        : "") +
      (p.noise > 0 ? " (b) With label noise, which punishes small κ." : ""),
  });
}

/**
 * The best time to half an overlap against the size of the perturbation.
 *
 * Scale: `τ = steps/n`. Source: ours; the paper expects the transition at `ξ ~ d^{1/4} k^{1/2}`.
 *
 * @example
 * ```ts
 * import { kappaAxis, lastPower } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rows } = await kappaAxis({ activations: ["h4"], kappas: [16, 32], noise: 0, runKappas: [] });
 * assertAlmostEquals(lastPower(rows.flow), 8, 0.1);
 * ```
 */
export const kappaAxis: Experiment<typeof kappaParameters, KappaRows, Figure> = experiment({
  name: "time against perturbation",
  about:
    "Best time to half an overlap against the perturbation, for any activations, with SGD beside.",
  parameters: kappaParameters,
  quick: { kappas: geomspace(0.1, 32, 12), runKappas: [0.5, 1], copies: 64 },
  check: (p, refuse) => {
    if (p.d < p.k + 2) refuse("d", `at least k + 2 = ${p.k + 2}`, p.d);
  },
  run,
  figure: draw,
  table: ({ flow }) => flow,
});
