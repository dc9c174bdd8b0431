/**
 * Problems to run: the paper's own, plain factorisation, and test problems away from special values.
 *
 * @module
 */
import { checkFinite, checkInteger, checkKeys, checkPositive, show } from "../../check.ts";
import { type Matrix, matrix, multiply, multiplyNT, qr, scale, svd } from "../../linalg/mod.ts";
import { portable, type PortableDraws } from "../../random/mod.ts";
import type { Problem } from "./model.ts";
import { checkProblem } from "./shapes.ts";

/** `rows × columns`, zero but for `entries` on the diagonal. */
function diagonal(entries: ArrayLike<number>, rows: number, columns: number = rows): Matrix {
  const out = matrix(rows, columns);
  for (let i = 0; i < entries.length; i++) out.data[i * columns + i] = entries[i];
  return out;
}

/** Three digits, for a name. */
function short(x: number): string {
  return String(Number(x.toPrecision(3)));
}

/** Parameters of {@linkcode aligned}. */
export interface AlignedOptions {
  /** A few words, for captions. */
  readonly name?: string;
  /** Singular values of `W₂`, in the order of the common bases. */
  readonly s2: readonly number[];
  /** Singular values of `W₁`, in the same order; without them only layer 1 has an adapter. */
  readonly s1?: readonly number[];
  /** Singular values of `Δ`, in the same order; 0 where there is nothing to learn. */
  readonly target: readonly number[];
  /** Rows of `W₂`, by default as many as its values. */
  readonly m?: number;
  /** Hidden dimension, by default the larger of `m` and `n`. */
  readonly h?: number;
  /** Columns of `W₁`, by default as many as its values (or `m`). */
  readonly n?: number;
}

/**
 * A problem for which Assumptions 2.1 and 2.2 hold, in its common bases: `W₂`, `W₁` and `Δ` are diagonal.
 *
 * Gaussian starts are invariant under rotations, so the bases lose no generality.
 *
 * @throws {RangeError} If a value is negative or not finite, there are more of them than rows or
 * columns, or all of `target` are zero.
 *
 * @example
 * ```ts
 * import { aligned } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { w2, w1, target } = aligned({ s2: [2, 1], s1: [0.5, 0.4], target: [0, 3], h: 3 });
 * assertEquals([...w2.data], [2, 0, 0, 0, 1, 0]);
 * assertEquals([w1!.rows, target.data[3]], [3, 3]);
 * ```
 */
export function aligned(options: AlignedOptions): Problem {
  const what = "make an aligned problem";
  checkKeys(what, options, ["name", "s2", "s1", "target", "m", "h", "n"]);
  const { name = "own aligned problem", s2, s1, target } = options;
  const { m = s2.length, n = s1?.length ?? m, h = Math.max(m, n) } = options;
  checkInteger(what, "m", m, 1);
  checkInteger(what, "n", n, 1);
  checkInteger(what, "h", h, 1);
  const layer = (key: string, values: readonly number[], rows: number, columns: number) => {
    checkInteger(what, `the number of values in ${key}`, values.length, 1, Math.min(rows, columns));
    values.forEach((x, i) => {
      if (x >= 0 && x < Infinity) return;
      throw new RangeError(
        `Cannot ${what} as ${key}[${i}] must be a finite number >= 0: current value is ${show(x)}`,
      );
    });
    return diagonal(values, rows, columns);
  };
  const problem = {
    name,
    w2: layer("s2", s2, m, h),
    ...(s1 ? { w1: layer("s1", s1, h, n) } : {}),
    target: layer("target", target, m, n),
  };
  checkProblem(what, problem);
  return problem;
}

/** Parameters of {@linkcode factorization}. */
export interface FactorizationOptions {
  /** Rows of the target. */
  readonly m?: number;
  /** Columns of the target, by default as many as rows. */
  readonly n?: number;
  /** Singular values of the target. */
  readonly sigma?: readonly number[];
  /** `W₂ = sI`. */
  readonly s?: number;
  /** Seed of random bases, a whole number as text; the coordinate axes without it. */
  readonly seed?: string;
  /** Hidden dimension, at most `m`: then `W₂ = sQ` with orthonormal columns, and a seed is needed. */
  readonly h?: number;
}

/**
 * Plain matrix factorisation: `W₂ = sI`, one adapter, `Δ = diag(σ₁, …, σ_k, 0, …)`. With a seed
 * `Δ = UΣVᵀ`, with `h` also `W₂ = sQ` and `Δ = QUΣVᵀ`; the frames `Q`, `U`, `V` are drawn in this order.
 *
 * @throws {RangeError} If a size is no integer ≥ 1, a value not > 0, or there are too many of them, or `h`
 * is given without a seed.
 *
 * @example
 * ```ts
 * import { factorization } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { frobeniusNorm } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * assertEquals([...factorization({ m: 2, sigma: [3] }).target.data], [3, 0, 0, 0]);
 * const turned = factorization({ m: 4, n: 3, sigma: [4, 3], seed: "7" });
 * assertAlmostEquals(frobeniusNorm(turned.target), 5, 1e-12);
 * ```
 */
