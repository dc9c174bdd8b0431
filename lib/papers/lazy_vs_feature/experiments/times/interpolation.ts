/**
 * The paper's Figure 6: courses at several sizes of the perturbation.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  type ExperimentContext,
  geomspace,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Drawing, type Figure, figureOf, legendOf } from "../../../../figure/mod.ts";
import { factorWords, type LeftFactor, leftFactor } from "../../left_factors.ts";
import { modelOf } from "../../model_spec.ts";
import { OverlapFlow } from "../../theory/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { copiesAt, meanMarks } from "../courses.ts";
import { activationParameter, coursesOf, plainLabel, TIME } from "../physics.ts";

/**
 * Parameters of {@linkcode interpolation}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const interpolationParameters = {
  activation: activationParameter("h3"),
  k: param.integer(20, "neurons of the orthonormal base", { least: 1 }),
  xi: param.numbers([1, 10, 14, 25], "norms of the perturbation ξ", { above: 0 }),
  factors: param.values<LeftFactor>(
    [{ plus: 12 }, "plus"],
    "left factors of the teacher, ĉ = c: one panel each",
    (c) => leftFactor(c, Array.isArray(c) ? c.length : 40, stream("trial")),
    "a left factor that is not random",
  ),
  table: param.integers([10, 11, 12, 13, 14, 16, 20], "numbers of signs + that are tabulated", {
    least: 0,
  }),
  d: param.integer(1000, "dimension of the runs", { least: 3 }),
  runs: param.integer(2, "so many first norms are run, in the first panel", { least: 0 }),
  copies: param.integer(32, "runs of each", { least: 2 }),
  seed: param.seed(),
};

type Parameters = Values<typeof interpolationParameters>;

/** Best times of one left factor. */
export interface InterpolationRow extends Row {
  /** `√k Σ c_i`. */
  sum: number;
  /** Norm of the perturbation. */
  xi: number;
  /** Best time to half an overlap. */
  time: number;
  /** Its ratio to that of the norm before; null for the first. */
  ratio: number | null;
}

/** Tables of a run. */
export type InterpolationRows = {
  /** Best times over the sums of signs. */
  readonly times: readonly InterpolationRow[];
  /** Runs, `|m|`. */
  readonly runs: readonly { readonly xi: number; readonly tau: number; readonly m: number }[];
};

/** Most steps of the chains of one norm: about ten seconds. */
const MOST = 1e8;

function flowAt(p: Parameters, c: LeftFactor, xi: number) {
  const flow = new OverlapFlow(
    modelOf({ activation: p.activation, k: p.k, kappa: xi / Math.sqrt(p.k), c }),
  );
  const { alpha, time } = flow.best();
  return { flow, alpha, time, times: geomspace(time / 20, 6 * time, 60) };
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<InterpolationRows> {
  const times = p.table.filter((plus) => plus <= p.k).flatMap((plus) => {
    let before: number | null = null;
    return p.xi.map((xi): InterpolationRow => {
      const { time } = flowAt(p, { plus }, xi), ratio = before === null ? null : time / before;
      before = time;
      return { sum: 2 * plus - p.k, xi, time, ratio };
    });
  });
  const groups = p.xi.slice(0, p.runs).flatMap((xi) => {
    const { alpha, time, times } = flowAt(p, p.factors[0], xi), n = p.d - p.k;
    // Where the flow does not arrive, or only after more steps than a figure may take, there are no chains.
    if (!(6 * time * n * p.copies < MOST)) return [];
    return [{
      ...{ label: String(xi), run: { n, alpha }, copies: p.copies },
      model: { activation: p.activation, k: p.k, kappa: xi / Math.sqrt(p.k), c: p.factors[0] },
      times: times.filter((tau, i) => i % 6 === 5 && i < 52 && Math.round(tau * n) > 0),
    }];
  });
  const rows = groups.length > 0 ? await coursesOf(sweep, groups) : [];
  return {
    times,
    runs: rows.map(({ label, tau, m }) => ({ xi: Number(label), tau, m: Math.abs(m) })),
  };
}

function draw({ runs }: InterpolationRows, p: Parameters): Figure {
  const run = p.xi.filter((xi) => runs.some((row) => row.xi === xi));
  const drawings = p.factors.map((c, panel): Drawing => ({
    title: factorWords(c),
    x: { label: TIME, type: "log" },
    y: { label: "overlap |/{m}|", domain: [0, 1.03] },
    series: p.xi.map((xi, look) => {
      const { flow, alpha, times } = flowAt(p, c, xi), course = flow.course(alpha, times);
      const own = panel === 0 ? where(runs, "xi", xi) : [];
      return {
        ...{ name: `/{ξ} = ${xi}`, look },
        line: times.map((x, i) => ({ x, y: course[i] })),
        ...(own.length > 0 ? meanMarks(copiesAt(own, ({ m }) => m)) : {}),
      };
    }),
  }));
  return figureOf(drawings, {
    columns: 2,
    legend: legendOf(drawings[0].series),
    caption:
      `Overlap at the best step size of each ξ, ${
        plainLabel(p.activation)
      }, k = ${p.k}, ĉ = c, for two left factors ` +
      `of the teacher: flow (lines)${
        run.length > 0
          ? ` and mean of |m| of chains in dimension ${p.d} ± one standard error (marks, ξ = ${
            run.join(", ")
          })`
          : ""
      }. ` +
      "The paper's Figure 6 has joint training, one unknown c and one unknown step.",
  });
}

/**
 * Courses and best times at several sizes of the perturbation, for several sums of signs.
 *
 * Scale: `τ = steps/n`. Source: norms and size: dayi25a, Figure 6; times: ours. They depend on `Σ c_i`, which is
 * not known of the paper's run: no comparison beyond the order is possible.
 */
export const interpolation: Experiment<
  typeof interpolationParameters,
  InterpolationRows,
  Figure
> = experiment({
  name: "interpolation",
  about: "Courses from small to large perturbations, and how much they depend on the signs of c.",
  parameters: interpolationParameters,
  quick: { copies: 4, table: [10, 12, 16, 20] },
  check: (p, refuse) => {
    if (p.d < p.k + 2) refuse("d", `at least k + 2 = ${p.k + 2}`, p.d);
  },
  run,
  figure: draw,
  table: ({ times }) => times,
});
