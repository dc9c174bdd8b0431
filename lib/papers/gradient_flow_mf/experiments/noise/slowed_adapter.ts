/**
 * A cure of the final error that needs no knowledge of the target: adapter 2 at a smaller rate.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import {
  distinct,
  type Experiment,
  experiment,
  linspace,
  param,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Figure,
  formatNumber,
  type Mark,
  type Row,
  scaleWords,
  simulation,
  style,
  theory,
} from "../../../../figure/mod.ts";
import { modes } from "../../bases.ts";
import { problemQ } from "../../problems/mod.ts";
import { type ProblemLike, problemOf } from "../../shapes.ts";
import { layerStart, startWords } from "../../starts.ts";
import { leadingExponents, type NoisyStart } from "../../theory/noise/noise_leading.ts";
import { besideNoise, escapeBy, noiseTheory } from "./_noise.ts";
import { furthest, geometric, overScales } from "./_over_scales.ts";
import { type CourseRow, runsOf, seedParameter, startParameter, startSeeds } from "../physics.ts";
import { FIRST_ORDER, rangeWords } from "../range.ts";
import { worded } from "../worded.ts";

/** End of one run at one learning rate of adapter 2. */
export interface SlowedRow extends CourseRow {
  /** Learning rate of adapter 2 over that of adapter 1. */
  rho: number;
  /** `½‖E_⊥⊥‖²` of the noise equations; null at `ρ = 0`, where they say nothing. */
  theory: number | null;
}

/** Several starts at one learning rate and scale. */
export interface SlowedMean {
  /** Learning rate of adapter 2 over that of adapter 1. */
  readonly rho: number;
  /** Scale. */
  readonly alpha: number;
  /** Geometric mean of `½‖E_⊥⊥‖²`; 0 if it vanishes for every start. */
  readonly rest: number;
  /** Standard deviation of its natural logarithm. */
  readonly spread: number;
  /** Geometric mean of the noise equations. */
  readonly theory: number | null;
  /** Largest `|log(run/noise equations)|`. */
  readonly off: number | null;
  /** Local exponent in α to the next smaller scale, if any. */
  readonly exponent: number | null;
  /** Mean half-time. */
  readonly half: number;
  /** Number of starts. */
  readonly starts: number;
}

/**
 * Parameters of {@linkcode slowedAdapter}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const slowedParameters = {
  problem: param.value<ProblemLike>(
    problemQ({ delta: 0.6 }),
    "a problem for which Assumptions 2.1 and 2.2 hold, with a rank-one target and δ_w < 1",
    problemOf,
    "a problem { w2, w1, target }",
  ),
  rates: param.numbers(
    [0, 0.25, 0.5, 0.75, 1, 1.25],
    "learning rates ρ of adapter 2 over that of adapter 1; 0 freezes it",
    { least: 0 },
  ),
  start: startParameter("zeroB"),
  alpha: param.numbers([1e-2, 1e-3, 1e-4, 1e-5], "scales α of the starts", { above: 0, below: 1 }),
  r: param.integer(3, "rank of the adapters", { least: 1 }),
  copies: param.integer(3, "starts at each rate and scale", { least: 1 }),
  wait: param.number(60, "flow time of a run beyond 1.3 log(1/α)/λ", { least: 0 }),
  seed: seedParameter(840),
};

type Parameters = Values<typeof slowedParameters>;

/** Means over the starts, with the local exponents: per start, then averaged. */
export function slowedMeans(rows: readonly SlowedRow[]): SlowedMean[] {
  return [...Map.groupBy(rows, ({ rho }) => rho).values()].flatMap((of) =>
    overScales(of).map(({ alpha, here, exponent }) => {
      const vanishes = here.every(({ rest }) => rest === 0);
      const { mean, spread } = geometric(here.map((row) => row.rest));
      const known = here.flatMap(({ rest, theory }) => theory === null ? [] : [{ rest, theory }]);
      const silent = known.length === 0;
      return {
        ...{ rho: here[0].rho, alpha },
        ...(vanishes ? { rest: 0, spread: 0 } : { rest: mean, spread }),
        theory: silent ? null : geometric(known.map(({ theory }) => theory)).mean,
        off: silent ? null : furthest(known.map(({ rest, theory }) => rest / theory)),
        exponent: vanishes ? null : exponent((row) => row.rest),
        half: summary(here.map((row) => row.half!)).mean,
        starts: here.length,
      };
    })
  );
}