export function factorization(options: FactorizationOptions = {}): Problem {
  const what = "make a factorisation problem";
  checkKeys(what, options, ["m", "n", "sigma", "s", "seed", "h"]);
  const { m = 20, n = m, sigma = [1], s = 1, seed, h } = options;
  checkInteger(what, "m", m, 1);
  checkInteger(what, "n", n, 1);
  if (h !== undefined) checkInteger(what, "h", h, 1, m);
  const k = sigma.length, rows = h ?? m;
  checkInteger(what, "the number of values in sigma", k, 1, Math.min(rows, n));
  checkPositive(what, "s", s);
  sigma.forEach((x, i) => checkPositive(what, `sigma[${i}]`, x));
  const layer = h === undefined ? s === 1 ? "" : `, W₂ = ${short(s)} I` : `, W₂ = ${short(s)} Q`;
  const name = `factorisation, ${m} × ${n}${layer}`;
  const multiple = diagonal(new Float64Array(m).fill(s), m);
  if (seed === undefined) {
    if (h === undefined) return { name, w2: multiple, target: diagonal(sigma, m, n) };
    throw new RangeError(`Cannot ${what} as seed must be given with h: Q is drawn from it`);
  }
  const draws = portable(seedNumber(what, seed)), q = h === undefined ? null : frame(draws, m, h);
  const u = frame(draws, rows, k), v = frame(draws, n, k);
  const target = multiplyNT(multiply(u, diagonal(sigma, k)), v);
  if (!q) return { name, w2: multiple, target };
  return { name, w2: scale(q, s), target: multiply(q, target) };
}

/** Parameters of {@linkcode canonical}. */
export interface CanonicalOptions {
  /** Sizes `m = h = n`, at least 2. */
  readonly d: number;
  /** Largest singular value of `W₂`. */
  readonly s2?: number;
  /** Largest singular value of `W₁`; without it only layer 1 has an adapter. */
  readonly s1?: number;
  /** Singular value of the rank-one target. */
  readonly sigma?: number;
  /** Angle between target and top singular vector, in degrees: 0 is aligned. */
  readonly degrees?: number;
  /** Smallest relative singular value of the frozen factors. */
  readonly gmin?: number;
}

/**
 * A test problem with falling singular values: `W_i = s_i diag(g)` with `g` from 1 to `gmin` in equal
 * steps, and `Δ = σ u uᵀ`, `u = cos φ e₁ + sin φ e_d`. At an angle Assumption 2.2 fails.
 *
 * Source: ours.
 *
 * @throws {RangeError} If a size or a scale is out of range.
 *
 * @example
 * ```ts
 * import { canonical } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { w2, w1 } = canonical({ d: 3, s1: 0.5 });
 * assertEquals([w2.data[4], w1!.data[8]], [0.75, 0.25]);
 * ```
 */
export function canonical(options: CanonicalOptions): Problem {
  const what = "make the canonical problem";
  checkKeys(what, options, ["d", "s2", "s1", "sigma", "degrees", "gmin"]);
  const { d, s2 = 1, s1, sigma = 1, degrees = 0, gmin = 0.5 } = options;
  checkInteger(what, "d", d, 2);
  checkPositive(what, "s2", s2);
  if (s1 !== undefined) checkPositive(what, "s1", s1);
  checkPositive(what, "sigma", sigma);
  checkFinite(what, "degrees", degrees);
  checkPositive(what, "gmin", gmin);
  const g = Array.from({ length: d }, (_, i) => 1 - (1 - gmin) * i / (d - 1));
  const phi = degrees * Math.PI / 180, c = Math.cos(phi), s = phi === 0 ? 0 : Math.sin(phi);
  const target = matrix(d, d), last = d - 1;
  target.data[0] = sigma * c * c;
  target.data[last] = target.data[last * d] = sigma * c * s;
  target.data[d * d - 1] = sigma * s * s;
  const frozen = (factor: number) => diagonal(g.map((x) => factor * x), d);
  return {
    name: `canonical problem, d = ${d}, s₂ = ${short(s2)}` +
      (s1 === undefined ? "" : `, s₁ = ${short(s1)}`) +
      (degrees === 0 ? "" : `, target at ${short(degrees)}°`),
    w2: frozen(s2),
    target,
    ...(s1 === undefined ? {} : { w1: frozen(s1) }),
  };
}

