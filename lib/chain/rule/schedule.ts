/**
 * Step sizes that may change with the step.
 *
 * @module
 */
import { checkNonNegative, checkPositive } from "../../check.ts";
import { formula } from "../../gaussian/mod.ts";
import type { Pair } from "./rule.ts";

/**
 * A step size: a number, or a function of the number `t` of steps made so far, also as an expression
 * such as `"0.2 / sqrt(1 + t / 500)"`.
 */
export type StepSize = number | string | ((t: number) => number);

/** The step size of both factors, or `[η_u, η_ω]`. */
export type StepSizes = StepSize | readonly [StepSize, StepSize];

/** The step sizes of both factors at step `t`, checked. */
export type Schedule = (t: number) => Pair<number>;

/**
 * Checks step sizes at the public door; all are divided by `scale`.
 *
 * @throws {RangeError} If a number is not `> 0`, or a function gives a number that is not `≥ 0`, now
 * at `t = 0` or later at its step.
 * @throws {SyntaxError} If an expression cannot be read.
 * @throws {TypeError} If something is no step size, or a list has not two entries.
 */
export function scheduleOf(what: string, step: StepSizes, scale: number): Schedule {
  if (Array.isArray(step) && step.length > 2) {
    throw new TypeError(
      `Cannot ${what} as step must be one step size or [step of u, step of omega]: ` +
        `current value has ${step.length} entries`,
    );
  }
  const [u, omega] = Array.isArray(step) ? step : [step, step];
  const parts = { u: part(what, "step of u", u), omega: part(what, "step of omega", omega) };
  const at = (t: number) => ({ u: parts.u(t) / scale, omega: parts.omega(t) / scale });
  const first = at(0);
  return typeof u === "number" && typeof omega === "number" ? () => first : at;
}

function part(what: string, name: string, step: StepSize): (t: number) => number {
  if (typeof step === "string") return part(what, name, formula(step, "t"));
  if (typeof step === "function") {
    return (t) => {
      const value = step(t);
      checkNonNegative(what, `${name} at t = ${t}`, value);
      return value;
    };
  }
  checkPositive(what, name, step);
  return () => step;
}

/**
 * The step sizes of both factors at every step.
 *
 * @param step A step size, or `[η_u, η_ω]`; see {@linkcode StepSize}.
 * @throws {RangeError} If a number is not `> 0`, or a function gives a number that is not `≥ 0`.
 * @throws {TypeError} If something is no step size.
 *
 * @example
 * ```ts
 * import { stepSizes } from "lora-dynamics/chain/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(stepSizes(["0.2 / (1 + t)", 0.1])(3), { u: 0.05, omega: 0.1 });
 * ```
 */
export function stepSizes(step: StepSizes): Schedule {
  return scheduleOf("read the step size", step, 1);
}
