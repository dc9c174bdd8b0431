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

/** `Σ x_i y_i` by four sums, since each addition waits for the one before. */
function dot(x: Float64Array, y: Float64Array): number {
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
}

/** `y += c x`. */
function addTo(y: Float64Array, c: number, x: Float64Array): void {
  for (let i = 0; i < y.length; i++) y[i] += c * x[i];
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
  const rows = Array.from({ length: d }, (_, i) => data.subarray(i * k, (i + 1) * k));
  const combined = (weights: Float64Array, of: readonly Float64Array[]): Float64Array => {
    const sum = new Float64Array(of[0].length);
    of.forEach((x, i) => addTo(sum, weights[i], x));
    return sum;
  };
  /** Takes the parts along a basis off a vector, twice, and makes it of length 1; returns the length before. */
  const settle = (x: Float64Array, basis: readonly Float64Array[]): number => {
    for (const q of [...basis, ...basis]) addTo(x, -dot(x, q), q);
    const size = Math.sqrt(dot(x, x));
    for (let i = 0; i < x.length; i++) x[i] /= size;
    return size;
  };
  // A start with weight on every direction of the rows.
  let v = combined(Float64Array.from(rows, (_, i) => 1 + i % 7), rows);
  settle(v, []);
  while (right.length < most) {
    right.push(v);
    const gv = Float64Array.from(rows, (row) => dot(row, right.at(-1)!));
    alpha.push(settle(gv, left));
    left.push(gv);
    v = combined(gv, rows);
    const size = settle(v, right);
    if (size < 1e-12 * alpha[0]) break;
    beta.push(size);
  }
  const n = alpha.length, small = matrix(n, n);
  alpha.forEach((x, i) => small.data[i * n + i] = x);
  alpha.slice(1).forEach((_, i) => small.data[i * n + i + 1] = beta[i]);
  const top = svd(small, 1);
  return {
    u: combined(top.u.data, left),
    v: combined(top.v.data, right),
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
      first.forEach((x, i) => g.data[i * k] += lambda * x);
      const { u, v, value } = leadingTriple(g);
      return { lambda, u2: u[0] ** 2, v2: v[0] ** 2, uv: u[0] * v[0], top: value };
    });
  },
);
