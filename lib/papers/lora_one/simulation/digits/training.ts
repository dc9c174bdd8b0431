/**
 * Fine-tuning on the digits: update rules, and one run of a method at a learning rate.
 *
 * @module
 */
import { checkKeys, checkOneOf, checkString } from "../../../../check.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import {
  type Network,
  optimizer,
  type OptimizerOptions,
  softmaxRegression,
} from "../../../../nn/mod.ts";
import { digitImages } from "./images.ts";
import { type DigitsMethod, methodNetwork } from "./methods.ts";
import type { DigitsSetting } from "./network.ts";

/** An update rule as a value: JSON, so that it travels to workers. */
export interface DigitsOptimizer extends Omit<OptimizerOptions, "learningRate" | "rates"> {
  /** Name, for legends and tables. */
  readonly name: string;
}

/** Names of the update rules that are defined here. */
export type DigitsOptimizerName = "GD" | "Adam" | "AdamW" | "momentum";

/** The update rules that are defined here, all on the full batch; β = (0.9, 0.999), ε = 10⁻⁸. */
export const DIGITS_OPTIMIZERS: Readonly<Record<DigitsOptimizerName, DigitsOptimizer>> = {
  GD: { name: "GD", method: "gd" },
  Adam: { name: "Adam", method: "adam" },
  AdamW: { name: "AdamW", method: "adam", weightDecay: 0.01 },
  momentum: { name: "momentum", method: "momentum", momentum: 0.9 },
};

const NAMES = Object.keys(DIGITS_OPTIMIZERS) as DigitsOptimizerName[];

/** An update rule: its name, or a value. */
export type DigitsOptimizerEntry = DigitsOptimizerName | DigitsOptimizer;

/**
 * The one door of update rules: a name becomes its value, a value is looked at.
 *
 * @throws {RangeError} If a name is not known (the known are listed) or a number is out of range.
 * @throws {TypeError} If the value has another key or a wrong type.
 */
export function digitsOptimizer(entry: DigitsOptimizerEntry): DigitsOptimizer {
  const what = "fine-tune on the digits";
  if (typeof entry === "string") {
    return DIGITS_OPTIMIZERS[checkOneOf(what, "optimizer", entry, NAMES)];
  }
  const numbers = ["momentum", "beta1", "beta2", "epsilon", "weightDecay"];
  checkKeys(what, entry, ["name", "method", ...numbers], "an optimizer");
  const { name, ...options } = entry;
  checkString(what, "name", name);
  optimizer(softmaxRegression({ inputs: 1, classes: 2 }), { ...options, learningRate: 1 });
  return entry;
}

/** Visits loss and network at every step of full-batch training, until `visit` answers true. */
export function fineTune(
  network: Network,
  { update, rate, steps, target }: {
    readonly update: DigitsOptimizer;
    readonly rate: number;
    readonly steps: number;
    readonly target: readonly number[];
  },
  visit: (step: number, loss: number) => boolean | void,
): void {
  const { train } = digitImages(target), { name: _, ...options } = update;
  const frozen = network.layers.layer1.a ? {} : { rates: { bias: 0 } };
  const rule = optimizer(network, { ...options, ...frozen, learningRate: rate });
  for (let t = 0; t <= steps; t++) {
    const loss = network.lossAndGradient(train);
    if (visit(t, loss) || t === steps) return;
    rule.step();
  }
}

/** A fine-tuning run. */
export interface DigitsCell extends DigitsSetting {
  /** Name of the method. */
  method: string;
  /** The method. */
  adapter: DigitsMethod;
  /** Name of the update rule. */
  optimizer: string;
  /** The update rule. */
  update: DigitsOptimizer;
  /** Learning rate. */
  rate: number;
  /** Steps. */
  steps: number;
  /** Training loss that counts as learnt. */
  threshold: number;
  /** Training loss above which the run has diverged and ends. */
  ceiling: number;
}

/** A step of it. */
export interface DigitsRow extends Row {
  /** Step. */
  at: number;
  /** Training loss at this step. */
  loss: number;
  /** Training loss at the end; infinite when the run diverged. */
  final: number;
  /** First step with training loss below the threshold; null when there is none. */
  hit: number | null;
  /** Test accuracy at the end; null when the run diverged. */
  accuracy: number | null;
  /** Whether the loss exceeded the ceiling. */
  diverged: boolean;
}

/** Fine-tuning on the target: rows every five steps and at the last one. */
export const digitsRun: Task<DigitsCell, DigitsRow> = task(
  import.meta.url,
  "digitsRun",
  (cell: DigitsCell, { seed }) => {
    const { adapter, steps, threshold, ceiling, target } = cell;
    const network = methodNetwork(adapter, cell, seed);
    const curve: { at: number; loss: number }[] = [];
    let hit: number | null = null, final = NaN, diverged = false;
    fineTune(network, cell, (at, loss) => {
      if (at % 5 === 0 || at === steps) curve.push({ at, loss });
      if (loss < threshold) hit ??= at;
      diverged = !(loss <= ceiling);
      final = diverged ? Infinity : loss;
      return diverged;
    });
    const accuracy = diverged ? null : network.evaluate(digitImages(target).test).accuracy;
    return curve.map((row) => ({ ...row, final, hit, accuracy, diverged }));
  },
);
