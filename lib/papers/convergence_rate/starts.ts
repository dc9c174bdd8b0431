/**
 * Starts of an adapter: the built-in ones by name, and a reader's own in the same place.
 *
 * @module
 */
import { checkInteger, checkKeys, checkNonNegative, checkString, show } from "../../check.ts";
import { type Matrix, matrix, scale as times, type Shape, svd } from "../../linalg/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { checkAdapters, normals, uniforms } from "./adapters.ts";
import type { Loss } from "./losses.ts";
import type { Adapters } from "./model.ts";

/** What a start is made from. */
export interface StartPlace {
  /** The loss of the update. */
  readonly loss: Loss;
  /** Rank of the adapter. */
  readonly r: number;
  /** Draws; a start that is the same for every seed does not touch it. */
  readonly rng: Stream;
}

/** A start of the adapter. */
export interface AdapterStart {
  /** Name. */
  readonly name: string;
  /** A few words for captions; the name when not given. */
  readonly words?: string;
  /** Where it comes from. */
  readonly source?: string;
  /** The factors, `m × r` and `r × n`. */
  factors(place: StartPlace): Adapters;
}

/**
 * `sin(a i + b j + c i j + ½)` at entry `(i, j)`: full matrices without random numbers.
 *
 * Source: ours.
 */
export function sines([rows, columns]: Shape, [a, b, c]: readonly number[], scale = 1): Matrix {
  const out = matrix(rows, columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      out.data[i * columns + j] = scale * Math.sin(a * i + b * j + c * i * j + 0.5);
    }
  }
  return out;
}

function checkRank({ rows, columns }: Loss, r: number): void {
  checkInteger(`start an adapter of ${rows} x ${columns}`, "r", r, 1, Math.min(rows, columns));
}

/**
 * The usual start of LoRA: `B₀ = 0`, `A₀` uniform on `[−1/√n, 1/√n]`, so that `E‖A₀‖² = r/3`.
 *
 * @param loss Gives `m × n`.
 * @param r Rank from 1 to `min(m, n)`.
 * @param rng Stream of the draws.
 * @throws {RangeError} If `r` is out of range.
 *
 * @example
 * ```ts
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { loraStart, quadratic } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const { b, a } = loraStart(quadratic(matrix(3, 4)), 2, stream("7", "start"));
 * assertEquals([...b.data], Array(6).fill(0));
 * assert(a.data.every((x) => Math.abs(x) <= 0.5));
 * ```
 */
export function loraStart(loss: Loss, r: number, rng: Stream): Adapters {
  checkRank(loss, r);
  const { rows, columns } = loss;
  return { b: matrix(rows, r), a: uniforms([r, columns], rng, 1 / Math.sqrt(columns)) };
}

/** `A₀` of the problems without random numbers: `σ sin(0.8 i + 1.7 j + 0.3 i j + ½)`, and `B₀ = 0`. */
export function sineStart(loss: Loss, r: number, sigma: number): Adapters {
  checkRank(loss, r);
  checkNonNegative("start an adapter", "sigma", sigma);
  return { b: matrix(loss.rows, r), a: sines([r, loss.columns], [0.8, 1.7, 0.3], sigma) };
}

/** `√size` times the top `r` singular vectors of `−G₀` on both sides. */
function spectralStart(loss: Loss, r: number, size: number): Adapters {
  checkRank(loss, r);
  const gradient = matrix(loss.rows, loss.columns);
  loss.evaluate(matrix(loss.rows, loss.columns), gradient);
  const { u, v } = svd(gradient), root = Math.sqrt(size);
  const b = matrix(loss.rows, r), a = matrix(r, loss.columns);
  for (let k = 0; k < r; k++) {
    for (let i = 0; i < b.rows; i++) b.data[i * r + k] = -root * u.data[i * u.columns + k];
    for (let j = 0; j < a.columns; j++) {
      a.data[k * a.columns + j] = root * v.data[j * v.columns + k];
    }
  }
  return { b, a };
}

/** Name of a built-in start. */
export type StartName = "lora" | "sines" | "small" | "large" | "spectral";

