/**
 * T9 for any problem S: random starts of several scales against the universal curve of the problem.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
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
  sentence,
} from "../../../../figure/mod.ts";
import { plainProblem, type ProblemLike, problemOf } from "../../shapes.ts";
import { layerStart, startWords } from "../../starts.ts";
import { tiltedRun } from "../../simulation/runs/tilted_run.ts";
import { tiltedTarget, universalCurve } from "../../theory/tilted/tilted.ts";
import { tiltedProblem } from "../../problems/tilted.ts";
import { seedParameter, startParameter, startSeeds } from "../physics.ts";
import { worded } from "../worded.ts";

/** A moment of a run beside the universal curve. */
export interface CollapseRow extends Row {
  /** Name of the start. */
  start: string;
  /** Its scale. */
  alpha: number;
  /** Flow time. */
  at: number;
  /** Shift `τ` of the start. */
  shift: number;
  /** Loss of the run. */
  loss: number;
  /** Loss of the curve at `at + shift`. */
  curve: number;
}

/**
 * Parameters of {@linkcode collapse}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const collapseParameters = {
  problem: param.value<ProblemLike>(
    tiltedProblem({ degrees: 30 }),
    "a problem S with a rank-one target, at any angle to the singular directions of w2",
    (problem) => tiltedTarget(problemOf(problem)),
    "a problem { w2, target } with one adapter and a target of rank one",
  ),
  start: startParameter("gauss", "start of the adapter"),
  alpha: param.numbers([1e-2, 1e-3, 1e-4], "scales α of the start", { above: 0 }),
  r: param.integer(1, "rank of the adapter", { least: 1 }),
  horizon: param.number(60, "last time on the curve", { above: 0 }),
  points: param.integer(241, "number of times", { least: 2 }),
  seed: seedParameter(81),
};

type Parameters = Values<typeof collapseParameters>;

/** Largest distance `|log(L/curve)|` of each scale, where the curve is above `floor`. */
export function collapseDistance(rows: readonly CollapseRow[], floor: number): Map<number, number> {
  return new Map(
    distinct(rows, "alpha").map((alpha) => {
      const here = where(rows, "alpha", alpha).filter(({ loss }) => loss > floor);
      return [alpha, Math.max(...here.map(({ loss, curve }) => Math.abs(Math.log(loss / curve))))];
    }),
  );
}

function draw(rows: readonly CollapseRow[], parameters: Parameters): Figure {
  const { alpha, horizon, start, r } = parameters, problem = problemOf(parameters.problem);
  const target = tiltedTarget(problem), law = universalCurve(target), sigma = target.sigma!;
  const from = -0.15 * horizon, low = Math.max(1e-13 * sigma ** 2, 0.3 * law.irreducible);
  const scales = [...alpha].toSorted((x, y) => y - x),
    x = { label: "time on the curve, /{t} + /{τ}" };
  const of = (scale: number) => where(rows, "alpha", scale);
  const every = (scale: number, i: number) => of(scale).filter((_, k) => k % 15 === (5 * i) % 15);
  const drawings: Drawing[] = [
    {
      title: "loss",
      x: { label: "flow time /{t}" },
      y: { label: "loss /{L}", type: "log" },
      series: scales.map((scale, i) => ({
        name: `/{α} = ${scaleWords(scale)}`,
        line: of(scale).map(({ at: x, curve: y }) => ({ x, y })).filter(({ y }) => y > low),
        marks: every(scale, i).map(({ at: x, loss: y }) => ({ x, y })).filter(({ y }) => y > low),
      })),
    },
    {
      title: "on one curve",
      x: { ...x, domain: [from, horizon] },
      y: { label: "loss /{L}", type: "log" },
      series: [
        ...scales.map((scale, i) => ({
          name: `/{α} = ${scaleWords(scale)}`,
          marks: every(scale, i).map(({ at, shift, loss: y }) => ({ x: at + shift, y }))
            .filter(({ x, y }) => x > from && y > low),
        })),
        {
          name: "universal curve",
          look: 5,
          line: linspace(from, horizon, 241).map((x) => ({ x, y: law.loss(x) }))
            .filter(({ y }) => y > low),
        },
      ],
    },
    {
      title: "distance",
      x: { ...x, domain: [from, horizon] },
      y: { label: "|/{L} ÷ curve − 1|", type: "log" },
      series: scales.map((scale, i) => {
        const place = ({ at, shift, loss, curve }: CollapseRow) => (
          { x: at + shift, y: Math.abs(loss / curve - 1), curve }
        );
        const counted = ({ x, y, curve }: ReturnType<typeof place>) =>
          x > from && y > 0 && curve > low && curve < 0.49 * sigma ** 2;
        return {
          name: `/{α} = ${scaleWords(scale)}`,
          thin: of(scale).map(place).filter(counted),
          marks: every(scale, i).map(place).filter(counted),
        };
      }),
    },
  ];
  const { name = "own problem" } = problem;
  return figureOf(drawings, {
    columns: 3,
    legend: legendOf(drawings[1].series),
    caption: `${sentence(name)}, r = ${r}: one start (${startWords(start)}) at each ` +
      "scale. (a) Symbols: runs; lines: the universal curve of T9, shifted by τ = log(‖z₁‖/√2)/λ of the " +
      "start. (b) The same on the time of the curve. (c) What remains, of order α. Flow time is step size times steps." +
      (law.irreducible > 0
        ? ` A loss of ${
          scaleWords(Number(law.irreducible.toPrecision(3)))
        } is outside the range of W₂.`
        : ""),
  });
}

