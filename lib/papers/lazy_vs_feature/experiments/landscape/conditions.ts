/**
 * Condition 3 of the paper: the landscape of random signs, and how often it fails.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import {
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
  type Figure,
  figureOf,
  formatNumber,
  type Panel,
  style,
  theme,
  theory,
} from "../../../../figure/mod.ts";
import { activation } from "../../../../gaussian/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { drawSignSums } from "../../simulation/signs.ts";
import { conditionFailure, conditionHolds, frozenSlope } from "../../theory/mod.ts";
import { shareOf } from "../courses.ts";
import { activationParameter, plainLabel } from "../physics.ts";

/**
 * Parameters of {@linkcode conditions}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const conditionParameters = {
  activation: activationParameter("h3"),
  k: param.integer(257, "neurons of the orthonormal base, odd so that no sum vanishes", {
    least: 3,
  }),
  kappa: param.number(Math.SQRT2, "perturbation per neuron κ of the curves", { above: 0 }),
  curves: param.integer(30, "pairs of signs whose landscapes are drawn", { least: 1, most: 500 }),
  kappas: param.numbers(
    [0.5, Math.SQRT1_2, 0.85, 1, 1.2, Math.SQRT2, 2, 2.8, 4],
    "perturbations at which failures are counted",
    { above: 0 },
  ),
  draws: param.integer(20_000, "pairs of signs behind each share", { least: 100 }),
  seed: param.seed(),
};

type Parameters = Values<typeof conditionParameters>;

/** Tables of a run. */
export type ConditionRows = {
  /** Landscapes over `h(0)`, on the side that it points to. */
  readonly curves: readonly LandscapePoint[];
  /** Shares of failures. */
  readonly failures: readonly ConditionFailureRow[];
};

/** A landscape at one overlap. */
export interface LandscapePoint extends Row {
  /** Number of the pair of signs. */
  curve: number;
  /** Whether Condition 3 holds for it. */
  holds: boolean;
  /** `|m|`. */
  m: number;
  /** `h(m)/h(0)` on the side that `h(0)` points to. */
  ratio: number;
}

/** Share of pairs of signs for which Condition 3 fails. */
export interface ConditionFailureRow extends Row {
  /** Perturbation. */
  kappa: number;
  /** Pairs that fail. */
  failing: number;
  /** Pairs drawn. */
  draws: number;
  /** Share. */
  share: number;
  /** Standard error. */
  se: number;
}

function run(p: Parameters): ConditionRows {
  const { activation, k, kappa } = p, curves: LandscapePoint[] = [];
  const rng = stream(p.seed, "Condition 3", "curves");
  for (let curve = 0; curve < p.curves;) {
    const landscape = { activation, k, kappa, ...drawSignSums(rng, k) };
    const start = frozenSlope(landscape, 0), side = Math.sign(start);
    if (start === 0) continue;
    const holds = conditionHolds(landscape);
    for (const m of linspace(0, 1, 41)) {
      curves.push({ curve, holds, m, ratio: frozenSlope(landscape, side * m) / start });
    }
    curve++;
  }
  const draws = stream(p.seed, "Condition 3", "failures");
  const sums = Array.from({ length: p.draws }, () => drawSignSums(draws, k));
  // Few pairs of integers occur, many times.
  const counts = new Map<string, { A: number; q: number; count: number }>();
  for (const { A, q } of sums) {
    const key = `${Math.round(A * k)} ${Math.round(q * k)}`, known = counts.get(key);
    if (known) known.count++;
    else counts.set(key, { A, q, count: 1 });
  }
  const failures = p.kappas.map((kappa): ConditionFailureRow => {
    let failing = 0;
    for (const { A, q, count } of counts.values()) {
      if (!conditionHolds({ activation, k, kappa, A, q })) failing += count;
    }
    const { share, se } = shareOf(sums, () => false);
    return {
      ...{ kappa, failing, draws: p.draws, share: share + failing / p.draws },
      se: failing === 0 ? se : Math.sqrt(failing / p.draws * (1 - failing / p.draws) / p.draws),
    };
  });
  return { curves, failures };
}

