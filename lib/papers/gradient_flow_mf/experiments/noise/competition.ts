/**
 * F6: how two adapters share one target, against the scale of the start.
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
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Figure,
  formatNumber,
  type Mark,
  type Row,
  simulation,
  style,
  theory,
} from "../../../../figure/mod.ts";
import { modes } from "../../bases.ts";
import { canonical } from "../../problems/mod.ts";
import { adaptersOf } from "../../run_start.ts";
import { type ProblemLike, problemOf } from "../../shapes.ts";
import { startWords } from "../../starts.ts";
import { splitExponents, splitOf } from "../../theory/noise/competition.ts";
import { escapeBy } from "./_noise.ts";
import { furthest, geometric, overScales } from "./_over_scales.ts";
import { type CourseRow, runsOf, seedParameter, startParameter, startSeeds } from "../physics.ts";
import { namesInWords, worded } from "../worded.ts";

/** End of one run beside the root of the competition for its start. */
export interface CompetitionRow extends CourseRow {
  /** Name of the problem. */
  problem: string;
  /** Its `δ_w`. */
  deltaW: number;
  /** Learning rate of adapter 2 over that of adapter 1. */
  rho: number;
  /** What adapter 1 has learnt by T10. */
  root1: number;
  /** What adapter 2 has learnt by T10. */
  root2: number;
}

/** Several starts at one scale. */
export interface CompetitionMean {
  /** Name of the problem. */
  readonly problem: string;
  /** `ρδ_w`. */
  readonly ratio: number;
  /** Scale. */
  readonly alpha: number;
  /** Geometric mean of `x₂` over the starts. */
  readonly x2: number;
  /** Standard deviation of its natural logarithm. */
  readonly spread: number;
  /** Geometric mean of the roots. */
  readonly root: number;
  /** Largest `|log(run/root)|` of `x₂`. */
  readonly off: number;
  /** Mean of `d log x₂/d log α` between this scale and the next smaller one, if any. */
  readonly exponent: number | null;
  /** Number of starts. */
  readonly starts: number;
}

/**
 * Parameters of {@linkcode competition}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const competitionParameters = {
  problems: param.values<ProblemLike>(
    [0.25, 0.5, 0.75, 0.9].map((s1) => canonical({ d: 12, s1 })),
    "problems for which Assumptions 2.1 and 2.2 hold, with a rank-one target",
    problemOf,
    "a problem { w2, w1, target }",
  ),
  start: startParameter(
    "gauss",
    "start of the adapters; zeroB is the paper's, and at equal modal vectors all share alike",
  ),
  alpha: param.numbers([1e-2, 1e-3, 1e-4, 1e-5], "scales α of the starts", { above: 0, below: 1 }),
  rho: param.number(1, "learning rate ρ of adapter 2 over that of adapter 1", { above: 0 }),
  r: param.integer(3, "rank of the adapters", { least: 1 }),
  copies: param.integer(10, "starts at each scale", { least: 1 }),
  wait: param.number(14, "flow time of a run beyond 1.3 log(1/α)/λ", { least: 0 }),
  seed: seedParameter(300),
};

type Parameters = Values<typeof competitionParameters>;

/** Means over the starts, with the local exponents: per start, then averaged. */
export function competitionMeans(rows: readonly CompetitionRow[]): CompetitionMean[] {
  return [...Map.groupBy(rows, ({ problem }) => problem).values()].flatMap((of) =>
    overScales(of).map(({ alpha, here, exponent }) => {
      const { mean: x2, spread } = geometric(here.map((row) => row.x2!));
      return {
        ...{ problem: here[0].problem, ratio: here[0].rho * here[0].deltaW, alpha, x2, spread },
        root: geometric(here.map((row) => row.root2)).mean,
        off: furthest(here.map((row) => row.x2! / row.root2)),
        exponent: exponent((row) => row.x2!),
        starts: here.length,
      };
    })
  );
}

