/**
 * Starts of an adapter: the built-in ones by name, and a reader's own in the same place.
 *
 * @module
 */
import {
  checkInteger,
  checkKeys,
  checkMethods,
  checkPositive,
  checkString,
  show,
} from "../../check.ts";
import {
  columns,
  type Matrix,
  matrix,
  multiplyNT,
  multiplyTN,
  scale,
  svd,
  transpose,
} from "../../linalg/mod.ts";
import type { Adapters, Problem } from "./model.ts";
import { frame } from "./problems.ts";
import { checkAdapters, checkProblem } from "./shapes.ts";

/** What draws of a start can do: a portable generator or a stream. */
export interface StartDraws {
  /** `count` standard normals. */
  normals(count: number): Float64Array;
}

/** What the start of a layer may look at. */
export interface LayerAtStart {
  /** Frozen weights, out × in. */
  readonly weight: Matrix;
  /** Negative gradient of the loss in the weights at zero adapters, out × in. */
  readonly descent: Matrix;
  /** `r`. */
  readonly rank: number;
  /** Scale `α` of what is not random. */
  readonly alpha: number;
  /** Standard deviation of random entries of `B` and of `A`. */
  readonly deviation: { readonly b: number; readonly a: number };
  /** Draws of the run, shared by its layers in their order. */
  readonly draws: StartDraws;
}

/** Factors of one layer: `B` out × r, `A` r × in. */
export interface LayerFactors {
  /** out × r. */
  readonly b: Matrix;
  /** r × in. */
  readonly a: Matrix;
}

/** How the adapter of a layer starts. */
export interface LayerStart {
  /** Short name, for rows. */
  readonly name: string;
  /** A few words for legends and captions; the name where missing. */
  readonly words?: string;
  /** Where it comes from. */
  readonly source?: string;
  /** Whether it draws; a start that does not runs with one seed. */
  readonly random: boolean;
  /** The factors. */
  readonly factors: (layer: LayerAtStart) => LayerFactors;
}

function normals(draws: StartDraws, rows: number, columns: number, deviation: number): Matrix {
  return scale(matrix(rows, columns, draws.normals(rows * columns)), deviation);
}

/** `B`, then `A`, all entries drawn. What a zero factor would have been is drawn and dropped, so that
 * starts share the other one at equal seeds. */
function gaussian({ weight, rank, deviation, draws }: LayerAtStart): LayerFactors {
  const b = normals(draws, weight.rows, rank, deviation.b);
  return { b, a: normals(draws, rank, weight.columns, deviation.a) };
}

/** Leading singular vectors of a matrix up to its rank, at most `r`. */
function leading(gradient: Matrix, r: number): { u: Matrix; v: Matrix; count: number } {
  const { u, values, v } = svd(gradient);
  const rank = values.filter((x) => x > 1e-12 * values[0]).length;
  return { u, v, count: Math.min(r, rank) };
}

/** `α` times the leading singular vectors of the negative gradient, zeros past its rank. */
function spectral({ descent, rank: r, alpha }: LayerAtStart): LayerFactors {
  const { u, v, count } = leading(descent, r);
  const b = matrix(descent.rows, r), at = matrix(descent.columns, r);
  for (const [out, from] of [[b, u], [at, v]]) {
    for (let i = 0; i < out.rows; i++) {
      for (let j = 0; j < count; j++) out.data[i * r + j] = alpha * from.data[i * from.columns + j];
    }
  }
  return { b, a: transpose(at) };
}

/** `B = 0`, `A = ΣG₁₂ᵀ`: the target's right directions, then those of the weights. */
function spectralPaper({ weight, descent, rank: r, deviation, draws }: LayerAtStart): LayerFactors {
  const sizes = draws.normals(r), { v, count } = leading(descent, r);
  const target = columns(v, 0, count), others = svd(weight).v, n = weight.columns;
  const all = matrix(n, count + others.columns);
  for (let i = 0; i < n; i++) {
    all.data.set(target.data.subarray(i * count, (i + 1) * count), i * all.columns);
    const rest = others.data.subarray(i * others.columns, (i + 1) * others.columns);
    all.data.set(rest, i * all.columns + count);
  }
  const a = matrix(r, n), directions = orthonormal(all, r);
  directions.forEach((direction, k) =>
    a.data.set(direction.map((x) => deviation.a * sizes[k] * x), k * n)
  );
  return { b: matrix(weight.rows, r), a };
}

