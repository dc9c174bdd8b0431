/**
 * Label noise: when the one-step gradient carries information on a rank-one shift, and how much.
 *
 * @module
 */
import { checkInteger, checkPositive } from "../../../check.ts";

/** A rank-one problem with label noise. */
export interface NoisySizes {
  /** Input dimension. */
  readonly d: number;
  /** Output dimension. */
  readonly k: number;
  /** Samples. */
  readonly N: number;
  /** Standard deviation `σ` of the label noise. */
  readonly sigma: number;
}

function check(what: string, { d, k, N, sigma }: NoisySizes): void {
  checkInteger(what, "d", d, 1);
  checkInteger(what, "k", k, 1);
  checkInteger(what, `N for d = ${d}`, N, d + 1);
  checkPositive(what, "sigma", sigma);
}

/** Leading order of the critical strength for `d ≪ N`, `σ(dk)^¼/√N`: the unit of strengths. */
export function strengthUnit(sizes: NoisySizes): number {
  check("compute the unit of strengths", sizes);
  const { d, k, N, sigma } = sizes;
  return sigma * (d * k) ** 0.25 / Math.sqrt(N);
}

/** Nodes of the mean over the spectrum of `Σ̂`. */
const NODES = 1200;

/**
 * The spectrum of `Σ̂` for large `d`, `N` (Marchenko and Pastur): eigenvalues `μ = 1 + q + 2√q cos θ`, `q = d/N < 1`,
 * with weights `(2/π) sin²θ/μ`.
 */
function spectrumOf({ d, N }: NoisySizes): { mu: Float64Array; weight: Float64Array } {
  const q = d / N;
  const theta = Float64Array.from({ length: NODES }, (_, i) => Math.PI * (i + 0.5) / NODES);
  const mu = theta.map((x) => 1 + q + 2 * Math.sqrt(q) * Math.cos(x));
  return { mu, weight: mu.map((x, i) => 2 * Math.sin(theta[i]) ** 2 / x / NODES) };
}

/** `σ²k/N`: the eigenvalues of the noise's covariance are `τ = (σ²k/N)μ`. */
function varianceOf({ k, N, sigma }: NoisySizes): number {
  return sigma * sigma * k / N;
}

/** Means over that spectrum at a value of `m`. */
interface Means {
  /** `z(m)`, the square of a singular value outside the bulk of the noise. */
  readonly z: number;
  /** `−m² dz/dm`: positive outside the bulk, 0 at its edge. */
  readonly outside: number;
  /** `E μ²/(1 − mτ)` with `τ = (σ²k/N)μ`. */
  readonly second: number;
  /** `E μ/(1 − mτ)`. */
  readonly first: number;
  /** `d/dm` of `second`. */
  readonly slope: number;
}

function meansAt(
  sizes: NoisySizes,
  m: number,
  { mu, weight }: ReturnType<typeof spectrumOf>,
): Means {
  const { d, k } = sizes, unit = varianceOf(sizes);
  let [tau1, tau2, second, first, slope] = [0, 0, 0, 0, 0];
  for (let i = 0; i < mu.length; i++) {
    const tau = unit * mu[i], gap = 1 - m * tau, w = weight[i];
    tau1 += w * tau / gap;
    tau2 += w * (tau / gap) ** 2;
    first += w * mu[i] / gap;
    second += w * mu[i] ** 2 / gap;
    slope += w * mu[i] ** 2 * tau / gap ** 2;
  }
  return {
    z: 1 / m + d / k * tau1,
    outside: 1 - m * m * d / k * tau2,
    ...{ second, first, slope },
  };
}

/** Root of an increasing function between two ends. */
function bisect(low: number, high: number, f: (x: number) => number): number {
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return middle; // neighbours
    if (f(middle) < 0) low = middle;
    else high = middle;
  }
}

/** The spectrum, and the `m` of the edge of the noise's bulk. */
function edgeOf(sizes: NoisySizes) {
  const spectrum = spectrumOf(sizes), pole = 1 / (varianceOf(sizes) * spectrum.mu[0]);
  const edge = bisect(0, pole, (m) => -meansAt(sizes, m, spectrum).outside);
  return { spectrum, edge };
}

/**
 * Strength below which the leading singular vectors of the one-step gradient carry no signal:
 * `λ_c⁻² = m_* E[μ²/(1 − m_*τ)]`, `m_*` the edge of the noise's bulk; `σ(dk)^¼/√N` for `d ≪ N`.
 *
 * Assumes: large `d`, `k`, `N` at fixed ratios, `d < N`. Source: ours, from the theory of spiked matrices.
 *
 * @example
 * ```ts
 * import { criticalStrength, strengthUnit } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const sizes = { d: 400, k: 200, N: 8e7, sigma: 1 };
 * assertAlmostEquals(criticalStrength(sizes) / strengthUnit(sizes), 1, 2e-3);
 * ```
 */
export function criticalStrength(sizes: NoisySizes): number {
  check("compute the critical strength", sizes);
  const { spectrum, edge } = edgeOf(sizes);
  return 1 / Math.sqrt(edge * meansAt(sizes, edge, spectrum).second);
}

