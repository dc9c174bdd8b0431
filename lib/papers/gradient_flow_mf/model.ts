/**
 * The problems of gradient-flow-mf and the starts of their adapters: what theory and simulation have
 * in common. No dynamics.
 *
 * @module
 */
import { checkFinite, checkInteger, checkOneOf, checkPositive } from "../../check.ts";
import {
  frobeniusNorm,
  identity,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  qr,
  scale,
  svd,
  transpose,
} from "../../linalg/mod.ts";
import type { PortableDraws } from "../../random/mod.ts";

/**
 * Fine-tuning of a frozen two-layer linear map `W₂W₁` towards `W₂W₁ + Δ` under `½‖·‖²_F`.
 *
 * With `w1` both layers have an adapter (problem D); without it only layer 1 has one (problem S, or
 * MF when `w2` is the identity).
 */
export interface Problem {
  /** Frozen `W₂`, `m × h`. */
  readonly w2: Matrix;
  /** Frozen `W₁`, `h × n`; without it layer 2 has no adapter. */
  readonly w1?: Matrix;
  /** What has to be learnt, `Δ`, `m × n`. */
  readonly target: Matrix;
}

/** Factors of the adapters: layer 1 computes `W₁ + B₁A₁`, layer 2 `W₂ + B₂A₂`. */
export interface Adapters {
  /** `h × r`. */
  readonly b1: Matrix;
  /** `r × n`. */
  readonly a1: Matrix;
  /** `m × r`, in problem D. */
  readonly b2?: Matrix;
  /** `r × h`, in problem D. */
  readonly a2?: Matrix;
}

/** How adapters start; see {@linkcode startAdapters}. */
export type Scheme = "gauss" | "zeroB" | "zeroA" | "balanced" | "spectral";

const SCHEMES: readonly Scheme[] = ["gauss", "zeroB", "zeroA", "balanced", "spectral"];

function shapeOf(a: Matrix | undefined): string {
  return a === undefined ? "none" : `${a.rows} x ${a.columns}`;
}

/**
 * Checks that the shapes chain and the entries are finite.
 *
 * @throws {TypeError} If they do not chain: all shapes are shown.
 * @throws {RangeError} If an entry is not finite or `Δ = 0`.
 */
export function checkProblem(what: string, { w2, w1, target }: Problem): void {
  const m = target.rows, n = target.columns, h = w2.columns;
  if (w2.rows !== m || (w1 !== undefined && (w1.rows !== h || w1.columns !== n))) {
    throw new TypeError(
      `Cannot ${what} as w2, w1 and target must be m x h, h x n and m x n: current shapes are ` +
        `${shapeOf(w2)}, ${shapeOf(w1)} and ${shapeOf(target)}`,
    );
  }
  for (const [name, a] of Object.entries({ w2, w1, target })) {
    a?.data.forEach((x, i) => checkFinite(what, `${name}[${i}]`, x));
  }
  if (target.data.every((x) => x === 0)) {
    throw new RangeError(`Cannot ${what} as target must not be zero: there is nothing to learn`);
  }
}

/**
 * Checks that adapters fit a problem.
 *
 * @throws {TypeError} If shapes do not chain: those of all four factors are shown.
 */
export function checkAdapters(what: string, problem: Problem, adapters: Adapters): number {
  const { b1, a1, b2, a2 } = adapters, { w2, w1, target } = problem;
  const m = target.rows, n = target.columns, h = w2.columns, r = b1.columns;
  const first = b1.rows === h && a1.rows === r && a1.columns === n;
  const second = w1 === undefined
    ? b2 === undefined && a2 === undefined
    : b2?.rows === m && b2.columns === r && a2?.rows === r && a2.columns === h;
  if (!first || !second) {
    throw new TypeError(
      `Cannot ${what} as b1, a1${w1 ? ", b2 and a2" : ""} must be h x r, r x n` +
        `${w1 ? ", m x r and r x h" : " and no others"} with m = ${m}, h = ${h}, n = ${n}: ` +
        `current shapes are ${[b1, a1, b2, a2].map(shapeOf).join(", ")}`,
    );
  }
  return r;
}

