/**
 * FP3: alignment and imbalance at the end of the alignment phase, beside the exponents of the paper.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  param,
  type Row,
  summary,
  type Task,
  task,
  type Values,
} from "../../../../experiment/mod.ts";
import { type Figure, scaleWords } from "../../../../figure/mod.ts";
import { frobeniusNorm } from "../../../../linalg/mod.ts";
import { misalignment, signalDirections, stackNorms, stackOf } from "../../measures.ts";
import { problemQ } from "../../problems/mod.ts";
import type { EscapeRow } from "../../simulation/runs/escape_run.ts";
import type { Observe } from "../../simulation/runs/run.ts";
import { type LayerStart, layerStart } from "../../starts.ts";
import { alignmentExponents, alignmentTimes } from "../../theory/paper/alignment_bounds.ts";
import { claim31 } from "../../theory/paper/claim_3_1.ts";
import { paperLemmas } from "../../theory/paper/lemmas.ts";
import {
  type BoundsRun,
  checkEscape,
  escapeParameters,
  escapeRuns,
  momentOf,
  type ObservedCell,
  observedEscape,
} from "./_escape.ts";
import { alignmentPanels } from "./_alignment_panels.ts";
import { seedParameter, startSeeds } from "../physics.ts";
import { worded } from "../worded.ts";

export type { BoundsRun, ObservedCell } from "./_escape.ts";

/** The alignment phase of one run. */
export interface AlignmentBoundsRow extends Row, BoundsRun {
  /** `δ_w`. */
  deltaW: number;
  /** `T̂₁` of (34). */
  early: number;
  /** `T̂₁ + T̃₁`, with the logarithm that (51) gives. */
  latest: number;
  /** The same with the logarithm that (46) prints. */
  latestPrinted: number;
  /** `T₁`: when `gᵀB₁A₁v` reaches `(1 − δ_w)σ/(4σ_{W₂})`; null if adapter 2 takes the target. */
  escape: number | null;
  /** `‖Z₁(0)‖_F`. */
  normStart: number;
  /** `‖Z₁(T̂₁)‖_F`. */
  normEarly: number;
  /** The same by Claim 3.1 from the start. */
  normEarlyLaw: number;
  /** `1 − cos²(U^S_{Z₁}, γ₁)` at `T̂₁`. */
  misalignedEarly: number;
  /** The same at the fixed time. */
  misalignedFixed: number;
  /** The same at `T₁`. */
  misaligned: number | null;
  /** `‖Z₁‖²_F/‖Z₂‖²_F` at `T̂₁`. */
  imbalanceEarly: number;
  /** The same at `T₁`. */
  imbalance: number | null;
  /** `‖Z₁‖²₂/‖Z₂‖²₂` at `T₁`: Claim 3.2 has spectral norms. */
  imbalanceSpectral: number | null;
  /** `d/dt log‖Z₁‖²_F` at 0. */
  growthStart: number;
  /** Its mean over the first `window`. */
  growthMean: number;
  /** What (105) bounds it by from below at 0: `2(σσ_{W₂} − ‖D₁(0)‖)`. */
  growthBound: number;
}

/** The balanced spectral start with `α²` for `α`: a start that escapes twice as late. */
export const spectralSquared: LayerStart = {
  name: "spectralSquared",
  words: "spectral, of size /{α}²",
  source: "ours",
  random: false,
  factors: (layer) =>
    layerStart("spectral").factors({ ...layer, alpha: layer.alpha * layer.alpha }),
};

