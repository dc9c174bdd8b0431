/**
 * Step sizes that are set while training: the kurtosis law as a controller.
 *
 * @module
 */
import { checkInteger, checkPositive, checkSorted } from "../../../check.ts";
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { stream } from "../../../random/mod.ts";
import { fineTuning, type ModelOptions } from "../model.ts";
import { FineTuningChain } from "./chain.ts";

/**
 * Estimates the best step scale from the gates of the run, `α = E(ξψ̂)²/E(ξψ̂)⁴`, with running means.
 *
 * Source: ours; near the end of training the student's gate is the
 * teacher's.
 *
 * @example
 * ```ts
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import {
 *   FineTuningChain,
 *   KurtosisController,
 *   standard,
 * } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const chain = new FineTuningChain(standard(), { n: 1000, alpha: 0.05 }, stream("7", "example"));
 * const controller = new KurtosisController(20_000);
 * for (let t = 0; t < 100_000; t++) {
 *   chain.step();
 *   controller.observe(chain.gate);
 *   if (t > 2000) chain.alpha = controller.alpha;
 * }
 * assert(Math.abs(chain.alpha - 0.2) < 0.02); // α_opt of model S is 1/5
 * ```
 */
export class KurtosisController {
  #second = 0;
  #fourth = 0;
  #seen = 0;
  readonly #memory: number;

  /**
   * A controller that forgets over `memory` steps.
   *
   * @throws {RangeError} If `memory` is not an integer ≥ 1.
   */
  constructor(memory: number) {
    checkInteger("control a step size", "memory", memory, 1);
    this.#memory = memory;
  }

  /** Takes in the gate `ξψ̂` of one input. */
  observe(gate: number): void {
    this.#seen = Math.min(this.#memory, this.#seen + 1);
    const square = gate * gate;
    this.#second += (square - this.#second) / this.#seen;
    this.#fourth += (square * square - this.#fourth) / this.#seen;
  }

  /** Step scale that the kurtosis law asks for; NaN before the first gate that is not 0. */
  get alpha(): number {
    return this.#second / this.#fourth;
  }
}

/** How the step scale is chosen. */
export type Policy = "fixed" | "schedule" | "controller";

/** Runs under a policy. */
export interface PolicyCell {
  /** Policy: `fixed` at `alpha`, `schedule` from `early` to `alpha` at `|m| = ½`, or the controller. */
  readonly policy: Policy;
  /** Step scale; the controller starts there. */
  readonly alpha: number;
  /** Step scale of the schedule until `|m| = ½`; of no use to the others. */
  readonly early: number;
  /** The model. */
  readonly model: ModelOptions;
  /** Dimension of the complement of the base. */
  readonly n: number;
  /** Number of copies. */
  readonly copies: number;
  /** Times `τ = steps/n`, increasing. */
  readonly times: readonly number[];
}

/** One copy at one time. */
export interface PolicyRow extends Row {
  /** Number of the copy. */
  copy: number;
  /** Time. */
  tau: number;
  /** `log₁₀(1 − |m|)`. */
  logGap: number;
  /** Step scale now. */
  now: number;
}

/** Runs copies under a policy; the controller takes over after `n` steps and remembers `10 n`. */
export const policyRuns: Task<PolicyCell, PolicyRow> = task(
  import.meta.url,
  "policyRuns",
  ({ policy, alpha, early, model, n, copies, times }: PolicyCell, { seed }): PolicyRow[] => {
    checkInteger("run a policy", "copies", copies, 1);
    checkPositive("run a policy", "early", early);
    checkSorted("run a policy", "times", times);
    const problem = fineTuning(model);
    return Array.from({ length: copies }, (_, copy) => copy).flatMap((copy) => {
      const start = policy === "schedule" ? early : alpha;
      const chain = new FineTuningChain(
        problem,
        { n, alpha: start },
        stream(seed, "policy", n, copy),
      );
      const controller = new KurtosisController(10 * n);
      return times.map((tau) => {
        for (let left = Math.round(tau * n) - chain.steps; left > 0; left--) {
          chain.step();
          controller.observe(chain.gate);
          if (policy === "controller" && chain.steps > n) chain.alpha = controller.alpha;
          else if (policy === "schedule" && Math.abs(chain.m) >= 0.5) chain.alpha = alpha;
        }
        return { copy, tau, logGap: Math.log10(chain.gap), now: chain.alpha };
      });
    });
  },
);