function diagonal(entries: ArrayLike<number>, rows = entries.length, columns = rows): Matrix {
  const out = matrix(rows, columns);
  for (let i = 0; i < entries.length; i++) out.data[i * columns + i] = entries[i];
  return out;
}

/**
 * Plain matrix factorisation with a diagonal target: `W₂ = I`, `Δ = diag(σ₁, …, σ_k, 0, …)`.
 *
 * A Gaussian start is invariant under rotations, so the bases lose no generality.
 *
 * @param d `m = n`.
 * @param sigma Singular values of the target, at most `d` of them.
 * @throws {RangeError} If `d` is no integer ≥ 1, or there are more values than rows or none.
 *
 * @example
 * ```ts
 * import { factorization } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...factorization(2, [3]).target.data], [3, 0, 0, 0]);
 * ```
 */
export function factorization(d: number, sigma: readonly number[] = [1]): Problem {
  const what = "make a factorisation problem";
  checkInteger(what, "d", d, 1);
  checkInteger(what, "the number of singular values", sigma.length, 1, d);
  sigma.forEach((x, i) => checkPositive(what, `sigma[${i}]`, x));
  return { w2: identity(d), target: diagonal(sigma, d) };
}

/** Parameters of {@linkcode canonical}. */
export interface CanonicalOptions {
  /** Sizes `m = h = n`, at least 2. */
  readonly d: number;
  /** Largest singular value of `W₂`. */
  readonly s2: number;
  /** Largest singular value of `W₁`; without it only layer 1 has an adapter. */
  readonly s1?: number;
  /** Singular value of the rank-one target. */
  readonly sigma?: number;
  /** Angle between target and top singular vector, in radians: 0 is aligned. */
  readonly phi?: number;
  /** Smallest relative singular value of the frozen factors. */
  readonly gmin?: number;
}

/**
 * The canonical test problem: `W_i = s_i diag(g)` with `g` falling from 1 to `gmin`, and
 * `Δ = σ u uᵀ`, `u = cos φ e₁ + sin φ e_d`.
 *
 * Source: ours, gradient-flow-mf §2.
 *
 * @throws {RangeError} If a size or a scale is out of range.
 *
 * @example
 * ```ts
 * import { canonical } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { w2, w1 } = canonical({ d: 3, s2: 1, s1: 0.5 });
 * assertEquals([w2.data[4], w1!.data[8]], [0.75, 0.25]);
 * ```
 */
export function canonical(
  { d, s2, s1, sigma = 1, phi = 0, gmin = 0.5 }: CanonicalOptions,
): Problem {
  const what = "make the canonical problem";
  checkInteger(what, "d", d, 2);
  checkPositive(what, "s2", s2);
  if (s1 !== undefined) checkPositive(what, "s1", s1);
  checkPositive(what, "sigma", sigma);
  checkFinite(what, "phi", phi);
  checkPositive(what, "gmin", gmin);
  const g = Array.from({ length: d }, (_, i) => 1 - (1 - gmin) * i / (d - 1));
  const c = Math.cos(phi), s = phi === 0 ? 0 : Math.sin(phi), last = d - 1;
  const target = matrix(d, d);
  target.data[0] = sigma * c * c;
  target.data[last] = target.data[last * d] = sigma * c * s;
  target.data[d * d - 1] = sigma * s * s;
  const frozen = (factor: number) => diagonal(g.map((x) => factor * x));
  return { w2: frozen(s2), target, ...(s1 === undefined ? {} : { w1: frozen(s1) }) };
}

/**
 * A random matrix with orthonormal columns: Gram–Schmidt of a Gaussian one (Haar measure).
 *
 * @param rows At least `columns`.
 */
export function frame(draws: PortableDraws, rows: number, columns: number): Matrix {
  return qr(matrix(rows, columns, draws.normals(rows * columns))).q;
}

function gaussian(draws: PortableDraws, rows: number, columns: number, deviation: number): Matrix {
  const values = draws.normals(rows * columns);
  for (let i = 0; i < values.length; i++) values[i] *= deviation;
  return matrix(rows, columns, values);
}

