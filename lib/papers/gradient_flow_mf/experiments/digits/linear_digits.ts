/**
 * F10, F10b, C17: gradient flow of a linear network on changed digits, which is Problem 2 exactly.
 *
 * @module
 */
import {
  type Definition,
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
import { type Figure, formatNumber } from "../../../../figure/mod.ts";
import { modes } from "../../bases.ts";
import {
  bridgeOf,
  type BridgeRow,
  bridgeRun,
  type BridgeSource,
  plainBridge,
} from "../../simulation/digits/bridge_run.ts";
import { imageChange } from "../../simulation/digits/images.ts";
import { type BridgeOptions, linearBridge } from "../../simulation/digits/linear_bridge.ts";
import { layerStart } from "../../starts.ts";
import {
  type CourseOfStart,
  coursesFigure,
  differ,
  increase,
  overStarts,
  spreadWords,
  taskParameters,
} from "./_digits.ts";
import { seedParameter, startSeeds, startsParameter } from "../physics.ts";
import { worded } from "../worded.ts";

/**
 * Loss and accuracy of one run at a time; the loss is that of the problem, which is the network's less
 * what no linear map can learn.
 */
export interface LinearDigitsRow extends CourseOfStart, BridgeRow {
  /** Flow time. */
  at: number;
}

/** First of the reference's seeds. */
const FIRST = 600;

/**
 * Parameters of {@linkcode linearDigits}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const linearDigitsParameters = {
  data: param.value<"digits" | BridgeOptions>(
    "digits",
    "digits, or your own { x, y, before, test? }: rows with classes or targets, and what the network " +
      "was trained on before; then change, splitSeed, components, hidden, kept do not count",
    (data) => data === "digits" || linearBridge(data),
    "digits, or { x, y, before, test? }",
  ),
  ...taskParameters,
  components: param.integer(30, "principal components of the images", { least: 1, most: 64 }),
  hidden: param.integer(9, "width of the hidden layer", { least: 1, most: 9 }),
  kept: param.integer(0, "singular values of the target that are kept; 0: all", {
    ...{ least: 0, most: 9 },
  }),
  starts: startsParameter(["zeroB", "gauss", "spectral"]),
  alpha: param.numbers([0.3, 0.1, 0.01, 0.001], "scales α of the starts", { above: 0 }),
  perFactor: param.flag(
    true,
    "whether random entries have deviation α/√rows in B and α/√columns in A; otherwise α",
  ),
  r: param.integer(6, "rank r of both adapters", { least: 1 }),
  times: param.numbers([2, 5, 10, 20, 40, 100, 400], "flow times", { above: 0 }),
  rtol: param.number(1e-9, "relative tolerance of the flow", { above: 0, below: 1 }),
  copies: param.integer(6, "seeds of each random start", { least: 1 }),
  seed: seedParameter(FIRST),
};

type Parameters = Values<typeof linearDigitsParameters>;

/** The data of a run. */
function sourceOf(parameters: Parameters): BridgeSource {
  const { data, change, splitSeed, components, hidden, kept } = parameters;
  if (data !== "digits") return { own: plainBridge(data) };
  return { digits: { change, splitSeed, components, hidden, kept } };
}

/** The data in words. */
function dataWords({ data, change, components, kept }: Parameters): string {
  if (data !== "digits") return data.name ?? "own data";
  return `digits ${imageChange(change).name}, ${components} whitened components` +
    (kept === 0 ? "" : `, only ${kept} singular value${kept === 1 ? "" : "s"} of the target`);
}

/** A column against time. */
function draw(rows: LinearDigitsRow[], parameters: Parameters, key: "loss" | "accuracy"): Figure {
  const { starts, r, copies, perFactor } = parameters, isLoss = key === "loss";
  const { lambda, deltaW, defect22 } = modes(bridgeOf(sourceOf(parameters)).problem);
  return coursesFigure(rows, starts, {
    key,
    x: { label: "flow time /{t} = step size × steps", type: "log" },
    y: isLoss ? { label: "loss /{L}", type: "log" } : { label: "test accuracy", domain: [0, 1] },
    caption:
      `${isLoss ? "Loss" : "Test accuracy"} of a two-layer linear network with adapters of ` +
      `rank ${r} on ${dataWords(parameters)}: Problem 2 with λ = ${formatNumber(lambda)}, ` +
      `δ_w = ${formatNumber(deltaW ?? NaN)}, Assumption 2.2 missed by ` +
      `${formatNumber(defect22, 2)}. Random entries of deviation ` +
      `${perFactor ? "α/√rows in B, α/√columns in A" : "α"}. ${spreadWords(copies, isLoss)}`,
  });
}

/** Means over seeds. */
function means(rows: readonly LinearDigitsRow[]): Row[] {
  return distinct(rows, "start").flatMap((start) =>
    grid({ alpha: distinct(rows, "alpha"), at: distinct(rows, "at") }).map(({ alpha, at }) => {
      const here = where(where(where(rows, "start", start), "alpha", alpha), "at", at);
      const of = (key: "loss" | "accuracy" | "power") => summary(here.map((row) => row[key]));
      const { mean, se, n } = of("loss");
      return {
        ...{ start, alpha, "‖z₁‖²/α²": of("power").mean / alpha ** 2, at },
        ...{ loss: mean, "± se": se, accuracy: of("accuracy").mean, seeds: n },
      };
    })
  );
}

/** What both experiments have in common. */
const definition: Definition<
  typeof linearDigitsParameters,
  LinearDigitsRow[],
  Figure,
  { accuracy: Figure }
> = {
  name: "gradient flow on linear digits",
  about: "Which start learns changed digits, and how fast, where the network is Problem 2 exactly.",
  parameters: linearDigitsParameters,
  quick: { alpha: [0.1, 0.001], copies: 2 },
  check: (parameters, refuse) => {
    const { starts, alpha, times, r } = parameters;
    const names = starts.map((start) => layerStart(start).name);
    if (!differ(names)) refuse("starts", "of different names", names);
    if (!differ(alpha)) refuse("alpha", "different numbers", alpha);
    if (!increase(times)) refuse("times", "increasing", times);
    const { w2, target } = bridgeOf(sourceOf(parameters)).problem;
    const most = Math.min(target.rows, w2.columns, target.columns);
    if (r > most) refuse("r", `<= ${most}, the smallest side of a layer`, r);
  },
  run: (parameters, { sweep }) => {
    const { starts, alpha, copies, seed, r, perFactor, times, rtol } = parameters;
    const source = sourceOf(parameters);
    return overStarts(starts, startSeeds(seed, FIRST, copies), async (some, seeds) => {
      const cells = grid({ startedBy: some, alpha }).map((cell) => (
        { ...cell, start: layerStart(cell.startedBy).name, source, r, perFactor, times, rtol }
      ));
      const rows = await sweep({ run: bridgeRun, cells, seeds });
      return rows.map(({ start, alpha, seed, at, loss, accuracy, power }) => (
        { start, alpha, seed, at, loss, accuracy, power }
      ));
    });
  },
  figure: (rows, parameters) => draw(rows, parameters, "loss"),
  figures: { accuracy: (rows, parameters) => draw(rows, parameters, "accuracy") },
  table: worded(means),
};

/**
 * F10: gradient flow of a two-layer linear network that was trained on upright digits and learns changed
 * ones, as Problem 2: see {@linkcode linearBridge}.
 *
 * @example Data of one's own: two classes that have changed places.
 * ```ts
 * import { linearDigits } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const x = [[1, 0], [0, 2], [-1, 0.5], [0.5, -2]];
 * const data = { x, y: [0, 1, 1, 0], before: { x, y: [1, 0, 0, 1] } };
 * const own = { data, r: 1, alpha: [0.1], starts: ["spectral"], times: [1, 100] } as const;
 * const { rows } = await linearDigits({ preset: "quick", ...own });
 * assert(rows[1].loss < 1e-10 * rows[0].loss);
 * ```
 */
export const linearDigits: Experiment<
  typeof linearDigitsParameters,
  LinearDigitsRow[],
  Figure,
  { accuracy: Figure }
> = experiment(definition);

const rankTwoParameters: typeof linearDigitsParameters = {
  ...linearDigitsParameters,
  kept: { ...linearDigitsParameters.kept, value: 2 },
  alpha: { ...linearDigitsParameters.alpha, value: [0.1, 0.01, 0.001] },
  times: { ...linearDigitsParameters.times, value: [10, 30, 100, 400, 1000] },
  rtol: { ...linearDigitsParameters.rtol, value: 1e-10 },
};

/** F10b: the same with only the two largest singular values of the target: the rest is learnt already. */
export const rankTwoDigits: typeof linearDigits = experiment({
  ...definition,
  name: "gradient flow on the rank-two part of linear digits",
  parameters: rankTwoParameters,
  quick: { alpha: [0.1], copies: 2 },
});
