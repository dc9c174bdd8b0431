/**
 * F9, second part: all-random starts at any size, by draws in law, against the law at fixed κ.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  geomspace,
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
} from "../../../../figure/mod.ts";
import { drawRun, drawStream } from "../../simulation/runs/reduction_run.ts";
import { sampleReduced } from "../../simulation/flow/reduced.ts";
import { escapeTime } from "../../theory/escape/escape.ts";
import { expectedExcessRank } from "../../theory/excess/excess_rank.ts";
import { largeDimension } from "../../theory/excess/large_dimension.ts";
import { identityWords, REFERENCE } from "../physics.ts";
import { worded } from "../worded.ts";

/** One draw. */
export interface DimensionRow extends Row {
  /** Rows. */
  m: number;
  /** Columns. */
  n: number;
  /** `κ_B = α²m`. */
  kappa: number;
  /** Number of the draw. */
  copy: number;
  /** Loss at the start. */
  initial: number;
  /** Loss at the end. */
  loss: number;
  /** Half-time; null if it did not come. */
  half: number | null;
  /** Half-time by the law at fixed κ. */
  law: number;
  /** Half-time by T4, which does not know κ. */
  small: number;
}

/**
 * Parameters of {@linkcode dimension}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const dimensionParameters = {
  m: param.integers([1e4, 1e5, 1e6, 3e6, 1e7, 3e7], "rows", { least: 2 }),
  ratios: param.numbers([1, 0.25], "columns over rows", { above: 0 }),
  alpha: param.number(1e-4, "scale α", { above: 0 }),
  r: param.integer(4, "rank of the adapter", { least: 2 }),
  sigma: param.number(1, "singular value of the target", { above: 0 }),
  s: param.number(1, "singular value of w2 = sI", { above: 0 }),
  at: param.number(40, "time at which the loss is taken", { above: 0 }),
  draws: param.integer(20, "draws at each size", { least: 2 }),
  seed: param.seed(REFERENCE),
};

type Parameters = Values<typeof dimensionParameters>;

/** Damping by the noise that the integrator can follow. */
const STIFF = 1000;

/** Losses below are rounding. */
const ROUNDING = 1e-30;

/** Columns of a shape. */
const columnsOf = (m: number, ratio: number) => Math.round(m * ratio);

function lawOf({ alpha, r, sigma, s }: Omit<Parameters, "m">, m: number, n: number) {
  return largeDimension({ kappaB: alpha ** 2 * m, kappaA: alpha ** 2 * n, r, sigma, s });
}

function draw(rows: readonly DimensionRow[], parameters: Parameters): Figure {
  const { m, ratios, alpha, r, sigma, s, at, draws } = parameters, square = alpha ** 2;
  const kappas = geomspace(Math.min(...m) * square / 2, Math.max(...m) * square * 2, 60);
  const words = (ratio: number) =>
    ratio === 1 ? "/{m} = /{n}" : `/{n} = ${formatNumber(ratio)} /{m}`;
  const of = (ratio: number) =>
    m.map((rows_) => ({
      kappa: square * rows_,
      here: where(where(rows, "m", rows_), "n", columnsOf(rows_, ratio)),
    })).filter(({ here }) => here.length > 0);
  // A line needs one start for all draws: the mean power rα², even on both sides.
  const same = new Array(r).fill(alpha * Math.SQRT1_2);
  const typical = escapeTime({ s, sigma, power: r * square });
  const delay = (kappa: number, ratio: number) =>
    largeDimension({ kappaB: kappa, kappaA: kappa * ratio, r, sigma, s }).halfTime(same, same) -
    typical;
  // The late loss is that of a target that has been learnt.
  const late = (ratio: number) => kappas.filter((kappa) => delay(kappa, ratio) + typical < at);
  const came = (some: readonly DimensionRow[]) => some.filter(({ half }) => half !== null);
  const missed = rows.length - came(rows).length;
  const x = { label: "/{κ} = /{α}²/{m}", type: "log" } as const;
  const drawings: Drawing[] = [
    {
      title: "delay by the noise",
      ...{ x, y: { label: "delay of /{T}_{½}", type: "log" } },
      series: ratios.map((ratio) => ({
        name: words(ratio),
        line: kappas.map((kappa) => ({ x: kappa, y: delay(kappa, ratio) })).filter(({ y }) =>
          y > 0
        ),
        marks: of(ratio).flatMap(({ kappa, here }) => {
          if (came(here).length < here.length) return [];
          const { mean } = summary(here.map(({ half, small }) => half! - small));
          return mean > 0 ? [{ x: kappa, y: mean }] : [];
        }),
      })),
    },
    {
      title: `loss at /{t} = ${formatNumber(at)}`,
      ...{ x, y: { label: "loss /{L}", type: "log" } },
      series: [
        ...ratios.map((ratio) => ({
          name: words(ratio),
          line: late(ratio).map((kappa) => ({
            x: kappa,
            y: largeDimension({ kappaB: kappa, kappaA: kappa * ratio, r, sigma, s }).lateLoss(at),
          })).filter(({ y }) => y > ROUNDING),
          marks: of(ratio).map(({ kappa, here }) => (
            { x: kappa, y: summary(here.map(({ loss }) => loss)).mean }
          )),
        })),
        {
          name: "plateau, /{m} = /{n}",
          guide: kappas.map((kappa) => {
            const size = Math.round(kappa / square);
            return { x: kappa, y: expectedExcessRank({ m: size, n: size, r, alpha, s }) };
          }),
        },
      ],
    },
    {
      title: "furthest draw",
      ...{ x, y: { label: "|/{T}_{½} ÷ law − 1|", type: "log" } },
      series: [
        ...ratios.map((ratio) => ({
          name: words(ratio),
          marks: of(ratio).map(({ kappa, here }) => ({ kappa, some: came(here) }))
            .filter(({ some }) => some.length > 0).map(({ kappa, some }) => (
              { x: kappa, y: Math.max(...some.map(({ half, law }) => Math.abs(half! / law - 1))) }
            )),
        })),
        {
          name: "order",
          guide: kappas.map((kappa) => {
            const wait = delay(kappa, 1), whole = wait + typical;
            return { x: kappa, y: Math.sqrt(2 * square / kappa) * wait / whole };
          }),
        },
      ],
    },
  ];
  const guide = { name: "(b) plateau at /{m} = /{n}, (c) order", guide: [] };
  return figureOf(drawings, {
    columns: 3,
    legend: legendOf([...drawings[0].series, guide]),
    caption:
      `All-random starts of ${identityWords(s)} at α = ${scaleWords(alpha)}, r = ${r}, σ = ` +
      `${formatNumber(sigma)}, rows up to ${
        scaleWords(Math.max(...m))
      }: ${draws} draws in law at each size, ` +
      `followed in ${
        r + 1
      } dimensions. (a) Half-time beyond T4, the law at κ → 0, mean; line: law at fixed κ (T8d). (b) Mean loss, ` +
      "the law, and the plateau formula T8, which needs s²κt ≪ 1. (c) The draw that is furthest from the " +
      "law of its own start; dotted: the delay of (a) times √(2/m), by which c(t) fluctuates." +
      (missed > 0
        ? ` ${formatNumber(missed)} draws did not come to half of the target by then.`
        : ""),
  });
}

