/**
 * FP5, P18, P19: LoRA on the last layer only, the paper's image experiment in small.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  grid,
  param,
  type Row,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import type { Figure } from "../../../../figure/mod.ts";
import { type MatrixLike, matrixOf, plainRows } from "../../shapes.ts";
import { imageChange } from "../../simulation/digits/images.ts";
import {
  type FeatureMap,
  featureMap,
  type FeatureSource,
  ownFeatures,
  type PlainFeatures,
} from "../../simulation/digits/features.ts";
import { lastLayerRun } from "../../simulation/digits/last_layer.ts";
import { layerStart } from "../../starts.ts";
import {
  copiesWords,
  differ,
  increase,
  networkWords,
  overStarts,
  portableSeed,
  pretrainedParameters,
  ruleParameter,
  ruleWords,
} from "./_digits.ts";
import {
  courseFigure,
  type LastLayerDigitsRow,
  type LastLayerKey,
  lastLayerPoints,
  type LastLayerView,
  scaleFigure,
} from "./_last_layer_figures.ts";
import { seedParameter, startSeeds, startsParameter } from "../physics.ts";
import { worded } from "../worded.ts";

export { FIGURE_2, type LastLayerDigitsRow } from "./_last_layer_figures.ts";

/** What a reader's own test data are. */
export interface OwnTest {
  /** One row for each example. */
  readonly features: MatrixLike;
  /** Their classes. */
  readonly labels: readonly number[];
}

/** First of the reference's seeds. */
const FIRST = 920;

/**
 * Parameters of {@linkcode lastLayer}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const lastLayerParameters = {
  features: param.value<"network" | FeatureMap | MatrixLike>(
    "network",
    "what the layer sees: the last hidden layer of the pre-trained network, your own frozen map of an " +
      "image { name, features }, or rows of features (then with labels)",
    (features) =>
      features === "network" || "features" in features && featureMap(features) ||
      matrixOf("take features", "features", features as MatrixLike),
    "network, { name, features }, or a matrix",
  ),
  labels: param.value<readonly number[] | null>(
    null,
    "classes from 0 on of your own rows of features",
    (labels) => labels === null || Array.from(labels),
    "a list of classes, or null",
  ),
  test: param.value<OwnTest | null>(
    null,
    "test data { features, labels } beside your own rows of features",
    (test) => test === null || matrixOf("take test data", "features", test.features),
    "{ features, labels }, or null",
  ),
  starts: startsParameter(["zeroB"]),
  std: param.numbers(
    [0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1],
    "standard deviations of the random entries of a start, the paper's grid; α of one that draws nothing",
    { above: 0 },
  ),
  rank: param.integer(4, "rank r of the adapter", { least: 1 }),
  method: ruleParameter("adam"),
  rate: param.number(0.01, "learning rate", { above: 0 }),
  steps: param.integers([100, 200, 500], "numbers of steps at which to look; the last ends a run", {
    least: 0,
  }),
  headSeed: portableSeed("910", "seed of the frozen head, uniform in ±1/√in"),
  ...pretrainedParameters,
  copies: param.integer(30, "seeds of each random start", { least: 1 }),
  seed: seedParameter(FIRST),
};

type Parameters = Values<typeof lastLayerParameters>;

function isMatrix(features: Parameters["features"]): features is MatrixLike {
  return typeof features === "object" && (Array.isArray(features) || "data" in features);
}

/** What the layer sees, as it goes into cells. */
function sourceOf(parameters: Parameters): FeatureSource {
  const { features, labels, test, change, splitSeed, images } = parameters;
  const { hidden, activation, pretrainSteps, pretrainRate, networkSeed } = parameters;
  const digits = { change, splitSeed, images };
  if (features === "network") {
    return {
      network: { ...digits, hidden, activation, pretrainSteps, pretrainRate, networkSeed },
    };
  }
  if (!isMatrix(features)) return { digits, map: features as FeatureMap };
  const plain = (x: MatrixLike, y: readonly number[] | null): PlainFeatures => (
    { features: plainRows(matrixOf("take features", "features", x)), labels: y ?? [] }
  );
  return {
    own: {
      ...plain(features, labels),
      ...(test ? { test: plain(test.features, test.labels) } : {}),
    },
  };
}

/** What the layer sees, and what it learns, in words. */
function dataWords({ features, hidden, activation, images, change }: Parameters): string {
  if (isMatrix(features)) return "own features";
  const digits = `${images} digits ${imageChange(change).name}`;
  const seen = features === "network"
    ? `a ${networkWords(hidden, activation)} trained on upright digits, without its last layer`
    : (features as FeatureMap).name;
  return `${seen}, ${digits}`;
}

/** What the figures need. */
function viewOf(parameters: Parameters): LastLayerView {
  const { starts, std, steps, rank, method, rate, copies } = parameters;
  const words = `LoRA (r = ${rank}) on the last layer over ${dataWords(parameters)}; ` +
    `${ruleWords(method, rate)}. Marks: ${copiesWords(copies)}.`;
  return { starts, std, steps, words };
}

