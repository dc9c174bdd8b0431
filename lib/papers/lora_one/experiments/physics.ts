/**
 * Parameters that the experiments on the linear model share, and what follows from them.
 *
 * @module
 */
import { checkPositive } from "../../../check.ts";
import { param, type Parameter, type Refuse } from "../../../experiment/mod.ts";
import { formatNumber, listed } from "../../../figure/mod.ts";
import { portable, stream } from "../../../random/mod.ts";
import { startOf } from "../../../nn/mod.ts";
import type { Start } from "../../../nn/mod.ts";
import { matrix } from "../../../linalg/mod.ts";
import { drawProblem, type ProblemSizes, REFERENCE } from "../problems/draw.ts";
import { type LinearProblem, linearProblem } from "../problems/linear.ts";
import { NOTEBOOK_STARTS, notebookStart, type StartLike } from "../starts.ts";

/** Words of the axis of time. */
export const STEPS = "steps /{t}";

const A_START = `one of ${NOTEBOOK_STARTS.join(", ")}, or { name, factors }`;

/** Sizes and laws of the linear problem, or a problem of the reader's own. */
export interface ProblemParameters extends Required<ProblemSizes> {
  /** The reader's own. */
  readonly problem: LinearProblem | null;
}

/** Declares a problem with these defaults. */
export function problemParameters(
  sizes: Pick<ProblemSizes, "d" | "k" | "N" | "values">,
): { readonly [K in keyof ProblemParameters]: Parameter<ProblemParameters[K]> } {
  return {
    d: param.integer(sizes.d, "input dimension", { least: 1 }),
    k: param.integer(sizes.k, "output dimension", { least: 1 }),
    N: param.integer(sizes.N, "samples, at least d; inputs are Gaussian", { least: 1 }),
    values: param.numbers(sizes.values, "singular values of Δ, as many as its rank r*", {
      above: 0,
    }),
    decay: param.number(0, "the inputs' covariance has eigenvalues ∝ i^(−decay), trace d", {
      least: 0,
    }),
    noise: param.number(0, "standard deviation of the label noise", { least: 0 }),
    problem: param.value<LinearProblem | null>(
      null,
      "your own problem, linearProblem(covariance, target, { noise, weight }), in place of d, k, N, values, " +
        "decay and noise",
      (own) => own && linearProblem(own.covariance, own.target, { weight: own.weight }),
      "a problem { covariance, target, gradient }, or null",
    ),
  };
}

/** What a problem of the reader's own takes the place of. */
const DRAWN = ["d", "k", "N", "values", "decay", "noise"] as const;

/** Refuses sizes that contradict each other, or that a call gives beside a problem of its own. */
export function checkSizes(
  p: ProblemParameters,
  refuse: Refuse,
  given: ReadonlySet<string>,
): void {
  if (p.problem) {
    const idle = DRAWN.filter((name) => given.has(name));
    if (idle.length > 0) {
      const words = `left out, or problem null: the problem has ${idle.length > 1 ? "them" : "it"}`;
      refuse(idle.join(", "), words, idle.length > 1 ? idle.map((name) => p[name]) : p[idle[0]]);
    }
    return;
  }
  if (p.N < p.d) refuse("N", `at least d = ${p.d}, or Σ̂ is singular`, p.N);
  const most = Math.min(p.d, p.k);
  if (p.values.length > most) refuse("values", `at most min(d, k) = ${most} numbers`, p.values);
}

/** Refuses a rank that no adapter of the problem has. */
export function checkRank(p: ProblemParameters & { readonly r: number }, refuse: Refuse): void {
  const { rows, columns } = p.problem?.target ?? { rows: p.d, columns: p.k };
  const most = Math.min(rows, columns);
  if (p.r > most) refuse("r", `at most min(d, k) = ${most}`, p.r);
}

