/**
 * Steps to half an overlap, on several routes, as a task of sweeps.
 *
 * @module
 */
import { checkInteger, checkOneOf, checkPositive } from "../../../check.ts";
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { median } from "../../../experiment/table/statistics.ts";
import { activation } from "../../../gaussian/mod.ts";
import { type Stream, stream } from "../../../random/mod.ts";
import { planeModel } from "../bases.ts";
import { generalisedLinear } from "../model.ts";
import { modelOf, type ModelSpec } from "../model_spec.ts";
import { FineTuningChain } from "./chain.ts";
import { PlaneChain } from "./plane.ts";
import { ScratchChain } from "./scratch.ts";

/** How a time to half an overlap is measured. */
export type Route = "fine-tuning" | "GLM" | "all weights" | "plane" | "plane, fine-tuning";
const ROUTES: readonly Route[] = [
  "fine-tuning",
  "GLM",
  "all weights",
  "plane",
  "plane, fine-tuning",
];

/** An experiment on times to half an overlap. */
export interface HittingCell {
  /** How the direction is learned. */
  readonly route: Route;
  /** The model; of no use to the plane. */
  readonly model: ModelSpec;
  /** Dimension. */
  readonly d: number;
  /** Dimension of the base, `k` when not given. */
  readonly span?: number;
  /** Step size. */
  readonly eta: number;
  /** Label noise. */
  readonly noise?: number;
  /** Number of copies. */
  readonly copies: number;
  /** Steps after which a copy is given up. */
  readonly maxSteps: number;
}

/** What is measured of a route in one dimension. */
export interface HittingRow extends Row {
  /** Median steps; null when fewer than half have arrived. */
  steps: number | null;
  /** Lower quartile; null likewise. */
  low: number | null;
  /** Upper quartile; null likewise. */
  high: number | null;
  /** Copies that have arrived when the run was stopped. */
  arrived: number;
}

/** Makes steps until a copy has arrived, but at most so many; how many, or null if it has not. */
type Runner = (most: number) => number | null;

/** The same from single steps. */
function stepping(step: () => void, done: () => boolean): Runner {
  return (most) => {
    for (let made = 1; made <= most; made++) {
      step();
      if (done()) return made;
    }
    return null;
  };
}

function open({ route, d, eta, noise, model, span }: HittingCell, rng: Stream): Runner {
  if (route === "all weights") {
    const chain = new ScratchChain(modelOf(model, rng), { d, eta }, rng);
    return stepping(() => chain.step(), () => chain.best >= 0.5);
  }
  if (route === "plane") {
    const chain = new PlaneChain({ d, eta }, rng);
    return stepping(() => chain.step(), () => chain.found >= 0.25);
  }
  const problem = route === "GLM"
    ? generalisedLinear(model.activation)
    : route === "fine-tuning"
    ? modelOf(model, rng)
    : planeModel();
  // Collinear base weights span one dimension; a single-index model has none.
  const own = route === "GLM" ? 0 : route === "fine-tuning" ? span ?? problem.k : 1, n = d - own;
  const chain = new FineTuningChain(problem, { n, alpha: eta * n, noise }, rng);
  return (most) => {
    const before = chain.steps;
    chain.run(most, 0.5);
    return Math.abs(chain.m) >= 0.5 ? chain.steps - before : null;
  };
}

/** Median and quartiles of times, some of which may be infinite. */
export function quartilesOf(
  times: Float64Array,
): Pick<HittingRow, "steps" | "low" | "high"> {
  const sorted = times.toSorted(), n = times.length;
  const at = (share: number) => {
    const value = sorted[Math.floor(share * (n - 1))];
    return value < Infinity ? value : null;
  };
  const middle = median(times);
  return { steps: middle < Infinity ? middle : null, low: at(0.25), high: at(0.75) };
}

/**
 * Median steps until half an overlap. Copies take turns, and all stop once four fifths have arrived:
 * median and quartiles need no more.
 */
export const hittingTimes: Task<HittingCell, HittingRow> = task(
  import.meta.url,
  "hittingTimes",
  (cell: HittingCell, { seed }): HittingRow => {
    const { route, d, copies, maxSteps, eta } = cell, what = "time runs";
    checkOneOf(what, "route", route, ROUTES);
    checkInteger(what, "copies", copies, 1);
    checkInteger(what, "maxSteps", maxSteps, 1);
    checkPositive(what, "eta", eta);
    const name = activation(cell.model.activation).name;
    const runners = Array.from(
      { length: copies },
      (_, copy) => open(cell, stream(seed, "hit", route, name, d, copy)),
    );
    const times = new Float64Array(copies).fill(Infinity);
    const turn = Math.max(1, Math.round(maxSteps / 400));
    let steps = 0, arrived = 0;
    while (steps < maxSteps && arrived < 0.8 * copies) {
      const end = Math.min(maxSteps, steps + turn);
      runners.forEach((run, copy) => {
        if (times[copy] < Infinity) return;
        const made = run(end - steps);
        if (made === null) return;
        times[copy] = steps + made;
        arrived++;
      });
      steps = end;
    }
    return { ...quartilesOf(times), arrived };
  },
);