/** `α` times the leading `r` singular vectors of a negative gradient, zeros past its rank. */
function spectralPair(gradient: Matrix, r: number, alpha: number): [Matrix, Matrix] {
  const { u, values, v } = svd(gradient);
  const kept = Math.min(r, values.filter((x) => x > 1e-12 * values[0]).length);
  const left = matrix(gradient.rows, r), right = matrix(r, gradient.columns);
  for (let j = 0; j < kept; j++) {
    for (let i = 0; i < gradient.rows; i++) {
      left.data[i * r + j] = alpha * u.data[i * u.columns + j];
    }
    for (let i = 0; i < gradient.columns; i++) {
      right.data[j * gradient.columns + i] = alpha * v.data[i * v.columns + j];
    }
  }
  return [left, right];
}

/**
 * Starts of the adapters at scale α.
 *
 * - `gauss`: every entry `N(0, α²)`, the paper's small initialisation.
 * - `zeroB`: the usual LoRA start, `B = 0`; `zeroA` the other way round.
 * - `balanced`: `B ~ αN`, `A = (BᵀB)^{1/2} Oᵀ`, so that `BᵀB = AAᵀ`.
 * - `spectral`: α times the top singular vectors of the negative gradients `W₂ᵀΔ` and `ΔW₁ᵀ` at zero
 *   adapters. Our definition: the paper's exact form was not seen.
 *
 * Draws: one request per factor in the order `B₁, A₁, B₂, A₂`; what a zero factor would have been is
 * drawn and dropped, so that schemes share their other factors at equal seeds.
 * Source: ours, gradient-flow-mf §2 and §11.3 (`zeroA`).
 *
 * @param problem The problem.
 * @param options `r` from 1 to the smallest size, the scheme, its scale `alpha > 0`, and `draws` for
 * the random schemes.
 * @throws {RangeError} If `r` or `alpha` is out of range.
 *
 * @example
 * ```ts
 * import { factorization, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const start = { r: 4, scheme: "gauss", alpha: 1e-3, draws: portable(100) } as const;
 * const { b1 } = startAdapters(factorization(20), start);
 * assertAlmostEquals(b1.data[0], -2.678453773638688e-4, 1e-18);
 * ```
 */
export function startAdapters(
  problem: Problem,
  { r, scheme, alpha, draws }: {
    readonly r: number;
    readonly scheme: Scheme;
    readonly alpha: number;
    readonly draws?: PortableDraws;
  },
): Adapters {
  const what = "start the adapters";
  checkProblem(what, problem);
  checkOneOf(what, "scheme", scheme, SCHEMES);
  checkPositive(what, "alpha", alpha);
  const { w2, w1, target } = problem, m = target.rows, n = target.columns, h = w2.columns;
  checkInteger(
    what,
    `r for w2 of ${m} x ${h} and target of ${m} x ${n}`,
    r,
    1,
    Math.min(m, h, n),
  );
  if (scheme === "spectral") {
    const [b1, a1] = spectralPair(multiplyTN(w2, target), r, alpha);
    if (w1 === undefined) return { b1, a1 };
    const [b2, a2] = spectralPair(multiplyNT(target, w1), r, alpha);
    return { b1, a1, b2, a2 };
  }
  if (draws === undefined) {
    throw new TypeError(`Cannot ${what} as draws must be given for the scheme ${scheme}`);
  }
  const pair = (rows: number, columns: number): [Matrix, Matrix] => {
    const drawn = gaussian(draws, rows, r, alpha), b = scheme === "zeroB" ? matrix(rows, r) : drawn;
    if (scheme === "balanced") {
      const { values, v } = svd(b); // (BᵀB)^{1/2} = V S Vᵀ
      const root = multiplyNT(multiply(v, diagonal(values)), v);
      return [b, multiplyNT(root, frame(draws, columns, r))];
    }
    const a = gaussian(draws, r, columns, alpha);
    return [b, scheme === "zeroA" ? matrix(r, columns) : a];
  };
  const [b1, a1] = pair(h, n);
  if (w1 === undefined) return { b1, a1 };
  const [b2, a2] = pair(m, h);
  return { b1, a1, b2, a2 };
}