const BUILT_IN: Readonly<Record<StartName, AdapterStart>> = {
  lora: {
    ...{ name: "lora", words: "B₀ = 0, A₀ uniform", source: "Hu et al. 2022, as in PyTorch" },
    factors: ({ loss, r, rng }) => loraStart(loss, r, rng),
  },
  sines: {
    ...{ name: "sines", words: "B₀ = 0, A₀ sines", source: "ours, without random numbers" },
    factors: ({ loss, r }) => sineStart(loss, r, 1),
  },
  small: {
    name: "small",
    words: "B₀ ~ N(0, 10⁻⁶), A₀ uniform",
    source: "the paper's experiments",
    factors: ({ loss, r, rng }) => ({
      ...loraStart(loss, r, rng),
      b: normals([loss.rows, r], rng, 1e-3),
    }),
  },
  large: {
    name: "large",
    words: "A₀, B₀ ~ N(0, 0.64)",
    source: "ours, after the paper's experiments",
    factors: ({ loss, r, rng }) => ({
      b: normals([loss.rows, r], rng, 0.8),
      a: normals([r, loss.columns], rng, 0.8),
    }),
  },
  spectral: {
    name: "spectral",
    words: "0.1 × top singular vectors of −G₀, balanced",
    source: "ours, after spectral starts",
    factors: ({ loss, r }) => spectralStart(loss, r, 0.1),
  },
};

/** Names of the built-in starts. */
export const startNames: readonly StartName[] = Object.keys(BUILT_IN) as StartName[];

/** A start: a name, factors, or a reader's own. */
export type StartLike = StartName | Adapters | AdapterStart;

/**
 * The start that a value stands for.
 *
 * - `lora`: `B₀ = 0`, `A₀` uniform on `[−1/√n, 1/√n]`. - `sines`: `B₀ = 0`, `A₀` of sines
 * of amplitude 1, without random numbers.
 * - `small`: as `lora` with `B₀` of deviation 10⁻³. - `large`: both normal of deviation 0.8.
 * - `spectral`: both along the top singular vectors of minus the first gradient, balanced.
 *
 * @throws {RangeError} If the name is not known: the list is shown.
 * @throws {TypeError} If it is no start.
 *
 * @example A start of one's own: twice the usual one.
 * ```ts
 * import { matrix, scale } from "lora-dynamics/linalg/mod.ts";
 * import { adapterStart, loraStart, quadratic } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const twice = adapterStart({
 *   name: "twice",
 *   factors: ({ loss, r, rng }) => {
 *     const { b, a } = loraStart(loss, r, rng);
 *     return { b, a: scale(a, 2) };
 *   },
 * });
 * const { a } = twice.factors({ loss: quadratic(matrix(3, 4)), r: 2, rng: stream("7") });
 * assert(a.data.some((x) => Math.abs(x) > 0.5));
 * ```
 */
export function adapterStart(start: StartLike): AdapterStart {
  const what = "start the adapter";
  const wanted = `one of ${startNames.join(", ")}, factors { b, a }, or { name, factors }`;
  if (typeof start === "string") {
    if (Object.hasOwn(BUILT_IN, start)) return BUILT_IN[start];
    throw new RangeError(
      `Cannot ${what} as the start must be ${wanted}: current value is ${show(start)}`,
    );
  }
  if (typeof start !== "object" || start === null || !("b" in start || "factors" in start)) {
    throw new TypeError(
      `Cannot ${what} as the start must be ${wanted}: current value is ${show(start)}`,
    );
  }
  if ("b" in start) {
    checkKeys(what, start, ["b", "a"], "the start");
    return {
      name: "given",
      factors({ loss }) {
        checkAdapters(what, loss, start);
        return { b: times(start.b, 1), a: times(start.a, 1) };
      },
    };
  }
  checkKeys(what, start, ["name", "words", "source", "factors"], "the start");
  checkString(what, "start.name", start.name);
  if (typeof start.factors === "function") return start;
  throw new TypeError(
    `Cannot ${what} as start.factors must be a function: current value is ${show(start.factors)}`,
  );
}

/**
 * Factors of a start, multiplied by a scale.
 *
 * @param start A name, factors, or a reader's own.
 * @param place Loss, rank and stream.
 * @param scale Multiplies both factors.
 */
export function startFactors(start: StartLike, place: StartPlace, scale = 1): Adapters {
  checkNonNegative("start the adapter", "scale", scale);
  const factors = adapterStart(start).factors(place);
  checkAdapters("start the adapter", place.loss, factors);
  return { b: times(factors.b, scale), a: times(factors.a, scale) };
}
