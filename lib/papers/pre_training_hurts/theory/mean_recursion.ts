/**
 * The mean of one-pass SGD, step by step: the flow with its finite step, and with what the noise of a batch of order
 * `d` does to the length of ω.
 *
 * @module
 */
import {
  checkFinite,
  checkInside,
  checkInteger,
  checkKeys,
  checkPositive,
  show,
} from "../../../check.ts";
import { activation, type ActivationLike, pairMoments } from "../../../gaussian/mod.ts";
import { stepScale } from "../step_scale.ts";

/** A recursion. */
export interface MeanProblem {
  /** Student activation σ. */
  readonly student: ActivationLike;
  /** Teacher activation σ⋆; the student's when not given. */
  readonly teacher?: ActivationLike;
  /** Frozen weight in the frame with ω⋆ first: `[μ]` when aligned. */
  readonly frozen: readonly number[];
  /** Step size of both factors, or `[η_u, η_ω]`, before it is divided by `N_k`. */
  readonly step: number | readonly [ofU: number, ofOmega: number];
  /** Input dimension; needed with a batch. */
  readonly d?: number;
  /** Samples a step, also as a function of `u`; `Infinity` (no noise) when not given. */
  readonly batch?: number | ((u: number) => number);
  /** Variance Δ of the label noise. */
  readonly labelNoise?: number;
}

const PROBLEM = ["student", "teacher", "frozen", "step", "d", "batch", "labelNoise"];

/** State of a recursion. */
export interface MeanState {
  /** Scalar factor. */
  readonly u: number;
  /** Coordinates of ω in the frame, `m` first. */
  readonly a: readonly number[];
}

/** What a recursion needs to pass a level. */
export interface MeanPassage {
  /** Step of the passage, interpolated in `ln|m|`. */
  readonly steps: number;
  /** Samples until the end of that step, summed over the batches. */
  readonly samples: number;
}

function isLinear(it: ActivationLike): boolean {
  const { series } = activation(it);
  return series?.length === 2 && series[0] === 0 && series[1] === 1;
}

/**
 * One step as a function of the state, with the samples that it takes.
 *
 * Law: `u' = u − η_u (2L_r u + c·a)`, `ã = a − η_ω u (c + 2L_r u a)`, `h̃ = h (1 − 2η_ω L_r u²)`, with
 * `c = 2L_r w₀ + L_q ω⋆` as in the flow; a batch adds its mean `η_ω² u² (d/b) E c_i²` to `|ω|²`, where
 * `E c_i² = r − 2q + 1 + Δ` for the linear target; then ω has length 1 again.
 *
 * Assumes: the fluctuations around these means are small, which needs `m` well above the noise of the search.
 * Scale: steps. Source: ours.
 *
 * @throws {RangeError} If there is a batch and the target is not linear: `E c_i²` is known for that one.
 *
 * @example Without noise and for small steps it is the flow.
 * ```ts
 * import { LoraFlow, meanStep } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const step = meanStep({ student: "erf", frozen: [0.4], step: 1e-3 });
 * let state = { u: 0.1, a: [0.3] };
 * for (let k = 0; k < 1000; k++) state = step(state).state as typeof state;
 * const [point] = new LoraFlow({ student: "erf", frozen: [0.4], u0: 0.1, a0: [0.3] }).path([1]);
 * assertAlmostEquals(state.a[0], point.m, 1e-5);
 * ```
 */
