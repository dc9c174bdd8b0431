/**
 * One step of the gradient on the digits, without training.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  param,
  summary,
  type SweepRow,
  where,
} from "../../../../experiment/mod.ts";
import {
  digitImages,
  type OneStepDigitsCell,
  type OneStepDigitsRow,
  oneStepDigitsRun,
} from "../../simulation/mod.ts";
import { checkSetting, seedsParameter, settingParameters } from "./setting.ts";

const { rank, source, target, hidden, pretraining } = settingParameters;

/**
 * Parameters of {@linkcode digitsOneStep}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const oneStepParameters = {
  few: param.integer(32, "images of the small batch", { least: 1 }),
  ...{ rank, source, target, hidden, pretraining },
  seeds: seedsParameter(["0", "1", "2"]),
};

/** A row of {@linkcode digitsOneStep}. */
export type OneStepDigitsResult = SweepRow<OneStepDigitsCell, OneStepDigitsRow, string>;

/**
 * Loss and accuracy after one step of the best size along the gradient, its part of a rank, and that
 * part of a few images' gradient. Source: ours, after the paper's one-step experiments.
 */
export const digitsOneStep: Experiment<
  typeof oneStepParameters,
  OneStepDigitsResult[],
  never,
  Record<never, never>
> = experiment({
  name: "digits, one step",
  about: "Accuracy after one step along the gradient, at the best of 41 step sizes; no training.",
  parameters: oneStepParameters,
  quick: { seeds: ["0"] },
  check: (p, refuse) => {
    checkSetting({ ...p, alpha: 1 }, refuse);
    const { count } = digitImages(p.target).train;
    if (p.few > count) refuse("few", `at most ${count}, the training images of the target`, p.few);
  },
  run: ({ seeds, ...cell }, { sweep }) =>
    sweep({
      run: oneStepDigitsRun,
      cells: [cell],
      seeds,
      ...(seeds.length === 1 ? { workers: 0 } : {}),
    }),
  table: (rows) =>
    distinct(rows, "gradient").map((gradient) => {
      const here = where(rows, "gradient", gradient);
      const of = (key: "loss" | "accuracy") => summary(here.map((row) => row[key]));
      return {
        "one step along": gradient,
        "training loss": of("loss").mean,
        "test accuracy": of("accuracy").mean,
        "± test accuracy": here.length > 1 ? of("accuracy").se : null,
      };
    }),
});