function draw(rows: readonly CompetitionRow[], parameters: Parameters): Figure {
  const means = competitionMeans(rows), problems = distinct(means, "problem");
  const { start, rho, r, copies, wait } = parameters;
  const of = (problem: string) => where(means, "problem", problem);
  const alpha = { label: "scale of the start /{α}", type: "log" as const };
  const shares: Mark[] = problems.flatMap((problem, i) => {
    const { stroke, dash, symbol } = style(i), here = of(problem);
    return [
      theory(here, { x: "alpha", y: "root", stroke, strokeDasharray: dash }),
      Plot.ruleX(here.filter((row) => row.starts > 1), {
        ...{ x: "alpha", stroke, strokeWidth: 0.8 },
        y1: (row: CompetitionMean) => row.x2 * Math.exp(-row.spread),
        y2: (row: CompetitionMean) => row.x2 * Math.exp(row.spread),
      }),
      simulation(here, { x: "alpha", y: "x2", stroke, symbol }),
    ];
  });
  const off: Mark[] = problems.flatMap((problem, i) => {
    const { stroke, symbol } = style(i), here = of(problem).filter((row) => row.off > 0);
    return [
      Plot.line(here, { x: "alpha", y: "off", stroke, strokeWidth: 0.6 }),
      simulation(here, { x: "alpha", y: "off", stroke, symbol }),
    ];
  });
  const scales = distinct(means.filter((row) => row.exponent !== null), "alpha");
  const most = Math.max(1, ...means.map((row) => row.ratio));
  const law = linspace(0, most, 41).slice(1)
    .map((deltaW) => ({ deltaW, exponent: splitExponents({ deltaW }).x2 }));
  const exponents: Mark[] = [
    theory(law, { x: "deltaW", y: "exponent", stroke: "#000" }),
    ...problems.flatMap((problem, i) =>
      scales.map((scale, k) =>
        simulation(where(of(problem), "alpha", scale), {
          ...{ x: "ratio", y: "exponent", stroke: style(i).stroke, symbol: style(i).symbol },
          r: 1.2 + 1.2 * (k + 1) / scales.length,
        })
      )
    ),
  ];
  const ratioLabel = rho === 1 ? "/{δ}_{w}" : "/{ρδ}_{w}";
  return {
    panels: [
      {
        title: "adapter 2, end",
        x: alpha,
        y: { label: "product /{x}_{2}(∞)", type: "log" },
        marks: shares,
      },
      {
        title: "run / root",
        x: alpha,
        y: { label: "largest |ln ratio|", type: "log" },
        marks: off,
      },
      {
        title: "exponents of /{x}_{2}(∞)",
        x: { label: `ratio of growth rates ${ratioLabel}`, domain: [0, most] },
        y: { label: "exponent in /{α}" },
        marks: exponents,
      },
    ],
    columns: 3,
    legend: problems.map((problem, i) => ({
      label: `${ratioLabel} = ${formatNumber(of(problem)[0].ratio)}`,
      ...style(i),
    })),
    rows: { competition: means as unknown as Row[] },
    size: "page",
    caption: `What adapter 2 learns of a target that adapter 1 learns faster (start: ` +
      `${startWords(start)}, r = ${r}, ρ = ${formatNumber(rho)}, ` +
      `flow time 1.3 log(1/α)/λ + ${formatNumber(wait)}; ` +
      `${
        namesInWords(problems)
      }). Marks: geometric mean of ${copies} starts ± 1 sd of the logarithm; ` +
      `lines: root of T10 from the same starts. (c) line: limit 2(1 − ρδ_w); marks: from each scale ` +
      `to the next smaller one, the last decade largest.`,
  };
}

/**
 * F6: what adapter 2 learns of an aligned target against the scale of the start, beside the root and
 * the power law of T10.
 *
 * Scale: gradient-flow time.
 *
 * @example Half the growth rate leaves adapter 2 a share of order α.
 * ```ts
 * import { canonical, competition, competitionMeans } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rows } = await competition({
 *   ...{ preset: "quick", problems: [canonical({ d: 5, s1: 0.5 })], start: "zeroB" },
 *   ...{ alpha: [1e-4, 1e-5], copies: 1 },
 * });
 * assertAlmostEquals(competitionMeans(rows)[0].exponent!, 1, 0.02);
 * ```
 */
export const competition: Experiment<typeof competitionParameters, CompetitionRow[], Figure> =
  experiment({
    name: "competition of the adapters",
    about: "How much of one target each of two adapters learns, against the scale of the start.",
    parameters: competitionParameters,
    quick: { copies: 5 },
    check: ({ problems }, refuse) => {
      const names = problems.map((problem) => problemOf(problem).name);
      if (new Set(names).size < names.length) refuse("problems", "of different names", names);
    },
    run: async ({ problems, start, alpha, rho, r, copies, wait, seed }, { sweep }) => {
      const seeds = startSeeds(seed, 300, copies), all: CompetitionRow[] = [];
      const rates = rho === 1 ? {} : { rates: { b2: rho, a2: rho } };
      for (const like of problems) {
        const problem = problemOf(like), name = problem.name!, deltaW = modes(problem).deltaW!;
        const rootOf = (scale: number, seed: string) => {
          const adapters = adaptersOf(problem, { startedBy: start, alpha: scale, r, seed });
          const { x1, x2 } = splitOf(problem, adapters, { rho });
          return { root1: x1, root2: x2 };
        };
        rootOf(alpha[0], seeds[0]); // refuses a problem before any run
        const runs = await runsOf(sweep, {
          ...{ problem, starts: [start], alpha, r, seeds, ...rates, label: name },
          times: (scale) => [escapeBy(problem, scale) + wait],
        });
        all.push(...runs.map((row) => (
          { ...row, problem: name, deltaW, rho, ...rootOf(row.alpha, row.seed) }
        )));
      }
      return all;
    },
    figure: draw,
    table: worded((rows) => competitionMeans(rows).map((row) => ({ ...row }))),
  });
