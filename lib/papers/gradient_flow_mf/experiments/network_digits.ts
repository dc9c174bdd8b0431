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
  param,
  summary,
  type Values,
  where,
} from "../../../experiment/mod.ts";
import { type Figure, formatNumber, overlayFigure } from "../../../figure/mod.ts";
import { imageChange } from "../simulation/images.ts";
import { networkDigitsRun } from "../simulation/network_digits.ts";
import { layerStart, startWords } from "../starts.ts";
import {
  copiesWords,
  type CourseOfStart,
  differ,
  increase,
  networkWords,
  overStarts,
  panelsByScale,
  pretrainedParameters,
  ruleParameter,
  ruleWords,
  worseWhenSmall,
} from "./_digits.ts";
import { seedParameter, startSeeds, startsParameter } from "./_physics.ts";

/** Loss and accuracy of one run after some steps. */
export interface NetworkDigitsRow extends CourseOfStart {
  /** Loss on the training images. */
  loss: number;
  /** Accuracy on the test images. */
  accuracy: number;
  /**
   * Head start of the first layer's adapter, `log₁₀(‖z₁‖/‖z_last‖)` with the modal vectors of the start
   * along the leading pairs of the negative gradients; null where one is 0.
   */
  lead: number | null;
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
  return ` After ${steps.at(-1)} steps the mean loss is larger at α = ${
    formatNumber(low)
  } than at ` +
    `α = ${formatNumber(high)} ${which}.`;
}

/** A column against the number of steps. */
function draw(rows: NetworkDigitsRow[], parameters: Parameters, key: "loss" | "accuracy"): Figure {
  const { starts, hidden, rank, images, method, copies, perFactor } = parameters;
  const panels = panelsByScale(rows, starts, {
    key,
    x: { label: "gradient steps", type: "log" },
    y: key === "loss"
      ? { label: "training loss (cross-entropy)", type: "log" }
      : { label: "test accuracy", domain: [0, 1] },
  });
  return overlayFigure(panels, {
    columns: 2,
    caption: `${key === "loss" ? "Training loss" : "Test accuracy"} of LoRA (r = ${rank}, all ` +
      `layers) on a ${networkWords(hidden, parameters.activation)}, ${images} digits ` +
      `${imageChange(parameters.change).name}, ${ruleWords(method, parameters.learningRate)}; ` +
      `random entries of deviation ${perFactor ? "α/√out in B, α/√in in A" : "α"}. Marks: ` +
      `${copiesWords(copies)}, joined by lines.` +
      (key === "loss" ? verdict(rows, parameters) : ""),
  });
}

/** Loss of single runs against the head start of the first layer's adapter, at the smallest scale. */
function drawLead(rows: NetworkDigitsRow[], parameters: Parameters): Figure {
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
      `start, α = ${formatNumber(least)}: LoRA on all layers of a ` +
      `${networkWords(hidden, parameters.activation)}, ` +
      `${ruleWords(parameters.method, parameters.learningRate)}. A mark is one seed.`,
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
 *   ...{ alpha: [0.1], steps: [1, 2], images: 20, pretrainSteps: 2, hidden: [12] },
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
  { accuracy: Figure; lead: Figure }
> = experiment({
  name: "LoRA on a network, changed digits",
  about: "Which start learns changed digits within a budget of steps, and at which scale.",
  parameters: networkParameters,
  quick: { alpha: [1, 0.001], steps: [50, 100, 200], copies: 2 },
  check: ({ starts, alpha, steps, rank, hidden }, refuse) => {
    const names = starts.map((start) => layerStart(start).name);
    if (!differ(names)) refuse("starts", "of different names", names);
    if (!differ(alpha)) refuse("alpha", "different numbers", alpha);
    if (!increase(steps)) refuse("steps", "increasing", steps);
    const most = Math.min(10, ...hidden);
    if (rank > most) refuse("rank", `<= ${most}, the smallest width of a layer`, rank);
  },
  run: ({ starts, alpha, copies, seed, ...rest }, { sweep }) =>
    overStarts(starts, startSeeds(seed, FIRST, copies), async (adapters, seeds) => {
      const cells = grid({ adapters, alpha }).map((cell) => (
        { ...rest, ...cell, start: layerStart(cell.adapters).name }
      ));
      const rows = await sweep({ run: networkDigitsRun, cells, seeds });
      return rows.map(({ start, alpha, seed, at, loss, accuracy, lead }) => (
        { start, alpha, seed, at, loss, accuracy, lead }
      ));
    }),
  figure: (rows, parameters) => draw(rows, parameters, "loss"),
  figures: {
    accuracy: (rows, parameters) => draw(rows, parameters, "accuracy"),
    lead: drawLead,
  },
  table: (rows) =>
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
});

/**
 * F11b: which layer's adapter takes the first direction, and what follows: many seeds, few steps.
 *
 * Law: near zero adapter `i` grows as `‖z_i‖e^{λ_it}` (T3, T4) with `λ_i` the largest singular value of
 * its layer's negative gradient; here `λ_last/λ₁` is 0.95, and the start decides.
 */
export const networkRace: typeof networkDigits = networkDigits.with(
  "which layer's adapter takes the first direction",
  { alpha: [0.001], steps: [100, 300], copies: 20 },
);
