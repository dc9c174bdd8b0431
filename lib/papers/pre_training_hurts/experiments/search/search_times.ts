/**
 * Figure F1: the search time τ against the strength of pre-training, for any targets.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Figure,
  figureOf,
  formatNumber,
  listed,
  sentence,
  type Series,
} from "../../../../figure/mod.ts";
import { searchTime } from "../../theory/growth.ts";
import { criticalStrengths, raySlope } from "../../theory/traps.ts";
import {
  checkTarget,
  commonWords,
  matrixOf,
  pairOf,
  type SearchTarget,
  targetWords,
  type TimeUnit,
  unitFactor,
} from "./targets.ts";

/** One panel: its targets. */
type Panel = SearchTarget | readonly SearchTarget[];

/**
 * Parameters of {@linkcode searchTimes}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const searchTimeParameters = {
  activations: param.values<Panel>(
    [["x", "relu", "erf", "sigmoid"], ["He2", "He6", "He10"], ["He3", "He5", "He7"]],
    "targets: activations, or { student, teacher }; a list in the list is a panel of its own",
    (entry) => [entry].flat().forEach((target) => checkTarget(target as SearchTarget)),
    "an activation, { student, teacher }, or a list of them",
  ),
  mu: param.numbers([0.032, 0.99], "first and last strength μ", { entries: 2 }),
  points: param.integer(200, "strengths between them", { least: 2 }),
  ratio: param.number(1, "ζ = η_ω/η_u, step of ω over that of u", { above: 0 }),
  unit: param.choice<TimeUnit>(
    "paper",
    "unit of time: the paper's, steps × η with gradients over N_k for He_k; or steps × η with gradients over " +
      "E σ'² for every activation, which compares activations",
    ["paper", "slope"],
  ),
};

type Parameters = Values<typeof searchTimeParameters>;

/** A strength of a target, or one of its critical strengths, where `tau` is null. */
export interface SearchTimeRow extends Row {
  /** Number of the panel from 0. */
  panel: number;
  /** Target in words. */
  target: string;
  /** Strength. */
  mu: number;
  /** Entry `A` of the search matrix. */
  A: number;
  /** Entry `B`. */
  B: number;
  /** Search time; null at a critical strength. */
  tau: number | null;
}

function panelsOf(p: Pick<Parameters, "activations">): (readonly SearchTarget[])[] {
  const own = p.activations.filter((entry) => Array.isArray(entry)) as SearchTarget[][];
  const rest = p.activations.filter((entry) => !Array.isArray(entry)) as SearchTarget[];
  return rest.length > 0 ? [rest, ...own] : own;
}

/** Strengths inside the range at which τ diverges. */
function trapsOf(target: SearchTarget, [from, to]: readonly number[]): number[] {
  const { student, teacher } = pairOf(target);
  const matched = targetWords({ student, teacher }) === targetWords(student);
  return criticalStrengths(raySlope(student, teacher), [from, to])
    // At the target itself τ diverges, too, but that is no trap.
    .filter((mu) => !(matched && Math.abs(Math.abs(mu) - 1) < 1e-6) && Math.abs(mu) > 1e-9);
}

/** Equally spaced strengths, and closer and closer ones on both sides of a divergence. */
function strengthsOf({ mu: [from, to], points }: Parameters, traps: readonly number[]): number[] {
  const even = Array.from({ length: points }, (_, i) => from + (to - from) * i / (points - 1));
  const near = traps.flatMap((mu) =>
    [1e-2, 3e-3, 1e-3, 3e-4, 1e-4].flatMap((gap) => [mu - gap, mu + gap])
  );
  return [...even, ...near.filter((mu) => mu > from && mu < to)].toSorted((a, b) => a - b);
}

function run(p: Parameters): SearchTimeRow[] {
  return panelsOf(p).flatMap((targets, panel) =>
    targets.flatMap((target) => {
      const matrix = matrixOf(target), factor = unitFactor(target, p.unit);
      const row = (mu: number, critical = false): SearchTimeRow => {
        const { A, B } = matrix(mu), tau = critical ? null : factor * searchTime({ A, B }, p.ratio);
        return { panel, target: targetWords(target), mu, A, B, tau };
      };
      const traps = trapsOf(target, p.mu);
      return [
        ...strengthsOf(p, traps).map((mu) => row(mu)),
        ...traps.map((mu) => row(mu, true)),
      ];
    })
  );
}