/**
 * Random starts of a problem S at several scales against its universal curve, with no fit.
 *
 * Rows: a moment of a run each.
 * Source: ours, T9; outside the paper's Assumption 2.2.
 *
 * @example A frozen factor of one's own.
 * ```ts
 * import { collapse, collapseDistance } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const problem = { w2: [[2, 0.3], [0, 0.7], [0.4, 0]], target: [[0.6, 0], [0.5, 0], [0.2, 0]] };
 * const { rows } = await collapse({ problem, alpha: [1e-2, 1e-3], horizon: 30 });
 * const [coarse, fine] = collapseDistance(rows, 1e-9).values();
 * assert(fine < 0.2 * coarse);
 * ```
 */
export const collapse: Experiment<typeof collapseParameters, CollapseRow[], Figure> = experiment({
  name: "collapse on the universal curve",
  about:
    "That small starts of a problem with any rank-one target follow one curve but for a shift.",
  parameters: collapseParameters,
  quick: { alpha: [1e-2, 1e-3], points: 121 },
  check: ({ alpha }, refuse) => {
    if (new Set(alpha).size < alpha.length) refuse("alpha", "different numbers", alpha);
  },
  run: async ({ problem: like, start, alpha, r, horizon, points, seed }, { sweep }) => {
    const problem = problemOf(like), curve = universalCurve(tiltedTarget(problem));
    const cells = alpha.map((scale) => ({
      ...{ problem: plainProblem(problem), startedBy: start, alpha: scale, r, below: [] },
      ...{ precondition: false, times: linspace(0, horizon - curve.shift(scale), points) },
    }));
    const rows = await sweep({ run: tiltedRun, workers: 0, cells, seeds: startSeeds(seed, 81, 1) });
    return alpha.flatMap((scale) => {
      const here = where(rows, "alpha", scale);
      const shift = curve.shift(where(here, "quantity", "norm")[0].value!);
      return where(here, "quantity", "loss").map(({ at, value }) => ({
        ...{ start: layerStart(start).name, alpha: scale, at, shift, loss: value! },
        curve: curve.loss(at + shift),
      }));
    });
  },
  figure: draw,
  table: worded((rows) =>
    [...collapseDistance(rows, 1e-9)].map(([alpha, distance]) => (
      { alpha, "largest |log(L/curve)|, L > 10⁻⁹": distance }
    ))
  ),
});
