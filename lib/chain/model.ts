import {
  checkFinite,
  checkInteger,
  checkMethods,
  checkNonNegative,
  checkPositive,
} from "../check.ts";
import type { Activation } from "../gaussian/mod.ts";

/** One-pass SGD of a rank-one adapter `w = w₀ + u ω` on a single-index teacher. */
export interface SingleIndexModel {
  /** Student activation σ. */
  readonly student: Activation;
  /** Teacher activation σ⋆; the student's when not given. */
  readonly teacher?: Activation;
  /** Input dimension, `d ≥ p + 1`. */
  readonly d: number;
  /** Frozen weight `w₀` in a fixed orthonormal frame `e₁ = ω⋆, e₂, …, e_p`: `[μ]` when aligned. */
  readonly frozen: readonly number[];
  /** Fresh samples per step, `b ≥ 1`. */
  readonly batch: number;
  /** Step size of both factors, `[η_u, η_ω]` when they differ. */
  readonly step: number | readonly [number, number];
  /** Variance Δ of the label noise; 0 when not given. */
  readonly noise?: number;
  /** Re-normalise ω after every step (default) or leave it free. */
  readonly sphere?: boolean;
}

/** A model with its defaults filled in. */
export interface CheckedModel extends Required<Omit<SingleIndexModel, "step">> {
  /** Dimension of the frame. */
  readonly p: number;
  /** `η_u`. */
  readonly stepU: number;
  /** `η_ω`. */
  readonly stepOmega: number;
}

/** Something that `activation` made, not just its name. */
export function checkActivation(what: string, name: string, value: unknown): void {
  checkMethods(what, name, value, 'an activation such as activation("erf")', [
    "fill",
    "fillValues",
  ]);
}

/** A non-empty list of finite numbers. */
export function checkFrozen(what: string, frozen: readonly number[]): void {
  if (!Array.isArray(frozen) || frozen.length === 0) {
    const found = Array.isArray(frozen) ? "an empty list" : String(frozen);
    throw new TypeError(
      `Cannot ${what} as frozen must be a list of at least one number: current value is ${found}`,
    );
  }
  frozen.forEach((w, j) => checkFinite(what, `frozen[${j}]`, w));
}

/** Checks a model at the public door and fills in its defaults. */
export function checkModel(what: string, model: SingleIndexModel): CheckedModel {
  const { student, teacher = student, d, frozen, batch, step } = model;
  checkActivation(what, "student", student);
  checkActivation(what, "teacher", teacher);
  checkFrozen(what, frozen);
  const p = frozen.length;
  checkInteger(what, "d", d, p + 1);
  checkInteger(what, "batch", batch, 1);
  const [stepU, stepOmega] = Array.isArray(step) ? step : [step, step];
  checkPositive(what, "step of u", stepU);
  checkPositive(what, "step of omega", stepOmega);
  const noise = model.noise ?? 0;
  checkNonNegative(what, "noise", noise);
  return {
    student,
    teacher,
    d,
    frozen,
    batch,
    noise,
    sphere: model.sphere ?? true,
    p,
    stepU,
    stepOmega,
  };
}
