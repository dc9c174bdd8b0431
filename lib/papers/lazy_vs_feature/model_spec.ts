/**
 * Models by name: what a copy of a run draws, and what all copies share.
 *
 * @module
 */
import { checkKeys } from "../../check.ts";
import { type Stream, stream } from "../../random/mod.ts";
import { type Base, baseGram, isDrawn } from "./bases.ts";
import {
  isRandom,
  type LeftFactor,
  leftFactor,
  type StudentFactor,
  studentFactor,
} from "./left_factors.ts";
import { fineTuning, type Model, type ModelOptions } from "./model.ts";

/** A model whose factors and base may be drawn for every copy. */
export interface ModelSpec extends Omit<ModelOptions, "c" | "hatC" | "gram"> {
  /** Teacher's left factor; alternating when not given. */
  readonly c?: LeftFactor;
  /** Student's left factor; the teacher's when not given. */
  readonly hatC?: StudentFactor;
  /** Base; orthonormal when not given. */
  readonly base?: Base;
}

const KEYS: readonly (keyof ModelSpec)[] = [
  ...[
    "activation",
    "k",
    "kappa",
    "lambda",
    "c",
    "hatC",
    "studentKappa",
    "base",
    "normalize",
  ] as const,
];

/** Whether copies of a model differ. */
export function isDrawnModel(
  { c = "alternating", hatC = "c", base = "orthonormal" }: ModelSpec,
): boolean {
  return isRandom(c) || isRandom(hatC) || isDrawn(base);
}

/**
 * The model of a copy: what is random comes from its stream.
 *
 * @throws {RangeError} Whatever `fineTuning` and its parts refuse.
 * @throws {TypeError} If an option is not known.
 * @example
 * ```ts
 * import { modelOf } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const model = modelOf({ activation: "h3", k: 8, kappa: 1, hatC: { flipped: 2 } });
 * assertAlmostEquals(model.c.reduce((sum, x, i) => sum + x * model.hatC[i], 0), 0.5);
 * ```
 */
export function modelOf(spec: ModelSpec, rng: Stream = stream("model")): Model {
  checkKeys("build a model", spec, KEYS);
  const { c = "alternating", hatC = "c", base = "orthonormal", ...rest } = spec;
  const teacher = leftFactor(c, rest.k, rng.stream("c"));
  return fineTuning({
    ...rest,
    c: teacher,
    hatC: studentFactor(hatC, teacher, rng.stream("ĉ")),
    gram: baseGram(base, teacher, rng.stream("base")),
  });
}