/**
 * The test problem Q(δ): shapes 9 × 12 × 7, all singular values different and none equal to 1 with
 * the target, which stands at the third index: `s₂ = 1.3`, `s₁ = 1.3 δ`, `σ = 0.7`, so `λ = 0.91` and
 * `δ_w = δ`.
 *
 * Source: ours, so that no formula is checked only where its factors are 1.
 *
 * @param options `delta > 0`, the ratio `δ_w`.
 * @throws {RangeError} If `delta` is not a finite number > 0.
 *
 * @example
 * ```ts
 * import { problemQ } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { w2, target } = problemQ({ delta: 0.5 });
 * assertEquals([w2.rows, w2.columns, target.data[2 * 7 + 2]], [9, 12, 0.7]);
 * ```
 */
export function problemQ(options: { readonly delta: number }): Problem {
  const what = "make the problem Q";
  checkKeys(what, options, ["delta"]);
  const { delta } = options;
  checkPositive(what, "delta", delta);
  return aligned({
    name: `problem Q, δ_w = ${short(delta)}`,
    s2: [1.9, 1.6, 1.3, 1.1, 0.9, 0.75, 0.6, 0.5, 0.4],
    s1: [1.2, 1, 1.3 * delta, 0.8, 0.7, 0.5, 0.4],
    target: [0, 0, 0.7],
    ...{ m: 9, h: 12, n: 7 },
  });
}

/**
 * The test problem S: one adapter, shapes 7 × 6 × 5 in random bases, all singular values of `W₂` different,
 * the target along the second of them: `s = 1.7`, `σ = 0.6`, so `λ = 1.02`.
 *
 * Source: ours, the counterpart of {@linkcode problemQ} for one adapter.
 *
 * @param options `seed` of the bases `U`, `G`, `v`, drawn in this order; a whole number as text.
 * @throws {RangeError} If the seed is no such text.
 *
 * @example
 * ```ts
 * import { modes, problemS } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const { lambda, assumptions } = modes(problemS());
 * assertAlmostEquals(lambda, 1.02, 1e-12);
 * assertEquals(assumptions, "2.1 and 2.2 hold");
 * ```
 */
export function problemS(options: { readonly seed?: string } = {}): Problem {
  const what = "make the problem S";
  checkKeys(what, options, ["seed"]);
  const draws = portable(seedNumber(what, options.seed ?? "880"));
  const u = frame(draws, 7, 7), g = frame(draws, 6, 6), direction = frame(draws, 5, 1);
  const v = matrix(5, 5);
  direction.data.forEach((x, i) => v.data[5 * i + 1] = x); // the other columns meet zeros of the target
  const s2 = [2.2, 1.7, 1.3, 1.1, 0.9, 0.8];
  const problem = aligned({ s2, target: [0, 0.6], m: 7, h: 6, n: 5 });
  return { ...rotated(problem, { u, g, v }), name: "problem S" };
}

/** Parameters of {@linkcode generic}. */
export interface GenericOptions {
  /** Rows of `W₂`. */
  readonly m?: number;
  /** Hidden dimension. */
  readonly h?: number;
  /** Columns of `W₁`. */
  readonly n?: number;
  /** Standard deviation of the entries. */
  readonly deviation?: number;
  /** Seed, a whole number as text. */
  readonly seed?: string;
}

/**
 * A problem without any structure: all entries of `W₂`, `W₁` and `Δ` normal, drawn in this order. None of
 * the paper's assumptions holds.
 *
 * Source: ours, for what holds without assumptions: the imbalances and the energy.
 *
 * @throws {RangeError} If a size or the deviation is out of range.
 *
 * @example
 * ```ts
 * import { generic, modes } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { defect21, defect22 } = modes(generic({ m: 4, h: 3, n: 5 }));
 * assert(defect21 > 0.1 && defect22 > 0.1);
 * ```
 */
export function generic(options: GenericOptions = {}): Problem {
  const what = "make a generic problem";
  checkKeys(what, options, ["m", "h", "n", "deviation", "seed"]);
  const { m = 10, h = 9, n = 8, deviation = 0.2, seed = "11" } = options;
  for (const [name, size] of Object.entries({ m, h, n })) checkInteger(what, name, size, 1);
  checkPositive(what, "deviation", deviation);
  const draws = portable(seedNumber(what, seed));
  const draw = (rows: number, columns: number) =>
    matrix(rows, columns, draws.normals(rows * columns).map((x) => deviation * x));
  const w2 = draw(m, h), w1 = draw(h, n), target = draw(m, n);
  return { name: `generic problem, ${m} × ${h} × ${n}`, w2, w1, target };
}

