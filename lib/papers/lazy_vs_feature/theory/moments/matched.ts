/**
 * The student that knows the left factor.
 *
 * @module
 */
import type { Model } from "../../model.ts";

/** Fails unless the student has the teacher's factor, up to both signs. */
export function checkMatched(what: string, { c, hatC }: Model): void {
  const sign = hatC[0] * c[0] < 0 ? -1 : 1;
  if (c.every((x, i) => Math.abs(sign * hatC[i] - x) <= 1e-9)) return;
  throw new RangeError(
    `Cannot ${what} as hatC must be c, since a wrong factor leaves noise at m = 1: current value is ` +
      `${hatC.join(", ")} beside ${c.join(", ")}`,
  );
}
