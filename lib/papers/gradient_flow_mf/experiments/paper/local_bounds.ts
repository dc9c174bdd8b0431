/**
 * Theorem 3.2 and its lemmas after the escape: bounds of the local convergence phase run by run.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  linspace,
  param,
  type Row,
  type Task,
  task,
  type Values,
} from "../../../../experiment/mod.ts";
import { frobeniusNorm } from "../../../../linalg/mod.ts";
import {
  learnt,
  lossParts,
  misalignment,
  type SignalDirections,
  signalDirections,
  stackOf,
} from "../../measures.ts";
import { error, type Problem } from "../../model.ts";
import { problemQ } from "../../problems/mod.ts";
import { problemOf } from "../../shapes.ts";
import { layerStart } from "../../starts.ts";
import type { EscapeRow } from "../../simulation/runs/escape_run.ts";
import type { Observe } from "../../simulation/runs/run.ts";
import { finalSplit } from "../../theory/noise/competition.ts";
import { lemmaC5, type PaperLemmas, paperLemmas } from "../../theory/paper/lemmas.ts";
import { paperSymbols } from "../../theory/paper/symbols.ts";
import { c6Needed, theorem32 } from "../../theory/paper/theorem_3_2.ts";
import {
  type BoundsRun,
  bySeries,
  checkEscape,
  escapeParameters,
  escapeRuns,
  type Moment,
  momentOf,
  type ObservedCell,
  observedEscape,
} from "./_escape.ts";
import { seedParameter, startSeeds } from "../physics.ts";
import { worded } from "../worded.ts";

/** The local phase of one run: how near the bounds come to failing. */
export interface LocalBoundsRow extends Row, BoundsRun {
  /** `δ_w`. */
  deltaW: number;
  /** `T₁`. */
  escape: number;
  /** (13): largest `c₆` that is needed after `T₁`; up to 1 alignment never got worse. */
  c6: number;
  /** `‖Z₁‖_F/‖Z₂‖_F` at `T₁`; below 1 the second adapter is the larger one. */
  ratio: number;
  /** (14): smallest `‖Z₁‖_F/‖Z₂‖_F` after `T₁` over that at `T₁`. */
  ratioLeast: number;
  /** The same at the end by the signal flow from what both had learnt at `T₁` (ours); at most 1. */
  ratioPredicted: number;
  /** (16): largest `L(t)` over the exponential part, from `T₁` on. */
  bound: number;
  /** The same with the sharp rate `4σσ_{W₂}` in place of the proved one. */
  boundSharp: number;
  /** Lemma D.1: smallest `−d/dt log L_S` over `(1 − δ_w)σσ_{W₂}/16` while `L_S > L/2`. */
  signalRate: number;
  /** Lemma D.2: `‖E(T₁)‖_F` over its bound. */
  errorAtEscape: number;
  /** `‖E(T₁)‖_F/σ`. */
  errorOverSigma: number;
  /** (85): smallest `‖γ₁ᵀZ₁‖²` from `T₁` on over its bound. */
  along: number;
  /** Lemma C.5: largest `‖B₁A₁‖/(½‖Z₁‖²_F)` at all moments. */
  productHigh: number;
  /** Lemma C.5: largest lower bound over `‖B₁A₁‖` at all moments after the start. */
  productLow: number;
  /** Lemma C.6: largest part of `B₁A₁` beside `g` or `v` over its bound. */
  beside: number;
  /** Lemma C.1: largest growth over its upper bound at all moments. */
  growth: number;
  /** `gᵀB₁A₁v` at the end. */
  x1: number;
  /** `uᵀB₂A₂g` at the end. */
  x2: number;
}

/**
 * Parameters of {@linkcode localBounds}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const localBoundsParameters = {
  ...escapeParameters([problemQ({ delta: 0.5 }), problemQ({ delta: 0.9 })]),
  seed: seedParameter(800),
  span: param.number(12, "length of the local phase, in units of 1/(σσ_W₂)", { above: 0 }),
  first: param.number(0.05, "first moment after the escape", { above: 0 }),
  points: param.integer(30, "further moments after the escape", { least: 2 }),
};

type Parameters = Values<typeof localBoundsParameters>;

/** What is looked at; directions and lemmas of a problem are found once for each run. */
function observer(): Observe {
  let at: Problem | undefined, along: SignalDirections, lemmas: PaperLemmas;
  return ({ adapters, problem }) => {
    if (problem !== at) {
      [at, along, lemmas] = [problem, signalDirections(problem), paperLemmas(problem)];
    }
    const { b1, a1, b2, a2 } = adapters;
    const stack = stackOf(b1, a1), gap = misalignment(stack, [along.p, along.v]);
    const { signal, mixed, rest } = lossParts(error(problem, adapters), along);
    const c1 = lemmas.c1(adapters).upper, c5 = lemmaC5(adapters), c6 = lemmas.c6(adapters);
    const d1 = lemmas.d1(adapters), d2 = lemmas.d2(adapters), eq85 = lemmas.eq85(adapters);
    return {
      ...{ loss: signal + mixed + rest, signal, misaligned: gap * (2 - gap) },
      ...{ norm1: frobeniusNorm(stack), norm2: frobeniusNorm(stackOf(b2!, a2!)) },
      along: eq85.right / eq85.left,
      signalRate: d1.right / d1.left,
      ...{ error: d2.left, errorBound: d2.right },
      productHigh: c5.upper.left / c5.upper.right,
      productLow: c5.lower.left / c5.lower.right,
      beside: Math.max(c6.left.left / c6.left.right, c6.right.left / c6.right.right),
      growth: c1.left / c1.right,
      x1: learnt(b1, a1, along.p, along.v),
      x2: learnt(b2!, a2!, along.u, along.p),
    };
  };
}