/** The problem of a run; under the seed `"reference"` with the portable draws from `first` on. */
export function problemOf(p: ProblemParameters, seed: string, first: number): LinearProblem {
  const { problem, d, k, N, values, decay, noise } = p;
  return problem ?? drawProblem({ d, k, N, values, decay, noise }, seed, first);
}

/** Numbers in a row: `1, 1, 1, 1` as `all 1`. */
export function numbersInWords(values: readonly number[]): string {
  const words = values.map((x) => formatNumber(x, 3));
  if (words.length > 1 && new Set(words).size === 1) return `all ${words[0]}`;
  return words.length > 6 ? `${words[0]} … ${words.at(-1)}` : listed(words);
}

/** The problem in words, for captions. */
export function problemWords(p: ProblemParameters): string {
  if (p.problem) {
    const { target: { rows, columns } } = p.problem;
    return `own problem, d = ${rows}, k = ${columns}`;
  }
  const { d, k, N, values, decay, noise } = p;
  const sizes = d === k ? `d = k = ${d}` : `d = ${d}, k = ${k}`;
  return `${sizes}, N = ${N}, r* = ${values.length}, singular values of Δ ${
    numbersInWords(values)
  }` +
    (decay > 0 ? `, inputs with eigenvalues ∝ i^(−${formatNumber(decay)})` : "") +
    (noise > 0 ? `, label noise ${formatNumber(noise)}` : "");
}

/** The seed of an experiment on a golden instance. */
export function seedParameter(what: string): Parameter<string> {
  return param.seed(
    REFERENCE,
    `seed of everything that is drawn; "${REFERENCE}" takes ${what}, any other text fresh draws`,
  );
}

/** Declares starts. */
export function startsParameter(
  value: readonly StartLike[],
  about = "starts of the adapter",
): Parameter<readonly StartLike[]> {
  return param.values<StartLike>(value, about, notebookStart, A_START);
}

/** Declares one start. */
export function startParameter(value: StartLike, about: string): Parameter<StartLike> {
  return param.value<StartLike>(value, about, notebookStart, A_START);
}

/** Factors γ by the name of the start. */
export type Gammas = Readonly<Record<string, number>>;

/** Declares factors γ of single starts. */
export function gammasParameter(value: Gammas): Parameter<Gammas> {
  const door = (gammas: Gammas) =>
    Object.entries(gammas).forEach(([name, x]) => checkPositive("scale a start", name, x));
  return param.value<Gammas>(
    value,
    "factors γ by the name of the start; the others have their own",
    door,
    "positive numbers by the names of starts",
  );
}

/** Draws behind starts: portable ones under the reference seed. */
export function drawsOf(seed: string, number: number): (count: number) => Float64Array {
  if (seed === REFERENCE) return (count) => portable(number).normals(count);
  return (count) => stream(seed, "start", number).fillNormal(new Float64Array(count));
}

/** A start with random factors of a scale, and whether it drew any. */
export function startWith(
  rule: StartLike,
  problem: LinearProblem,
  { r, initStd, seed, number, gamma, scale = 1 }: {
    readonly r: number;
    readonly scale?: number;
    readonly initStd: number;
    readonly seed: string;
    readonly number: number;
    readonly gamma?: number;
  },
): { readonly start: Start; readonly random: boolean } {
  const { target: { rows: d, columns: k } } = problem;
  let random = false;
  const fill = (rows: number, columns: number, from: number) => {
    random = true;
    return matrix(rows, columns, drawsOf(seed, from)(rows * columns));
  };
  const start = startOf(notebookStart(rule), {
    ...{ gradient: problem.gradient, r, scale, ...(gamma === undefined ? {} : { gamma }) },
    ...(problem.weight ? { weight: problem.weight } : {}),
    random: {
      a: () => {
        const a = fill(d, r, number);
        return { ...a, data: a.data.map((x) => x * initStd) };
      },
      b: () => matrix(r, k),
    },
  });
  return { start, random };
}
