/**
 * Search of an adapter on real images: steps until it has found what was taken away.
 *
 * @module
 */
import { checkKeys } from "../../../../check.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { stream } from "../../../../random/mod.ts";
import { AdapterSearch, directedOverlap } from "./adapter.ts";
import { pretrained, type PretrainingSetting } from "./pretrained.ts";

/** A search. */
export interface DigitsCell extends PretrainingSetting {
  /** Strength μ of pre-training: the share of the largest learnt change that is left. */
  readonly mu: number;
  /** Rank of the adapter. */
  readonly rank: number;
  /** Step size of the adapter. */
  readonly step: number;
  /** Downstream inputs: the images of pre-training, or standard normals in their place. */
  readonly inputs: "images" | "normal";
  /** Overlap that counts as found. */
  readonly level: number;
  /** Steps after which a copy is given up. */
  readonly maxSteps: number;
  /** Seed of the network's weights and order of images; that of the adapters is the cell's. */
  readonly networkSeed: string;
  /** Independent starts of the adapter. */
  readonly copies: number;
  /** Number of the first of them; 0 when not given. */
  readonly first?: number;
}

const KEYS: readonly (keyof DigitsCell)[] = [
  ...["data", "train", "hidden", "activation", "fullSteps", "fullStep", "batch"] as const,
  ...[
    "mu",
    "rank",
    "step",
    "inputs",
    "level",
    "maxSteps",
    "networkSeed",
    "first",
    "copies",
  ] as const,
];

/** A search of one start. */
export interface DigitsRow extends Row {
  /** Number of the copy. */
  copy: number;
  /** Steps until the overlap has reached the level on the right side; `null` if it has not. */
  exit: number | null;
  /** Loss on the downstream task before the adapter moves. */
  initialLoss: number;
  /** Largest singular value σ₁ of what training has changed in the first layer. */
  sigma: number;
  /** Loss of the whole network on the classes of its training images. */
  trainLoss: number;
  /** Share of test images whose class the whole network finds. */
  testAccuracy: number;
}

/**
 * Search of an adapter on real images: `W₀(μ) + U V` learns the outputs of the whole network. Copies of one seed start
 * alike at every strength and see the images in the same order.
 *
 * The images are not normal and the network has two layers, so no theory of the paper applies as it stands: the
 * question is whether the exponent of `1 − μ` survives. Scale: steps. Source: ours, in place of the paper's vision
 * transformer, whose set-up was not seen.
 *
 * @example
 * ```ts
 * import { digitsSearch } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const network = { hidden: 4, activation: "tanh", train: 100, fullSteps: 20, fullStep: 0.1, batch: 10 };
 * const [row] = [await digitsSearch({
 *   ...network, data: "digits", networkSeed: "1", mu: 0.5, rank: 1, step: 0.5, inputs: "images", level: 0.5,
 *   maxSteps: 2, copies: 1,
 * })].flat();
 * assertEquals(row.exit, null);
 * ```
 */
export const digitsSearch: Task<DigitsCell, DigitsRow> = task(
  import.meta.url,
  "digitsSearch",
  (cell: DigitsCell, { seed }): DigitsRow[] => {
    checkKeys("search on images", cell, KEYS, "the cell");
    const { data, train, hidden, activation, fullSteps, fullStep, batch, networkSeed } = cell;
    const setting = { data, train, hidden, activation, fullSteps, fullStep, batch };
    const whole = pretrained(setting, networkSeed);
    return Array.from({ length: cell.copies }, (_, i) => {
      const copy = (cell.first ?? 0) + i;
      const rng = stream(seed, "digits", "adapter", copy);
      const search = new AdapterSearch(whole, cell, { ...cell, rng });
      const initialLoss = search.loss();
      let exit: number | null = null;
      for (let made = 1; made <= cell.maxSteps && exit === null; made++) {
        search.step(cell.step);
        if (directedOverlap(search.u, search.v, whole) >= cell.level) exit = made;
      }
      const { trainLoss, testAccuracy } = whole;
      return { copy, exit, initialLoss, sigma: whole.values[0], trainLoss, testAccuracy };
    });
  },
);