function draw(rows: readonly SlowedRow[], parameters: Parameters): Figure {
  const means = slowedMeans(rows), { problem, start, r, copies, wait } = parameters;
  const scales = distinct(means, "alpha"), deltaW = modes(problemOf(problem)).deltaW!;
  const rho = { label: "rate of adapter 2 over 1, /{ρ}" };
  const visible = means.filter((row) => row.rest > 0);
  const floors: Mark[] = scales.flatMap((alpha, i) => {
    const here = where(visible, "alpha", alpha).toSorted((a, b) => a.rho - b.rho);
    const { stroke, dash, symbol } = style(i);
    return [
      theory(here.filter((row) => row.theory !== null), {
        ...{ x: "rho", y: "theory", stroke, strokeDasharray: dash },
      }),
      Plot.ruleX(here.filter((row) => row.starts > 1), {
        ...{ x: "rho", stroke, strokeWidth: 0.8 },
        y1: (row: SlowedMean) => row.rest * Math.exp(-row.spread),
        y2: (row: SlowedMean) => row.rest * Math.exp(row.spread),
      }),
      simulation(here, { x: "rho", y: "rest", stroke, symbol }),
    ];
  });
  const off: Mark[] = scales.map((alpha, i) =>
    simulation(where(visible, "alpha", alpha).filter((row) => (row.off ?? 0) > 0), {
      ...{ x: "rho", y: "off", stroke: style(i).stroke, symbol: style(i).symbol },
    })
  );
  const { name } = layerStart(start), ratios = means.map((row) => row.rho * deltaW);
  const known = ["zeroB", "zeroA", "gauss"].includes(name);
  const law = known
    ? linspace(0.01, Math.min(0.99, Math.max(...ratios)), 40).map((ratio) => ({
      ratio,
      exponent: leadingExponents({ start: name as NoisyStart, deltaW: ratio }).loss,
    }))
    : [];
  const exponents: Mark[] = [
    theory(law, { x: "ratio", y: "exponent", stroke: "#000" }),
    ...scales.map((alpha, i) =>
      simulation(where(means, "alpha", alpha).filter((row) => row.exponent !== null), {
        ...{ x: (row: SlowedMean) => row.rho * deltaW, y: "exponent" },
        ...{ stroke: style(i).stroke, symbol: style(i).symbol },
      })
    ),
  ];
  const frozen = means.filter((row) => row.rho === 0);
  const gone = frozen.length > 0 && frozen.every((row) => row.rest === 0);
  return {
    panels: [
      {
        title: "final error",
        x: rho,
        y: { label: "final ½‖/{E}_{⊥⊥}‖²", type: "log" },
        marks: floors,
      },
      {
        title: "run / theory",
        x: rho,
        y: { label: "largest |ln ratio|", type: "log" },
        marks: off,
      },
      {
        title: "exponents",
        x: { label: "/{ρδ}_{w}" },
        y: { label: "exponent in /{α}" },
        marks: exponents,
      },
    ],
    columns: 3,
    legend: scales.map((alpha, i) => ({ label: `/{α} = ${scaleWords(alpha)}`, ...style(i) })),
    rows: { "slowed adapter": means as unknown as Row[] },
    size: "page",
    caption: `Adapter 2 at another learning rate (${problemOf(problem).name}; start: ` +
      `${startWords(start)}, r = ${r}, ${copies} ${copies === 1 ? "start" : "starts"}, flow time ` +
      `1.3 log(1/α)/λ + ${formatNumber(wait)}).` +
      (gone ? " Frozen (ρ = 0), it leaves exactly 0, which has no place on the axis." : "") +
      ` Lines in (a): noise equations from the same starts; (b) the start that is furthest from them` +
      (known ? "; in (c): limit law with ρδ_w in place of δ_w" : "") + "." +
      rangeWords(
        rows.map(({ rho, alpha, rest, theory }) => (
          { series: String(rho), alpha, run: rest!, theory }
        )),
        FIRST_ORDER,
      ),
  };
}

/**
 * The final error of a start when adapter 2 learns more slowly than adapter 1, down to a frozen one.
 *
 * Scale: gradient-flow time of adapter 1.
 *
 * @example A frozen adapter 2 leaves no error off the signal.
 * ```ts
 * import { slowedAdapter } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await slowedAdapter({ preset: "quick", rates: [0, 1], alpha: [1e-3], copies: 1 });
 * assert(rows[0].rest === 0 && rows[1].rest > 1e-20);
 * ```
 */
export const slowedAdapter: Experiment<typeof slowedParameters, SlowedRow[], Figure> = experiment({
  name: "adapter 2 slowed down",
  about:
    "How the final error of small starts falls when adapter 2 learns more slowly or not at all.",
  parameters: slowedParameters,
  quick: { copies: 1 },
  check: ({ rates }, refuse) => {
    if (new Set(rates).size < rates.length) refuse("rates", "different numbers", rates);
  },
  run: async ({ problem: like, rates, start, alpha, r, copies, wait, seed }, { sweep }) => {
    const problem = problemOf(like), seeds = startSeeds(seed, 840, copies);
    const time = (scale: number) => escapeBy(problem, scale) + wait;
    // It refuses a problem before any run.
    const [scale] = alpha, [first] = seeds, early = { startedBy: start, alpha: scale, r };
    noiseTheory(problem, { ...early, seed: first }, time(scale));
    const all = rates.map(async (rho): Promise<SlowedRow[]> => {
      const options = {
        ...{ problem, starts: [start], alpha, r, seeds, rates: { b2: rho, a2: rho } },
        ...{ times: (scale: number) => [time(scale)], label: `ρ = ${formatNumber(rho)}` },
      };
      if (rho === 0) {
        const runs = await runsOf(sweep, options);
        return runs.map((row) => ({ ...row, rho, theory: null }));
      }
      const runs = await besideNoise(sweep, options, time, rho);
      return runs.map((
        { theoryGap: _g, theoryX2: _x, keptGap: _k, leading: _l, leadingGap: _s, ...row },
      ) => (
        { ...row, rho }
      ));
    });
    return (await Promise.all(all)).flat();
  },
  figure: draw,
  table: worded((rows) => slowedMeans(rows).map((row) => ({ ...row }))),
});
