/**
 * Runs beside the noise equations: what the theory says of the very start of a run.
 *
 * @module
 */
import { portable } from "../../../../random/mod.ts";
import { growthModes } from "../../bases.ts";
import type { Adapters, Problem } from "../../model.ts";
import { seedNumber } from "../../problems/mod.ts";
import { layerStart, startAdapters, type StartLike } from "../../starts.ts";
import { noiseCourse } from "../../theory/noise/noise.ts";
import { leadingFloor } from "../../theory/noise/noise_leading.ts";

/** A start of a run. */
export interface RunStart {
  /** The start. */
  readonly startedBy: StartLike;
  /** Scale. */
  readonly alpha: number;
  /** Rank. */
  readonly r: number;
  /** Seed, a whole number as text. */
  readonly seed: string;
}

/** The adapters that a run of this seed starts from. */
export function adaptersOf(problem: Problem, { startedBy, alpha, r, seed }: RunStart): Adapters {
  const draws = portable(seedNumber("start a run", seed));
  return startAdapters(problem, { start: startedBy, alpha, r, draws });
}

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
