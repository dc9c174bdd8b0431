/**
 * Both factors from one start, on their spheres or as an adapter without constraint: chains and flow.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  type ExperimentContext,
  linspace,
  param,
  progress,
  type Row,
  type Values,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  legendOf,
  type Series,
} from "../../../../figure/mod.ts";
import { type StudentFactor } from "../../left_factors.ts";
import { modelOf } from "../../model_spec.ts";
import { jointFlow } from "../../theory/mod.ts";
import { copiesAt, meanMarks, once } from "../courses.ts";
import { coursesOf, modelParameters, modelWords, specOf, TIME } from "../physics.ts";

/** Signs of the generic start, times those of `c`: no two neurons alike. */
const GENERIC: readonly number[] = [1.2, 0.9, 1.1, -0.5, 0.8, 1, -0.7, 0.6, 1.3];

/** The generic start `ĉ ∝ c ⊙ (1.2, 0.9, …)` beside alternating signs, 9 neurons. */
export const GENERIC_FACTOR: readonly number[] = GENERIC.map((x, i) =>
  (i % 2 ? -x : x) / Math.hypot(...GENERIC)
);

/**
 * Parameters of {@linkcode factorCourses}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const factorParameters = {
  ...modelParameters({ k: 9, hatC: GENERIC_FACTOR }),
  algorithm: param.choice(
    "joint",
    "joint: both on their spheres; adapter: both free, from |û| = 1 (others would need their own flow)",
    ["joint", "adapter"],
  ),
  n: param.integer(3000, "dimension n = d − k left to u", { least: 2 }),
  alpha: param.number(0.09850074962519291, "step scale α, η = α/n", { above: 0 }),
  ratio: param.number(1, "ratio η_c/η of the steps of both factors", { above: 0 }),
  m0: param.number(0, "overlap of the directions at the start", { least: -1, most: 1 }),
  times: param.numbers([5, 10, 20, 30, 40, 60], "times τ, increasing", { above: 0 }),
  copies: param.integer(16, "runs", { least: 2 }),
  seed: param.seed(),
};

type Parameters = Values<typeof factorParameters>;

/** Both overlaps at one time. */
export interface FactorRow extends Row {
  /** Time. */
  tau: number;
  /** Mean overlap of the directions. */
  m: number;
  /** Its standard error. */
  seM: number;
  /** That of the flow. */
  flowM: number;
  /** Mean overlap of the factors. */
  q: number;
  /** Its standard error. */
  seQ: number;
  /** That of the flow. */
  flowQ: number;
  /** Mean squared length of `û`. */
  nu: number;
  /** Its standard error. */
  seNu: number;
  /** That of the flow. */
  flowNu: number;
  /** Population loss of the flow. */
  loss: number;
}

function flowOf(p: Parameters, times: readonly number[]) {
  const { alpha, ratio, m0, algorithm } = p;
  return jointFlow(modelOf(specOf(p)), { alpha, ratio, times, m0, free: algorithm === "adapter" });
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<FactorRow[]> {
  const { algorithm, n, alpha, ratio, m0 } = p;
  const rows = await coursesOf(sweep, [{
    ...{ label: "factors", model: specOf(p), times: p.times, copies: p.copies },
    run: { algorithm, n, alpha, ratio, m0 },
  }]);
  using bar = progress("flow", 1); // some seconds for a steep activation and different factors
  const flow = flowOf(p, p.times),
    at = (key: "m" | "q" | "nu") => copiesAt(rows, (row) => row[key]);
  bar.tick();
  const [m, q, nu] = [at("m"), at("q"), at("nu")];
  return m.map(({ x, y, se }, i): FactorRow => ({
    ...{ tau: x, m: y, seM: se, flowM: flow[i].m, q: q[i].y, seQ: q[i].se, flowQ: flow[i].q },
    ...{ nu: nu[i].y, seNu: nu[i].se, flowNu: flow[i].nu, loss: flow[i].loss },
  }));
}

function draw(rows: readonly FactorRow[], p: Parameters): Figure {
  const fine = linspace(p.times[0] / 5, p.times.at(-1)!, 60),
    flow = once(rows, () => flowOf(p, fine));
  const series = ([
    ["/{m}, directions", "m", "seM"],
    ["/{q}, factors", "q", "seQ"],
    ...(p.algorithm === "adapter" ? [["|/{û}|²", "nu", "seNu"] as const] : []),
  ] as const).map(([name, key, error], look): Series => ({
    ...{ name, look, line: flow.map((at, i) => ({ x: fine[i], y: at[key] })) },
    ...meanMarks(rows.map((row) => ({ x: row.tau, y: row[key], se: row[error] })) as never),
  }));
  const loss: Drawing = {
    title: "loss of the flow",
    x: { label: TIME },
    y: { label: "population loss", type: "log" },
    series: [{ name: "loss", look: 5, line: flow.map(({ loss }, i) => ({ x: fine[i], y: loss })) }],
  };
  return figureOf([
    { title: "factors", x: { label: TIME }, y: { label: "overlap" }, series },
    loss,
  ], {
    columns: 2,
    legend: legendOf(series),
    caption:
      `Both factors trained${
        p.algorithm === "adapter" ? ", without constraint" : " on their spheres"
      }, ${modelWords(p)}, α = ${
        p.alpha.toPrecision(3)
      }, ratio ${p.ratio}: flow (lines) and mean of ${p.copies} chains at n = ${p.n} ± one standard ` +
      "error (marks).",
  });
}

/**
 * Both factors from one start, chains beside the flow of `n → ∞`.
 *
 * Scale: `τ = steps/n`. Source: ours.
 *
 * @example LoRA's usual start, `B = 0`: one line.
 * ```ts
 * import { factorCourses } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const lora = { hatC: "zero", algorithm: "adapter", m0: 0.1, times: [5], copies: 4 } as const;
 * const { rows: [row] } = await factorCourses(lora);
 * assertAlmostEquals(row.q, row.flowQ, 4 * row.seQ + 0.01);
 * ```
 */
export const factorCourses: Experiment<typeof factorParameters, FactorRow[], Figure> = experiment({
  name: "both factors from one start",
  about: "Both factors trained from a start of your choice: chains beside the flow.",
  parameters: factorParameters,
  quick: { copies: 6 },
  check: (p, refuse) => {
    if (Array.isArray(p.hatC) && p.hatC.length !== p.k) {
      refuse("hatC", `of k = ${p.k} entries`, p.hatC as StudentFactor);
    }
  },
  run,
  figure: draw,
});

/** An adapter from LoRA's start: `ĉ = 0` (`B = 0`) and a direction of small overlap, both factors free. */
export const adapterCourses: typeof factorCourses = factorCourses.with("an adapter from B = 0", {
  ...{ hatC: "zero", algorithm: "adapter", kappa: 1, alpha: 0.08, m0: 0.1, n: 2000 },
  times: linspace(20, 200, 10),
});
