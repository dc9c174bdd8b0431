/**
 * F1, C2–C4: how near random remainders come to the descent lemmas.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  grid,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  legendOf,
  scaleWords,
} from "../../../../figure/mod.ts";
import { type FamilyLike, KINDS, lossFamily } from "../../families.ts";
import { FACTOR_KINDS, factorFuzz, lemmaFuzz, type LemmaRow } from "../../simulation/lemma_fuzz.ts";
import {
  type LemmaSizes,
  remainderFactored,
  remainderPaper,
  remainderSharp,
} from "../../theory/lemma.ts";
import { familiesParameter, repeats, shareAbove } from "../physics.ts";

/** A remainder with the family of its loss. */
export interface LemmaTrial extends LemmaRow {
  /** Name of the family. */
  kind: string;
}

/** The lemmas by name. */
export const LEMMAS = {
  "Lemma 3.3": remainderPaper,
  sharp: remainderSharp,
  factored: remainderFactored,
} as const;

/** Violations of a bound, beyond rounding, and the largest ratio of remainder to bound. */
export interface LemmaVerdict extends Row {
  /** Trials. */
  trials: number;
  /** Trials whose remainder exceeds the bound beyond rounding. */
  violations: number;
  /** Largest ratio, over the trials whose rounding is below 10⁻³ of the bound. */
  ratio: number;
}

/** Ratios of remainder to bound, where rounding is below 10⁻³ of the bound. */
export function lemmaRatios(
  rows: readonly LemmaRow[],
  bound: (sizes: LemmaSizes) => number,
): number[] {
  return rows.flatMap((row) => {
    const limit = bound(row), noise = 1e-10 * (row.magnitude + limit);
    return noise < 1e-3 * limit ? [row.remainder / limit] : [];
  });
}

/** What trials say of a bound. */
export function lemmaVerdict(
  rows: readonly LemmaRow[],
  bound: (sizes: LemmaSizes) => number,
): LemmaVerdict {
  const violations = rows.filter((row) => {
    const limit = bound(row);
    return row.remainder > limit + 1e-10 * (row.magnitude + limit);
  }).length;
  const ratio = lemmaRatios(rows, bound).reduce((most, x) => Math.max(most, x), -Infinity);
  return { trials: rows.length, violations, ratio };
}

/**
 * Parameters of {@linkcode descentLemmas}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const lemmaParameters = {
  losses: familiesParameter(KINDS),
  trials: param.integer(10_000, "random pairs of adapters for each family", { least: 1 }),
  parts: param.integer(5, "parts in which they are drawn, each by a worker", { least: 1 }),
  size: param.integer(6, "largest m and n", { least: 1 }),
  rank: param.integer(4, "largest rank r", { least: 1 }),
  decades: param.numbers([-2, 1.5], "powers of ten between which ‖V‖ and ‖D‖ are drawn", {
    entries: 2,
  }),
  factored: param.integer(
    2000,
    "random pairs for f(VVᵀ), for each of its three losses; 0 for none",
    {
      least: 0,
    },
  ),
  seed: param.seed(),
};

type Parameters = Values<typeof lemmaParameters>;

/** Rows of {@linkcode descentLemmas}. */
export type LemmaTrials = { pairs: LemmaTrial[]; factored: LemmaTrial[] };

function draw({ pairs, factored }: LemmaTrials, p: Parameters): Figure {
  const names = p.losses.map((family) => lossFamily(family).name);
  const looks = new Map([...names, ...FACTOR_KINDS].map((name) => [name, 0]));
  [...looks.keys()].forEach((name, i) => looks.set(name, i));
  const least = 0.5 / Math.max(p.trials, p.factored);
  const panel = (
    title: string,
    rows: readonly LemmaTrial[],
    [kinds, bound, limit]: [readonly string[], (sizes: LemmaSizes) => number, number],
  ): Drawing => ({
    title,
    x: { label: "remainder / bound", domain: [0, 1.02] },
    y: { label: "share of trials above", type: "log", domain: [least, 1.3] },
    series: [
      ...kinds.map((kind) => {
        const all = shareAbove(lemmaRatios(where(rows, "kind", kind), bound));
        const thin = all.filter(({ x }) => x > 0), every = Math.max(1, Math.ceil(thin.length / 6));
        const marks = thin.filter((_, i) => i % every === every - 1 || i === thin.length - 1);
        return { name: kind, look: looks.get(kind)!, thin, marks };
      }),
      { name: "least upper bound", guide: [least, 1.3].map((y) => ({ x: limit, y })) },
    ],
  });
  const drawings = [
    panel("Lemma 3.3 (paper)", pairs, [names, remainderPaper, 0.5]),
    panel("sharp lemma (ours)", pairs, [names, remainderSharp, 1]),
    ...(factored.length > 0
      ? [panel("/{f}(/{VV}^{⊤}), sharp (ours)", factored, [FACTOR_KINDS, remainderFactored, 1])]
      : []),
  ];
  const [low, high] = p.decades.map((power) => scaleWords(10 ** power));
  const other = factored.length > 0
    ? ` (c) The same for f(VVᵀ), ${p.factored} pairs for each of three losses.`
    : "";
  return figureOf(drawings, {
    aspect: 0.95,
    legend: legendOf(drawings[0].series),
    caption:
      `Remainder of the first-order expansion over its bound, between random adapters with m, n ≤ ${p.size}, ` +
      `r ≤ ${p.rank}, ‖V‖ and ‖D‖ from ${low} to ${high}: share of ${p.trials} pairs of each family of losses ` +
      "that lie above a ratio (thin lines with symbols: simulation). Dotted: the least upper bound, ½ for the " +
      `paper's lemma (a), 1 for the sharp one (b).${other}`,
  });
}

