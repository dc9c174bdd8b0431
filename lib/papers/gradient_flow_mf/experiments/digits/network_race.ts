/**
 * F11b, C18b: which layer's adapter takes the first direction, and the loss that follows.
 *
 * @module
 */
import { type Experiment, experiment, where } from "../../../../experiment/mod.ts";
import { type Figure, overlayFigure, scaleWords } from "../../../../figure/mod.ts";
import { layerStart, startWords } from "../../starts.ts";
import { networkWords, ruleWords } from "./_digits.ts";
import {
  checkNetwork,
  type NetworkDigitsRow,
  networkParameters,
  networkRows,
  type NetworkValues,
} from "./_network_rows.ts";

/**
 * Parameters of {@linkcode networkRace}: those of `networkDigits` at one small scale, few steps and many
 * seeds.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const raceParameters = {
  ...networkParameters,
  alpha: { ...networkParameters.alpha, value: [0.001] },
  steps: { ...networkParameters.steps, value: [100, 300] },
  copies: { ...networkParameters.copies, value: 20 },
};

/** Loss of single runs against the head start of the first layer's adapter, at the smallest scale. */
function draw(rows: readonly NetworkDigitsRow[], parameters: NetworkValues): Figure {
  const { starts, alpha, steps, hidden } = parameters, least = Math.min(...alpha);
  const panels = steps.map((at) => ({
    title: `after ${at} steps`,
    x: { label: "head start of layer 1, log_{10}(‖/{z}_{1}‖/‖/{z}_{last}‖)" },
    y: { label: "training loss (cross-entropy)" },
    means: starts.flatMap((start) => {
      const here = where(
        where(where(rows, "at", at), "alpha", least),
        "start",
        layerStart(start).name,
      );
      return here.flatMap(({ lead, loss }) =>
        lead === null ? [] : [{ series: startWords(start), x: lead, y: loss }]
      );
    }),
  }));
  return overlayFigure(panels, {
    columns: Math.min(panels.length, 3),
    caption:
      `Training loss of single runs against the head start of the first layer's adapter at the ` +
      `start, α = ${scaleWords(least)}: LoRA on all layers of a ` +
      `${networkWords(hidden, parameters.activation)}, ` +
      `${ruleWords(parameters.method, parameters.learningRate)}. A mark is one seed.`,
  });
}

/**
 * F11b: training loss of single runs against the head start of the first layer's adapter.
 *
 * Near zero the adapter of layer `i` grows as `‖z_i‖e^{λ_it}` (T3), with `λ_i` the largest singular value
 * of the layer's negative gradient. Where these are almost equal, as here, `λ_last/λ₁ = 0.95`, the start
 * decides which of them learns the first direction: the competition of T10, on a network with ReLU.
 *
 * @example The balanced start gives no layer a head start; the tilted one does.
 * ```ts
 * import { type LayerStart, layerStart, networkRace } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { scale } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const tilted: LayerStart = {
 *   name: "last layer ten times",
 *   random: false,
 *   factors: (layer) => {
 *     const { b, a } = layerStart("spectral").factors(layer), by = layer.weight.rows === 10 ? 10 : 1;
 *     return { b: scale(b, by), a: scale(a, by) };
 *   },
 * };
 * const short = { pretrainSteps: 2, images: 20, steps: [1], hidden: [12] };
 * const { rows } = await networkRace({ preset: "quick", starts: ["spectral", tilted], ...short });
 * rows.forEach(({ lead }, i) => assertAlmostEquals(lead!, -i, 1e-9));
 * ```
 */
export const networkRace: Experiment<typeof raceParameters, NetworkDigitsRow[], Figure> =
  experiment({
    name: "which layer's adapter takes the first direction",
    about:
      "How the loss depends on the head start of the first layer's adapter over the last one's.",
    parameters: raceParameters,
    quick: { copies: 3 },
    check: checkNetwork,
    run: networkRows,
    figure: draw,
  });
