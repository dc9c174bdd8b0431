/**
 * Step scales `α` of `η = α/n`: constant, scheduled, or set by a rule that watches the run.
 *
 * @module
 */
import {
  checkInteger,
  checkKeys,
  checkMethods,
  checkNonNegative,
  checkPositive,
  checkString,
} from "../../check.ts";
import { formula } from "../../gaussian/mod.ts";

/** What a rule may look at. */
export interface RunNow {
  /** Time `τ = steps/n`. */
  readonly tau: number;
  /** Overlap of the directions. */
  readonly m: number;
  /** Gate `ξψ̂` of the last input. */
  readonly gate: number;
}

/** A rule: opened for a run of `n` directions, it gives the step scale of the next step. */
export interface StepRule {
  /** Name, for captions. */
  readonly name: string;
  /** Opens the rule for one run. */
  readonly open: (n: number) => (now: RunNow) => number;
}

/** The early scale until `|m|` has passed `at`, then the late one. */
export interface Switch {
  /** Which rule. */
  readonly name: "switch";
  /** Scale until then. */
  readonly early: number;
  /** Scale from then on. */
  readonly late: number;
  /** Overlap; ½ when not given. */
  readonly at?: number;
}

/** The kurtosis law as a controller; see {@linkcode KurtosisController}. */
export interface Kurtosis {
  /** Which rule. */
  readonly name: "kurtosis";
  /** Scale before it takes over. */
  readonly start: number;
  /** Time `τ` at which it does; 1 when not given. */
  readonly after?: number;
  /** Time over which it remembers; 10 when not given. */
  readonly memory?: number;
}

/**
 * A step scale: a number, an expression in the time `t = steps/n` such as `"0.1 / (1 + t / 60)"`, a
 * function of it, a named rule, or a reader's own.
 */
export type StepScale =
  | number
  | string
  | ((tau: number) => number)
  | Switch
  | Kurtosis
  | StepRule;

const WHAT = "choose a step scale";

/**
 * Estimates the best late step scale from the gates of the run, `α = E(ξψ̂)²/E(ξψ̂)⁴`, with running
 * means.
 *
 * With `ĉ = c` the gate has one law at every overlap, and what is estimated is a constant that the
 * model gives. With a wrong frozen `ĉ` the rule is blind to the noise that the wrong factor leaves.
 *
 * Source: ours.
 *
 * @example
 * ```ts
 * import { KurtosisController } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const controller = new KurtosisController(100);
 * for (const gate of [1, -2, 2, -1]) controller.observe(gate);
 * assertAlmostEquals(controller.alpha, 2.5 / 8.5);
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

function switching({ early, late, at = 0.5, ...rest }: Switch): StepRule {
  checkKeys(WHAT, rest, ["name"], "switch");
  checkPositive(WHAT, "early", early);
  checkPositive(WHAT, "late", late);
  return {
    name: `${early}, then ${late} from |m| = ${at} on`,
    open: () => {
      let now = early;
      return ({ m }) => now = Math.abs(m) >= at ? late : now;
    },
  };
}

function controlled({ start, after = 1, memory = 10, ...rest }: Kurtosis): StepRule {
  checkKeys(WHAT, rest, ["name"], "kurtosis");
  checkPositive(WHAT, "start", start);
  checkNonNegative(WHAT, "after", after);
  checkPositive(WHAT, "memory", memory);
  return {
    name: `controller from ${start}`,
    open: (n) => {
      const controller = new KurtosisController(Math.max(1, Math.round(memory * n)));
      return ({ tau, gate }) => {
        if (tau > 0) controller.observe(gate);
        return tau > after ? controller.alpha : start;
      };
    },
  };
}

/** A checked step scale. */
export interface CheckedScale {
  /** In words. */
  readonly name: string;
  /** The number, where it is one. */
  readonly constant?: number;
  /** The scale against time, where it depends on time alone: what a flow can follow. */
  readonly course?: (tau: number) => number;
  /** The rule, where it watches the run. */
  readonly rule?: StepRule;
}

/** A scale along a run, which fails where it is negative or no number. */
function watched<T>(scale: (at: T) => number, words: (at: T) => string): (at: T) => number {
  return (at) => {
    const alpha = scale(at);
    if (alpha >= 0 && alpha < Infinity) return alpha;
    throw new RangeError(
      `Cannot go on as alpha must be a finite number >= 0 all along: current value at ${
        words(at)
      } is ${alpha}`,
    );
  };
}

/** A rule whose scales are watched along every run. */
function watchedRule(rule: StepRule): StepRule {
  return {
    name: rule.name,
    open: (n) => {
      const next = rule.open(n);
      if (typeof next === "function") return watched(next, ({ tau }) => `t = ${tau}`);
      throw new TypeError(
        `Cannot ${WHAT} as alpha.open(n) must return a function of { tau, m, gate }: ` +
          `current value is ${JSON.stringify(next)}`,
      );
    },
  };
}

/**
 * The step scale that a choice stands for; where it varies, it fails in the run at which it is negative or no number.
 *
 * @throws {RangeError} If a number is not `> 0`, or a function does not give a number `≥ 0` at time 0.
 * @throws {SyntaxError} If an expression cannot be read.
 * @throws {TypeError} If it is no step scale, or a rule has another option.
 * @example
 * ```ts
 * import { stepScale } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(stepScale("0.1 / (1 + t)").course!(1), 0.05);
 * assertEquals(stepScale({ name: "switch", early: 0.4, late: 0.2 }).name, "0.4, then 0.2 from |m| = 0.5 on");
 * ```
 */
export function stepScale(choice: StepScale): CheckedScale {
  if (typeof choice === "string" || typeof choice === "function") {
    const at = typeof choice === "string" ? formula(choice, "t") : choice;
    checkNonNegative(WHAT, "alpha at t = 0", at(0));
    const name = typeof choice === "string" ? choice : choice.name || "a function";
    return { name, course: watched(at, (tau) => `t = ${tau}`) };
  }
  if (typeof choice === "object" && choice !== null) {
    if ("open" in choice) {
      checkMethods(WHAT, "alpha", choice, "a rule { name, open(n) }", ["open"]);
      checkString(WHAT, "alpha.name", choice.name);
      return { name: choice.name, rule: watchedRule(choice) };
    }
    if (choice.name === "switch" || choice.name === "kurtosis") {
      const rule = choice.name === "switch" ? switching(choice) : controlled(choice);
      return { name: rule.name, rule };
    }
  }
  if (typeof choice !== "number") {
    throw new TypeError(
      `Cannot ${WHAT} as alpha must be a number, an expression in t, a function, { name: "switch", early, ` +
        `late }, { name: "kurtosis", start } or { name, open(n) }: current value is ${
          JSON.stringify(choice)
        }`,
    );
  }
  checkPositive(WHAT, "alpha", choice);
  return { name: String(choice), constant: choice, course: () => choice };
}
