/**
 * Losses of one number: `φ(z)` of the residual `z = ab − y` of scalar adapters. Built-in ones by name,
 * and a reader's own.
 *
 * @module
 */
import { checkKeys, checkMethods, checkString, show } from "../../check.ts";

/** A loss of the residual `z = ab − y`: least at `φ(0) = 0`, and `|φ″| ≤ 1`. */
export interface ResidualLoss {
  /** Short name, for captions. */
  readonly name: string;
  /** `φ(z) ≥ 0`. */
  readonly value: (z: number) => number;
  /** `φ′(z)`. */
  readonly slope: (z: number) => number;
}

/** Names of the built-in losses. */
export type ResidualLossName = "quadratic" | "pseudo-Huber";

const BUILT_IN: Readonly<Record<ResidualLossName, ResidualLoss>> = {
  "quadratic": { name: "quadratic", value: (z) => 0.5 * z * z, slope: (z) => z },
  "pseudo-Huber": {
    name: "pseudo-Huber",
    value: (z) => z * z / (Math.sqrt(1 + z * z) + 1), // √(1 + z²) − 1 without its cancellation
    slope: (z) => z / Math.sqrt(1 + z * z),
  },
};

/** Where a reader's loss is looked at: both signs, from the bottom to the tail, away from whole numbers. */
const PROBES = [0.003, 0.031, 0.33, 1.1, 3.7, 13].flatMap((z) => [-z, z]);

/**
 * A loss of the residual by name, or a reader's own after a look at it: `φ(0) = 0 ≤ φ`, `φ′` is its
 * derivative, and `|φ′(z)| ≤ |z|` as `|φ″| ≤ 1` demands.
 *
 * - `quadratic`: `½z²`. - `pseudo-Huber`: `√(1 + z²) − 1`, linear at infinity.
 *
 * @param loss A name, or `{ name, value, slope }`.
 * @throws {RangeError} If the name is not known (the list is shown), or a condition fails at a point
 * (which is named).
 * @throws {TypeError} If a part is missing.
 *
 * @example
 * ```ts
 * import { residualLoss } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(residualLoss("quadratic").value(3), 4.5);
 * const tent = { name: "|z|", value: Math.abs, slope: Math.sign };
 * assertThrows(() => residualLoss(tent), RangeError, "slope(-0.003) must lie in [-0.003, 0.003]");
 * ```
 */
export function residualLoss(loss: ResidualLossName | ResidualLoss): ResidualLoss {
  const what = "take a loss of the residual";
  if (typeof loss === "string" && Object.hasOwn(BUILT_IN, loss)) return BUILT_IN[loss];
  const names = Object.keys(BUILT_IN).join(", ");
  if (typeof loss === "string") {
    throw new RangeError(
      `Cannot ${what} as its name must be one of ${names}, or { name, value, slope } be given: ` +
        `current value is ${show(loss)}`,
    );
  }
  checkMethods(what, "it", loss, `one of ${names}, or { name, value, slope }`, ["value", "slope"]);
  checkKeys(what, loss, ["name", "value", "slope"], "it");
  checkString(what, "name", loss.name);
  const { value, slope } = loss;
  const refuse = (text: string, found: number): never => {
    throw new RangeError(`Cannot ${what} as ${text}: current value is ${found}`);
  };
  if (value(0) !== 0) refuse("value(0) must be 0", value(0));
  for (const z of PROBES) {
    if (!(value(z) >= 0 && value(z) < Infinity)) {
      refuse(`value(${z}) must be a finite number >= 0`, value(z));
    }
    const size = Math.abs(z), found = slope(z);
    if (!(Math.abs(found) <= size * (1 + 1e-9))) {
      refuse(`slope(${z}) must lie in [${-size}, ${size}]`, found);
    }
    // A five-point difference is exact to h⁴ and to rounding over h: far below the tolerance for both.
    const h = 1e-3 * size, at = (k: number) => value(z + k * h);
    const wanted = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
    if (!(Math.abs(found - wanted) <= 1e-6 * size)) {
      refuse(`slope(${z}) must be the derivative of value, ${wanted}`, found);
    }
  }
  return loss;
}
