/**
 * The setting of a run: everything that the law of one-pass SGD depends on, as a cell of a sweep holds it.
 *
 * @module
 */
import { checkInteger, checkPositive } from "../../../../check.ts";
import type {
  InputChoice,
  LossChoice,
  NoiseChoice,
  RuleChoice,
  SingleIndexModel,
  StepSizes,
} from "../../../../chain/mod.ts";
import { type Activation, activation, type ActivationLike } from "../../../../gaussian/mod.ts";
import { type Stream, stream } from "../../../../random/mod.ts";
import { type Frozen, frozenOf } from "../../frozen.ts";
import type { StartLike } from "../../starts.ts";
import { stepScale } from "../../step_scale.ts";

/** A batch that grows with the adapter: `max(least, factor·u²)` samples a step, rounded up. */
export interface AdaptiveBatch {
  /** Samples while `u` is small. */
  readonly least: number;
  /** Samples per `u²`. */
  readonly factor: number;
}

/**
 * What makes the steps: the chain that is exact in law, which of a linear target draws one matrix for a whole
 * batch; the chain that draws every sample of any target; or SGD on whole inputs as it is written down.
 */
export type Sampler = "exact chain" | "chain of samples" | "whole inputs";

/** The samplers. */
export const samplers: readonly Sampler[] = ["exact chain", "chain of samples", "whole inputs"];

/** The setting of a run. */
export interface SgdSetting {
  /** Student activation. */
  readonly student: ActivationLike;
  /** Teacher activation; the student's when not given. */
  readonly teacher?: ActivationLike;
  /** Frozen weight: a strength μ, or coordinates in a frame with ω⋆ first. */
  readonly w0: Frozen;
  /** Input dimension. */
  readonly d: number;
  /** Samples per step; the linear target also takes a batch that grows with the adapter. */
  readonly batch: number | AdaptiveBatch;
  /** Step size of both factors, or `[η_u, η_ω]`; numbers, expressions in `t` or functions of the step. */
  readonly step: StepSizes;
  /** Number by which steps are divided; the paper's `N_k` when not given. */
  readonly stepScale?: number;
  /** Update rule; SGD when not given. */
  readonly rule?: RuleChoice;
  /** Variance Δ of the label noise. */
  readonly noise?: number;
  /** Law of the label noise, of variance 1 before Δ; normal when not given. */
  readonly noiseLaw?: NoiseChoice;
  /** Loss that SGD descends; the square loss `½(ŷ − y)²` when not given. */
  readonly criterion?: LossChoice;
  /** Law of the inputs; `N(0, I_d)` when not given. */
  readonly inputs?: InputChoice;
  /** Whether ω is kept on the sphere, as in the paper (default), or free. */
  readonly sphere?: boolean;
  /** Rank of the adapter, 1 as in the paper when not given. */
  readonly rank?: number;
  /** Start; the authors' random one when not given. */
  readonly start?: StartLike;
  /** What makes the steps; the exact chain when not given. */
  readonly sampler?: Sampler;
  /** Independent copies. */
  readonly copies: number;
}

/** Names of what a setting holds; a run adds its own. */
export const SETTING_KEYS: readonly (keyof SgdSetting)[] = [
  ...["student", "teacher", "w0", "d", "batch", "step", "stepScale", "rule", "noise"] as const,
  ...["noiseLaw", "criterion", "inputs", "sphere", "rank", "start", "sampler", "copies"] as const,
];

/** Activations of a setting. */
export function activationsOf(
  { student, teacher = student }: Pick<SgdSetting, "student" | "teacher">,
): { readonly student: Activation; readonly teacher: Activation } {
  return { student: activation(student), teacher: activation(teacher) };
}

/** The model of lib/chain behind a setting. */
export function modelOf(setting: SgdSetting): SingleIndexModel & { readonly batch: number } {
  const { w0, d, batch, step, rule, noise, noiseLaw, criterion, inputs, sphere } = setting;
  const { student, teacher } = activationsOf(setting);
  checkBatch(batch);
  return {
    ...{ student, teacher, d, step, frozen: frozenOf(w0) },
    batch: typeof batch === "number" ? batch : batch.least,
    stepScale: setting.stepScale ?? stepScale(student),
    ...(rule === undefined ? {} : { rule }),
    ...(noise === undefined ? {} : { noise }),
    ...(noiseLaw === undefined ? {} : { noiseLaw }),
    ...(criterion === undefined ? {} : { loss: criterion }),
    ...(inputs === undefined ? {} : { inputs }),
    ...(sphere === undefined ? {} : { sphere }),
  };
}

/** Checks an adaptive batch. */
export function checkBatch(batch: number | AdaptiveBatch): void {
  const what = "set the batch";
  if (typeof batch !== "object" || batch === null) return checkInteger(what, "batch", batch, 1);
  checkPositive(what, "batch.least", batch.least);
  checkPositive(what, "batch.factor", batch.factor);
}

/**
 * One stream per model: runs that differ only in `d`, batch, step or threshold share their random numbers, so
 * that differences between them are paired.
 */
export function rngOf({ student, teacher = student, w0 }: SgdSetting, seed: string): Stream {
  const name = (it: ActivationLike) => typeof it === "string" ? it : activation(it).name;
  return stream(seed, name(student), name(teacher), frozenOf(w0).join(" "));
}
