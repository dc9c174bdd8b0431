import {
  checkBoolean,
  checkFinite,
  checkInteger,
  checkKeys,
  checkMethods,
  checkNonNegative,
  checkPositive,
} from "../check.ts";
import { type Activation, activation, type ActivationLike } from "../gaussian/mod.ts";
import { type InputChoice, type InputLaw, inputsOf } from "./problem/inputs.ts";
import { type ChainLoss, type LossChoice, lossOf } from "./problem/loss.ts";
import { type NoiseChoice, type NoiseLaw, noiseOf } from "./problem/noise.ts";
import type { ChainRule } from "./rule/rule.ts";
import { type RuleChoice, ruleOf } from "./rule/rules.ts";
import { type Schedule, scheduleOf, type StepSizes } from "./rule/schedule.ts";

/** One-pass SGD of a rank-one adapter `w = w₀ + u ω` on a single-index teacher. */
export interface SingleIndexModel {
  /** Student activation σ, or what makes one: a name, an expression, a function. */
  readonly student: ActivationLike;
  /** Teacher activation σ⋆; the student's when not given. */
  readonly teacher?: ActivationLike;
  /** Input dimension, `d ≥ p + 1`, and one more for each vector that the rule keeps. */
  readonly d: number;
  /** Frozen weight `w₀` in a fixed orthonormal frame `e₁ = ω⋆, e₂, …, e_p`: `[μ]` when aligned. */
  readonly frozen: readonly number[];
  /** Fresh samples per step, `b ≥ 1`. */
  readonly batch: number;
  /** Step size of both factors, `[η_u, η_ω]` when they differ; numbers, functions of `t` or expressions. */
  readonly step: StepSizes;
  /** Number by which both step sizes are divided, as a paper's convention may want; 1 when not given. */
  readonly stepScale?: number;
  /** Variance Δ of the label noise; 0 when not given. */
  readonly noise?: number;
  /** Re-normalise ω after every step (default) or leave it free. */
  readonly sphere?: boolean;
  /** Update rule: a name of `chainRules`, such a name with its parameters, or a reader's own rule. */
  readonly rule?: RuleChoice;
  /**
   * Loss of prediction `p` and label `y`, `"square"` when not given: a name of `chainLosses`, such a
   * name with its parameters, an expression such as `"abs(p - y)^1.5"`, or `{ name, slope(p, y) }`.
   */
  readonly loss?: LossChoice;
  /**
   * Law of the label noise, of mean 0 and variance 1 before `noise` scales it, `"normal"` when not
   * given: a name of `noiseLaws`, such a name with its parameters, or `{ name, draw(rng) }`.
   */
  readonly noiseLaw?: NoiseChoice;
  /**
   * Law of the inputs, `"normal"` when not given: a name of `inputLaws`, such a name with its
   * parameters, `{ name, radius(rng) }`, `{ name, length(rng, d) }`, or, for `DirectSgd` alone, `{ name, fill(rng, x) }`.
   */
  readonly inputs?: InputChoice;
}

/** A model with its defaults filled in. */
export interface CheckedModel
  extends
    Required<Pick<SingleIndexModel, "d" | "frozen" | "batch" | "stepScale" | "noise" | "sphere">> {
  /** Student activation σ. */
  readonly student: Activation;
  /** Teacher activation σ⋆. */
  readonly teacher: Activation;
  /** Dimension of the frame. */
  readonly p: number;
  /** Step sizes over `stepScale` at every step. */
  readonly schedule: Schedule;
  /** Update rule. */
  readonly rule: ChainRule;
  /** Loss. */
  readonly loss: ChainLoss;
  /** Law of the label noise. */
  readonly noiseLaw: NoiseLaw;
  /** Law of the inputs. */
  readonly inputs: InputLaw;
}

/** The activation that a value makes; one that makes none is named. */
export function activationOf(what: string, name: string, value: ActivationLike): Activation {
  if (["string", "function"].includes(typeof value)) return activation(value);
  checkMethods(what, name, value, "a name, an expression in z, a function or an activation", []);
  return activation(value);
}

/** A non-empty list of finite numbers. */
export function checkNumbers(what: string, name: string, values: readonly number[]): void {
  if (!Array.isArray(values) || values.length === 0) {
    const found = Array.isArray(values) ? "an empty list" : String(values);
    throw new TypeError(
      `Cannot ${what} as ${name} must be a list of at least one number: current value is ${found}`,
    );
  }
  values.forEach((x, j) => checkFinite(what, `${name}[${j}]`, x));
}

/** The keys of a model. */
export const MODEL_KEYS: readonly (keyof SingleIndexModel)[] = [
  ...["student", "teacher", "d", "frozen", "batch"] as const,
  ...["step", "stepScale", "noise", "sphere", "rule"] as const,
  ...["loss", "noiseLaw", "inputs"] as const,
];

/** Checks a model at the public door and fills in its defaults. */
export function checkModel(what: string, model: SingleIndexModel): CheckedModel {
  checkKeys(what, model, MODEL_KEYS, "the model");
  const { d, frozen, batch, step } = model;
  const { stepScale = 1, noise = 0, sphere = true, rule: choice = "sgd" } = model;
  const { loss = "square", noiseLaw = "normal", inputs = "normal" } = model;
  const student = activationOf(what, "student", model.student);
  const teacher = activationOf(what, "teacher", model.teacher ?? student);
  checkNumbers(what, "frozen", frozen);
  const rule = ruleOf(what, choice), p = frozen.length;
  checkInteger(what, "d", d, p + 1 + rule.memory);
  checkInteger(what, "batch", batch, 1);
  checkPositive(what, "stepScale", stepScale);
  const schedule = scheduleOf(what, step, stepScale);
  checkNonNegative(what, "noise", noise);
  checkBoolean(what, "sphere", sphere);
  return {
    ...{ student, teacher, d, frozen, batch, stepScale, noise, sphere, p, schedule, rule },
    loss: lossOf(what, loss),
    noiseLaw: noiseOf(what, noiseLaw),
    inputs: inputsOf(what, inputs),
  };
}
