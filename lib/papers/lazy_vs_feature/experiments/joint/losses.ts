/**
 * First `u`, then `c`: losses of joint training beside the linearised model, all copies.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  type ExperimentContext,
  linspace,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, figureOf, type Series } from "../../../../figure/mod.ts";
import { modelOf } from "../../model_spec.ts";
import { lazyFlow, tangentConstants } from "../../theory/mod.ts";
import { copiesAt, copiesBand, shareOf } from "../courses.ts";
import { coursesOf, modelParameters, modelWords, specOf, TIME } from "../physics.ts";

const { hatC: _hatC, ...model } = modelParameters({ k: 9, kappa: 1 });

/**
 * Parameters of {@linkcode jointLosses}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const lossParameters = {
  ...model,
  n: param.integer(600, "dimension n = d − k left to u", { least: 2 }),
  alpha: param.number(0.06, "step scale α of joint training, η = α/n", { above: 0 }),
  lazyAlpha: param.number(0.03, "step scale of the linearised model", { above: 0 }),
  ratio: param.number(1, "ratio η_c/η of the steps of both factors", { above: 0 }),
  times: param.numbers(
    [...linspace(25, 200, 8), ...linspace(300, 1000, 8), ...linspace(1250, 3000, 8)],
    "times τ, increasing",
    { above: 0 },
  ),
  level: param.number(0.9, "mq above which a copy has succeeded", { above: 0, below: 1 }),
  copies: param.integer(32, "runs of joint training from random signs", { least: 4 }),
  lazyCopies: param.integer(8, "runs of the linearised model with ĉ = c", { least: 2 }),
  seed: param.seed(),
};

type Parameters = Values<typeof lossParameters>;

/** One copy at one time. */
export interface LossRow extends Row {
  /** `"joint"` or `"linearised"`. */
  kind: string;
  /** Number of the copy. */
  copy: number;
  /** Time. */
  tau: number;
  /** `|m|`. */
  m: number;
  /** `|q|`. */
  q: number;
  /** `mq`. */
  mq: number;
  /** Mean loss over the inputs since the time before. */
  loss: number;
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<LossRow[]> {
  const rows = await coursesOf(sweep, [
    {
      ...{ label: "joint", model: specOf({ ...p, hatC: "random signs" }), copies: p.copies },
      ...{ run: { algorithm: "joint", n: p.n, alpha: p.alpha, ratio: p.ratio }, times: p.times },
    },
    {
      ...{ label: "linearised", model: specOf(p), copies: p.lazyCopies },
      ...{ run: { algorithm: "lazy", n: p.n, alpha: p.lazyAlpha } },
      times: p.times.filter((tau) => tau <= 500),
    },
  ]);
  return rows.map(({ label, copy, tau, m, q, loss }) => ({
    ...{ kind: String(label), copy, tau, m: Math.abs(m), q: Math.abs(q), mq: m * q },
    loss: Number(loss),
  }));
}

/** What became of joint training at one time. */
export interface LossMean extends Row {
  /** Time. */
  tau: number;
  /** Share with `mq` above the level. */
  share: number;
  /** Standard error. */
  se: number;
  /** Median loss. */
  loss: number;
  /** Median `|m|`. */
  m: number;
  /** Median `|q|`. */
  q: number;
}

/** Shares and medians of joint training over all copies. */
export function lossMeans(rows: readonly LossRow[], level: number): LossMean[] {
  const joint = where(rows, "kind", "joint");
  return distinct(joint, "tau").map((tau) => {
    const now = where(joint, "tau", tau), { share, se } = shareOf(now, ({ mq }) => mq > level);
    const median = (of: (row: LossRow) => number) => copiesAt(now, of)[0].median;
    return {
      ...{ tau, share, se, loss: median(({ loss }) => loss) },
      ...{ m: median(({ m }) => m), q: median(({ q }) => q) },
    };
  });
}

function draw(rows: readonly LossRow[], p: Parameters): Figure {
  const joint = where(rows, "kind", "joint"), lazy = where(rows, "kind", "linearised");
  const model = modelOf(specOf(p)), means = lossMeans(rows, p.level);
  const fine = linspace(p.times[0] / 2, Math.min(500, p.times.at(-1)!), 60);
  const flow = lazyFlow(model, p.lazyAlpha, fine), last = p.times.at(-1)!;
  const middle = (tau: number) => (tau + (p.times[p.times.indexOf(tau) - 1] ?? 0)) / 2;
  const singles: Series = {
    ...{ name: "joint, every copy", look: 0 },
    thin: distinct(joint, "copy").flatMap((copy) => [
      ...where(joint, "copy", copy).map(({ tau, loss }) => ({
        x: middle(tau),
        y: Math.max(1e-12, loss),
      })),
      { x: NaN, y: NaN },
    ]),
  };
  const { floor } = tangentConstants(model);
  const lazyAt = copiesAt(lazy, ({ loss }) => loss);
  return figureOf([
    {
      title: "loss",
      x: { label: TIME, type: "log" },
      y: { label: "loss, mean since the time before", type: "log", domain: [1e-4, 2] },
      series: [
        singles,
        {
          name: "joint, median",
          look: 5,
          marks: means.map(({ tau, loss }) => ({ x: middle(tau), y: loss })),
        },
        {
          ...{
            name: "linearised, /{ĉ} = /{c}",
            look: 1,
            line: flow.map(({ loss }, i) => ({ x: fine[i], y: loss })),
          },
          marks: lazyAt.map(({ x, y }) => ({ x: middle(x), y })),
        },
        { name: "its floor", guide: [fine[0], last].map((x) => ({ x, y: floor })) },
      ],
      legend: "above",
    },
    {
      title: "factors",
      x: { label: TIME, type: "log" },
      y: { label: "overlap, 80% of copies", domain: [0, 1.05] },
      series: ([["|/{m}|, direction", "m"], ["|/{q}|, left factor", "q"]] as const).map(
        ([name, key], look): Series => {
          const at = copiesAt(joint, (row) => row[key]);
          return {
            name,
            look,
            band: copiesBand(at),
            marks: at.map(({ x, median }) => ({ x, y: median })),
          };
        },
      ),
      legend: "above",
    },
    {
      title: "success",
      x: { label: TIME, type: "log" },
      y: { label: `share with /{mq} > ${p.level}`, domain: [0, 1.05] },
      series: [{
        ...{
          name: "all copies",
          look: 0,
          marks: means.map(({ tau, share }) => ({ x: tau, y: share })),
        },
        bars: means.map(({ tau: x, share: y, se }) => (
          { x, y, low: Math.max(0, y - se), high: Math.min(1, y + se) }
        )),
      }],
    },
  ], {
    columns: 3,
    aspect: 0.95,
    caption:
      `Joint training from random signs, ${
        modelWords(p).replace(", ĉ = c", "")
      }, n = ${p.n}, α = ${p.alpha}: all ${p.copies} ` +
      `copies. (a) Loss of every copy and their median; the linearised model with the true c (chains, flow, floor), α = ` +
      `${p.lazyAlpha}. (b) Median overlaps and the central 80%. (c) Share of copies that have found both factors, ± one ` +
      "standard error.",
  });
}

/**
 * Losses and overlaps of joint training, all copies, beside the linearised model.
 *
 * Scale: `τ = steps/n`. Source: the paper's Figure 3 shows single runs; distributions: ours.
 */
export const jointLosses: Experiment<typeof lossParameters, LossRow[], Figure> = experiment({
  name: "losses of joint training",
  about: "First the direction, then the left factor: all copies of joint training.",
  parameters: lossParameters,
  quick: {
    copies: 12,
    lazyCopies: 4,
    times: [...linspace(25, 200, 8), ...linspace(400, 1000, 4)],
  },
  run,
  figure: draw,
  table: (rows, p) => lossMeans(rows, p.level),
});