function captionOf(rows: readonly SearchTimeRow[], p: Parameters): string {
  const traps = distinct(rows, "target").flatMap((target) => {
    const own = [
      ...new Set(where(where(rows, "target", target), "tau", null).map(({ mu }) => mu.toFixed(4))),
    ];
    return own.length === 0 ? [] : [`${target.replace(/_\{([^}]*)\}/g, "$1")} ${listed(own)}`];
  });
  const unit = p.unit === "paper"
    ? "steps × η, gradients over N_k = k·k! for He_k"
    : "steps × η, gradients over E σ'(z)²";
  return `Search time τ(μ) = 1/λ₊ from the integrals of A and B, in units of ${unit}` +
    (p.ratio === 1 ? "" : `, ζ = ${formatNumber(p.ratio)}`) +
    (traps.length > 0
      ? `. Vertical lines: critical strengths, A = 0 (${
        traps.join("; ")
      }); τ diverges there if B ≤ 0`
      : `. A has no zero for ${formatNumber(p.mu[0])} < μ < ${formatNumber(p.mu[1])}`) +
    ". Theory only.";
}

/** Most of the axis of τ: what is above is on the way to a divergence. */
const MOST = 1e5;

/** The unit interval where most of it is drawn, else the range itself. */
function rangeOf([from, to]: readonly number[]): number[] {
  return to - from > 0.6 ? [Math.min(0, from), Math.max(1, to)] : [from, to];
}

function titleOf(words: string): string {
  return words === "" ? "Mixed targets" : words.startsWith("/") ? words : sentence(words);
}

function draw(rows: readonly SearchTimeRow[], p: Parameters): Figure {
  const panels = panelsOf(p);
  const least = Math.min(...rows.map(({ tau }) => tau ?? Infinity));
  const most = Math.min(MOST * least, 3 * Math.max(...rows.map(({ tau }) => tau ?? 0)));
  const domain = [0.7 * least, most];
  const drawings = panels.map((targets, panel) => {
    const own = where(rows, "panel", panel);
    const curves = targets.map((target, i): Series => {
      const all = where(own, "target", targetWords(target));
      return {
        ...{ name: targetWords(target), look: i },
        line: all.filter(({ tau }) => tau !== null && tau < 10 * most)
          .map(({ mu, tau }) => ({ x: mu, y: tau! })),
      };
    });
    const traps = where(own, "tau", null).map(({ mu }): Series => ({
      name: "critical strength",
      guide: domain.map((y) => ({ x: mu, y })),
    }));
    return {
      title: titleOf(commonWords(targets)),
      x: { label: "pre-training strength /{μ}", domain: rangeOf(p.mu) },
      y: { label: panel === 0 ? "search time /{τ}" : "", type: "log" as const, domain },
      series: [...curves, ...traps],
      legend: "above" as const,
    };
  });
  return figureOf(drawings, {
    columns: Math.min(3, drawings.length),
    aspect: drawings.length > 2 ? 0.95 : 0.62,
    caption: captionOf(rows, p),
  });
}

/**
 * Search time against the strength of pre-training: any activations, squared or other teachers, any range of μ
 * (beyond the target or on the other side of the origin, too).
 *
 * Scale: steps × η, see the parameter `unit`. Source: definition of τ: code of nwemadji2026when; integrals and
 * critical strengths: ours.
 *
 * @example A reader's own activation beside the paper's.
 * ```ts
 * import { searchTimes } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rows } = await searchTimes({ activations: ["x", "tanh(z)"], mu: [0.5, 0.9], points: 2 });
 * assertAlmostEquals(rows[0].tau!, 2 + 2 * Math.SQRT2, 1e-12);
 * ```
 */
export const searchTimes: Experiment<typeof searchTimeParameters, SearchTimeRow[], Figure> =
  experiment({
    name: "search time against strength",
    about: "The time τ of the search phase against the strength of pre-training, from theory.",
    parameters: searchTimeParameters,
    quick: { points: 80 },
    check: ({ mu: [from, to] }, refuse) => from < to || refuse("mu", "increasing", [from, to]),
    run,
    figure: draw,
  });

/** He₅ with a little of a second Hermite mode, as in the authors' notebooks, around the trap of He₅. */
export const twoTermTimes: typeof searchTimes = searchTimes.with(
  "search time of two-term targets",
  {
    activations: [
      ["He5(z)", "He5(z) + 0.1 He6(z)", "He5(z) + 0.3 He6(z)", "He5(z) + He6(z)"],
      ["He5(z)", "He5(z) + 0.02 He7(z)", "He5(z) + 0.05 He7(z)", "He5(z) + He7(z)"],
    ],
    mu: [0.3, 0.6],
    unit: "slope",
  },
);