/**
 * All-random starts at sizes that no matrix would hold: half-times and late losses of draws in law, with the
 * law at fixed κ of each draw beside it.
 *
 * Rows: one draw each.
 * Source: ours, T8d and T11.
 *
 * @example
 * ```ts
 * import { dimension } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rows } = await dimension({ m: [1e6], ratios: [0.5], s: 1.4, sigma: 2, draws: 3, at: 20 });
 * for (const { half, law } of rows) assertAlmostEquals(half! / law, 1, 5e-3);
 * ```
 */
export const dimension: Experiment<typeof dimensionParameters, DimensionRow[], Figure> = experiment(
  {
    name: "large dimensions",
    about: "What becomes of escape and plateau where α²m is not small.",
    parameters: dimensionParameters,
    quick: { m: [1e4, 1e6, 1e7, 3e7], draws: 6 },
    check: ({ m, ratios, r, alpha, s }, refuse) => {
      const least = Math.min(...m) * Math.min(1, ...ratios);
      if (Math.round(least) < r + 1) {
        refuse("m", `large enough for r + 1 = ${r + 1} rows and columns`, m);
      }
      if (s ** 2 * alpha ** 2 * Math.max(...m) * Math.max(1, ...ratios) > STIFF) {
        refuse(
          "alpha",
          `so small that s²α²m, which damps, is at most ${STIFF} for all sizes`,
          alpha,
        );
      }
      if (new Set(m).size < m.length) refuse("m", "different numbers", m);
      if (new Set(ratios).size < ratios.length) refuse("ratios", "different numbers", ratios);
    },
    run: async (parameters, { sweep }) => {
      const { m, ratios, alpha, r, sigma, s, at, draws, seed } = parameters;
      const shapes = m.flatMap((rows) =>
        ratios.map((ratio) => ({ m: rows, n: columnsOf(rows, ratio) }))
      );
      const cells = shapes.map((shape) => ({
        ...{
          form: "reduced" as const,
          ...shape,
          r,
          alpha,
          sigma: [sigma],
          s,
          draws,
          times: [0, at],
        },
      }));
      const found = await sweep({ run: drawRun, workers: 0, cells });
      return shapes.flatMap(({ m, n }) => {
        const law = lawOf(parameters, m, n), here = where(where(found, "m", m), "n", n);
        return Array.from({ length: draws }, (_, copy) => {
          const [first, last] = where(here, "copy", copy);
          const { adapters: { b1, a1 } } = sampleReduced(
            { m, n, r, alpha, sigma: [sigma], s },
            drawStream(seed, m, n, copy),
          );
          const b = b1.data.subarray(0, r), a = b.map((_, i) => a1.data[i * a1.columns]);
          return {
            ...{ m, n, kappa: alpha ** 2 * m, copy, initial: first.loss, loss: last.loss },
            ...{ half: first.half, law: law.halfTime(b, a) },
            small: escapeTime({ s, sigma, power: first.power }),
          };
        });
      });
    },
    figure: draw,
    table: worded((rows, parameters) =>
      [...Map.groupBy(rows, ({ m, n }) => `${m} ${n}`).values()].map((here) => {
        const [{ m, n, kappa }] = here, law = lawOf(parameters, m, n);
        const mean = (of: (row: DimensionRow) => number) => summary(here.map(of)).mean;
        return {
          ...{ m, n, kappa, "mean T½": mean(({ half }) => half ?? NaN) },
          ...{ "law": mean((row) => row.law), "T4": mean(({ small }) => small) },
          ...{ "L(0)": mean(({ initial }) => initial), "its law": law.initialLoss },
          ...{ "late L": mean(({ loss }) => loss), "law of it": law.lateLoss(parameters.at) },
        };
      })
    ),
  },
);
