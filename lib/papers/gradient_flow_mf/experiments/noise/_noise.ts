/**
 * Runs beside the noise equations: what the theory says of the very start of a run.
 *
 * @module
 */
import { growthModes } from "../../bases.ts";
import type { Problem } from "../../model.ts";
import { adaptersOf, type RunStart } from "../../run_start.ts";
import { layerStart } from "../../starts.ts";
import { noiseCourse } from "../../theory/noise/noise.ts";
import { leadingFloor } from "../../theory/noise/noise_leading.ts";

/** What the theory says of a run at one time. */
export interface NoiseTheory {
  /** `½‖E_⊥⊥‖²` of the noise equations. */
  theory: number;
  /** Their misalignment. */
  theoryGap: number;
  /** The part of it that the conserved imbalance keeps. */
  keptGap: number;
  /** What adapter 2 has learnt. */
  theoryX2: number;
  /** Leading law of the final loss; null for starts that have none. */
  leading: number | null;
  /** That of the misalignment. */
  leadingGap: number | null;
}

/** The noise equations and their leading law for the start of a run. */
export function noiseTheory(
  problem: Problem,
  start: RunStart,
  at: number,
  rho = 1,
): NoiseTheory {
  const adapters = adaptersOf(problem, start);
  const course = noiseCourse(problem, adapters, [at], { rho });
  const { rest: [theory], gaps: [theoryGap], keptGaps: [keptGap], x2: [theoryX2] } = course;
  const known = ["zeroB", "zeroA", "gauss"].includes(layerStart(start.startedBy).name);
  const leading = known ? leadingFloor(problem, adapters, { rho }) : undefined;
  return {
    ...{ theory, theoryGap, theoryX2, keptGap },
    ...{ leading: leading?.loss ?? null, leadingGap: leading?.gap ?? null },
  };
}

/** Time by which a start of scale α has escaped, `1.3 log(1/α)/λ`, with `λ` that of the problem. */
export function escapeBy(problem: Problem, alpha: number): number {
  return 1.3 * Math.log(1 / alpha) / growthModes(problem).rates1[0];
}