/** What the leading singular triple of the gradient holds of the truth. */
export interface Overlaps {
  /** `⟨û, u⟩²`. */
  readonly u2: number;
  /** `⟨v̂, v⟩²`. */
  readonly v2: number;
  /** Leading singular value of the gradient; the edge of the noise below the threshold. */
  readonly top: number;
}

/**
 * Squared overlaps of the leading singular vectors of `G = λΣ̂uvᵀ + (σ/√N)Σ̂^½Z` with `u` and `v`.
 *
 * Law: `G = Σ̂^½(λΣ̂^½uvᵀ + (σ/√N)Z)`. With `τ = (σ²k/N)μ`, `μ` from the Marchenko–Pastur law of `Σ̂`, and `m` the
 * solution of `λ⁻² = m E[μ²/(1 − mτ)] = m S(m)`: the leading value is `z = 1/m + (d/k)E[τ/(1 − mτ)]` squared,
 * `v² = −m²S z'(m)/(S + mS')`, `u² = v²λ²/z · E[μ/(1 − mτ)]²`; both 0 once `m` passes the edge, where `z' = 0`.
 * Assumes: large `d`, `k`, `N` at fixed ratios, `d < N`.
 * Source: ours, by the resolvent argument of Benaych-Georges and Nadakuditi 2012 with the deterministic equivalent of a
 * sample covariance; for `d ≪ N` it is their formula for white noise.
 *
 * @param sizes Sizes and noise.
 * @param lambda Strength `λ > 0` of the shift.
 */
export function noisyOverlaps(sizes: NoisySizes, lambda: number): Overlaps {
  const what = "predict the overlaps";
  check(what, sizes);
  checkPositive(what, "lambda", lambda);
  return overlapsAt(sizes, lambda, edgeOf(sizes));
}

/** The same for several strengths, which share the edge. */
export function noisyOverlapsOf(sizes: NoisySizes, strengths: readonly number[]): Overlaps[] {
  const what = "predict the overlaps";
  check(what, sizes);
  strengths.forEach((lambda, i) => checkPositive(what, `strengths[${i}]`, lambda));
  const known = edgeOf(sizes);
  return strengths.map((lambda) => overlapsAt(sizes, lambda, known));
}

function overlapsAt(
  sizes: NoisySizes,
  lambda: number,
  { spectrum, edge }: ReturnType<typeof edgeOf>,
): Overlaps {
  const wanted = 1 / (lambda * lambda);
  const signal = (m: number) => m * meansAt(sizes, m, spectrum).second;
  if (signal(edge) <= wanted) {
    return { u2: 0, v2: 0, top: Math.sqrt(meansAt(sizes, edge, spectrum).z) };
  }
  const m = bisect(0, edge, (x) => signal(x) - wanted);
  const { z, outside, second, first, slope } = meansAt(sizes, m, spectrum);
  const v2 = outside * second / (second + m * slope);
  return { v2, u2: v2 * lambda * lambda / z * first * first, top: Math.sqrt(z) };
}

/**
 * Risk of the rank-one one-step start relative to that of no start: `‖γs ûv̂ᵀ − λuvᵀ‖²/λ²` with the leading singular
 * value `s` of the gradient; above 1 the start hurts.
 *
 * Source: ours, see {@linkcode noisyOverlaps}.
 *
 * @param gamma Factor of the start; default 1.
 */
export function noisyStartRisk(sizes: NoisySizes, lambda: number, gamma = 1): number {
  checkPositive("predict the risk of a noisy start", "gamma", gamma);
  return startRiskOf(noisyOverlaps(sizes, lambda), lambda, gamma);
}

/** The same from overlaps. */
export function startRiskOf({ u2, v2, top }: Overlaps, lambda: number, gamma = 1): number {
  const size = gamma * top / lambda;
  return 1 + size * size - 2 * size * Math.sqrt(u2 * v2);
}

/**
 * The same overlaps with the noise of the gradient taken as white, which it is for `d ≪ N` only: with `c = d/k` and
 * `ℓ = λ√(1 + d/N)/(σ√(k/N))`, `u² = [1 − c(1 + ℓ²)/(ℓ²(ℓ² + c))]/(1 + d/N)`, `v² = 1 − (c + ℓ²)/(ℓ²(ℓ² + 1))`.
 *
 * Assumes: large `d`, `k`, and `d ≪ N`; off by a third at `d/N = ½`.
 * Source: Benaych-Georges and Nadakuditi 2012.
 */
export function whiteOverlaps(sizes: NoisySizes, lambda: number): Omit<Overlaps, "top"> {
  const what = "predict the overlaps";
  check(what, sizes);
  checkPositive(what, "lambda", lambda);
  const { d, k, N, sigma } = sizes, c = d / k, grown = 1 + d / N;
  const l2 = lambda * lambda * grown * N / (sigma * sigma * k);
  // Both change their sign at ℓ⁴ = c.
  return {
    u2: Math.max(0, 1 - c * (1 + l2) / (l2 * (l2 + c))) / grown,
    v2: Math.max(0, 1 - (c + l2) / (l2 * (l2 + 1))),
  };
}