export function meanStep(
  problem: MeanProblem,
): (state: MeanState) => { readonly state: MeanState; readonly samples: number } {
  const what = "follow the mean of SGD";
  checkKeys(what, problem, PROBLEM, "the problem");
  const { student, teacher = student, frozen, step, d = Infinity, labelNoise = 0 } = problem;
  const { batch = Infinity } = problem;
  if (batch !== Infinity && !(isLinear(student) && isLinear(teacher))) {
    throw new RangeError(
      `Cannot ${what} as student must be x where the batch is finite, since the noise of other targets ` +
        `has no closed form here: current value is ${activation(student).name}`,
    );
  }
  if (batch !== Infinity) checkPositive(what, "d", d);
  const [ofU, ofOmega] = typeof step === "number" ? [step, step] : step;
  checkPositive(what, "step of u", ofU);
  checkPositive(what, "step of omega", ofOmega);
  frozen.forEach((x) => checkFinite(what, "frozen", x));
  const moments = pairMoments(student, teacher), scale = stepScale(student);
  const size = frozen.reduce((sum, x) => sum + x * x, 0);
  return ({ u, a }) => {
    const rest = Math.max(0, 1 - a.reduce((sum, x) => sum + x * x, 0));
    const q = frozen[0] + u * a[0];
    const r = Math.max(
      q * q,
      size + u * u + 2 * u * a.reduce((sum, x, j) => sum + x * frozen[j], 0),
    );
    const radial = (moments.selfDr(r) - 2 * moments.crossDr(r, q)) / scale;
    const along = -moments.crossDq(r, q) / scale;
    const c = frozen.map((x, j) => radial * x + (j === 0 ? along : 0));
    const samples = typeof batch === "function" ? batch(u) : batch;
    const noise = samples === Infinity ? 0 : r - 2 * q + 1 + labelNoise;
    const added = noise === 0 ? 0 : (ofOmega * u) ** 2 * noise * d / samples;
    const moved = a.map((x, j) => x - ofOmega * u * (c[j] + radial * u * x));
    const square = rest * (1 - ofOmega * radial * u * u) ** 2 + added;
    const length = Math.sqrt(moved.reduce((sum, x) => sum + x * x, square));
    const slope = radial * u + c.reduce((sum, x, j) => sum + x * a[j], 0);
    return { state: { u: u - ofU * slope, a: moved.map((x) => x / length) }, samples };
  };
}

/**
 * Step at which the mean of SGD reaches `|m| = radius` from a start, and the samples until then.
 *
 * Scale: steps. Source: ours.
 *
 * @param problem Its recursion.
 * @param start Where it starts.
 * @param options.radius Overlap at the end, in (0, 1).
 * @param options.maxSteps Steps after which it is given up; both numbers are then `NaN`.
 *
 * @example
 * ```ts
 * import { meanPassage } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const problem = { student: "x", frozen: [0.5], step: 0.1 };
 * const far = meanPassage(problem, { u: 0, a: [1e-6] }, { radius: 0.5 }).steps;
 * const near = meanPassage(problem, { u: 0, a: [1e-5] }, { radius: 0.5 }).steps;
 * // Ten times the overlap is ln 10/ln(1 + ηλ₊) steps less.
 * assert(Math.abs(far - near - Math.LN10 / Math.log1p(0.1 / (2 + 2 * Math.SQRT2))) < 1e-3);
 * ```
 */
export function meanPassage(
  problem: MeanProblem,
  start: MeanState,
  options: { readonly radius: number; readonly maxSteps?: number },
): MeanPassage {
  const what = "follow the mean of SGD to an overlap", { radius, maxSteps = 1e6 } = options;
  checkKeys(what, options, ["radius", "maxSteps"]);
  checkKeys(what, start, ["u", "a"], "the start");
  checkInside(what, "radius", radius, 0, 1);
  checkInteger(what, "maxSteps", maxSteps, 1);
  if (start.a.length !== problem.frozen.length) {
    throw new TypeError(
      `Cannot ${what} as start.a must have ${problem.frozen.length} entries, as frozen has: ` +
        `current value is ${show(start.a)}`,
    );
  }
  const step = meanStep(problem);
  let state = start, samples = 0;
  if (Math.abs(state.a[0]) >= radius) return { steps: 0, samples };
  for (let k = 1; k <= maxSteps; k++) {
    const before = Math.abs(state.a[0]), next = step(state);
    state = next.state;
    samples += next.samples;
    const now = Math.abs(state.a[0]);
    if (now < radius) continue;
    const share = before === 0 ? 1 : Math.log(radius / before) / Math.log(now / before);
    return { steps: k - 1 + share, samples };
  }
  return { steps: NaN, samples: NaN };
}
