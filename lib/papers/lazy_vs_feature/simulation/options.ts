/**
 * What a run is told beside its model.
 *
 * @module
 */
import { type NoiseChoice, type NoiseLaw, noiseLaw } from "../../../chain/mod.ts";
import {
  checkInside,
  checkInteger,
  checkKeys,
  checkNonNegative,
  checkOneOf,
  checkWithin,
} from "../../../check.ts";
import { type InputLaw, inputLaw, type InputLawLike } from "../input_laws.ts";
import type { Model } from "../model.ts";
import { type CheckedScale, type StepScale, stepScale } from "../step_scales.ts";

/**
 * `sphere`: A1, unit `û`, fixed `ĉ`; `joint`: A2, `ĉ` is trained too, on its sphere; `free`: A3, `û` from
 * zero without constraint; `lazy`: A4, the linearised model from zero; `adapter`: both factors without
 * constraint, from a unit `û` and the model's `ĉ` (`ĉ = 0` is LoRA's `B = 0`). Another one would need its
 * own chain, so that the list is closed.
 */
export type Algorithm = "sphere" | "joint" | "free" | "lazy" | "adapter";
/** Their names. */
export const ALGORITHMS: readonly Algorithm[] = ["sphere", "joint", "free", "lazy", "adapter"];

/** Options of a run. */
export interface RunOptions {
  /** Algorithm; `sphere` when not given. */
  readonly algorithm?: Algorithm;
  /** Dimension `n` of the complement of the base: `d − k`, or `d` minus the rank of the Gram matrix. */
  readonly n: number;
  /** Step scale: `η = α/n`. */
  readonly alpha: StepScale;
  /** Ratio `η_c/η` where `ĉ` is trained; 1 when not given. */
  readonly ratio?: number;
  /** Inputs averaged in one step; 1 when not given. */
  readonly batch?: number;
  /** Heavy-ball momentum `β` of both factors; 0 when not given. */
  readonly momentum?: number;
  /** Standard deviation of label noise; 0 when not given. */
  readonly noise?: number;
  /** Law of the label noise; normal when not given. */
  readonly noiseLaw?: NoiseChoice;
  /** Law of the base features of an orthonormal base; Gaussian when not given. */
  readonly law?: InputLawLike;
  /** Overlap at the start of `sphere`, `joint`, `adapter`; that of a uniform direction when not given. */
  readonly m0?: number;
  /** Degrees of freedom by which the rest of an input is wrong: what a control of exactness changes. */
  readonly extraDegrees?: number;
}

const KEYS: readonly (keyof RunOptions)[] = [
  ...["algorithm", "n", "alpha", "ratio", "batch", "momentum", "noise", "noiseLaw"] as const,
  ...["law", "m0", "extraDegrees"] as const,
];

/** Checked options. */
export interface CheckedRun extends
  Required<
    Pick<
      RunOptions,
      "algorithm" | "n" | "ratio" | "batch" | "momentum" | "noise" | "extraDegrees"
    >
  > {
  /** Step scale. */
  readonly alpha: CheckedScale;
  /** Law of the label noise. */
  readonly noiseLaw: NoiseLaw;
  /** Law of the base features, unless Gaussian. */
  readonly law: InputLaw | undefined;
  /** Overlap at the start, unless that of a uniform direction. */
  readonly m0: number | undefined;
}

/**
 * Checks the options of a run of a model; returns the complete ones.
 *
 * @throws {RangeError} If a value is out of range, or does not fit the model.
 * @throws {TypeError} If an option is not known.
 */
export function checkRun(model: Model, options: RunOptions): CheckedRun {
  const what = "run fine-tuning SGD";
  checkKeys(what, options, KEYS);
  const { n, ratio = 1, batch = 1, momentum = 0, noise = 0, law = "gaussian" } = options;
  const { algorithm = "sphere", m0, extraDegrees = 0 } = options;
  checkInteger(what, "n = d − k", n, momentum > 0 ? 3 : 2);
  checkNonNegative(what, "ratio", ratio);
  checkInteger(what, "batch", batch, 1);
  checkInside(what, "momentum", momentum, -1, 1);
  checkNonNegative(what, "noise", noise);
  checkInteger(what, "extraDegrees", extraDegrees, 0);
  checkOneOf(what, "algorithm", algorithm, ALGORITHMS);
  const features = inputLaw(law);
  if (model.gram !== undefined && features !== undefined) {
    throw new RangeError(
      `Cannot ${what} as W must be orthonormal for the law ${features.name} of its features: ` +
        "the model gives a Gram matrix",
    );
  }
  if (algorithm === "joint" && !(Math.hypot(...model.hatC) > 0)) {
    throw new RangeError(
      `Cannot ${what} as hatC must not vanish where it is kept on a sphere (joint): current value is ` +
        `${model.hatC.join(", ")}; the algorithm adapter starts there`,
    );
  }
  if (m0 !== undefined) {
    checkWithin(what, "m0", m0, -1, 1);
    if (algorithm === "free" || algorithm === "lazy") {
      throw new RangeError(
        `Cannot ${what} as m0 must be left out for ${algorithm}, which starts at û = 0: current value is ${m0}`,
      );
    }
  }
  return {
    ...{ algorithm, n, alpha: stepScale(options.alpha), ratio, batch, momentum, noise, m0 },
    ...{ noiseLaw: noiseLaw(options.noiseLaw ?? "normal"), law: features, extraDegrees },
  };
}