/** Parameters of {@linkcode paperProblem}. */
export interface PaperProblemOptions {
  /** Seed of `Y_pre`, a whole number as text; 1001 for Fig. 1, 1002 for Figs. 3 and 4. */
  readonly seed?: string;
  /** Rows of `Y_pre`. */
  readonly m?: number;
  /** Hidden dimension. */
  readonly h?: number;
  /** Columns of `Y_pre`. */
  readonly n?: number;
  /** `W₂` is multiplied, `W₁` divided by it: `δ_w = 1/c²`. */
  readonly c?: number;
  /** Singular pair of `Y_pre` along which the target lies: the largest, the smallest, or its index. */
  readonly along?: "top" | "bottom" | number;
  /** Singular value of the target. */
  readonly sigma?: number;
}

/**
 * The paper's matrix-factorisation experiment: `Y_pre` of standard normal entries,
 * `W₂ = c U Σ^½ Gᵀ`, `W₁ = G Σ^½ Vᵀ/c`, `ΔY = σ u_k v_kᵀ`, in the bases `U`, `V`, `G`.
 *
 * Source: the paper, Section 5.1 (`m = n = 10`, `h = 100`, `c = 1.05`, `σ = 5`, top pair) and H.1
 * (`c = 1.05, 2, 10`; top and bottom). Which `Y_pre` the paper drew is not stated: seed 1001 is the
 * first from 1000 on whose largest singular value fits the slopes of its Fig. 1 (6.35 to 6.55), seed
 * 1002 the first with a smallest one in [0.08, 0.12].
 *
 * @throws {RangeError} If a size, a scale or the index is out of range.
 *
 * @example
 * ```ts
 * import { paperProblem } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(paperProblem().w2.data[0], 2.6510381691553553, 1e-12);
 * ```
 */
export function paperProblem(options: PaperProblemOptions = {}): Problem {
  const what = "make the paper's problem";
  checkKeys(what, options, ["seed", "m", "h", "n", "c", "along", "sigma"]);
  const { seed = "1001", m = 10, n = 10, h = 100, c = 1.05, along = "top", sigma = 5 } = options;
  checkInteger(what, "m", m, 1);
  checkInteger(what, "n", n, 1);
  const k = Math.min(m, n), at = along === "top" ? 0 : along === "bottom" ? k - 1 : along;
  checkInteger(what, "h", h, k);
  checkInteger(what, "along (top, bottom or an index)", at, 0, k - 1);
  checkPositive(what, "c", c);
  checkPositive(what, "sigma", sigma);
  const draws = portable(seedNumber(what, seed));
  const { values } = svd(matrix(m, n, draws.normals(m * n)));
  const roots = Array.from(values, Math.sqrt), target = new Array(k).fill(0);
  target[at] = sigma;
  return aligned({
    name: `the paper's problem (Y_pre ${seed}, c = ${short(c)}, ` +
      `${typeof along === "number" ? `pair ${along + 1}` : `${along} pair`})`,
    s2: roots.map((x) => c * x),
    s1: roots.map((x) => x / c),
    ...{ target, m, h, n },
  });
}

/** The whole number that a seed of the portable generator stands for. */
export function seedNumber(what: string, seed: string): number {
  if (typeof seed === "string" && /^\d{1,10}$/.test(seed) && Number(seed) < 2 ** 32) {
    return Number(seed);
  }
  const wanted = `must be a whole number below 2^32 as text, such as "7"`;
  throw new RangeError(`Cannot ${what} as seed ${wanted}: current value is ${show(seed)}`);
}

/**
 * A random matrix with orthonormal columns: Gram–Schmidt of a Gaussian one (Haar measure).
 *
 * @param rows At least `columns`.
 */
export function frame(
  draws: Pick<PortableDraws, "normals">,
  rows: number,
  columns: number,
): Matrix {
  return qr(matrix(rows, columns, draws.normals(rows * columns))).q;
}

/**
 * The problem in other bases: `W₂ → U W₂ Gᵀ`, `W₁ → G′ W₁ Vᵀ`, `Δ → U Δ Vᵀ`. With `G′ = G` the flow
 * is the same seen from elsewhere; another `G′` breaks Assumption 2.1.
 *
 * @param bases Orthogonal `u` (`m × m`), `g` and `g1` (`h × h`), `v` (`n × n`); the identity where
 * missing, `g1` is `g` where missing.
 */
export function rotated(
  { name, w2, w1, target }: Problem,
  { u, g, v, g1 = g }: {
    readonly u?: Matrix;
    readonly g?: Matrix;
    readonly v?: Matrix;
    readonly g1?: Matrix;
  },
): Problem {
  const turn = (left: Matrix | undefined, x: Matrix, right: Matrix | undefined) => {
    const half = left ? multiply(left, x) : x;
    return right ? multiplyNT(half, right) : half;
  };
  const problem = {
    name: `${name ?? "own problem"}, rotated`,
    w2: turn(u, w2, g),
    ...(w1 ? { w1: turn(g1, w1, v) } : {}),
    target: turn(u, target, v),
  };
  checkProblem("rotate a problem", problem);
  return problem;
}
