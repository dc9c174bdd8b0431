/**
 * F11, C18: LoRA on a small network that learns changed digits, over starts and scales.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  grid,
  param,
  type Parameter,
  type Row,
  summary,
  type Values,
} from "../../../experiment/mod.ts";
import {
  type Figure,
  formatNumber,
  overlayFigure,
  type OverlayPanel,
  type Point,
  theme,
} from "../../../figure/mod.ts";
import { activation, type ActivationLike } from "../../../gaussian/mod.ts";
import type { OptimizerName } from "../../../nn/mod.ts";
import { portable } from "../../../random/mod.ts";
import { type ImageChange, imageChange } from "../simulation/images.ts";
import { networkDigitsRun } from "../simulation/network_digits.ts";
import { type LayerStart, layerStart, type LayerStartName } from "../starts.ts";

/** Loss and accuracy of one run after some steps. */
export interface NetworkDigitsRow extends Row {
  /** Start. */
  start: string;
  /** Its scale. */
  alpha: number;
  /** Its seed. */
  seed: string;
  /** Number of steps. */
  at: number;
  /** Loss on the training images. */
  loss: number;
  /** Accuracy on the test images. */
  accuracy: number;
}

/** Seed of the portable generator, which the runs of this experiment draw from. */
function portableSeed(value: string, about: string): Parameter<string> {
  const door = (text: string) => {
    if (typeof text !== "string" || !/^\d+$/.test(text)) throw new RangeError("no whole number");
    portable(Number(text));
  };
  return param.value<string>(value, about, door, `a whole number as text, such as "${value}"`);
}

/**
 * Parameters of {@linkcode networkDigits}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const networkParameters = {
  starts: param.values<LayerStartName | LayerStart>(
    ["gauss", "zeroB", "spectral"],
    "starts of the adapters, by name or your own",
    layerStart,
    "gauss, zeroB, zeroA, spectral, or { name, random, factors }",
  ),
  alpha: param.numbers([1, 0.001], "scales α of the starts", { above: 0 }),
  steps: param.integers(
    [100, 200, 500, 1000, 2000],
    "numbers of steps at which loss and accuracy are taken; the last ends a run",
    { least: 1 },
  ),
  rank: param.integer(4, "rank r of the adapter of every layer", { least: 1, most: 10 }),
  learningRate: param.number(0.05, "learning rate", { above: 0 }),
  method: param.choice<OptimizerName>(
    "gd",
    "optimizer, one of those of the networks, on all images at each step; momentum has weight 0.9",
    ["gd", "momentum", "adam"],
  ),
  activation: param.value<ActivationLike>(
    "relu",
    "activation of the hidden layers",
    activation,
    "an activation: a name, an expression in z, or a function",
  ),
  hidden: param.integers([32], "widths of the hidden layers", { least: 1 }),
  change: param.value<number | ImageChange>(
    90,
    "degrees clockwise by which the images are turned after pre-training, or your own change of one",
    imageChange,
    "0, 90, 180, 270, or { name, change }",
  ),
  images: param.integer(600, "changed images to train on", { least: 1, most: 1200 }),
  pretrainSteps: param.integer(300, "steps on the upright images before", { least: 0 }),
  pretrainRate: param.number(0.5, "learning rate of these steps", { above: 0 }),
  copies: param.integer(5, "seeds of each random start", { least: 1 }),
  seed: portableSeed("700", "seed of the first copy; the others have the next whole numbers"),
  networkSeed: portableSeed("900", "seed of the weights before pre-training"),
  splitSeed: portableSeed("1234", "seed of the order of the images, the last 597 of which test"),
};

type Parameters = Values<typeof networkParameters>;

/** The mean over seeds of a column, for each start, scale and number of steps. */
function means(rows: readonly NetworkDigitsRow[]) {
  const groups = Map.groupBy(rows, ({ start, alpha, at }) => JSON.stringify([start, alpha, at]));
  return [...groups.values()].map((group) => {
    const [{ start, alpha, at }] = group,
      over = (key: "loss" | "accuracy") => summary(group.map((row) => row[key]));
    return { start, alpha, at, loss: over("loss"), accuracy: over("accuracy") };
  });
}

type Mean = ReturnType<typeof means>[number];

/** Panels of loss and accuracy; a series is named by what differs between the rows. */
function panels(rows: readonly Mean[], words: string, nameOf: (row: Mean) => string) {
  const points = (key: "loss" | "accuracy"): Point[] =>
    rows.map((row) => ({ series: nameOf(row), x: row.at, y: row[key].mean, se: row[key].se }));
  const x = { label: "gradient steps", type: "log" as const };
  return [
    {
      title: `${words}, training loss`,
      x,
      y: { label: "cross-entropy", type: "log" as const },
      means: points("loss"),
    },
    {
      title: "test accuracy",
      x,
      y: { label: "accuracy", domain: [0, 1] },
      means: points("accuracy"),
    },
  ] satisfies OverlayPanel[];
}

