/**
 * F4: what follows the plateau. Balanced starts forget their scale, imbalanced ones end exponentially.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  geomspace,
  linspace,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  legendOf,
  scaleWords,
  type Series,
} from "../../../../figure/mod.ts";
import { portable } from "../../../../random/mod.ts";
import { growthModes } from "../../bases.ts";
import { factorization, seedNumber } from "../../problems/mod.ts";
import { plainProblem, type ProblemLike, problemOf } from "../../shapes.ts";
import { layerStart, startAdapters, type StartLike, startWords } from "../../starts.ts";
import { tailRun } from "../../simulation/runs/tail_run.ts";
import { balancedTail, imbalancedTail } from "../../theory/excess/slow_tail.ts";
import { REFERENCE, startSeeds, TIME } from "../physics.ts";
import { worded } from "../worded.ts";

/** A moment of a long run. */
export interface SlowTailRow extends Row {
  /** `"balanced"` or `"imbalanced"`. */
  kind: string;
  /** Scale of the start. */
  alpha: number;
  /** Rank of the adapter. */
  r: number;
  /** Seed of the start. */
  seed: string;
  /** Flow time. */
  at: number;
  /** Loss. */
  loss: number;
  /** T8c of the same start. */
  predicted: number;
  /** What it tends to: `q/(8s²t²)` for a balanced start; null for an imbalanced one. */
  limit: number | null;
  /** Directions that decay, for a balanced start. */
  q: number | null;
  /** Rate of the end, `2s²|δ_η|`, for an imbalanced start; null for a balanced one. */
  rate: number | null;
  /** `‖B_⊥η‖² + ‖A_⊥ᵀη‖²` of an imbalanced start, of which `δ_η` is the difference. */
  size: number | null;
}