/** The first `count` columns that are not in the span of those before, made orthonormal. */
function orthonormal(all: Matrix, count: number): Float64Array[] {
  const found: Float64Array[] = [];
  for (let j = 0; j < all.columns && found.length < count; j++) {
    const x = columns(all, j, j + 1).data;
    for (let pass = 0; pass < 2; pass++) {
      for (const y of found) {
        const along = y.reduce((sum, value, i) => sum + value * x[i], 0);
        y.forEach((value, i) => x[i] -= along * value);
      }
    }
    const length = Math.hypot(...x);
    if (length > 1e-6) found.push(x.map((value) => value / length));
  }
  return found;
}

/** `B` drawn, `A = (BᵀB)^{1/2}Oᵀ` with a random frame `O`: `BᵀB = AAᵀ`. */
function balanced({ weight, rank: r, deviation, draws }: LayerAtStart): LayerFactors {
  const b = normals(draws, weight.rows, r, deviation.b), { values, v } = svd(b);
  const root = multiplyNT({ ...v, data: v.data.map((x, i) => x * values[i % r]) }, v);
  return { b, a: multiplyNT(root, frame(draws, weight.columns, r)) };
}

const SECTION_2 = "the paper, Section 2", OURS = "ours";

/** Names of the built-in starts. */
export type StartName =
  | "zeroB"
  | "zeroA"
  | "spectralPaper"
  | "gauss"
  | "balanced"
  | "spectral";

/** The built-in starts by name. */
const BUILT_IN: Readonly<Record<StartName, LayerStart>> = {
  zeroB: {
    ...{ name: "zeroB", words: "B = 0 (paper)", source: SECTION_2, random: true },
    factors: (layer) => ({ ...gaussian(layer), b: matrix(layer.weight.rows, layer.rank) }),
  },
  zeroA: {
    ...{ name: "zeroA", words: "A = 0", source: "the paper, Appendix C.1", random: true },
    factors: (layer) => ({ ...gaussian(layer), a: matrix(layer.rank, layer.weight.columns) }),
  },
  spectralPaper: {
    ...{ name: "spectralPaper", words: "spectral (paper)", source: "the paper, Section 4" },
    ...{ random: true, factors: spectralPaper },
  },
  gauss: {
    name: "gauss",
    words: "all random (ours)",
    source: OURS,
    random: true,
    factors: gaussian,
  },
  balanced: {
    ...{ name: "balanced", words: "balanced (ours)", source: OURS, random: true },
    factors: balanced,
  },
  spectral: {
    ...{ name: "spectral", words: "spectral, balanced (ours)", source: OURS, random: false },
    factors: spectral,
  },
};

/** A start by its name, or a reader's own. */
export type StartLike = StartName | LayerStart;

/**
 * A start by name, or a reader's own.
 *
 * - `zeroB`: `B = 0`, entries of `A` normal: the paper's small initialisation. `zeroA` the other way
 *   round, as in the paper's Appendix C.1 and, by all that can be told, in its figures.
 * - `spectralPaper`: `B = 0`, `A = ΣG₁₂ᵀ` along the target's right directions (from the negative
 *   gradient), then along those of the weights; `Σ` diagonal, its entries normal. The rotation `G₁₁`
 *   of the paper is the identity: it changes nothing.
 * - `gauss`: all entries normal; not a start of the paper.
 * - `balanced`: `BᵀB = AAᵀ`.
 * - `spectral`: `α` times the leading singular vectors of the negative gradient on both sides:
 *   deterministic and balanced.
 *
 * @param start A name, or `{ name, random, factors }`; see {@linkcode LayerStart}.
 * @throws {RangeError} If the name is not known: the list is shown.
 * @throws {TypeError} If a part is missing.
 *
 * @example Half of the rows of `B` random.
 * ```ts
 * import { type LayerStart, layerStart } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const half: LayerStart = {
 *   name: "half",
 *   random: true,
 *   factors: (layer) => {
 *     const { b, a } = layerStart("gauss").factors(layer);
 *     return { b: { ...b, data: b.data.map((x, i) => i % 2 ? x : 0) }, a };
 *   },
 * };
 * const weight = matrix(2, 2, [3, 0, 0, 1]), deviation = { b: 0.5, a: 0.5 };
 * const layer = { weight, descent: weight, rank: 1, alpha: 0.5, deviation, draws: portable(7) };
 * assertEquals(layerStart(half).factors(layer).b.data[0], 0);
 * ```
 */
