/**
 * Runs of LoRA on all layers of the network: parameters and rows of the experiments on them.
 *
 * @module
 */
import {
  type ExperimentContext,
  grid,
  param,
  type Refuse,
  type Values,
} from "../../../../experiment/mod.ts";
import {
  type NetworkDigitsMoment,
  networkDigitsRun,
} from "../../simulation/digits/network_digits.ts";
import { layerStart } from "../../starts.ts";
import {
  type CourseOfStart,
  differ,
  increase,
  overStarts,
  pretrainedParameters,
  ruleParameter,
} from "./_digits.ts";
import { seedParameter, startSeeds, startsParameter } from "../physics.ts";

/** Loss and accuracy of one run after some steps. */
export interface NetworkDigitsRow extends CourseOfStart, NetworkDigitsMoment {
  /** Number of steps. */
  at: number;
}

/** First of the reference's seeds. */
const FIRST = 700;

/**
 * Parameters of {@linkcode networkDigits}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const networkParameters = {
  starts: startsParameter(["zeroB", "gauss", "spectral"]),
  alpha: param.numbers([1, 0.1, 0.01, 0.001], "scales α of the starts", { above: 0 }),
  perFactor: param.flag(
    true,
    "whether random entries have deviation α/√out in B and α/√in in A; otherwise α",
  ),
  steps: param.integers(
    [100, 200, 500, 1000, 2000],
    "numbers of steps at which loss and accuracy are taken; the last ends a run",
    { least: 1 },
  ),
  rank: param.integer(4, "rank r of the adapter of every layer", { least: 1, most: 10 }),
  learningRate: param.number(0.05, "learning rate", { above: 0 }),
  method: ruleParameter("gd"),
  ...pretrainedParameters,
  copies: param.integer(5, "seeds of each random start", { least: 1 }),
  seed: seedParameter(FIRST),
};

/** Values of the parameters. */
export type NetworkValues = Values<typeof networkParameters>;

/** Refuses what contradicts itself. */
export function checkNetwork(
  { starts, alpha, steps, rank, hidden }: NetworkValues,
  refuse: Refuse,
): void {
  const names = starts.map((start) => layerStart(start).name);
  if (!differ(names)) refuse("starts", "of different names", names);
  if (!differ(alpha)) refuse("alpha", "different numbers", alpha);
  if (!increase(steps)) refuse("steps", "increasing", steps);
  const most = Math.min(10, ...hidden);
  if (rank > most) refuse("rank", `<= ${most}, the smallest width of a layer`, rank);
}

/** Every start at every scale, one run for each seed. */
export function networkRows(
  { starts, alpha, copies, seed, ...rest }: NetworkValues,
  { sweep }: ExperimentContext,
): Promise<NetworkDigitsRow[]> {
  return overStarts(starts, startSeeds(seed, FIRST, copies), async (adapters, seeds) => {
    const cells = grid({ adapters, alpha }).map((cell) => (
      { ...rest, ...cell, start: layerStart(cell.adapters).name }
    ));
    const rows = await sweep({ run: networkDigitsRun, cells, seeds });
    return rows.map(({ start, alpha, seed, at, loss, accuracy, lead }) => (
      { start, alpha, seed, at, loss, accuracy, lead }
    ));
  });
}
