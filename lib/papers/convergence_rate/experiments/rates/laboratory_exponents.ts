/**
 * F10, C39: exponents of power laws to astronomic times, for every exponent of the rule.
 *
 * @module
 */
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
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  listed,
  scaleWords,
} from "../../../../figure/mod.ts";
import { powerLaw } from "../../scalar.ts";
import { balancedRun } from "../../simulation/scalar.ts";
import { laboratory } from "../../theory/laboratory.ts";
import { powerExponents } from "../../theory/rates.ts";

/** A local exponent. */
export interface ExponentRow extends Row {
  /** Exponent of the slope. */
  p: number;
  /** Exponent of the rule. */
  q: number;
  /** Steps. */
  t: number;
  /** `d log ‖∇J‖²/d log t`. */
  exponent: number;
}

/** The flow beside steps. */
export interface DiscreteRow extends Row {
  /** Exponent of the slope. */
  p: number;
  /** Exponent of the rule. */
  q: number;
  /** Steps. */
  t: number;
  /** `‖∇J‖²` of the flow over that of the steps, minus 1. */
  off: number;
}

/** Rows of {@linkcode laboratoryExponents}. */
export type ExponentRows = { courses: ExponentRow[]; rules: ExponentRow[]; steps: DiscreteRow[] };

/**
 * Parameters of {@linkcode laboratoryExponents}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const exponentParameters = {
  p: param.numbers([1.1, 1.25, 1.5, 2, 3, 5], "exponents p of the slope", { above: 1 }),
  q: param.numbers(linspace(0, 2, 9), "exponents q of the rule", { least: 0 }),
  x0: param.number(0.25, "first update x₀", { above: 0 }),
  end: param.number(1e30, "last number of steps", { above: 100, most: 1e60 }),
  steps: param.integers(
    [1000, 100_000],
    "numbers of steps at which the flow is compared with steps",
    { least: 10 },
  ),
};

type Parameters = Values<typeof exponentParameters>;

function draw({ courses, rules }: ExponentRows, parameters: Parameters): Figure {
  const { p, q, x0, end } = parameters, name = (one: number) => `/{p} = ${formatNumber(one)}`;
  const decades = Math.log10(end), log = (x: number) => Math.log10(x);
  const course: Drawing = {
    title: "local exponent, paper's rule",
    x: { label: "log_{10} of the steps" },
    y: { label: "d log ‖∇/{J}‖² / d log /{t}" },
    series: p.map((one) => ({
      name: name(one),
      line: [0, decades].map((x) => ({ x, y: powerExponents(one).gradient2 })),
      marks: where(courses, "p", one).map(({ t, exponent }) => ({ x: log(t), y: exponent })),
    })),
  };
  const low = Math.min(...q), high = Math.max(...q);
  const rule: Drawing = {
    title: "exponent at the end",
    x: { label: "exponent /{q} of the rule" },
    y: { label: "exponent of ‖∇/{J}‖²" },
    series: p.map((one) => ({
      name: name(one),
      line: linspace(low, high, 30).map((x) => ({ x, y: powerExponents(one, x).gradient2 })),
      marks: where(rules, "p", one).map(({ q, exponent }) => ({ x: q, y: exponent })),
    })),
  };
  return figureOf([course, rule], {
    columns: 2,
    aspect: 0.85,
    legend: legendOf(course.series),
    caption:
      `Flow of the rule η = min{1/(cL(‖V‖^(2q) + |f′|)), 1} on power laws p = ${
        listed(p.map((x) => formatNumber(x)))
      }, ` +
      `L = p, from x₀ = ${
        formatNumber(x0)
      } (symbols: ODE in log t; lines: theory). (a) Local exponent of the squared ` +
      `gradient up to ${
        scaleWords(end)
      } steps at q = 1, the paper's rule. (b) Exponent there against q; q = 0 is a ` +
      "constant step.",
  });
}

/**
 * Local exponents of power laws by the laboratory, and its flow beside steps of the same rule.
 *
 * Rows: `courses` at `q = 1`, `rules` at the end, `steps` of the smallest `p`.
 * Source: ours.
 *
 * @example Steps of a rule with q = ½ follow its flow.
 * ```ts
 * import { laboratoryExponents } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await laboratoryExponents({ p: [2], q: [0.5], end: 1e9, steps: [20_000] });
 * assert(rows.steps.every(({ off }) => Math.abs(off) < 1e-3));
 * ```
 */
export const laboratoryExponents: Experiment<typeof exponentParameters, ExponentRows, Figure> =
  experiment({
    name: "exponents to astronomic times",
    about: "Exponents of power laws at any time, for every exponent of the rule.",
    parameters: exponentParameters,
    check: ({ p, q, steps }, refuse) => {
      if (new Set(p).size < p.length) refuse("p", "different numbers", p);
      if (new Set(q).size < q.length) refuse("q", "different numbers", q);
      if (steps.some((t, i) => i > 0 && t <= steps[i - 1])) refuse("steps", "rising", steps);
    },
    run: ({ p, q, x0, end, steps }) => {
      const flow = (one: number, power: number, times: readonly number[]) => {
        const { slope, smoothness } = powerLaw(one);
        return laboratory({ slope, smoothness, x0, power, times }).rows;
      };
      const least = Math.min(...p);
      return {
        courses: p.flatMap((one) =>
          flow(one, 1, geomspace(10, end, 30)).map(({ t, exponent }) => ({
            p: one,
            q: 1,
            t,
            exponent,
          }))
        ),
        rules: p.flatMap((one) =>
          q.map((power) => ({
            p: one,
            q: power,
            t: end,
            exponent: flow(one, power, [end])[0].exponent,
          }))
        ),
        steps: [...new Set([1, ...q])].flatMap((power) => {
          const { slope, smoothness } = powerLaw(least);
          const rule = ({ smoothness: L, v2, g }: { smoothness: number; v2: number; g: number }) =>
            Math.min(1 / (4 * Math.SQRT2 * L * (v2 ** power + g)), 1);
          const run = balancedRun({ slope, smoothness }, Math.sqrt(x0), steps, rule);
          return flow(least, power, steps).map(({ t, gradient2 }, i) => (
            { p: least, q: power, t, off: gradient2 / run[i].gradient2 - 1 }
          ));
        }),
      };
    },
    figure: draw,
    table: ({ steps }) => steps,
  });