/**
 * A run with both sides of every bound.
 *
 * @internal Public for workers only.
 */
export const boundsRun: Task<ObservedCell, EscapeRow> = task(
  import.meta.url,
  "boundsRun",
  (cell: ObservedCell, { seed }) => observedEscape(cell, seed, { observe: observer() }),
);

/** How near the bounds come to failing in a run. */
function rowOf(
  run: BoundsRun,
  moments: readonly Moment[],
  { problems }: Parameters,
): LocalBoundsRow {
  const problem = problems.map(problemOf).find(({ name }) => name === run.problem)!;
  const { bound, sharpRate } = theorem32(problem),
    { sigma, sigmaW2, sigmaW1 } = paperSymbols(problem);
  const escape = momentOf(moments, "escape")!;
  const after = moments.filter(({ moment }) => moment === "after"), late = [escape, ...after];
  const column = (rows: readonly Moment[], key: string) => rows.map((row) => Number(row[key]));
  const ratio = (row: Moment) => Number(row.norm1) / Number(row.norm2);
  const [x1, x2] = [Number(escape.x1), Number(escape.x2)];
  const end = finalSplit({ sigma, s2: sigmaW2, s1: sigmaW1, x1, x2 });
  const [from, loss] = [escape.at, Number(escape.loss)];
  const overBound = (row: Moment) => Number(row.loss) / bound(loss, row.at - from);
  const overSharp = (row: Moment) =>
    Number(row.loss) / (2 * Math.exp(-sharpRate * (row.at - from)) * loss);
  const ruled = late.filter((row) => Number(row.signal) > 0.5 * Number(row.loss));
  return {
    ...{ ...run, escape: from, ratio: ratio(escape) },
    // A start that is aligned to the last digit has nothing to lose.
    c6: escape.misaligned === 0 ? 0 : Math.max(
      ...after.map((row) => c6Needed(Number(row.misaligned), Number(escape.misaligned))),
    ),
    ratioLeast: Math.min(...after.map((row) => ratio(row) / ratio(escape))),
    ratioPredicted: Math.min(1, Math.sqrt(end.x1 * x2 / (end.x2 * x1))),
    bound: Math.max(...late.map(overBound)),
    boundSharp: Math.max(...late.map(overSharp)),
    signalRate: Math.min(...column(ruled, "signalRate")),
    errorAtEscape: Number(escape.error) / Number(escape.errorBound),
    errorOverSigma: Number(escape.error) / sigma,
    along: Math.min(...column(late, "along")),
    productHigh: Math.max(...column(moments, "productHigh")),
    productLow: Math.max(...column(late, "productLow")),
    beside: Math.max(...column(moments.slice(1), "beside")),
    growth: Math.max(...column(moments, "growth")),
    x1: Number(after.at(-1)!.x1),
    x2: Number(after.at(-1)!.x2),
  };
}

/** The worst run of every series. */
function worst(rows: readonly LocalBoundsRow[], { starts, copies }: Parameters): Row[] {
  const random = (name: string) =>
    starts.map(layerStart).some((start) => start.name === name && start.random);
  return bySeries(rows).map(({ problem, start, alpha, rows: group }) => {
    const most = (key: keyof LocalBoundsRow) => Math.max(...group.map((row) => Number(row[key])));
    const least = (key: keyof LocalBoundsRow) => Math.min(...group.map((row) => Number(row[key])));
    return {
      ...{ problem, start, alpha },
      "starts without T₁": (random(start) ? copies : 1) - group.length,
      "(13): c₆ needed": most("c6"),
      "(14): smallest ratio over that at T₁": least("ratioLeast"),
      "starts with ‖Z₁‖ < ‖Z₂‖ at T₁": group.filter(({ ratio }) => ratio < 1).length,
      "(16): loss over bound": most("bound"),
      "(90): rate over bound": least("signalRate"),
      "D.2: error over bound": most("errorAtEscape"),
      "(85): size over bound": least("along"),
      "C.5: ‖B₁A₁‖ over ½‖Z₁‖²": most("productHigh"),
      "C.6: part beside over bound": most("beside"),
    };
  });
}

/**
 * Theorem 3.2 in runs: how near (13), (14), (16), (85), (90) and Lemmas C.1, C.5, C.6, D.1, D.2 come to
 * failing, one row for each run. Numbers "over their bound" say that an upper bound holds up to 1 and a
 * lower one from 1 on. A run in which adapter 2 takes the target has no `T₁` and no row; the table
 * counts them.
 *
 * @example
 * ```ts
 * import { localBounds, problemQ } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await localBounds({
 *   problems: [problemQ({ delta: 0.7 })],
 *   ...{ alpha: [1e-4], copies: 2, seed: "5", points: 20 },
 * });
 * assert(rows.every(({ c6, bound, along }) => c6 < 1 && bound <= 0.5 && along > 1));
 * ```
 */
export const localBounds: Experiment<typeof localBoundsParameters, LocalBoundsRow[]> = experiment({
  name: "bounds of the local phase",
  about: "How near the statements about the local phase come to failing in runs.",
  parameters: localBoundsParameters,
  quick: { alpha: [1e-3, 1e-6], points: 12 },
  check: checkEscape,
  run: async (parameters, { sweep }) => {
    const { seed, copies, span, first, points } = parameters;
    const runs = await escapeRuns(sweep, parameters, {
      seeds: startSeeds(seed, 800, copies),
      run: boundsRun,
      after: (lambda) => [first, ...linspace(span / points / lambda, span / lambda, points)],
    });
    return runs.filter(({ moments }) => momentOf(moments, "escape"))
      .map(({ run, moments }) => rowOf(run, moments, parameters));
  },
  table: worded(worst),
});
