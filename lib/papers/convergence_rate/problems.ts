/**
 * Problems without random numbers: a loss with a start, the same in any language.
 *
 * @module
 */
import { checkInteger, checkKeys, checkPositive, show } from "../../check.ts";
import { add, type Matrix, matrix, multiplyNT, type Shape } from "../../linalg/mod.ts";
import { stream } from "../../random/mod.ts";
import { checkAdapters, normals } from "./adapters.ts";
import { cosine, type Loss, quadratic } from "./losses.ts";
import type { Adapters } from "./model.ts";
import { SoftmaxLoss } from "./softmax.ts";
import { sines, sineStart } from "./starts.ts";

/** Modified Gram–Schmidt on the columns. */
function orthonormal(x: Matrix): Matrix {
  const q = { ...x, data: x.data.slice() }, { rows, columns, data } = q;
  for (let j = 0; j < columns; j++) {
    for (let k = 0; k < j; k++) {
      let overlap = 0;
      for (let i = 0; i < rows; i++) overlap += data[i * columns + k] * data[i * columns + j];
      for (let i = 0; i < rows; i++) data[i * columns + j] -= overlap * data[i * columns + k];
    }
    let square = 0;
    for (let i = 0; i < rows; i++) square += data[i * columns + j] ** 2;
    for (let i = 0; i < rows; i++) data[i * columns + j] /= Math.sqrt(square);
  }
  return q;
}

/**
 * An `m × n` matrix with the given singular values and fixed singular vectors.
 *
 * Source: ours.
 *
 * @param shape `[m, n]`, each at least the number of values.
 * @param values Singular values > 0.
 *
 * @example
 * ```ts
 * import { svd } from "lora-dynamics/linalg/mod.ts";
 * import { lowRank } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(svd(lowRank([6, 5], [2, 1])).values[1], 1, 1e-14);
 * ```
 */
export function lowRank([m, n]: Shape, values: readonly number[]): Matrix {
  const what = "make a matrix of given singular values", k = values.length;
  checkInteger(what, "the number of values", k, 1, Math.min(m, n));
  values.forEach((x, i) => checkPositive(what, `values[${i}]`, x));
  const u = orthonormal(sines([m, k], [1.3, 0.7, 0.41]));
  const v = orthonormal(sines([n, k], [0.9, 1.1, 0.37]));
  return multiplyNT({ ...u, data: u.data.map((x, i) => x * values[i % k]) }, v);
}

/** A loss with a start. */
export interface Problem {
  /** The loss of the update. */
  readonly loss: Loss;
  /** Where the adapters begin. */
  readonly start: Adapters;
}

/** Target of {@linkcode referenceQuadratic}. */
export function referenceTarget(): Matrix {
  return add(lowRank([6, 5], [2, 1]), sines([6, 5], [2.1, 1.9, 0.23], 0.1));
}

/** The quadratic reference problem: 6 × 5, `r = 2`, a target of rank two plus a small full one. */
export function referenceQuadratic(): Problem {
  const loss = quadratic(referenceTarget());
  return { loss, start: sineStart(loss, 2, 0.5) };
}

/** The softmax reference problem: 30 examples, 4 features, 3 classes, `r = 2`. */
export function referenceSoftmax(): Problem {
  const features = matrix(30, 4), labels = Array.from({ length: 30 }, (_, i) => i % 3);
  for (let i = 0; i < 30; i++) {
    for (let k = 0; k < 4; k++) {
      features.data[4 * i + k] = Math.sin(0.7 * i + 1.9 * k + 0.13 * i * k) + 0.3 +
        Math.cos(2 * (labels[i] + 1) * (k + 1));
    }
  }
  const loss = new SoftmaxLoss({ features, labels, weights: matrix(3, 4) });
  return { loss, start: sineStart(loss, 2, 0.5) };
}

/** A non-convex problem: 6 × 5 cosines with fixed phases, `r = 2`. */
export function referenceCosine(): Problem {
  const phases = normals([6, 5], stream("7", "cosine"), 1);
  const loss = cosine(phases, { kappa: 1, omega: 1.5, mu: 0.1 });
  return { loss, start: sineStart(loss, 2, 0.5) };
}

/** The matrix of the constant-step table: 8 × 6 with singular values 3 and 1.5, `r = 2`. */
export function tableProblem(sigma: number): Problem {
  const loss = quadratic(lowRank([8, 6], [3, 1.5]));
  return { loss, start: sineStart(loss, 2, sigma) };
}

/** Name of a built-in problem. */
export type ProblemName = "quadratic" | "cosine" | "softmax";

const BUILT_IN: Readonly<Record<ProblemName, () => Problem>> = {
  quadratic: referenceQuadratic,
  cosine: referenceCosine,
  softmax: referenceSoftmax,
};

/** Names of the built-in problems. */
export const problemNames: readonly ProblemName[] = Object.keys(BUILT_IN) as ProblemName[];

/** A problem with a name. */
export interface NamedProblem extends Problem {
  /** Name. */
  readonly name: string;
}

/** A problem: a name, or a reader's own loss and start, perhaps with a name. */
export type ProblemLike = ProblemName | (Problem & { readonly name?: string });

/**
 * The problem that a value stands for.
 *
 * @throws {RangeError} If the name is not known: the list is shown.
 * @throws {TypeError} If it is no problem, or its start does not fit its loss.
 *
 * @example
 * ```ts
 * import { problemOf } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(problemOf("cosine").loss.name, "cosine");
 * ```
 */
export function problemOf(like: ProblemLike): NamedProblem {
  const what = "choose a problem";
  const wanted = `one of ${problemNames.join(", ")}, or { loss, start }`;
  if (typeof like === "string" && Object.hasOwn(BUILT_IN, like)) {
    return { name: like, ...BUILT_IN[like]() };
  }
  if (typeof like !== "object" || like === null || !("loss" in like) || !("start" in like)) {
    const message = `Cannot ${what} as it must be ${wanted}: current value is ${show(like)}`;
    throw typeof like === "string" ? new RangeError(message) : new TypeError(message);
  }
  checkKeys(what, like, ["name", "loss", "start"], "the problem");
  checkAdapters(what, like.loss, like.start);
  return { ...like, name: like.name ?? like.loss.name };
}
