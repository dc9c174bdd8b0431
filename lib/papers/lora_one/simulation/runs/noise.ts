/**
 * The one-step gradient with label noise, exact in law.
 *
 * @module
 */
import { checkInteger, checkNonNegative, checkPositive } from "../../../../check.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { type Matrix, matrix, multiply, svd } from "../../../../linalg/mod.ts";
import { bartlett, stream } from "../../../../random/mod.ts";

/** A draw of the data and several strengths of the shift. */
export interface NoiseCell {
  /** Input dimension. */
  d: number;
  /** Output dimension. */
  k: number;
  /** Samples. */
  N: number;
  /** Standard deviation of the label noise. */
  sigma: number;
  /** Strengths `λ` of the rank-one shift, all on the same draw. */
  strengths: readonly number[];
}

/** What the leading singular vectors of the gradient hold of the truth. */
export interface NoiseRow extends Row {
  /** Strength. */
  lambda: number;
  /** `⟨û, u⟩²`. */
  u2: number;
  /** `⟨v̂, v⟩²`. */
  v2: number;
  /** `⟨û, u⟩⟨v̂, v⟩`: negative where the leading pair points against the truth. */
  uv: number;
  /** Leading singular value of `G`. */
  top: number;
}

/**
 * Leading singular triple by Golub–Kahan–Lanczos steps with full reorthogonalisation.
 *
 * @param g `d × k`.
 * @param steps Number of steps; each costs two products with a vector.
 */
export function leadingTriple(
  g: Matrix,
  steps = 60,
): { u: Float64Array; v: Float64Array; value: number } {
  const { rows: d, columns: k, data } = g, most = Math.min(steps, d, k);
  checkInteger("find the leading triple", "steps", steps, 1);
  const left: Float64Array[] = [], right: Float64Array[] = [];
  const alpha: number[] = [], beta: number[] = [];
  const dot = (x: Float64Array, y: Float64Array) => {
    // Four sums, since each addition waits for the one before.
    const whole = x.length & ~3;
    let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    for (let i = 0; i < whole; i += 4) {
      s0 += x[i] * y[i];
      s1 += x[i + 1] * y[i + 1];
      s2 += x[i + 2] * y[i + 2];
      s3 += x[i + 3] * y[i + 3];
    }
    for (let i = whole; i < x.length; i++) s0 += x[i] * y[i];
    return s0 + s1 + (s2 + s3);
  };
  const settle = (x: Float64Array, basis: Float64Array[]): number => {
    for (let round = 0; round < 2; round++) {
      for (const q of basis) {
        const c = dot(x, q);
        for (let i = 0; i < x.length; i++) x[i] -= c * q[i];
      }
    }
    const size = Math.sqrt(dot(x, x));
    if (size > 0) { for (let i = 0; i < x.length; i++) x[i] /= size; }
    return size;
  };
  // A start with weight on every direction of the rows: the longest row of G would do as well.
  let v = new Float64Array(k);
  for (let i = 0; i < d; i++) for (let j = 0; j < k; j++) v[j] += (1 + i % 7) * data[i * k + j];
  settle(v, []);
  for (let s = 0; s < most; s++) {
    right.push(v);
    const u = new Float64Array(d);
    for (let i = 0; i < d; i++) u[i] = dot(data.subarray(i * k, (i + 1) * k), v);
    const a = settle(u, left);
    if (a === 0) break;
    alpha.push(a);
    left.push(u);
    v = new Float64Array(k);
    for (let i = 0; i < d; i++) {
      const c = u[i];
      for (let j = 0, at = i * k; j < k; j++) v[j] += c * data[at + j];
    }
    const b = settle(v, right);
    if (b < 1e-12 * alpha[0]) break;
    beta.push(b);
  }
  const n = alpha.length, small = matrix(n, n);
  for (let i = 0; i < n; i++) {
    small.data[i * n + i] = alpha[i];
    if (i + 1 < n) small.data[i * n + i + 1] = beta[i];
  }
  const top = svd(small, 1);
  const combine = (basis: Float64Array[], weights: Float64Array, length: number) => {
    const out = new Float64Array(length);
    for (let s = 0; s < n; s++) {
      for (let i = 0; i < length; i++) out[i] += weights[s] * basis[s][i];
    }
    return out;
  };
  return {
    u: combine(left, top.u.data, d),
    v: combine(right, top.v.data, k),
    value: top.values[0],
  };
}

/**
 * Overlaps of the leading singular vectors of `G = λΣ̂uvᵀ + (σ/√N)Σ̂^½Z` with `u = e₁` and `v = e₁`.
 *
 * Law: exact: `NΣ̂ = LLᵀ` by Bartlett and `Σ̂^½Z ~ LZ/√N`.
 * Source: ours.
 */
export const noiseRun: Task<NoiseCell, NoiseRow> = task(
  import.meta.url,
  "noiseRun",
  ({ d, k, N, sigma, strengths }: NoiseCell, { seed }) => {
    const what = "sample a noisy gradient";
    checkInteger(what, "d", d, 1);
    checkInteger(what, "k", k, 1);
    checkInteger(what, `N for d = ${d}`, N, d);
    checkNonNegative(what, "sigma", sigma);
    const rng = stream(seed, "noise", d, k, N);
    const lower = matrix(d, d, bartlett(rng, N, d));
    const z = matrix(d, k, rng.fillNormal(new Float64Array(d * k)));
    const noise = multiply(lower, z).data.map((x) => x * sigma / N);
    const first = Float64Array.from({ length: d }, (_, i) => lower.data[i * d] * lower.data[0] / N);
    return strengths.map((lambda) => {
      checkPositive(what, "each strength", lambda);
      const g = matrix(d, k, noise.slice());
      for (let i = 0; i < d; i++) g.data[i * k] += lambda * first[i];
      const { u, v, value } = leadingTriple(g);
      return { lambda, u2: u[0] ** 2, v2: v[0] ** 2, uv: u[0] * v[0], top: value };
    });
  },
);
