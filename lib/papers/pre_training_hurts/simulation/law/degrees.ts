/**
 * Draws that spoil one thing: what a chain draws for the directions that it does not follow.
 *
 * @module
 */
import type { Draws } from "../../../../chain/mod.ts";

/** Degrees of freedom that are added to the remainder's; `null` drops the remainder. */
export type AddedDegrees = number | null;

/**
 * Draws whose χ² variables of the remainder have so many degrees of freedom more: a chain that counts the
 * directions outside its frame wrongly, as the control of a test of exactness.
 *
 * @example The chain asks for `d − p − 1` degrees and gets one more.
 * ```ts
 * import { withDegrees } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const rng = stream("7", "example");
 * const spoilt = withDegrees(rng, 1).stream("remainder").chiSquare(4);
 * assertEquals(spoilt, rng.stream("remainder").chiSquare(5));
 * assertEquals(withDegrees(rng, null).stream("remainder").chiSquare(4), 0);
 * ```
 */
export function withDegrees(rng: Draws, added: AddedDegrees): Draws {
  const through = (path: Draws, here: AddedDegrees): Draws => ({
    normal: () => here === null ? 0 : path.normal(),
    fillNormal: (out) => here === null ? out.fill(0) : path.fillNormal(out),
    chiSquare: (nu) => here === null ? 0 : path.chiSquare(nu + here),
    fillChiSquare: (out, nu) => here === null ? out.fill(0) : path.fillChiSquare(out, nu + here),
    stream: (...steps) => {
      const isRemainder = steps.at(-1) === "remainder";
      return through(path.stream(...steps), isRemainder ? added : here);
    },
  });
  return through(rng, 0);
}
