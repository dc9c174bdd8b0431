/**
 * Test problems away from special values, and one without any structure.
 *
 * @module
 */
import { checkFinite, checkInteger, checkKeys, checkPositive } from "../../../check.ts";
import { matrix } from "../../../linalg/mod.ts";
import { portable } from "../../../random/mod.ts";
import { aligned, diagonal, short } from "./aligned.ts";
import { frame, rotated, seedNumber } from "./frames.ts";
import type { Problem } from "../model.ts";

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
