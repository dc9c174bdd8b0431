/**
 * Parameters that several experiments of the paper share.
 *
 * @module
 */
import { checkPositive } from "../../../check.ts";
import { param, type Parameter } from "../../../experiment/mod.ts";
import { formatNumber, listed } from "../../../figure/mod.ts";
import type { Shape } from "../../../linalg/mod.ts";
import { stream } from "../../../random/mod.ts";
import { type FamilyLike, KINDS, lossFamily } from "../families.ts";
import { quadratic } from "../losses.ts";
import { lowRank, type Problem, type ProblemLike, problemNames, problemOf } from "../problems.ts";
import { rateRule, type RuleLike, ruleNames } from "../rules.ts";
import { adapterStart, startFactors, type StartLike, startNames } from "../starts.ts";

const A_RULE = `one of ${
  ruleNames.join(", ")
}, { name, alpha }, a number, an expression in t, or a function`;

/** Declares rules. */
export function rulesParameter(
  value: readonly RuleLike[],
  about = "learning-rate rules, built in or your own",
  entries = 1,
): Parameter<readonly RuleLike[]> {
  return param.values<RuleLike>(value, about, rateRule, A_RULE, entries);
}

/** Declares a rule. */
export function ruleParameter(
  value: RuleLike,
  about = "learning-rate rule, built in or your own",
): Parameter<RuleLike> {
  return param.value<RuleLike>(value, about, rateRule, A_RULE);
}

/** Declares families of random losses. */
export function familiesParameter(
  value: readonly FamilyLike[],
): Parameter<readonly FamilyLike[]> {
  return param.values<FamilyLike>(
    value,
    `families of random losses: ${KINDS.join(", ")}, or your own`,
    lossFamily,
    `one of ${KINDS.join(", ")}, or { name, make }`,
  );
}

/** Declares problems. */
export function problemsParameter(
  value: readonly ProblemLike[],
): Parameter<readonly ProblemLike[]> {
  return param.values<ProblemLike>(
    value,
    `losses with a start: ${problemNames.join(", ")}, or your own`,
    problemOf,
    `one of ${problemNames.join(", ")}, or { loss, start }`,
  );
}

/** Declares a start. */
export function startParameter(value: StartLike): Parameter<StartLike> {
  return param.value<StartLike>(
    value,
    "start of the adapter, multiplied by its scale",
    adapterStart,
    `one of ${startNames.join(", ")}, factors { b, a }, or { name, factors }`,
  );
}

/** Declares the target of `½‖BA − M‖²`, the rank and the start of the adapter. */
export function targetParameters(
  { shape, sigma, r }: { shape: Shape; sigma: readonly number[]; r: number },
): {
  m: Parameter<number>;
  n: Parameter<number>;
  sigma: Parameter<readonly number[]>;
  r: Parameter<number>;
  start: Parameter<StartLike>;
  seed: Parameter<string>;
} {
  return {
    m: param.integer(shape[0], "rows of the target M", { least: 1 }),
    n: param.integer(shape[1], "columns of M", { least: 1 }),
    sigma: param.numbers(sigma, "singular values of M, falling", { above: 0 }),
    r: param.integer(r, "rank of the adapter", { least: 1 }),
    start: startParameter("sines"),
    seed: param.seed(),
  };
}

/** A target with its adapter. */
export interface Target {
  /** Rows. */
  readonly m: number;
  /** Columns. */
  readonly n: number;
  /** Singular values. */
  readonly sigma: readonly number[];
  /** Rank. */
  readonly r: number;
  /** Start. */
  readonly start: StartLike;
  /** Seed of the start. */
  readonly seed: string;
}

/** Refuses targets that do not fit together. */
export function checkTarget(
  { m, n, sigma, r }: Pick<Target, "m" | "n" | "sigma" | "r">,
  refuse: (key: never, wanted: string, value: unknown) => void,
): void {
  const no = refuse as (key: string, wanted: string, value: unknown) => void, most = Math.min(m, n);
  if (sigma.length > most) no("sigma", `at most min(m, n) = ${most} numbers`, sigma);
  if (sigma.some((x, i) => i > 0 && x > sigma[i - 1])) no("sigma", "a falling list", sigma);
  if (r > most) no("r", `at most min(m, n) = ${most}`, r);
}

/** `½‖BA − M‖²` and a start of the given scale. */
export function targetProblem({ m, n, sigma, r, start, seed }: Target, scale = 1): Problem {
  const loss = quadratic(lowRank([m, n], sigma));
  return { loss, start: startFactors(start, { loss, r, rng: stream(seed, "start") }, scale) };
}

/** All `min(m, n)` singular values: zeros where none are given. */
export function allValues({ m, n, sigma }: Pick<Target, "m" | "n" | "sigma">): number[] {
  return Array.from({ length: Math.min(m, n) }, (_, i) => sigma[i] ?? 0);
}

/** A target in words. */
export function targetWords({ m, n, sigma, r }: Pick<Target, "m" | "n" | "sigma" | "r">): string {
  const values = listed(sigma.map((x) => formatNumber(x)));
  return `½‖BA − M‖², M ${m} × ${n} of singular value${
    sigma.length > 1 ? "s" : ""
  } ${values}, r = ${r}`;
}

/** A start in words. */
export function startWords(start: StartLike): string {
  const { name, words } = adapterStart(start);
  return words ?? name;
}

/** Names of rules; equal ones would be one series. */
export function ruleNamesOf(rules: readonly RuleLike[]): string[] {
  return rules.map((rule) => rateRule(rule).name);
}

/** Whether names repeat. */
export function repeats(names: readonly string[]): boolean {
  return new Set(names).size < names.length;
}

/** `L` as an axis or a caption has it, checked. */
export function smoothnessParameter(value = 1): Parameter<number> {
  return param.value<number>(
    value,
    "smoothness constant L of the loss",
    (x) => checkPositive("take a smoothness constant", "smoothness", x),
    "a finite number > 0",
  );
}

/** Places of a cumulative distribution: the share of values that are at least `x`, at `count` of them. */
export function shareAbove(values: readonly number[], count = 200): { x: number; y: number }[] {
  const sorted = values.toSorted((a, b) => a - b), n = sorted.length;
  const kept = new Set(
    Array.from({ length: Math.min(count, n) }, (_, i) => {
      // Denser towards the largest, where the statement is.
      const part = (i + 1) / Math.min(count, n);
      return Math.min(n - 1, Math.max(0, Math.round(n * (1 - (1 - part) ** 2)) - 1));
    }),
  );
  return [0, ...kept, n - 1].filter((at, i, all) => all.indexOf(at) === i).sort((a, b) => a - b)
    .map((at) => ({ x: sorted[at], y: (n - at) / n }));
}