export function layerStart(start: StartLike): LayerStart {
  const what = "start the adapters", names = Object.keys(BUILT_IN).join(", ");
  if (typeof start === "string" && Object.hasOwn(BUILT_IN, start)) return BUILT_IN[start];
  const wanted = `one of ${names}, or { name, random, factors }`;
  if (typeof start === "string") {
    throw new RangeError(
      `Cannot ${what} as the start must be ${wanted}: current value is ${show(start)}`,
    );
  }
  checkMethods(what, "the start", start, wanted, ["factors"]);
  checkKeys(what, start, ["name", "words", "source", "random", "factors"], "the start");
  checkString(what, "name of the start", start.name);
  if (typeof start.random !== "boolean") {
    throw new TypeError(
      `Cannot ${what} as random of the start ${start.name} must be true or false: ` +
        `current value is ${show(start.random)}`,
    );
  }
  return start;
}

/** The words of a start for legends and captions. */
export function startWords(start: StartLike): string {
  const { name, words = name } = layerStart(start);
  return words;
}

/** How the adapters of a problem start. */
export interface StartOptions {
  /** The start, of every adapter. */
  readonly start: StartLike;
  /** Rank of both adapters, or of each. */
  readonly r: number | readonly [r1: number, r2: number];
  /** Scale `α > 0`: the standard deviation of random entries. */
  readonly alpha: number;
  /** Draws of a random start: `portable(seed)`, or a stream. */
  readonly draws?: StartDraws;
  /** Divides the deviations by the roots of the rows of `B` and the columns of `A`. */
  readonly perFactor?: boolean;
}

/**
 * The adapters of a problem at scale α: `B₁, A₁`, then `B₂, A₂`, in this order of draws.
 *
 * @param problem The problem.
 * @param options See {@linkcode StartOptions}.
 * @throws {RangeError} If `alpha` is not > 0 (zero adapters are a stationary point and stay so), or `r`
 * is no integer from 1 to the smallest size of its layer.
 * @throws {TypeError} If an option is unknown, draws are missing, or an own start does not fit.
 *
 * @example
 * ```ts
 * import { factorization, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const start = { r: 4, start: "gauss", alpha: 1e-3, draws: portable(100) } as const;
 * const { b1 } = startAdapters(factorization({ m: 20 }), start);
 * assertAlmostEquals(b1.data[0], -2.678453773638688e-4, 1e-18);
 * ```
 */
export function startAdapters(problem: Problem, options: StartOptions): Adapters {
  const what = "start the adapters";
  checkProblem(what, problem);
  checkKeys(what, options, ["start", "r", "alpha", "draws", "perFactor"]);
  const { r, alpha, draws, perFactor = false } = options, start = layerStart(options.start);
  checkPositive(what, "alpha", alpha);
  if (start.random && typeof draws?.normals !== "function") {
    throw new TypeError(
      `Cannot ${what} as draws must be portable(seed) or a stream for the start ${start.name}: ` +
        `current value is ${show(draws)}`,
    );
  }
  const { w2, w1, target } = problem, adapted = w1 ? 2 : 1;
  if (Array.isArray(r) && r.length !== adapted) {
    throw new TypeError(
      `Cannot ${what} as r must be a number, or ${adapted === 1 ? "one" : "two"} of them for a ` +
        `problem with ${adapted === 1 ? "one adapter" : "two adapters"}: current value is ${
          show(r)
        }`,
    );
  }
  const [r1, r2 = r1] = typeof r === "number" ? [r] : r;
  const none: StartDraws = { normals: (count) => new Float64Array(count) };
  const layer = (weight: Matrix, descent: Matrix, rank: number, key: string) => {
    const { rows, columns } = descent;
    checkInteger(
      what,
      `${key} for a layer of ${rows} x ${columns}`,
      rank,
      1,
      Math.min(rows, columns),
    );
    const deviation = perFactor
      ? { b: alpha / Math.sqrt(rows), a: alpha / Math.sqrt(columns) }
      : { b: alpha, a: alpha };
    return start.factors({ weight, descent, rank, alpha, deviation, draws: draws ?? none });
  };
  const first = layer(w1 ?? matrix(w2.columns, target.columns), multiplyTN(w2, target), r1, "r1");
  const second = w1 && layer(w2, multiplyNT(target, w1), r2, "r2");
  const adapters = {
    ...{ b1: first?.b, a1: first?.a },
    ...(second ? { b2: second.b, a2: second.a } : {}),
  };
  checkAdapters(what, problem, adapters);
  return adapters;
}

/** Adapters scaled by a factor: the same start at another α. */
export function scaledAdapters({ b1, a1, b2, a2 }: Adapters, factor: number): Adapters {
  return {
    ...{ b1: scale(b1, factor), a1: scale(a1, factor) },
    ...(b2 && a2 ? { b2: scale(b2, factor), a2: scale(a2, factor) } : {}),
  };
}
