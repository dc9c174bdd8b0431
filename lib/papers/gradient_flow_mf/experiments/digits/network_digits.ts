/**
 * F11, C18: LoRA on all layers of a small network that learns changed digits, over starts and scales.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  grid,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, scaleWords } from "../../../../figure/mod.ts";
import { imageChange } from "../../simulation/digits/images.ts";
import { layerStart, startWords } from "../../starts.ts";
import { coursesFigure, networkWords, ruleWords, spreadWords, worseWhenSmall } from "./_digits.ts";
import {
  checkNetwork,
  type NetworkDigitsRow,
  networkParameters,
  networkRows,
} from "./_network_rows.ts";
import { worded } from "../worded.ts";

export type { CourseOfStart } from "./_digits.ts";
export { type NetworkDigitsRow, networkParameters } from "./_network_rows.ts";

type Parameters = Values<typeof networkParameters>;

/** What the last rows say about small scales, if there are two scales. */
function verdict(rows: readonly NetworkDigitsRow[], { alpha, steps, starts }: Parameters): string {
  const low = Math.min(...alpha), high = Math.max(...alpha);
  if (low === high) return "";
  const worse = worseWhenSmall(rows, "loss");
  const words = starts.filter((start) => worse.includes(layerStart(start).name)).map(startWords);
  const which = words.length === starts.length
    ? "for every start"
    : words.length === 0
    ? "for no start"
    : `for ${words.join(" and ")} only`;
  return ` After ${steps.at(-1)} steps the mean loss is larger at α = ${scaleWords(low)} than at ` +
    `α = ${scaleWords(high)} ${which}.`;
}

/** A column against the number of steps. */
function draw(rows: NetworkDigitsRow[], parameters: Parameters, key: "loss" | "accuracy"): Figure {
  const { starts, hidden, rank, images, method, copies, perFactor } = parameters;
  const isLoss = key === "loss";
  return coursesFigure(rows, starts, {
    key,
    x: { label: "gradient steps", type: "log" },
    y: isLoss
      ? { label: "training loss (cross-entropy)", type: "log" }
      : { label: "test accuracy", domain: [0, 1] },
    caption:
      `${isLoss ? "Training loss" : "Test accuracy"} of LoRA (r = ${rank}, all layers) on a ` +
      `${networkWords(hidden, parameters.activation)}, ${images} digits ` +
      `${imageChange(parameters.change).name}, ${ruleWords(method, parameters.learningRate)}; ` +
      `random entries of deviation ${perFactor ? "α/√out in B, α/√in in A" : "α"}. ` +
      spreadWords(copies, isLoss) + (isLoss ? verdict(rows, parameters) : ""),
  });
}

/**
 * F11: training loss and test accuracy of LoRA on a small network that was trained on upright digits
 * and learns changed ones.
 *
 * @example A start of one's own beside the usual one, on a network with tanh.
 * ```ts
 * import { type LayerStart, layerStart, networkDigits } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const weights: LayerStart = {
 *   name: "of the weights",
 *   random: false,
 *   factors: (layer) => layerStart("spectral").factors({ ...layer, descent: layer.weight }),
 * };
 * const { rows } = await networkDigits({
 *   ...{ preset: "quick", starts: ["zeroB", weights], activation: "tanh" },
 *   ...{ alpha: [0.1], steps: [1, 2], images: 20, pretrainSteps: 2, hidden: [12], copies: 1 },
 * });
 * assertEquals(rows.map(({ start, at }) => `${start} ${at}`), [
 *   ...["zeroB 1", "zeroB 2", "of the weights 1", "of the weights 2"],
 * ]);
 * ```
 */
export const networkDigits: Experiment<
  typeof networkParameters,
  NetworkDigitsRow[],
  Figure,
  { accuracy: Figure }
> = experiment({
  name: "LoRA on a network, changed digits",
  about: "Which start learns changed digits within a budget of steps, and at which scale.",
  parameters: networkParameters,
  quick: { alpha: [1, 0.001], steps: [50, 100, 200], copies: 2 },
  check: checkNetwork,
  run: networkRows,
  figure: (rows, parameters) => draw(rows, parameters, "loss"),
  figures: { accuracy: (rows, parameters) => draw(rows, parameters, "accuracy") },
  table: worded(
    (rows) =>
      distinct(rows, "start").flatMap((start) =>
        grid({ alpha: distinct(rows, "alpha"), at: distinct(rows, "at") }).flatMap(
          ({ alpha, at }) => {
            const here = where(where(where(rows, "start", start), "alpha", alpha), "at", at);
            const { mean, se, n } = summary(here.map((row) => row.loss));
            const accuracy = summary(here.map((row) => row.accuracy)).mean;
            return { start, alpha, at, loss: mean, "± se": se, accuracy, seeds: n };
          },
        )
      ),
    { at: "steps" },
  ),
});
