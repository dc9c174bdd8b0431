/**
 * What the parameters of a committee stand for.
 *
 * @module
 */
import { stepSizes } from "../../../../chain/mod.ts";
import { linspace } from "../../../../experiment/mod.ts";
import type { CommitteeParameters } from "./courses.ts";

/** Frozen rows of the parameters, in the frame of the teacher. */
export function frozenRows(
  { width, degraded }: Pick<CommitteeParameters, "width" | "degraded">,
  mu: number,
): number[][] {
  return Array.from(
    { length: width },
    (_, k) => Array.from({ length: width }, (_, q) => q !== k ? 0 : k < degraded ? mu : 1),
  );
}

/** Steps at which a run is looked at: to the last time, in units of `1/(η(1 − μ)²)`. */
export function stepsOf({ time, step, points }: CommitteeParameters, mu: number): number[] {
  const { u: eta } = stepSizes(step)(0);
  const last = Math.max(1, Math.round(time / (eta * (1 - mu) ** 2)));
  return [...new Set(linspace(0, last, points + 1).map(Math.round))];
}