/**
 * Random pairs of adapters on random losses: the remainder of the first-order expansion and the sizes from which
 * the lemmas bound it.
 *
 * Rows: `pairs` and `factored`, one pair each.
 * Source: Lemma 3.3 the paper's (as reported), the sharp ones ours.
 *
 * @example A family of one's own, far from the defaults: the sharp lemma holds and is approached.
 * ```ts
 * import { descentLemmas, lemmaVerdict, normals, quadratic, remainderSharp, rescaled } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const steep = {
 *   name: "steep",
 *   make: (shape: readonly [number, number], rng: Parameters<typeof normals>[1]) =>
 *     rescaled(quadratic(normals(shape, rng, 1)), { factor: 7 }),
 * };
 * const { rows } = await descentLemmas({ losses: [steep], trials: 500, factored: 0 });
 * const { violations, ratio } = lemmaVerdict(rows.pairs, remainderSharp);
 * assertEquals(violations, 0);
 * assert(ratio > 0.6 && ratio <= 1);
 * ```
 */
export const descentLemmas: Experiment<typeof lemmaParameters, LemmaTrials, Figure> = experiment({
  name: "descent lemmas",
  about: "How near random remainders come to the descent lemmas.",
  parameters: lemmaParameters,
  quick: { trials: 1200, parts: 1, factored: 400 },
  check: ({ losses, decades, trials, parts }, refuse) => {
    if (repeats(losses.map((each) => lossFamily(each).name))) {
      refuse("losses", "families of different names", losses);
    }
    if (decades.length !== 2 || decades[0] > decades[1]) {
      refuse("decades", "a lower and an upper power of ten", decades);
    }
    if (parts > trials) refuse("parts", `at most trials = ${trials}`, parts);
  },
  run: async (p, { sweep }) => {
    const { trials, parts, size, rank } = p, decades = [p.decades[0], p.decades[1]] as const;
    const part = Array.from({ length: parts }, (_, i) => i);
    const kept = ({ kind, remainder, magnitude, ...sizes }: LemmaTrial): LemmaTrial => {
      const { smoothness, v, vop, g, gamma, delta } = sizes;
      return { kind, remainder, magnitude, smoothness, v, vop, g, gamma, delta };
    };
    const cells = (families: readonly FamilyLike[], count: number) =>
      grid({ at: families.map((_, i) => i), part }).map(({ at, part }) => ({
        ...{ kind: lossFamily(families[at]).name, family: families[at], part },
        ...{
          trials: Math.ceil(count / parts),
          size,
          rank,
          decades: [...decades] as [number, number],
        },
      }));
    const pairs = await sweep({ run: lemmaFuzz, cells: cells(p.losses, trials) });
    const factorCells = p.factored === 0 ? [] : cells(FACTOR_KINDS, p.factored)
      .map(({ family: _, ...cell }) => cell);
    const factored = factorCells.length === 0
      ? []
      : await sweep({ name: "descent lemmas of f(VVᵀ)", run: factorFuzz, cells: factorCells });
    return { pairs: pairs.map(kept), factored: factored.map(kept) };
  },
  figure: draw,
  table: ({ pairs, factored }) => [
    { lemma: "3.3 (paper)", ...lemmaVerdict(pairs, remainderPaper) },
    { lemma: "sharp (ours)", ...lemmaVerdict(pairs, remainderSharp) },
    ...(factored.length > 0
      ? [{ lemma: "f(VVᵀ), sharp (ours)", ...lemmaVerdict(factored, remainderFactored) }]
      : []),
  ],
});