/**
 * Parameters of {@linkcode slowTail}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const slowTailParameters = {
  problem: param.value<ProblemLike>(
    factorization({ m: 6 }),
    "a problem with one adapter and w2 = s times orthonormal columns: factorization() or your own",
    (problem) => problemOf(problem),
    "a problem { w2, target }",
  ),
  balanced: param.value<StartLike>(
    "balanced",
    "start with BᵀB = AAᵀ",
    layerStart,
    "balanced, spectral or your own",
  ),
  imbalanced: param.value<StartLike>(
    "gauss",
    "start without that, at the rank k + 1",
    layerStart,
    "gauss or your own",
  ),
  r: param.integer(3, "rank of the balanced adapter", { least: 1 }),
  alpha: param.numbers([0.05, 0.0125, 0.003125], "scales α of the starts", { above: 0 }),
  turns: param.numbers(
    geomspace(0.025, 250, 25),
    "times of the balanced runs, in units of 1/α²",
    { above: 0 },
  ),
  laps: param.numbers(
    [...linspace(0.625, 10, 16), 12.5],
    "times of the imbalanced runs, in units of 1/α²; the last two give the rate of the end",
    { above: 0, entries: 2 },
  ),
  first: param.integer(51, `seed of the balanced start under the seed "${REFERENCE}"`, {
    least: 0,
  }),
  seed: param.seed(
    REFERENCE,
    `seed of the starts; "${REFERENCE}" takes first, and the next for the imbalanced one`,
  ),
};

type Parameters = Values<typeof slowTailParameters>;

function draw(rows: readonly SlowTailRow[], parameters: Parameters): Figure {
  const { alpha, r, balanced, imbalanced, problem } = parameters;
  const { name = "own problem" } = problem, scales = [...alpha].toSorted((a, b) => b - a);
  const series = (kind: string, of: (here: SlowTailRow[], scale: number) => Omit<Series, "name">) =>
    scales.map((scale, look) => {
      const here = where(where(rows, "kind", kind), "alpha", scale);
      return { name: `/{α} = ${scaleWords(scale)}`, look, ...of(here, scale) };
    });
  const far = where(rows, "kind", "balanced").toSorted((a, b) => a.at - b.at);
  const limit = far.map(({ at: x, limit }) => ({ x, y: limit! }));
  const time = { label: TIME, type: "log" } as const;
  const drawings: Drawing[] = [
    {
      title: "balanced start",
      ...{ x: time, y: { label: "loss /{L}", type: "log" } },
      series: [
        ...series("balanced", (here) => ({
          line: here.map(({ at: x, predicted: y }) => ({ x, y })),
          marks: here.map(({ at: x, loss: y }) => ({ x, y })),
        })),
        { name: "/{q}/(8/{s}²/{t}²)", guide: limit },
      ],
    },
    {
      title: "balanced, over its limit",
      x: { label: "flow time in units of 1//{α}²", type: "log" },
      y: { label: "8/{s}²/{t}²/{L}//{q}" },
      series: series("balanced", (here, scale) => ({
        line: here.map(({ at, predicted, limit }) => ({
          x: at * scale ** 2,
          y: predicted / limit!,
        })),
        marks: here.map(({ at, loss, limit }) => ({ x: at * scale ** 2, y: loss / limit! })),
      })),
    },
    {
      title: "imbalanced start",
      x: { label: "flow time in units of 1//{α}²" },
      y: { label: "loss over α⁴, /{L}//{α}⁴", type: "log" },
      series: series("imbalanced", (here, scale) => ({
        line: here.map(({ at, predicted }) => (
          { x: at * scale ** 2, y: predicted / scale ** 4 }
        )),
        marks: here.map(({ at, loss }) => ({ x: at * scale ** 2, y: loss / scale ** 4 })),
      })),
    },
    {
      title: "run / theory",
      x: { label: "flow time in units of 1//{α}²", type: "log" },
      y: { label: "|/{L} ÷ theory − 1|", type: "log" },
      series: series("balanced", (here, scale) => ({
        marks: here.map(({ at, loss, predicted }) => (
          { x: at * scale ** 2, y: Math.abs(loss / predicted - 1) }
        )).filter(({ y }) => y > 0),
      })),
    },
  ];
  return figureOf(drawings, {
    columns: 2,
    legend: legendOf(drawings[0].series),
    caption:
      `After the plateau of ${name}: one start at each scale; symbols are runs, lines T8c of the ` +
      `same start. (a, b) ${startWords(balanced)}, r = ${r}: whatever α, the loss ends on ` +
      `q/(8s²t²) with q = ${far[0].q}. (c) ${startWords(imbalanced)}, r = ${
        rankOf(parameters) + 1
      }: ` +
      "exponential at the rate 2s²|δ|, which is of order α². (d) Relative deviation from T8c in (a).",
  });
}

/** Rank of the target. */
function rankOf({ problem }: Pick<Parameters, "problem">): number {
  return growthModes(problemOf(problem)).rates1.length;
}

/** T8c of a start from its seed. */
interface Law {
  readonly q: number | null;
  readonly rate: number | null;
  readonly size: number | null;
  readonly loss: (t: number) => number;
  readonly limit: (t: number) => number | null;
}

function lawOf(kind: string, parameters: Parameters, alpha: number, r: number, seed: string): Law {
  const problem = problemOf(parameters.problem), draws = portable(seedNumber("draw a start", seed));
  const start = kind === "balanced" ? parameters.balanced : parameters.imbalanced;
  const adapters = startAdapters(problem, { start, r, alpha, draws });
  if (kind === "balanced") return { rate: null, size: null, ...balancedTail(problem, adapters) };
  const { sizes: [b, a], ...tail } = imbalancedTail(problem, adapters);
  return { q: null, limit: () => null, size: b + a, ...tail };
}

/** Rates of the end of the imbalanced runs: from the last two times, and of theory. */
function endRates(rows: readonly SlowTailRow[], alpha: number): { run: number; theory: number } {
  const [before, end] = where(where(rows, "kind", "imbalanced"), "alpha", alpha).slice(-2);
  return { run: Math.log(before.loss / end.loss) / (end.at - before.at), theory: end.rate! };
}