function draw({ curves, failures }: ConditionRows, p: Parameters): Figure {
  const holding = where(curves, "holds", true), failing = where(curves, "holds", false);
  const look = (holds: boolean) => ({
    stroke: holds ? style(0).stroke : "#D55E00",
    strokeDasharray: holds ? "" : theme.dashes[1],
    strokeWidth: holds ? 0.6 : 1.1,
  });
  const line = (rows: LandscapePoint[], holds: boolean) =>
    theory(rows, { x: "m", y: "ratio", z: "curve", ...look(holds), clip: true });
  const left: Panel = {
    title: `${p.curves} pairs of signs, /{κ} = ${formatNumber(p.kappa)}`,
    x: { label: "|/{m}|" },
    y: {
      ...{ label: "/{h}(/{m}) / /{h}(0), symlog", type: "symlog", constant: 1 },
      ...{ domain: [-30, 100], ticks: [-10, -1, 0, 1, 10, 100] },
    },
    legend: {
      at: "above",
      entries: [
        { label: "Condition 3 holds", stroke: look(true).stroke, dash: "" },
        { label: "fails", stroke: look(false).stroke, dash: theme.dashes[1] },
      ],
    },
    marks: [
      Plot.ruleY([0.5], { stroke: "#777", strokeDasharray: "1 2" }),
      line(holding, true),
      line(failing, false),
    ],
  };
  const cubic = activation(p.activation).name === "h3",
    shown = failures.filter((row) => row.failing > 2);
  const ends = geomspace(Math.min(...p.kappas) * 0.8, Math.max(...p.kappas), 49);
  const right = figureOf([{
    title: "share of failures",
    x: { label: "perturbation per neuron /{κ}", type: "log" },
    y: { label: "probability", type: "log", domain: [1e-4, 1] },
    series: [
      { name: "bound (paper)", line: ends.map((x) => ({ x, y: conditionFailure(x).bound })) },
      {
        name: cubic ? "limit, draws" : "draws",
        ...(cubic ? { line: ends.map((x) => ({ x, y: conditionFailure(x).limit })) } : {}),
        marks: shown.map(({ kappa, share }) => ({ x: kappa, y: share })),
        bars: shown.map(({ kappa: x, share: y, se }) => ({ x, y, low: y - se, high: y + se })),
      },
    ],
    legend: "above",
  }], {});
  const name = plainLabel(p.activation);
  return {
    panels: [left, right.panels as Panel],
    columns: 2,
    size: "page",
    rows: { "a, curves": [...curves], ...right.rows as Record<string, Row[]> },
    caption:
      `(a) The population gradient on the side that h(0) points to, ${name}, k = ${p.k}, for random c and ĉ: ` +
      `Condition 3 asks for values above ½ (dotted); the axis is symlog and cut at −30 and 100. (b) Share of ` +
      `pairs of signs for which it fails: marks, ${p.draws} draws ± one standard error (more than two failures); ` +
      `lines, the paper's bound e^{−2/(eκ²)}${
        cubic ? " and the limit P(N₁N₂ < −2/κ²) of k → ∞ for h₃" : ""
      }.`,
  };
}

/**
 * The landscape on the side that `h(0)` points to, for random signs, and the share for which it falls
 * below half of `|h(0)|`.
 *
 * Source: Condition 3 and bound: dayi25a, Lemma 6 and Claim 1; limit for `h₃`: ours.
 *
 * @example
 * ```ts
 * import { conditions } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { rows } = await conditions({ preset: "quick", activation: "h2", kappas: [1], draws: 500 });
 * assertEquals(rows.failures[0].failing, 0);
 * ```
 */
export const conditions: Experiment<typeof conditionParameters, ConditionRows, Figure> = experiment(
  {
    name: "Condition 3",
    about: "Landscapes of random signs, and how often Condition 3 of the paper fails.",
    parameters: conditionParameters,
    quick: { draws: 4000, curves: 20 },
    run,
    figure: draw,
    table: ({ failures }) => failures,
  },
);
