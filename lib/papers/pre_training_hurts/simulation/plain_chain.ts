/**
 * One step of the exact chain in the paper's symbols: slow and plain, from draws that are given. The fast chains
 * are tested equal to it.
 *
 * @module
 */
import { checkKeys } from "../../../check.ts";
import { activation, type ActivationLike } from "../../../gaussian/mod.ts";

/** A model in the frame `e₁ = ω⋆, e₂, …`. */
export interface ChainModel {
  /** Student activation σ. */
  readonly student: ActivationLike;
  /** Teacher activation σ⋆; the student's when not given. */
  readonly teacher?: ActivationLike;
  /** Coordinates of w₀. */
  readonly w0: readonly number[];
  /** Step sizes `η_u`, `η_ω`, already divided by `N_k`. */
  readonly step: readonly [ofU: number, ofOmega: number];
  /** Variance Δ of the label noise; 0 when not given. */
  readonly noise?: number;
  /** Whether ω gets length 1 again; true when not given. */
  readonly sphere?: boolean;
}

/** State of the chain: `u`, the coordinates `a` of ω in the frame, the length `h` of the rest. */
export interface ChainSummary {
  /** Scalar factor. */
  readonly u: number;
  /** Coordinates, `m` first. */
  readonly a: readonly number[];
  /** Length of the rest. */
  readonly h: number;
}

/** What one step draws: standard normals for each sample of the batch, and one χ² variable. */
export interface ChainDraws {
  /** Projections `Z_i` on the frame, a row for each sample. */
  readonly z: readonly (readonly number[])[];
  /** Projections `g_i` on the unit rest of ω. */
  readonly g: readonly number[];
  /** A `χ²` variable with `d − p − 1` degrees of freedom. */
  readonly chi2: number;
  /** Noise of the labels. */
  readonly noise?: readonly number[];
}

const dot = (x: readonly number[], y: readonly number[]) =>
  x.reduce((sum, xj, j) => sum + xj * y[j], 0);

/**
 * One step: `(u, a, h)` from `(u, a, h)`.
 *
 * **Proposition.** For every `d ≥ p + 1`, batch and step size, one-pass SGD on `x ~ N(0, I_d)` moves `(u, a, h)` as
 * this kernel does. *Proof.* Write `ω = Σ a_j e_j + h e_⊥` and `x_i = Σ Z_ij e_j + g_i e_⊥ + x_i°`; by isotropy
 * `(Z_i, g_i)` is standard normal and independent of `x_i° ~ N(0, I_{d−p−1})`. The residual factor `c_i` depends on
 * `(Z_i, g_i)` alone, so given the `c_i` the rest `(u/b) Σ c_i x_i°` is `N(0, (u/b)² |c|² I)`, and only its squared
 * length, `(u/b)² |c|² χ²_{d−p−1}`, enters the new length of ω outside the frame. The next inputs are isotropic and
 * independent, so the direction of that rest does not matter. ∎ No limit is taken.
 *
 * Source: ours.
 *
 * @example With all draws 0 but the length of the remainder, only ω's rest would grow; on the sphere nothing moves.
 * ```ts
 * import { chainStep } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const model = { student: "x", w0: [0.5], step: [0.2, 0.2] } as const;
 * const state = { u: 0.3, a: [0], h: 1 };
 * assertEquals(chainStep(model, state, { z: [[0]], g: [0], chi2: 45 }), state);
 * ```
 */
export function chainStep(
  model: ChainModel,
  state: ChainSummary,
  draws: ChainDraws,
): ChainSummary {
  const what = "make a step of the chain";
  checkKeys(what, model, ["student", "teacher", "w0", "step", "noise", "sphere"], "the model");
  checkKeys(what, state, ["u", "a", "h"], "the state");
  checkKeys(what, draws, ["z", "g", "chi2", "noise"], "the draws");
  const { student, teacher = student, w0, step: [etaU, etaOmega] } = model, { u, a, h } = state;
  const { noise = 0, sphere = true } = model;
  const sigma = activation(student), sigmaStar = activation(teacher), b = draws.g.length;
  let gu = 0, gp = 0, square = 0;
  const ga = a.map(() => 0);
  draws.z.forEach((z, i) => {
    const s = dot(a, z) + h * draws.g[i], lambda = dot(w0, z) + u * s;
    const y = sigmaStar.f(z[0]) + Math.sqrt(noise) * (draws.noise?.[i] ?? 0);
    const c = (sigma.f(lambda) - y) * sigma.df(lambda);
    gu += c * s / b;
    z.forEach((zj, j) => ga[j] += u * c * zj / b);
    gp += u * c * draws.g[i] / b;
    square += (u * c / b) ** 2;
  });
  const moved = a.map((aj, j) => aj - etaOmega * ga[j]);
  const rest = Math.sqrt((h - etaOmega * gp) ** 2 + etaOmega ** 2 * square * draws.chi2);
  const length = sphere ? Math.hypot(...moved, rest) : 1;
  return { u: u - etaU * gu, a: moved.map((aj) => aj / length), h: rest / length };
}
