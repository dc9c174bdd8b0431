/**
 * The model on one screen: one-pass SGD of a rank-one adapter on a single-index target, in the paper's
 * symbols. Slow and plain; everything fast is tested equal to it.
 *
 * @module
 */
import { checkKeys } from "../../check.ts";
import { activation, type ActivationLike, pairMoments } from "../../gaussian/mod.ts";

/** What is learnt: labels `y = σ⋆(ω⋆·x) + √Δ z` on inputs `x ~ N(0, I_d)`, by `ŷ = σ(w·x)`, `w = w₀ + u ω`. */
export interface SingleIndex {
  /** Student activation σ. */
  readonly student: ActivationLike;
  /** Teacher activation σ⋆; the student's when not given. */
  readonly teacher?: ActivationLike;
  /** Target direction ω⋆, `d` numbers of length 1. */
  readonly target: Float64Array;
  /** Frozen pre-trained weight w₀, `d` numbers: `μ ω⋆` when aligned. */
  readonly frozen: Float64Array;
  /** Variance Δ of the label noise; 0 when not given. */
  readonly noise?: number;
}

/** The adapter: both factors are trained, ω is kept on the sphere. */
export interface Adapter {
  /** Scalar factor u. */
  readonly u: number;
  /** Direction ω, `d` numbers. */
  readonly omega: Float64Array;
}

/** Inputs of a batch and the standard normal behind the noise of each label. */
export interface Sample {
  /** Input x, `d` numbers. */
  readonly x: Float64Array;
  /** Noise z of its label. */
  readonly z: number;
}

function checkModel(what: string, model: SingleIndex, adapter: Adapter): void {
  checkKeys(what, model, ["student", "teacher", "target", "frozen", "noise"], "the model");
  checkKeys(what, adapter, ["u", "omega"], "the adapter");
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, k) => sum + x * b[k], 0);

/**
 * Gradients of `½(ŷ − y)²`, averaged over a batch, in `u` and in ω.
 *
 * Law: with `c_i = (ŷ_i − y_i) σ'(w·x_i)` they are `(1/b) Σ c_i ω·x_i` and `(u/b) Σ c_i x_i`.
 * Source: code of nwemadji2026when.
 */
export function gradients(
  model: SingleIndex,
  adapter: Adapter,
  batch: readonly Sample[],
): Adapter {
  checkModel("compute gradients", model, adapter);
  const { student, teacher = student, target, frozen, noise = 0 } = model, { u, omega } = adapter;
  const sigma = activation(student), sigmaStar = activation(teacher);
  const gradient = { u: 0, omega: new Float64Array(omega.length) };
  for (const { x, z } of batch) {
    const lambda = dot(frozen, x) + u * dot(omega, x);
    const y = sigmaStar.f(dot(target, x)) + Math.sqrt(noise) * z;
    const c = (sigma.f(lambda) - y) * sigma.df(lambda) / batch.length;
    gradient.u += c * dot(omega, x);
    x.forEach((xk, k) => gradient.omega[k] += u * c * xk);
  }
  return gradient;
}

/**
 * One step of one-pass SGD: both gradients at the old point, then the move, then ω has length 1 again.
 *
 * Scale: `step` is divided by `N_k = k·k!` for `He_k`, see `stepScale`; here it is what it is.
 * Source: code of nwemadji2026when.
 *
 * @example A step along ω alone: what was orthogonal stays so.
 * ```ts
 * import { sgdStep } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const model = { student: "x", target: Float64Array.of(1, 0), frozen: Float64Array.of(0.5, 0) };
 * const sample = [{ x: Float64Array.of(1, 0), z: 0 }];
 * const { u, omega } = sgdStep(model, { u: 0, omega: Float64Array.of(1, 0) }, sample, 0.2);
 * // c = 0.5 − 1, so u grows by 0.2 · 0.5; at u = 0 the direction rests.
 * assertEquals([u, ...omega], [0.1, 1, 0]);
 * ```
 */
export function sgdStep(
  model: SingleIndex,
  adapter: Adapter,
  batch: readonly Sample[],
  step: number | readonly [ofU: number, ofOmega: number],
): Adapter {
  const gradient = gradients(model, adapter, batch);
  const [etaU, etaOmega] = typeof step === "number" ? [step, step] : step;
  const moved = adapter.omega.map((w, k) => w - etaOmega * gradient.omega[k]);
  const length = Math.sqrt(dot(moved, moved));
  return { u: adapter.u - etaU * gradient.u, omega: moved.map((w) => w / length) };
}

/**
 * Population loss `½ E(ŷ − σ⋆)²`: it depends on `r = |w|²` and `q = w·ω⋆` alone.
 *
 * Source: ours (elementary).
 *
 * @example
 * ```ts
 * import { loss } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const model = { student: "x", target: Float64Array.of(1, 0), frozen: Float64Array.of(0.5, 0) };
 * assertAlmostEquals(loss(model, { u: 0, omega: Float64Array.of(0, 1) }), 0.5 ** 2 / 2, 1e-15);
 * ```
 */
export function loss(model: SingleIndex, adapter: Adapter): number {
  checkModel("compute the loss", model, adapter);
  const { student, teacher = student, target, frozen } = model, { u, omega } = adapter;
  const w = frozen.map((w0, k) => w0 + u * omega[k]), r = dot(w, w), q = dot(w, target);
  const moments = pairMoments(student, teacher);
  return moments.self(r) / 2 - moments.cross(r, q) + moments.target / 2;
}
