/**
 * F8, C16, C17: what one fixed loss gives: power laws.
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
  slope,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  scaleWords,
} from "../../../../figure/mod.ts";
import { rateRule } from "../../rules.ts";
import { powerLaw } from "../../scalar.ts";
import { balancedRun, type ScalarRow } from "../../simulation/scalar.ts";
import { powerExponents, powerGradient2 } from "../../theory/rates.ts";
import { ruleParameter } from "../physics.ts";

/** A run on a power law at a time. */
export interface PowerRow extends ScalarRow {
  /** Exponent of the slope. */
  p: number;
}

/** Exponents of a run over its last decade. */
export interface PowerSlopes extends Row {
  /** Exponent of the slope. */
  p: number;
  /** Of `‖∇_V J‖²`. */
  gradient2: number;
  /** Of `‖∇_W L‖²`. */
  full2: number;
  /** Of `‖∇_W L‖²` of full gradient descent. */
  descent2: number;
  /** Of `‖V‖²`. */
  v2: number;
  /** Of `S_T`. */
  time: number;
}

/** Exponents over the last decade of each run. */
export function powerSlopes(rows: readonly PowerRow[]): PowerSlopes[] {
  return [...Map.groupBy(rows, ({ p }) => p)].map(([p, own]) => {
    const late = own.filter(({ t }) => t >= own.at(-1)!.t / 10 * (1 - 1e-9));
    const x = late.map(({ t }) => Math.log(t));
    const of = (key: "gradient2" | "full2" | "descent2" | "v2" | "time") =>
      slope(x, late.map((row) => Math.log(row[key])));
    const [gradient2, full2, descent2] = [of("gradient2"), of("full2"), of("descent2")];
    return { p, gradient2, full2, descent2, v2: of("v2"), time: of("time") };
  });
}

/**
 * Parameters of {@linkcode powerLaws}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const powerParameters = {
  p: param.numbers([1.1, 1.25, 1.5, 2, 3, 5], "exponents p of the slope −(1 + x)^(−p)", {
    above: 1,
  }),
  u0: param.number(0.5, "start a = b = u₀", { above: 0 }),
  steps: param.integer(1_000_000, "steps", { least: 100 }),
  rule: ruleParameter("paper", "learning-rate rule; theory knows the paper's only"),
};

type Parameters = Values<typeof powerParameters>;

function draw(rows: readonly PowerRow[], parameters: Parameters): Figure {
  const { p, u0, steps, rule } = parameters, name = (one: number) => `/{p} = ${formatNumber(one)}`;
  const own = rule === "paper", slopes = powerSlopes(rows);
  const course: Drawing = {
    title: "squared gradient",
    x: { label: "steps /{t}", type: "log" },
    y: { label: "‖∇_{V} /{J}‖²", type: "log" },
    series: p.map((one) => ({
      name: name(one),
      ...(own
        ? {
          line: geomspace(Math.min(100, steps / 10), steps, 2).map((t) => ({
            x: t,
            y: powerGradient2(one, t),
          })),
        }
        : {}),
      marks: where(rows, "p", one).map(({ t, gradient2 }) => ({ x: t, y: gradient2 })),
    })),
    legend: "above",
  };
  const low = Math.min(...p), high = Math.max(...p);
  const wide = linspace(Math.max(1.02, low - 0.1), high + 0.1, 40);
  const kinds = [
    ["gradient2", "‖∇_{V} /{J}‖²"],
    ["full2", "‖∇_{W} /{L}‖²"],
    ["descent2", "‖∇_{W} /{L}‖², full descent"],
  ] as const;
  const exponent: Drawing = {
    title: "exponents, last decade",
    x: { label: "exponent /{p} of the slope" },
    y: { label: "exponent in /{T}" },
    series: kinds.map(([key, words]) => ({
      name: words,
      ...(own && key !== "descent2"
        ? { line: wide.map((x) => ({ x, y: powerExponents(x)[key] })) }
        : {}),
      marks: slopes.map((row) => ({ x: row.p, y: row[key] })),
    })),
    legend: "above",
  };
  return figureOf([course, exponent], {
    columns: 2,
    aspect: 0.85,
    caption:
      `Slopes f′ = −(1 + x)^(−p), L = p, rule ${rateRule(rule).name} from a = b = ${
        formatNumber(u0)
      }, ` +
      `${scaleWords(steps)} steps (symbols). (a) Squared gradient` +
      `${
        own ? ", and its asymptote with prefactor (lines)" : ""
      }. (b) Exponents over the last decade` +
      `${own ? " against theory (lines)" : "; theory knows the paper's rule only"}.`,
  });
}

/**
 * Balanced scalar adapters on power laws: gradients, sizes and exponents.
 *
 * Rows: points of the runs, four a decade.
 * Source: ours.
 *
 * @example
 * ```ts
 * import { powerExponents, powerLaws, powerSlopes } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rows } = await powerLaws({ p: [1.7], steps: 100_000 });
 * assertAlmostEquals(powerSlopes(rows)[0].full2, powerExponents(1.7).full2, 1e-3);
 * ```
 */
export const powerLaws: Experiment<typeof powerParameters, PowerRow[], Figure> = experiment({
  name: "power laws",
  about: "Rates on one fixed loss whose slope is a power law.",
  parameters: powerParameters,
  check: ({ p }, refuse) => {
    if (new Set(p).size < p.length) refuse("p", "different numbers", p);
  },
  run: ({ p, u0, steps, rule }) => {
    const decades = Math.log10(steps), count = Math.round(4 * (decades - 1)) + 1;
    const times = [...new Set(geomspace(10, steps, count).map(Math.round))];
    return p.flatMap((one) =>
      balancedRun(powerLaw(one), u0, times, rule).map((row) => ({ p: one, ...row }))
    );
  },
  figure: draw,
  table: (rows) => powerSlopes(rows),
});
