/**
 * LoRA gradient descent: both factors step from their old values, with any learning-rate rule.
 *
 * @module
 */
import {
  checkInside,
  checkInteger,
  checkKeys,
  checkMethods,
  checkNonNegative,
} from "../../../check.ts";
import type { Matrix } from "../../../linalg/mod.ts";
import type { Loss } from "../losses.ts";
import { PAPER_CONSTANT, rateRule, type RuleLike } from "../rules.ts";
import type { Descent } from "./descent.ts";

/** Where a run stands before step `t`, and after the last. */
export interface Moment {
  /** Number of steps done. */
  readonly t: number;
  /** Learning rate of the step that follows; 0 where none follows. */
  readonly eta: number;
  /** `S_t = Σ_{s<t} η_s`. */
  readonly time: number;
  /** `min_{s≤t} ‖∇J_s‖²`. */
  readonly minGradient2: number;
  /** Smallest `‖∇J_s‖²/max(‖V_s‖² + ‖G_s‖, 1/(4√2 L))`, `s ≤ t`. */
  readonly minNormalised: number;
}

/** How a run ended. */
export interface DescentResult {
  /**
   * `done` after the given steps; `stopped` by the visitor; `stationary` at a zero gradient; or
   * `diverged: …`, which names the step.
   */
  readonly status: string;
  /** Number of steps done. */
  readonly steps: number;
  /** `S_T`. */
  readonly time: number;
  /** `min_{t<T} ‖∇J_t‖²`, over the points at which steps were taken. */
  readonly minGradient2: number;
  /** Smallest `‖∇J‖²/max(‖V‖² + ‖G‖, 1/(4√2 L))` over the same points. */
  readonly minNormalised: number;
}

/** What a descent does beside plain steps. Everything that is not given changes nothing. */
export interface DescentOptions {
  /** The most steps, `T ≥ 1`. */
  readonly steps: number;
  /** Learning rate `η_t`; `paper` when not given. */
  readonly rule?: RuleLike;
  /** LoRA+: `B` moves with `ratio` times the rate of `A`, which is the rule's. */
  readonly ratio?: number;
  /** Weight decay λ: `λV` is added to the gradient in `V`. Rules see the gradient without it. */
  readonly decay?: number;
  /** Heavy-ball momentum β in `[0, 1)`: steps follow `v ← βv + ∇J`. */
  readonly momentum?: number;
  /** Changes the full gradient `G` in place after it was taken: noise, clipping, compression. */
  readonly noise?: (full: Matrix, t: number) => void;
  /** Examples of step `t`, for a loss that has `select`. */
  readonly batch?: (t: number) => ArrayLike<number>;
  /** Called before each step is measured: what it does to the factors counts (balancing, projections). */
  readonly before?: (run: Descent, t: number) => void;
  /**
   * Sees the run before each step and after the last; `true` stops it. It looks only: the step has been
   * measured, so what changes the factors belongs into `before`.
   */
  readonly visit?: (moment: Moment) => boolean | void;
}

const OPTIONS: readonly (keyof DescentOptions)[] = [
  ...["steps", "rule", "ratio", "decay", "momentum", "noise"] as const,
  ...["batch", "before", "visit"] as const,
];

/** Checks options at the public door. */
function checkDescent(what: string, run: Descent, options: DescentOptions): void {
  checkMethods(what, "run", run, "a Descent", ["measure", "step"]);
  checkKeys(what, options, OPTIONS);
  checkInteger(what, "steps", options.steps, 1);
  const { ratio = 1, decay = 0, momentum = 0 } = options;
  checkNonNegative(what, "ratio", ratio);
  checkNonNegative(what, "decay", decay);
  if (momentum !== 0) checkInside(what, "momentum", momentum, 0, 1);
  for (const key of ["noise", "batch", "before", "visit"] as const) {
    const value = options[key];
    if (value === undefined || typeof value === "function") continue;
    throw new TypeError(`Cannot ${what} as ${key} must be a function: current value is ${value}`);
  }
}

/** Velocity of the heavy ball, or the gradient itself. */
function direction(run: Descent, decay: number, momentum: number): () => void {
  const { b, a, gradientB, gradientA } = run;
  const pairs = ([[b, gradientB], [a, gradientA]] as const).map(([point, gradient]) => (
    { point: point.data, gradient: gradient.data, velocity: new Float64Array(point.data.length) }
  ));
  return () => {
    for (const { point, gradient, velocity } of pairs) {
      for (let i = 0; i < point.length; i++) {
        velocity[i] = momentum * velocity[i] + gradient[i] + decay * point[i];
        gradient[i] = velocity[i];
      }
    }
  };
}

