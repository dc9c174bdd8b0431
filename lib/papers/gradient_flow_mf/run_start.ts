/**
 * Where a run begins: the adapters that belong to the name of a start, its scale and its seed.
 *
 * @module
 */
import { portable } from "../../random/mod.ts";
import type { Adapters, Problem } from "./model.ts";
import { seedNumber } from "./problems/mod.ts";
import { layerStart, startAdapters, type StartLike } from "./starts.ts";

/** A start of a run. */
export interface RunStart {
  /** The start. */
  readonly startedBy: StartLike;
  /** Scale. */
  readonly alpha: number;
  /** Rank of both adapters, or of each. */
  readonly r: number | readonly [number, number];
  /** Seed, a whole number as text. */
  readonly seed: string;
  /** See `startAdapters`. */
  readonly perFactor?: boolean;
}

/** The adapters that a run of this seed starts from. */
export function adaptersOf(
  problem: Problem,
  { startedBy: start, alpha, r, seed, perFactor }: RunStart,
): Adapters {
  return startAdapters(problem, {
    ...{ start, alpha, r, draws: portable(seedNumber("start a run", seed)) },
    ...(perFactor === undefined ? {} : { perFactor }),
  });
}

/** The start of this name, one of those that ran. */
export function startNamed(starts: readonly StartLike[], name: string): StartLike {
  return starts.find((start) => layerStart(start).name === name)!;
}
