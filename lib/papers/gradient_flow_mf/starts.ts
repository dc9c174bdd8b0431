/**
 * Starts of an adapter: the built-in ones by name, and a reader's own in the same place.
 *
 * @module
 */
import {
  checkFinite,
  checkInteger,
  checkKeys,
  checkMethods,
  checkPositive,
  checkString,
  show,
} from "../../check.ts";
import { type Matrix, matrix, multiplyNT, multiplyTN, scale } from "../../linalg/mod.ts";
import {
  balanced,
  gaussian,
  type LayerStart,
  spectral,
  spectralPaper,
  type StartDraws,
} from "./_start_factors.ts";
import type { Adapters, Problem } from "./model.ts";
import { checkAdapters, checkProblem } from "./shapes.ts";

export type { LayerAtStart, LayerFactors, LayerStart, StartDraws } from "./_start_factors.ts";

const SECTION_2 = "the paper, Section 2", OURS = "ours";

/** Name of a built-in start. */
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

/** Names of the built-in starts. */
export const startNames: readonly StartName[] = Object.keys(BUILT_IN) as StartName[];

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
  const what = "start the adapters";
  if (typeof start === "string" && Object.hasOwn(BUILT_IN, start)) return BUILT_IN[start];
  const wanted = `one of ${startNames.join(", ")}, or { name, random, factors }`;
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
  const none: StartDraws = {
    normals() {
      throw new TypeError(
        `Cannot ${what} as random of the start ${start.name} must be true: it draws`,
      );
    },
  };
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
    return start.factors({
      weight,
      descent,
      rank,
      alpha,
      deviation,
      draws: start.random ? draws! : none,
    });
  };
  const first = layer(w1 ?? matrix(w2.columns, target.columns), multiplyTN(w2, target), r1, "r1");
  const second = w1 && layer(w2, multiplyNT(target, w1), r2, "r2");
  const adapters = {
    ...{ b1: first?.b, a1: first?.a },
    ...(second ? { b2: second.b, a2: second.a } : {}),
  };
  checkAdapters(what, problem, adapters);
  for (const [key, { data }] of Object.entries(adapters)) {
    data.forEach((x, i) => checkFinite(what, `entry ${i} of ${key} of the start ${start.name}`, x));
  }
  return adapters;
}

/** Adapters scaled by a factor: the same start at another α. */
export function scaledAdapters({ b1, a1, b2, a2 }: Adapters, factor: number): Adapters {
  return {
    ...{ b1: scale(b1, factor), a1: scale(a1, factor) },
    ...(b2 && a2 ? { b2: scale(b2, factor), a2: scale(a2, factor) } : {}),
  };
}
