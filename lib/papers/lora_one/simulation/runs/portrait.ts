/**
 * The phase portrait: two inputs, one output, rank one. The whole state is `(a₁, a₂, b)`.
 *
 * @module
 */
import { checkInteger, checkPositive } from "../../../../check.ts";
import { findRoot } from "../../../../ode/mod.ts";
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
  for (let t = 0;; t++) {
    const e1 = a1 * b - d1, e2 = a2 * b - d2;
    const r1 = p * e1 + q * e2, r2 = q * e1 + s * e2, loss = 0.5 * (e1 * r1 + e2 * r2);
    if (loss < 1e-6 && Number.isNaN(steps)) steps = t;
    if (t === most || !(loss < 1e8) || stop && steps === t) return { path, steps };
    [a1, a2, b] = [a1 - rate * r1 * b, a2 - rate * r2 * b, b - rate * (a1 * r1 + a2 * r2)];
    if (!stop) path.push([a1, a2, b]);
  }
}

/**
 * Distance of a state to the curve of minimisers `(Δ₁/τ, Δ₂/τ, τ)`, both branches.
 *
 * Law: it is least where `τ⁴ − bτ³ + (a₁Δ₁ + a₂Δ₂)τ − ‖Δ‖² = 0`.
 */
export function portraitDistance([a1, a2, b]: State, [d1, d2] = TRUTH): number {
  const slope = [-d1 * d1 - d2 * d2, a1 * d1 + a2 * d2, 0, -b, 1];
  const distances = signChanges(slope).map((tau) =>
    Math.hypot(a1 - d1 / tau, a2 - d2 / tau, b - tau)
  );
  return Math.min(...distances);
}

/** Where a polynomial `Σ c_i xⁱ` changes its sign: at most once between such places of its slope. */
function signChanges(c: readonly number[]): number[] {
  if (c.length === 1) return [];
  const at = (x: number) => c.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
  const bound = 1 + Math.max(...c.map((x) => Math.abs(x / c.at(-1)!)));
  const ends = [...signChanges(c.slice(1).map((x, i) => (i + 1) * x)), bound];
  return ends.flatMap((high, i) => {
    const low = ends[i - 1] ?? -bound;
    return Math.sign(at(low)) === Math.sign(at(high)) ? [] : [findRoot(at, low, high)];
  });
}
