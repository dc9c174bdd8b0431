/**
 * The phase portrait: two inputs, one output, rank one. The whole state is `(a₁, a₂, b)`.
 *
 * @module
 */
import { checkInteger, checkPositive } from "../../../../check.ts";
import type { PortableDraws } from "../../../../random/mod.ts";

/** A state `(a₁, a₂, b)`. */
export type State = readonly [a1: number, a2: number, b: number];

/** Data of the portrait: what the truth sends to a few inputs. */
export interface PortraitData {
  /** `Δ`, two inputs and one output. */
  readonly truth: readonly [number, number];
  /** `Σ̂` as `[s₁₁, s₁₂, s₂₂]`. */
  readonly covariance: readonly [number, number, number];
  /** `G = Σ̂Δ`. */
  readonly gradient: readonly [number, number];
}

/** The authors' truth. */
export const TRUTH: readonly [number, number] = [2, 1];

/** `N` Gaussian inputs, row by row. */
export function portraitData(draws: PortableDraws, N = 4, truth = TRUTH): PortraitData {
  checkInteger("draw the portrait", "N", N, 1);
  const x = draws.normals(2 * N);
  let [p, q, s] = [0, 0, 0];
  for (let i = 0; i < N; i++) {
    p += x[2 * i] ** 2 / N;
    q += x[2 * i] * x[2 * i + 1] / N;
    s += x[2 * i + 1] ** 2 / N;
  }
  const gradient = [p * truth[0] + q * truth[1], q * truth[0] + s * truth[1]] as const;
  return { truth, covariance: [p, q, s], gradient };
}

/** Spectral start `a = G/√‖G‖`, `b = √‖G‖`. */
export function portraitSpectral({ gradient: [g1, g2] }: PortraitData): State {
  const root = Math.sqrt(Math.hypot(g1, g2));
  return [g1 / root, g2 / root, root];
}

/** LoRA's start `a ~ N(0, I)`, `b = 0`. */
export function portraitLora(draws: PortableDraws): State {
  const [a1, a2] = draws.normals(2);
  return [a1, a2, 0];
}

/** One run of the portrait. */
export interface PortraitRun {
  /** States of all steps. */
  readonly path: readonly State[];
  /** First step with loss below `10⁻⁶`; NaN if there is none. */
  readonly steps: number;
}

/**
 * Gradient descent on `½ (ab − Δ)ᵀΣ̂(ab − Δ)`.
 *
 * @param data The data.
 * @param start The start.
 * @param options Step size (0.1), number of steps (1000), whether to stop once the loss is below 1e-6.
 */
export function portraitRun(
  { covariance: [p, q, s], truth: [d1, d2] }: PortraitData,
  start: State,
  { rate = 0.1, most = 1000, stop = false }: { rate?: number; most?: number; stop?: boolean } = {},
): PortraitRun {
  checkPositive("run the portrait", "rate", rate);
  checkInteger("run the portrait", "most", most, 0);
  let [a1, a2, b] = start, steps = NaN;
  const path: State[] = [start];
  for (let t = 0; t <= most; t++) {
    const e1 = a1 * b - d1, e2 = a2 * b - d2;
    const r1 = p * e1 + q * e2, r2 = q * e1 + s * e2, loss = 0.5 * (e1 * r1 + e2 * r2);
    if (!(loss < 1e8)) break;
    if (loss < 1e-6 && Number.isNaN(steps)) {
      steps = t;
      if (stop) break;
    }
    if (t === most) break;
    [a1, a2, b] = [a1 - rate * r1 * b, a2 - rate * r2 * b, b - rate * (a1 * r1 + a2 * r2)];
    if (!stop) path.push([a1, a2, b]);
  }
  return { path, steps };
}

/** Distance of a state to the curve of minimisers `(Δ₁/τ, Δ₂/τ, τ)`, both branches. */
export function portraitDistance([a1, a2, b]: State, [d1, d2] = TRUTH): number {
  const at = (tau: number) => Math.hypot(a1 - d1 / tau, a2 - d2 / tau, b - tau);
  let best = Infinity;
  for (const sign of [1, -1]) {
    let low = Math.log(0.05), high = Math.log(6), center = low;
    for (let i = 0; i <= 200; i++) {
      const x = low + (high - low) * i / 200;
      if (at(sign * Math.exp(x)) < at(sign * Math.exp(center))) center = x;
    }
    const step = (high - low) / 200;
    [low, high] = [center - step, center + step];
    for (let i = 0; i < 60; i++) {
      const [x, y] = [low + (high - low) / 3, high - (high - low) / 3];
      if (at(sign * Math.exp(x)) < at(sign * Math.exp(y))) high = y;
      else low = x;
    }
    best = Math.min(best, at(sign * Math.exp(low)));
  }
  return best;
}