/**
 * Parameters of {@linkcode alignmentBounds}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const alignmentBoundsParameters = {
  ...escapeParameters([problemQ({ delta: 0.5 }), problemQ({ delta: 0.9 })]),
  seed: seedParameter(800),
  window: param.number(0.05, "time over which the first growth is averaged", { above: 0 }),
  fixed: param.number(3, "a fixed time, in units of 1/(σσ_W₂), to compare with", { above: 0 }),
};

type Parameters = Values<typeof alignmentBoundsParameters>;

const observe: Observe = ({ adapters, problem }) => {
  const { b1, a1, b2, a2 } = adapters, { p, v } = signalDirections(problem);
  const stack = stackOf(b1, a1), gap = misalignment(stack, [p, v]);
  const [top1, top2] = stackNorms(adapters), { lower } = paperLemmas(problem).c1(adapters);
  return {
    ...{ misaligned: gap * (2 - gap), top1, top2, growth: lower.right, growthBound: lower.left },
    ...{ norm1: frobeniusNorm(stack), norm2: frobeniusNorm(stackOf(b2!, a2!)) },
  };
};

/** A cell with the moments at which the run is looked at. */
export interface AlignmentCell extends ObservedCell {
  /** Time over which the first growth is averaged. */
  readonly window: number;
  /** A fixed time, in units of `1/(σσ_{W₂})`. */
  readonly fixed: number;
}

/**
 * A run of the alignment phase: bounds at its start, at the end of the linear phase, and at the escape.
 *
 * @internal Public for workers only.
 */
export const alignmentRun: Task<AlignmentCell, EscapeRow> = task(
  import.meta.url,
  "alignmentRun",
  ({ window, fixed, ...cell }: AlignmentCell, { seed }) =>
    observedEscape(cell, seed, {
      observe,
      stops: ({ problem, adapters, alpha }, lambda) => ({
        early: alignmentTimes(problem, adapters, { alpha }).early,
        ...{ window, fixed: fixed / lambda },
      }),
      atStart: ({ problem, adapters, alpha }) => {
        const { early, delay, delayPrinted } = alignmentTimes(problem, adapters, { alpha });
        const linear = claim31(problem, stackOf(adapters.b1, adapters.a1), early);
        return {
          ...{ latest: early + delay, latestPrinted: early + delayPrinted },
          normEarlyLaw: frobeniusNorm(linear),
        };
      },
    }),
);

/** The local exponent of a quantity between neighbouring scales, per start and then averaged. */
function localExponent(
  rows: readonly AlignmentBoundsRow[],
  quantity: (row: AlignmentBoundsRow) => number | null,
): { readonly mean: number; readonly se: number } {
  const scales = [...new Set(rows.map(({ alpha }) => alpha))].toSorted((a, b) => a - b);
  const [low, high] = scales;
  const at = (alpha: number) => rows.filter((row) => row.alpha === alpha);
  const slopes = at(low).flatMap((row) => {
    const other = at(high).find(({ seed }) => seed === row.seed);
    const [a, b] = [quantity(row), other ? quantity(other) : null];
    return a === null || b === null ? [] : [Math.log(a / b) / Math.log(row.alpha / other!.alpha)];
  });
  return slopes.length === 0 ? { mean: NaN, se: NaN } : summary(slopes);
}

/** Exponents of the runs between the two smallest scales beside those of the statements. */
function exponentsOf(rows: readonly AlignmentBoundsRow[]): Row[] {
  const groups = Map.groupBy(rows, ({ problem, start }) => JSON.stringify([problem, start]));
  return [...groups.values()].map((group) => {
    const [{ problem, start, deltaW }] = group, law = alignmentExponents(deltaW);
    const misaligned = localExponent(group, (row) => row.misaligned);
    const imbalance = localExponent(group, (row) => row.imbalance);
    return {
      ...{ problem, start },
      "1 − cos² at T₁": misaligned.mean,
      "Claim 3.2": law.misaligned.claim32,
      "Thm C.1": law.misaligned.theoremC1,
      "(125)": law.misaligned.eq125,
      "ours": law.misaligned.sharp,
      "‖Z₁‖²/‖Z₂‖² at T₁": imbalance.mean,
      "Claim 3.2, ratio": law.imbalance.claim32,
      "Thm C.1, ratio": law.imbalance.theoremC1,
      "ours, ratio": law.imbalance.sharp,
      "‖Z₁(T̂₁)‖": localExponent(group, (row) => row.normEarly).mean,
      "printed in (35)": law.norm.printed,
      "ours, norm": law.norm.sharp,
    };
  });
}