/**
 * Loss long after the escape, from a balanced and from an imbalanced start at several scales, with T8c of
 * the same start beside each run.
 *
 * Rows: a moment of a run each.
 * Source: ours, T8c.
 *
 * @example The limit does not know the scale; it knows `s`.
 * ```ts
 * import { factorization, slowTail } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rows } = await slowTail({
 *   ...{ problem: factorization({ m: 5, n: 9, sigma: [0.8], s: 1.7 }), r: 4 },
 *   ...{ alpha: [0.05, 0.02], turns: [1000], laps: [1, 2] },
 * });
 * const [one, other] = rows.filter(({ kind }) => kind === "balanced");
 * assertAlmostEquals(one.loss * (1.7 * one.at) ** 2, other.loss * (1.7 * other.at) ** 2, 1e-3);
 * ```
 */
export const slowTail: Experiment<typeof slowTailParameters, SlowTailRow[], Figure> = experiment({
  name: "after the plateau",
  about:
    "How the plateau of the excess rank ends: algebraically from balanced starts, else slowly.",
  parameters: slowTailParameters,
  quick: {
    alpha: [0.05, 0.0125],
    turns: geomspace(0.025, 25, 13),
    laps: [0.625, 2.5, 5, 10, 12.5],
  },
  check: ({ turns, laps, alpha, r, ...rest }, refuse) => {
    const rising = (list: readonly number[]) => list.every((x, i) => i === 0 || x > list[i - 1]);
    if (!rising(turns)) refuse("turns", "increasing", turns);
    if (!rising(laps)) refuse("laps", "increasing", laps);
    if (new Set(alpha).size < alpha.length) refuse("alpha", "different numbers", alpha);
    const k = rankOf(rest);
    if (r <= k) refuse("r", `> ${k}, the rank of the target, else nothing is left`, r);
  },
  run: async (parameters, { sweep }) => {
    const { problem: like, balanced, imbalanced, alpha, turns, laps, first, seed } = parameters;
    const problem = problemOf(like), seeds = startSeeds(seed, first, 2), rows: SlowTailRow[] = [];
    const kinds = [
      { kind: "balanced", startedBy: balanced, r: parameters.r, units: turns, seed: seeds[0] },
      {
        kind: "imbalanced",
        startedBy: imbalanced,
        r: rankOf(parameters) + 1,
        units: laps,
        seed: seeds[1],
      },
    ];
    for (const { kind, startedBy, r, units, seed } of kinds) {
      const cells = alpha.map((scale) => (
        {
          problem: plainProblem(problem),
          startedBy,
          alpha: scale,
          r,
          times: units.map((x) => x / scale ** 2),
        }
      ));
      const runs = await sweep({
        run: tailRun,
        workers: 0,
        cells,
        seeds: [seed],
        name: `${kind} start, long runs`,
      });
      const laws = new Map(alpha.map((scale) => [scale, lawOf(kind, parameters, scale, r, seed)]));
      for (const { alpha, at, loss } of runs) {
        const { loss: predicted, limit, q, rate, size } = laws.get(alpha)!;
        rows.push({
          ...{ kind, alpha, r, seed, at, loss, q, rate, size },
          ...{ predicted: predicted(at), limit: limit(at) },
        });
      }
    }
    return rows;
  },
  figure: draw,
  table: worded((rows) =>
    distinct(rows, "alpha").map((alpha) => {
      const last = where(where(rows, "kind", "balanced"), "alpha", alpha).at(-1)!;
      const { run, theory } = endRates(rows, alpha);
      return {
        ...{ alpha, "t (balanced)": last.at, "L ÷ T8c": last.loss / last.predicted },
        ...{ "8s²t²L/q": last.loss / last.limit!, "rate (imbalanced)": run },
        ...{ "2s²|δ|": theory, "rate ÷ theory": run / theory },
      };
    })
  ),
});
