/**
 * F3, C36: below `L = 1/(8√2)` the printed rule, and every statement about it, fails for ever.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  param,
  type Row,
  type Values,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
} from "../../../../figure/mod.ts";
import { matrix } from "../../../../linalg/mod.ts";
import type { Loss } from "../../losses.ts";
import { LEAST_SMOOTHNESS } from "../../rules.ts";
import { course } from "../../simulation/courses.ts";
import { sqrtFormula } from "../../theory/bounds.ts";
import { repeats, ruleNamesOf, rulesParameter } from "../physics.ts";

/**
 * `f(x) = gx` for `x ≥ 0`, `gx + Lx²/2` below, down to its minimum `−g²/(2L)`: `L`-smooth and bounded below.
 *
 * Source: ours.
 *
 * @param smoothness `L > 0`.
 * @param g Slope `> 0`.
 */
export function kinkLoss(smoothness: number, g: number): Loss {
  const low = -g / smoothness;
  return {
    ...{ name: "kink", rows: 1, columns: 1, smoothness, low: -g * g / (2 * smoothness) },
    evaluate({ data: [x] }, gradient) {
      const y = Math.max(x, low);
      gradient.data[0] = x >= 0 ? g : x > low ? g + smoothness * x : 0;
      return x >= 0 ? g * x : g * y + smoothness * y * y / 2;
    },
  };
}

/** A run at a step. */
export interface CycleRow extends Row {
  /** Name of the rule. */
  rule: string;
  /** Steps done. */
  t: number;
  /** `J − L*`. */
  gap: number;
  /** `‖V‖²`. */
  v2: number;
  /** `min_{s<t} ‖∇J_s‖²`; null at `t = 0`. */
  minGradient2: number | null;
}

/**
 * Parameters of {@linkcode twoCycle}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const cycleParameters = {
  smoothness: param.number(0.05, "smoothness constant L", { above: 0 }),
  slope: param.number(5, "slope g of the loss for x ≥ 0", { above: 0 }),
  u0: param.number(1.2, "start a = b", { above: 0 }),
  rules: rulesParameter(["printed", "paper", "simple"]),
  steps: param.integer(100_000, "steps", { least: 1 }),
};

type Parameters = Values<typeof cycleParameters>;

function draw(rows: readonly CycleRow[], p: Parameters): Figure {
  const names = ruleNamesOf(p.rules), first = rows[0];
  const formula = { smoothness: p.smoothness, gap: first.gap, v2: first.v2 };
  const of = (name: string, y: (row: CycleRow) => number | null) =>
    rows.filter((row) => row.rule === name && row.t > 0).flatMap((row) => {
      const value = y(row);
      return value !== null && value > 0 ? [{ x: row.t, y: value }] : [];
    });
  const times = rows.filter(({ rule, t }) => rule === names[0] && t > 0).map(({ t }) => t);
  const x = { label: "steps /{t}", type: "log" } as const;
  const gap: Drawing = {
    ...{ title: "loss above its infimum", x, y: { label: "/{J} − /{L}*" } },
    series: names.map((name) => ({
      name,
      marks: of(name, (row) => row.gap),
      thin: of(name, (row) => row.gap),
    })),
  };
  const gradient: Drawing = {
    ...{
      title: "smallest gradient",
      x,
      y: { label: "min ‖∇/{J}‖²", type: "log", domain: [1e-6, 3e5] },
    },
    series: [
      ...names.map((name) => {
        const all = of(name, (row) => row.minGradient2).map(({ x, y }) => ({
          x,
          y: Math.max(y, 1e-9),
        }));
        return { name, marks: all.filter(({ y }) => y > 1e-6), thin: all };
      }),
      { name: "formula (sqrt)", line: times.map((T) => ({ x: T, y: sqrtFormula(formula, T) })) },
    ],
  };
  return figureOf([gap, gradient], {
    columns: 2,
    legend: legendOf(gradient.series),
    caption: `A loss of slope ${formatNumber(p.slope)} and L = ${formatNumber(p.smoothness)} ` +
      `(${
        p.smoothness < LEAST_SMOOTHNESS ? "below" : "not below"
      } 1/(6√2) = 0.118), from a = b = ` +
      `${
        formatNumber(p.u0)
      }: symbols and thin lines are runs of each rule, the line of (b) is the formula ` +
      "(sqrt) with this L.",
  });
}

/**
 * A loss of small curvature on which the rule of the paper, read without `L ≥ 1/(6√2)`, cycles between `u` and `−u`:
 * `ηg = 2`.
 *
 * Rows: the runs at logarithmically spaced steps.
 * Source: ours.
 *
 * @example At L = 0.2 nothing is wrong.
 * ```ts
 * import { twoCycle } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await twoCycle({ smoothness: 0.2, rules: ["printed"], steps: 1000 });
 * assert(rows.at(-1)!.gap < rows[0].gap);
 * ```
 */
export const twoCycle: Experiment<typeof cycleParameters, CycleRow[], Figure> = experiment({
  name: "two-cycle of the printed rule",
  about: "A loss of small L on which the printed rule never gets anywhere.",
  parameters: cycleParameters,
  check: ({ rules }, refuse) => {
    if (repeats(ruleNamesOf(rules))) refuse("rules", "rules of different names", rules);
  },
  run: ({ smoothness, slope, u0, rules, steps }) => {
    const loss = kinkLoss(smoothness, slope), one = matrix(1, 1, [u0]), start = { b: one, a: one };
    const names = ruleNamesOf(rules);
    return rules.flatMap((rule, i) =>
      course({ loss, start }, { rule, steps, density: 4 }).points.map((point): CycleRow => ({
        rule: names[i],
        t: point.t,
        gap: point.loss - loss.low,
        v2: point.v2,
        minGradient2: point.t > 0 ? point.minGradient2 : null,
      }))
    );
  },
  figure: draw,
});
