/**
 * F4, C37: how long may a step `κ/(L‖V‖² + γ)` be? An adversary looks for the worst loss and adapter.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  linspace,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, figureOf, formatNumber, legendOf } from "../../../../figure/mod.ts";
import { SIMPLE_CONSTANT } from "../../rules.ts";
import { type KappaRow, kappaSearch } from "../../simulation/kappa_search.ts";
import { kappaDecrease } from "../../theory/lemma.ts";

/** The worst that the search found from one random state. */
export interface KappaTrial extends KappaRow {
  /** `κ`. */
  kappa: number;
}

/** What the search found at one constant. */
export interface KappaWorst extends Row {
  /** `κ`. */
  kappa: number;
  /** Random states. */
  states: number;
  /** Largest ratio of the random states. */
  random: number;
  /** Largest ratio that was found. */
  worst: number;
}

/**
 * Parameters of {@linkcode kappaSharpness}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const kappaParameters = {
  kappas: param.numbers([0.7, SIMPLE_CONSTANT, 0.9, 1, 1.05, 1.1, 1.2], "constants κ", {
    above: 0,
    most: 2,
  }),
  size: param.integer(3, "largest m, n and r", { least: 1 }),
  starts: param.integer(150, "random states from which a search starts", { least: 1 }),
  tries: param.integer(600, "changes tried from each", { least: 0 }),
  seed: param.seed(),
};

type Parameters = Values<typeof kappaParameters>;

/** The worst at each constant. */
export function kappaWorst(rows: readonly KappaTrial[], kappas: readonly number[]): KappaWorst[] {
  const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b), -Infinity);
  return kappas.map((kappa) => {
    const own = where(rows, "kappa", kappa);
    return {
      ...{ kappa, states: own.length },
      random: most(own.map(({ first }) => first)),
      worst: most(own.map(({ worst }) => worst)),
    };
  });
}

function draw(rows: readonly KappaTrial[], p: Parameters): Figure {
  const found = kappaWorst(rows, p.kappas),
    low = Math.min(...p.kappas),
    high = Math.max(...p.kappas);
  const margin = 0.04, ends = [low - margin, high + margin];
  const levels = ends.map(kappaDecrease);
  const series = [
    {
      name: "adversary, −(1 − /{κ}/2)",
      line: linspace(ends[0], ends[1], 2).map((x) => ({ x, y: kappaDecrease(x) })),
      marks: found.map((row) => ({ x: row.kappa, y: row.worst })),
    },
    { name: "worst random state", marks: found.map((row) => ({ x: row.kappa, y: row.random })) },
    { name: "−½, /{κ}^{⋆}, 1", guide: ends.map((x) => ({ x, y: -0.5 })) },
    ...[SIMPLE_CONSTANT, 1].map((x) => ({
      name: "−½, /{κ}^{⋆}, 1",
      guide: [{ x, y: levels[0] }, { x, y: levels[1] }],
    })),
  ];
  return figureOf([{
    title: "",
    x: { label: "/{κ} of the step /{κ}/(/{L}‖/{V}‖² + /{γ})", domain: ends },
    y: { label: "(/{J}_{+} − /{J}) / (/{η}‖∇/{J}‖²)" },
    series,
  }], {
    legend: legendOf(series),
    caption:
      `Largest change of the loss in one step over all losses and adapters with m, n, r ≤ ${p.size} that an ` +
      `adversary found from ${p.starts} random states with ${p.tries} tries each. Line: −(1 − κ/2), which a straight ` +
      `slope at V → 0 attains. Half the decrease is proved for κ⋆ = ${
        formatNumber(SIMPLE_CONSTANT, 3)
      } (left ` +
      "dotted line) and impossible for κ > 1 (right one).",
  });
}

/**
 * An adversary against the rule `κ/(L‖V‖² + γ)`: on the quadratic that is worst for the step, it changes full
 * gradient and adapter for as long as that makes the decrease smaller.
 *
 * Rows: one a random state.
 * Source: ours; a search is no proof.
 *
 * @example
 * ```ts
 * import { kappaSharpness } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await kappaSharpness({ kappas: [0.9], starts: 20, tries: 300 });
 * assert(rows.every(({ worst }) => worst < -0.55 + 1e-12));
 * ```
 */
export const kappaSharpness: Experiment<typeof kappaParameters, KappaTrial[], Figure> = experiment({
  name: "adversary of the certified step",
  about: "How long may a step κ/(L‖V‖² + γ) be?",
  parameters: kappaParameters,
  quick: { starts: 24, tries: 400, kappas: [0.7, SIMPLE_CONSTANT, 0.9, 1, 1.1, 1.2] },
  run: async ({ kappas, size, starts, tries }, { sweep }) => {
    const cells = kappas.map((kappa) => ({ kappa, size, starts, tries }));
    const rows = await sweep({ run: kappaSearch, cells });
    return rows.map(({ kappa, start, m, n, r, first, worst }) => ({
      kappa,
      start,
      m,
      n,
      r,
      first,
      worst,
    }));
  },
  figure: draw,
  table: (rows, { kappas }) => kappaWorst(rows, kappas),
});