/** How many runs there are without `T₁`, if there are some. */
function neverWords(rows: readonly AlignmentBoundsRow[]): string {
  const count = rows.filter(({ escape }) => escape === null).length;
  if (count === 0) return "";
  return ` In ${count} of ${rows.length} runs adapter 2 takes the target and T₁ never comes: they are ` +
    `left out.`;
}

function draw(rows: AlignmentBoundsRow[], { starts, r, copies, alpha }: Parameters): Figure {
  const panels = alignmentPanels(rows, starts), never = neverWords(rows);
  return {
    ...panels,
    size: "page",
    caption: `Misalignment and imbalance at T₁, where the first adapter has learnt ` +
      `(1 − δ_w)σ/(4σ_{W₂}), against the scale of the start (r = ${r}, α = ` +
      `${alpha.map(scaleWords).join(", ")}). Symbols: geometric means over ` +
      `${copies === 1 ? "one start" : `${copies} starts`} ± one standard deviation of the ` +
      `logarithm; lines: exponents, drawn through the symbol at the largest α. Bounds of the paper ` +
      `are true where the symbols lie below their line (misalignment) or above it (imbalance). ` +
      `Right: the runs over the sharp law, misalignment open, imbalance filled.${never}`,
  };
}

/**
 * FP3: what Claim 3.2 and Theorems C.1, C.2 say about the end of the alignment phase, in runs: one row
 * each, with the times, misalignment and imbalance at `T̂₁` and `T₁`, and the growth at the start.
 *
 * @example
 * ```ts
 * import { alignmentBounds, problemQ } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await alignmentBounds({
 *   problems: [problemQ({ delta: 0.7 })],
 *   alpha: [1e-4],
 *   copies: 2,
 *   seed: "5",
 * });
 * assert(rows.every(({ early, escape, latest }) => early < escape! && escape! < latest));
 * ```
 */
export const alignmentBounds: Experiment<
  typeof alignmentBoundsParameters,
  AlignmentBoundsRow[],
  Figure
> = experiment({
  name: "bounds of the alignment phase",
  about: "How misalignment and imbalance at the escape scale with α, beside the paper's bounds.",
  parameters: alignmentBoundsParameters,
  quick: { alpha: [1e-3, 1e-5, 1e-6] },
  check: checkEscape,
  run: async ({ seed, copies, window, fixed, ...rest }, { sweep }) => {
    const seeds = startSeeds(seed, 800, copies), moments = { window, fixed };
    const runs = await escapeRuns(sweep, rest, { seeds, run: alignmentRun, more: moments });
    return runs.map(({ run, moments }) => {
      const at = (name: string, key: string) => Number(momentOf(moments, name)?.[key] ?? NaN);
      const squared = (name: string, key: string) => (at(name, key + 1) / at(name, key + 2)) ** 2;
      const there = (value: number) => Number.isNaN(value) ? null : value;
      return {
        ...run,
        ...{ early: at("early", "at"), latest: at("start", "latest") },
        latestPrinted: at("start", "latestPrinted"),
        escape: there(at("escape", "at")),
        ...{ normStart: at("start", "norm1"), normEarly: at("early", "norm1") },
        normEarlyLaw: at("start", "normEarlyLaw"),
        misalignedEarly: at("early", "misaligned"),
        misalignedFixed: at("fixed", "misaligned"),
        misaligned: there(at("escape", "misaligned")),
        imbalanceEarly: squared("early", "norm"),
        imbalance: there(squared("escape", "norm")),
        imbalanceSpectral: there(squared("escape", "top")),
        growthStart: at("start", "growth"),
        growthMean: 2 * Math.log(at("window", "norm1") / at("start", "norm1")) / window,
        growthBound: at("start", "growthBound"),
      };
    });
  },
  figure: draw,
  table: worded(exponentsOf),
});
