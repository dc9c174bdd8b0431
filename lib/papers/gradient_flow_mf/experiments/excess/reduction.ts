/**
 * F9, first part: a factorisation and its reduced form, path by path and in law.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  linspace,
  param,
  type Row,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  powerOfTen,
  scaleWords,
  sentence,
} from "../../../../figure/mod.ts";
import { multiplyNT } from "../../../../linalg/mod.ts";
import { portable } from "../../../../random/mod.ts";
import type { Problem } from "../../model.ts";
import { factorization, frame } from "../../problems/mod.ts";
import { plainProblem, type ProblemLike, problemOf } from "../../shapes.ts";
import { startWords } from "../../starts.ts";
import { drawRun, pathRun } from "../../simulation/runs/reduction_run.ts";
import { expectedExcessRank } from "../../theory/excess/excess_rank.ts";
import { identityWords, REFERENCE, startParameter, startSeeds } from "../physics.ts";
import { worded } from "../worded.ts";

/** A moment of a path, or a draw. */
export interface ReductionRow extends Row {
  /** `"path"`, or `"law"`. */
  kind: string;
  /** `"full"` or `"reduced"`; for the path also `"wrong"`, a triangular factor transposed. */
  form: string;
  /** Number of the draw, 0 for the path. */
  copy: number;
  /** Flow time. */
  at: number;
  /** Loss. */
  loss: number;
  /** Half-time of the first mode, for draws. */
  half: number | null;
}

/** Plain factorisation with a dense target of orthonormal vectors. */
function denseFactorization(seed: number, m: number, n: number, sigma: readonly number[]): Problem {
  const draws = portable(seed), k = sigma.length, u = frame(draws, m, k), v = frame(draws, n, k);
  const scaled = { ...u, data: u.data.map((x, i) => x * sigma[i % k]) };
  const { w2 } = factorization({ m });
  return { name: `factorisation, ${m} × ${n}, dense target`, w2, target: multiplyNT(scaled, v) };
}

/**
 * Parameters of {@linkcode reduction}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const reductionParameters = {
  problem: param.value<ProblemLike>(
    denseFactorization(91, 120, 90, [1, 0.5]),
    "a problem with one adapter and w2 = s times a square orthogonal matrix, for the path",
    (problem) => problemOf(problem),
    "a problem { w2, target }",
  ),
  start: startParameter("gauss", "start of the path"),
  alpha: param.number(1e-2, "scale α of path and draws", { above: 0 }),
  r: param.integer(3, "rank of the adapter of the path", { least: 1 }),
  horizon: param.number(20, "last time of the path", { above: 0 }),
  points: param.integer(41, "number of times of the path", { least: 2 }),
  m: param.integer(20, "rows of the draws", { least: 2 }),
  n: param.integer(20, "columns of the draws", { least: 2 }),
  sigma: param.numbers([1], "singular values of the target of the draws", { above: 0 }),
  s: param.number(1, "singular value of w2 = sI of the draws", { above: 0 }),
  rank: param.integer(4, "rank of the adapter of the draws", { least: 1 }),
  at: param.number(15, "time at which the losses of the draws are taken", { above: 0 }),
  draws: param.integer(600, "number of draws of each form", { least: 8 }),
  freedom: param.integer(
    0,
    "added to the degrees of freedom of the reduced draws: any number but 0 is a wrong law",
    { least: 0 },
  ),
  seed: param.seed(REFERENCE, "seed of the draws; the start of the path has one of its own"),
};

type Parameters = Values<typeof reductionParameters>;

/** Symbols along the path. */
const SYMBOLS = 20;

/** Number of cells over which draws are spread. */
const PARTS = 8;