const NAMES: Readonly<Record<string, string>> = { relu: "ReLU", x: "linear" };
const OPTIMIZERS: Readonly<Record<string, string>> = {
  ...{ gd: "gradient descent", momentum: "momentum", adam: "Adam" },
};

/** What the last rows say about small scales, if there are two scales. */
function verdict(rows: readonly Mean[], { alpha, steps }: Parameters): string {
  const low = Math.min(...alpha), high = Math.max(...alpha), last = steps.at(-1)!;
  if (low === high) return "";
  const loss = (start: string, scale: number) =>
    rows.find((row) => row.start === start && row.alpha === scale && row.at === last)!.loss.mean;
  const names = distinct(rows, "start");
  const worse = names.filter((start) => loss(start, low) > loss(start, high));
  const which = worse.length === names.length
    ? "for every start"
    : worse.length === 0
    ? "for no start"
    : `for ${worse.join(" and ")} only`;
  return ` After ${last} steps the mean loss is larger at α = ${formatNumber(low)} than at ` +
    `α = ${formatNumber(high)} ${which}.`;
}

function draw(rows: NetworkDigitsRow[], parameters: Parameters): Figure {
  const { starts, alpha, hidden, rank, images, method, copies } = parameters;
  const names = starts.map((start) => layerStart(start).name), all = means(rows);
  const label = ({ alpha }: Mean) => `/{α} = ${formatNumber(alpha)}`;
  const { name } = activation(parameters.activation), network = `${NAMES[name] ?? name} network`;
  const inOrder = alpha.flatMap((scale) =>
    names.flatMap((name) => all.filter((row) => row.start === name && row.alpha === scale))
  );
  // As many series as there are looks; beyond that a pair of panels for each start.
  const drawn = names.length * alpha.length <= theme.symbols.length
    ? panels(inOrder, network, (row) => `${row.start}, ${label(row)}`)
    : names.flatMap((name) => panels(inOrder.filter(({ start }) => start === name), name, label));
  return overlayFigure(drawn, {
    columns: 2,
    caption: `LoRA (r = ${rank}, all layers) on a ${[64, ...hidden, 10].join("–")} ${network}, ` +
      `${images} digits ${imageChange(parameters.change).name}, ${OPTIMIZERS[method]} at rate ` +
      `${formatNumber(parameters.learningRate)}: ` +
      (copies === 1
        ? "one seed of the random starts."
        : `mean ± standard error over ${copies} seeds of the random starts.`) +
      verdict(all, parameters),
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
export const networkDigits: Experiment<typeof networkParameters, NetworkDigitsRow[], Figure> =
  experiment({
    name: "LoRA on a network, changed digits",
    about: "Which start learns changed digits within a budget of steps, and at which scale.",
    parameters: networkParameters,
    quick: { steps: [100, 200], copies: 1 },
    check: ({ starts, alpha, steps, rank, hidden }, refuse) => {
      const names = starts.map((start) => layerStart(start).name);
      const differ = (list: readonly unknown[]) => new Set(list).size === list.length;
      if (!differ(names)) refuse("starts", "of different names", names);
      if (!differ(alpha)) refuse("alpha", "different numbers", alpha);
      if (!steps.every((at, i) => i === 0 || at > steps[i - 1])) {
        refuse("steps", "increasing", steps);
      }
      const most = Math.min(10, ...hidden);
      if (rank > most) refuse("rank", `<= ${most}, the smallest width of a layer`, rank);
    },
    run: async ({ starts, alpha, copies, seed, ...rest }, { sweep }) => {
      const train = (random: boolean, seeds: readonly string[]) => {
        const adapters = starts.filter((start) => layerStart(start).random === random);
        if (adapters.length === 0) return [];
        const cells = grid({ adapters, alpha }).map((cell) => (
          { ...rest, ...cell, start: layerStart(cell.adapters).name }
        ));
        return sweep({ run: networkDigitsRun, cells, seeds });
      };
      const seeds = Array.from({ length: copies }, (_, i) => String(Number(seed) + i));
      const rows = [...await train(true, seeds), ...await train(false, seeds.slice(0, 1))];
      return rows.map(({ start, alpha, seed, at, loss, accuracy }) => (
        { start, alpha, seed, at, loss, accuracy }
      ));
    },
    figure: draw,
    table: (rows) =>
      means(rows).map(({ loss, accuracy, ...place }) => ({
        ...place,
        ...{ loss: loss.mean, "± se": loss.se, accuracy: accuracy.mean, seeds: loss.n },
      })),
  });