/** The pairs that the linearised flow amplifies: singular triples of `W₂ᵀΔ` and of `ΔW₁ᵀ`. */
export interface GrowthModes {
  /** Growth rates `λ_j` of adapter 1, falling. */
  readonly rates1: readonly number[];
  /** Left (`p_j`, length `h`) and right (`v_j`, length `n`) singular vectors of `W₂ᵀΔ`. */
  readonly modes1: readonly (readonly [p: Float64Array, v: Float64Array])[];
  /** Growth rates of adapter 2, in problem D. */
  readonly rates2: readonly number[];
  /** Left (`u_j`) and right (`q_j`) singular vectors of `ΔW₁ᵀ`, in problem D. */
  readonly modes2: readonly (readonly [u: Float64Array, q: Float64Array])[];
}

function triples(a: Matrix): [number[], (readonly [Float64Array, Float64Array])[]] {
  const { u, values, v } = svd(a);
  const rank = values.filter((x) => x > 1e-12 * values[0]).length;
  const [left, right] = [transpose(u), transpose(v)];
  const row = (x: Matrix, j: number) => x.data.slice(j * x.columns, (j + 1) * x.columns);
  return [
    Array.from(values.slice(0, rank)),
    Array.from({ length: rank }, (_, j) => [row(left, j), row(right, j)] as const),
  ];
}

/**
 * Growth rates and directions of the adapters near zero: the eigenvalues `±λ_j` of the linearised
 * generator `S` are the singular values of `W₂ᵀΔ` (adapter 1) and `ΔW₁ᵀ` (adapter 2).
 *
 * Source: ours, gradient-flow-mf §2; `δ_w = λ⁽²⁾/λ⁽¹⁾` is our reading of the paper's symbol.
 *
 * @example
 * ```ts
 * import { canonical, growthModes } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rates1, rates2 } = growthModes(canonical({ d: 4, s2: 1, s1: 0.5 }));
 * assertAlmostEquals(rates2[0] / rates1[0], 0.5, 1e-14);
 * ```
 */
export function growthModes(problem: Problem): GrowthModes {
  checkProblem("find the growth modes", problem);
  const { w2, w1, target } = problem;
  const [rates1, modes1] = triples(multiplyTN(w2, target));
  const [rates2, modes2] = w1 === undefined ? [[], []] : triples(multiplyNT(target, w1));
  return { rates1, modes1, rates2, modes2 };
}

/**
 * Modal vector `z = (Bᵀp + Av)/√2` of an adapter: what it holds of the growing direction `(p; v)/√2`.
 *
 * @param b `rows × r`.
 * @param a `r × columns`.
 * @param mode The pair `(p, v)`.
 */
export function modalVector(
  b: Matrix,
  a: Matrix,
  [p, v]: readonly [Float64Array, Float64Array],
): Float64Array {
  const r = b.columns, z = new Float64Array(r);
  for (let k = 0; k < r; k++) {
    for (let i = 0; i < b.rows; i++) z[k] += b.data[i * r + k] * p[i];
    for (let j = 0; j < a.columns; j++) z[k] += a.data[k * a.columns + j] * v[j];
    z[k] /= Math.SQRT2;
  }
  return z;
}

/** Adapters scaled by a factor: the same start at another α. */
export function scaledAdapters({ b1, a1, b2, a2 }: Adapters, factor: number): Adapters {
  return {
    b1: scale(b1, factor),
    a1: scale(a1, factor),
    ...(b2 && a2 ? { b2: scale(b2, factor), a2: scale(a2, factor) } : {}),
  };
}

/** Size of a start: the largest Frobenius norm of its factors over the root of their entries. */
export function startScale({ b1, a1, b2, a2 }: Adapters): number {
  const size = (x: Matrix | undefined) => x ? frobeniusNorm(x) / Math.sqrt(x.data.length) : 0;
  return Math.max(size(b1), size(a1), size(b2), size(a2));
}