function draw(rows: readonly ReductionRow[], parameters: Parameters): Figure {
  const { problem, start, alpha, r, m, n, rank, at, sigma, s, draws, freedom } = parameters;
  const { name = "own problem" } = problem;
  const path = (form: string) => where(where(rows, "kind", "path"), "form", form);
  const law = (form: string) => where(where(rows, "kind", "law"), "form", form);
  const full = path("full"), reduced = path("reduced");
  const every = Math.max(1, Math.round(reduced.length / SYMBOLS));
  const sorted = (form: string, key: "half" | "loss") =>
    law(form).map((row) => row[key]).filter((x) => x !== null).toSorted((a, b) => a - b);
  const quantiles = (key: "half" | "loss") => {
    const a = sorted("full", key), b = sorted("reduced", key), count = Math.min(40, a.length);
    const at = (list: number[], q: number) => list[Math.floor(q * (list.length - 1))];
    return linspace(0.01, 0.99, count).map((q) => ({ x: at(a, q), y: at(b, q) }));
  };
  const ends = (places: readonly { x: number }[]) => {
    const xs = places.map(({ x }) => x), low = Math.min(...xs), high = Math.max(...xs);
    return [{ x: low, y: low }, { x: high, y: high }];
  };
  const against = (title: string, key: "half" | "loss", unit: string): Drawing => {
    const raw = quantiles(key),
      power = key === "half" ? 0 : Math.floor(Math.log10(raw[Math.floor(raw.length / 2)].x));
    const marks = raw.map(({ x, y }) => ({ x: x / 10 ** power, y: y / 10 ** power }));
    const words = power === 0 ? unit : `${unit} (${powerOfTen(10 ** power)})`;
    return {
      ...{ title, x: { label: `${words}, all entries` }, y: { label: `${words}, reduced` } },
      series: [{ name: "equal", guide: ends(marks) }, { name: "quantiles", look: 1, marks }],
    };
  };
  const loss: Drawing = {
    title: "one path",
    x: { label: "flow time /{t}" },
    y: { label: "loss /{L}", type: "log" },
    series: [
      { name: "all entries", thin: full.map(({ at: x, loss: y }) => ({ x, y })) },
      {
        name: "/{k} + /{r} dimensions",
        marks: reduced.filter((_, i) => i % every === 0).map(({ at: x, loss: y }) => ({ x, y })),
      },
    ],
  };
  return figureOf([
    loss,
    against("half-time, in law", "half", "/{T}_{½}"),
    against(`loss at /{t} = ${formatNumber(at)}, in law`, "loss", "/{L}"),
  ], {
    columns: 3,
    legend: legendOf(loss.series),
    caption: `(a) ${sentence(name)}, r = ${r}, ${startWords(start)} at α = ` +
      `${
        scaleWords(alpha)
      }: the flow with all entries and in the reduced form. (b, c) Quantiles of ${draws} ` +
      `draws of an all-random start, ${identityWords(s)}, ${m} × ${n}, r = ${rank}, σ = ` +
      `${
        sigma.map((x) => formatNumber(x)).join(", ")
      }: all entries drawn against the reduced form drawn in law` +
      `${freedom === 0 ? "" : ` with ${freedom} degrees of freedom too many`}; dotted: equal.`,
  });
}

/**
 * The reduction of a factorisation to `k + r` dimensions: one path with all entries and reduced, and draws
 * of an all-random start in both forms.
 *
 * Rows: a moment of the path, or a draw.
 * Source: ours, T11.
 *
 * @example
 * ```ts
 * import { reduction } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rows } = await reduction({ preset: "quick", draws: 8, points: 2, horizon: 4 });
 * const [full, reduced] = ["full", "reduced"].map((form) =>
 *   rows.findLast((row) => row.kind === "path" && row.form === form)!.loss
 * );
 * assertAlmostEquals(reduced / full, 1, 1e-9);
 * ```
 */
export const reduction: Experiment<typeof reductionParameters, ReductionRow[], Figure> = experiment(
  {
    name: "reduction to k + r dimensions",
    about: "That a factorisation of any size is a problem of k + r rows and columns.",
    parameters: reductionParameters,
    quick: { draws: 120, points: 11 },
    check: ({ m, n, sigma, rank }, refuse) => {
      const least = sigma.length + rank;
      if (Math.min(m, n) < least) refuse("rank", `<= ${Math.min(m, n) - sigma.length}`, rank);
    },
    run: async (parameters, { sweep }) => {
      const { problem, start, alpha, r, horizon, points, freedom } = parameters;
      const { m, n, sigma, s, rank, at, draws } = parameters, forms = ["full", "reduced"] as const;
      const path = await sweep({
        ...{
          run: pathRun,
          name: "one path, full and reduced",
          seeds: startSeeds(REFERENCE, 91, 1),
        },
        cells: [{
          ...{ problem: plainProblem(problem), startedBy: start, alpha, r },
          times: linspace(0, horizon, points),
        }],
      });
      const rows: ReductionRow[] = path.flatMap((row) =>
        [...forms, "wrong" as const].map((form) => (
          { kind: "path", form, copy: 0, at: row.at, loss: row[form], half: null }
        ))
      );
      const cells = forms.map((form) => {
        const more = form === "reduced" ? freedom : 0, shape = { m: m + more, n: n + more };
        const each = Math.ceil(draws / PARTS);
        return { form, ...shape, r: rank, alpha, sigma, s, draws: each, times: [at] };
      });
      const seeds = Array.from({ length: PARTS }, (_, i) => `${parameters.seed}/${i}`);
      const found = await sweep({ run: drawRun, name: "draws, full and reduced", cells, seeds });
      for (const form of forms) {
        where(found, "form", form).forEach(({ at, loss, half }, copy) =>
          rows.push({ kind: "law", form, copy, at, loss, half })
        );
      }
      return rows;
    },
    figure: draw,
    table: worded((rows, { m, n, rank: r, alpha, sigma, s }) =>
      ["full", "reduced"].map((form) => {
        const here = where(where(rows, "kind", "law"), "form", form);
        const halves = here.map(({ half }) => half).filter((x) => x !== null);
        const half = summary(halves), loss = summary(here.map((row) => row.loss));
        return {
          ...{ form, draws: here.length, "mean T½": half.mean, "± se": half.se },
          ...{ "mean loss": loss.mean, "± se of it": loss.se },
          "T8": expectedExcessRank({ m, n, r, alpha, k: sigma.length, s }),
        };
      })
    ),
  },
);