/**
 * LoRA gradient descent for at most `steps` steps, with any rule.
 *
 * One step, in this order: `before` may move the factors; loss, `G`, gradients and sizes are measured (on the
 * batch, if there is one); `noise` may change `G`; the rule gives `η_t`; `visit` looks; decay and momentum
 * make the direction; `A` moves by `η_t`, `B` by `ratio · η_t`.
 *
 * A loss of one's own is looked at by `checkLoss`; a scale `W₀ + sBA` is `rescaled(loss, { scale: s })`, with
 * `scaledRule(rule, s)` for rules that are not the same in both coordinates; projections and balancing go into
 * `before`.
 *
 * Scale: `t` counts steps; `time` is `Σ η`.
 * Source: the paper's algorithm (as reported); rules see {@linkcode rateRule}; ratio: LoRA+ (Hayou et al.).
 *
 * @param run The adapter; moved.
 * @throws {RangeError} If an option is out of range, or the rule gives no learning rate `≥ 0` at a step, which is
 * named.
 * @throws {TypeError} If an option is not known.
 *
 * @example Certified steps never raise the loss; LoRA+ reaches the same minimum.
 * ```ts
 * import { descend, Descent, referenceQuadratic } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const { loss, start } = referenceQuadratic(), run = new Descent(loss, start);
 * let last = Infinity;
 * const { status } = descend(run, {
 *   steps: 2000,
 *   rule: "simple",
 *   visit: () => {
 *     assert(run.loss <= last * (1 + 1e-12)); // rounding at the bottom
 *     last = run.loss;
 *   },
 * });
 * assertEquals(status, "done");
 * const plus = new Descent(loss, start);
 * descend(plus, { steps: 4000, rule: 0.05, ratio: 4 });
 * assertAlmostEquals(plus.loss, run.loss, 1e-9);
 * ```
 */
export function descend(run: Descent, options: DescentOptions): DescentResult {
  const what = "descend";
  checkDescent(what, run, options);
  const { steps, ratio = 1, decay = 0, momentum = 0, noise, batch, before, visit } = options;
  const { rate } = rateRule(options.rule ?? "paper"), plain = decay === 0 && momentum === 0;
  const turn = direction(run, decay, momentum), least = 1 / (PAPER_CONSTANT * run.smoothness);
  let time = 0, minGradient2 = Infinity, minNormalised = Infinity;
  for (let t = 0;; t++) {
    before?.(run, t);
    if (batch) select(run.objective, batch(t));
    run.measure();
    const result = (status: string): DescentResult => (
      { status, steps: t, time, minGradient2, minNormalised }
    );
    if (!(Math.abs(run.loss) < Infinity && run.gradient2 < Infinity)) {
      return result(
        `diverged: loss and squared gradient of step ${t} are ${run.loss}, ${run.gradient2}`,
      );
    }
    if (noise) {
      noise(run.full, t);
      run.refresh();
    }
    const last = t === steps, stationary = run.gradient2 === 0 && plain && !noise && !batch;
    const eta = last || stationary ? 0 : rate(run.sizes, t);
    if (!(eta >= 0 && eta < Infinity)) {
      throw new RangeError(
        `Cannot ${what} as the learning rate of step ${t} must be a finite number >= 0: ` +
          `current value is ${eta}`,
      );
    }
    const now = {
      minGradient2: Math.min(minGradient2, run.gradient2),
      minNormalised: Math.min(minNormalised, run.gradient2 / Math.max(run.v2 + run.g, least)),
    };
    if (visit?.({ t, eta, time, ...now })) return result("stopped");
    if (last) return result("done");
    ({ minGradient2, minNormalised } = now);
    if (stationary) return result("stationary");
    if (!plain) turn();
    run.step(ratio * eta, eta);
    time += eta;
  }
}

/** Tells a loss which examples count. */
function select(loss: Loss, examples: ArrayLike<number>): void {
  if (!("select" in loss) || typeof loss.select !== "function") {
    throw new TypeError(
      `Cannot descend as batch needs a loss with a method select: current loss is ${loss.name}`,
    );
  }
  loss.select(examples);
}