/** Means over seeds. */
function means(rows: readonly LastLayerDigitsRow[]): Row[] {
  const places = grid({
    ...{ start: distinct(rows, "start"), std: distinct(rows, "std"), at: distinct(rows, "at") },
  });
  return places.map(({ start, std, at }) => {
    const here = where(where(where(rows, "start", start), "std", std), "at", at);
    const mean = (key: LastLayerKey) => lastLayerPoints(here, "at", key, "")[0]?.y ?? null;
    const { se, n } = summary(here.map((row) => row.loss));
    return {
      ...{ start, std, at, loss: mean("loss"), "± se": se, accuracy: mean("accuracy") },
      ...{ "test loss": mean("testLoss"), "test accuracy": mean("testAccuracy") },
      ...{ "metric (215)": mean("misalignment"), "‖Z‖": mean("norm"), seeds: n },
    };
  });
}

/**
 * FP5: LoRA on the last layer only, over the frozen features of a small network that was trained on
 * upright digits, with a new random head, on changed digits: a small stand-in for the paper's image
 * experiments (its Sections 5.2 and H.2).
 *
 * It can show how the scale of the start changes the loss at a fixed budget, and the order of alignment
 * and growth, for a trained feature map, real labels, cross-entropy and Adam. It cannot show ImageNet
 * features, depth above the adapted layer, or generalisation (597 test images, one small network).
 *
 * @example Features of one's own.
 * ```ts
 * import { lastLayer } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const own = { features: [[1, 0], [0, 1], [-1, 0]], labels: [0, 1, 2] };
 * const short = { std: [0.1], rank: 1, rate: 0.1, steps: [0, 200], copies: 1 };
 * const { rows: [before, after] } = await lastLayer({ preset: "quick", ...own, ...short });
 * assert(after.loss < 0.5 * before.loss && after.testLoss === null);
 * ```
 */
export const lastLayer: Experiment<
  typeof lastLayerParameters,
  LastLayerDigitsRow[],
  Figure,
  { accuracy: Figure; course: Figure }
> = experiment({
  name: "LoRA on the last layer, changed digits",
  about: "How the scale of the start changes loss and alignment at a fixed budget of steps.",
  parameters: lastLayerParameters,
  quick: { std: [0.025, 0.2, 1], steps: [100, 200], copies: 10 },
  check: (parameters, refuse) => {
    const { starts, std, steps, rank, features, labels, test, hidden } = parameters;
    const names = starts.map((start) => layerStart(start).name);
    if (!differ(names)) refuse("starts", "of different names", names);
    if (!differ(std)) refuse("std", "different numbers", std);
    if (!increase(steps)) refuse("steps", "increasing", steps);
    if (!isMatrix(features) && labels !== null) {
      refuse("labels", "null unless features are rows of your own", labels);
    }
    if (!isMatrix(features) && test !== null) {
      refuse("test", "null unless features are rows of your own", test);
    }
    const source = sourceOf(parameters);
    let most = Math.min(10, features === "network" ? hidden.at(-1)! : 10);
    if ("own" in source) {
      const { classes, inputs } = ownFeatures(source.own);
      most = Math.min(classes, inputs);
    }
    if (rank > most) refuse("rank", `<= ${most}, the smaller side of the layer`, rank);
  },
  run: (parameters, { sweep }) => {
    const { starts, std, rank, method, rate, steps, headSeed, copies, seed } = parameters;
    const source = sourceOf(parameters);
    return overStarts(starts, startSeeds(seed, FIRST, copies), async (some, seeds) => {
      const cells = grid({ startedBy: some, std }).map((cell) => ({
        ...{ ...cell, start: layerStart(cell.startedBy).name, source, headSeed },
        ...{ rank, method, rate, steps },
      }));
      const rows = await sweep({ run: lastLayerRun, cells, seeds });
      return rows.map(
        ({ start, std, seed, at, loss, accuracy, testLoss, testAccuracy, ...rest }) => {
          const { misalignment, opposite, norm, linear, linearNorm } = rest;
          return {
            ...{ start, std, seed, at, loss, accuracy, testLoss, testAccuracy },
            ...{ misalignment, opposite, norm, linear, linearNorm },
          };
        },
      );
    });
  },
  figure: (rows, parameters) =>
    parameters.std.length > 1
      ? scaleFigure(rows, viewOf(parameters), ["loss", "testLoss"])
      : courseFigure(rows, viewOf(parameters)),
  figures: {
    accuracy: (rows, parameters) =>
      scaleFigure(rows, viewOf(parameters), ["accuracy", "testAccuracy"]),
    course: (rows, parameters) => courseFigure(rows, viewOf(parameters)),
  },
  table: worded(means, { at: "steps" }),
});

/** FP5 (b): the course of alignment and growth by gradient descent from a small start. */
export const lastLayerCourse: typeof lastLayer = lastLayer.with(
  "alignment and growth of the last layer's adapter",
  {
    ...{ std: [1e-3], method: "gd", rate: 0.1, copies: 5 },
    steps: [0, 10, 20, 35, 50, 75, 100, 150, 200, 300, 500, 1000],
  },
);
