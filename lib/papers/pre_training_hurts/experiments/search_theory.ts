/**
 * The theory of the search beside runs: what it needs, or why it does not hold for them.
 *
 * @module
 */
import { param, type Parameter } from "../../../experiment/mod.ts";
import { formatNumber } from "../../../figure/mod.ts";
import { activation, formula } from "../../../gaussian/mod.ts";
import type { Frozen } from "../frozen.ts";
import { adapterStart } from "../starts.ts";
import { type NoiseSetting, noiseSetting } from "../theory/noise.ts";
import { plainWords, stepWords } from "./dynamics/words.ts";
import { whyNoFlow } from "./flow_lines.ts";
import { type Physics } from "./physics.ts";
import { changeWords } from "./problem.ts";

/** What the theory of the search depends on, but for strength, dimension and batch. */
export type SearchPhysics = Omit<Physics, "mu" | "d" | "batch" | "copies" | "seed">;

/** Why the theory of the search does not hold for these runs, in words; nothing where it does. */
export function whyNoSearchTheory(p: SearchPhysics, w0: Frozen): string | undefined {
  const why = whyNoFlow(p);
  if (why !== undefined) return why;
  if (p.rule !== "sgd") return "it is that of plain SGD";
  if ([p.step].flat().some((part) => typeof part !== "number")) {
    return "it needs step sizes that do not change";
  }
  if (!p.sphere) return "it keeps ω on the sphere";
  if (typeof w0 !== "number") return "it needs a frozen weight μω⋆";
  if (w0 === 1 && p.teacher === null) return "at μ = 1 nothing is left to search";
  if (w0 === 0 && activation(p.student).kinks.includes(0)) {
    return "at μ = 0 the student stands on its kink";
  }
  return undefined;
}

/** As {@linkcode whyNoSearchTheory}, where the mean is over random starts. */
export function whyNoMeanTheory(p: SearchPhysics, w0: Frozen): string | undefined {
  if (adapterStart(p.start).name !== "random") {
    return "it is a mean over the authors' random starts";
  }
  return whyNoSearchTheory(p, w0);
}

/** Step sizes `[η_u, η_ω]` of parameters whose steps are numbers. */
export function stepsOf({ step }: Pick<SearchPhysics, "step">): [ofU: number, ofOmega: number] {
  const [u, omega = u] = [step].flat() as number[];
  return [u, omega];
}

/** What the formulas of noise need of the parameters; they must hold, see {@linkcode whyNoSearchTheory}. */
export function noiseSettingOf(p: SearchPhysics, mu: number, d: number): NoiseSetting {
  const { student, teacher, noise } = p;
  return noiseSetting(mu, student, {
    ...{ d, step: stepsOf(p), labelNoise: noise },
    ...(teacher === null ? {} : { teacher }),
  });
}

/** Samples a step as a reader gives them: a number, or an expression in the dimension. */
export type BatchOfD = number | string;

/** Declares the samples a step. */
export function batchParameter(value: BatchOfD): Parameter<BatchOfD> {
  return param.value<BatchOfD>(
    value,
    'fresh inputs a step: a number, or an expression in d such as "d", "2d", "30 sqrt(d)"',
    (batch: BatchOfD) => batchAt(batch, 1000),
    "a whole number >= 1, or an expression in d that gives numbers >= 1",
  );
}

/** Samples a step at a dimension, rounded. */
export function batchAt(batch: BatchOfD, d: number): number {
  const found = Math.round(typeof batch === "string" ? formula(batch, "d")(d) : batch);
  if (
    Number.isSafeInteger(found) && found >= 1 && !(found !== batch && typeof batch === "number")
  ) {
    return found;
  }
  throw new RangeError(
    `Cannot take ${batch} samples a step as batch must be a whole number >= 1 at d = ${d}: ` +
      `current value is ${found}`,
  );
}

/** The batch in words: `b = d`, `b = 3000`. */
export function batchWords(batch: BatchOfD): string {
  return `b = ${typeof batch === "number" ? formatNumber(batch) : batch}`;
}

/** Target, steps, noise and start of runs, for captions. */
export function physicsWords(p: SearchPhysics): string {
  const student = plainWords(p.student), start = adapterStart(p.start);
  const target = p.teacher === null
    ? `${student} target`
    : `${student} student of a ${plainWords(p.teacher)} teacher`;
  return `${target}, η = ${stepWords(p)}${changeWords(p)}` +
    (start.name === "random" ? "" : `, start: ${start.words ?? start.name}`);
}
