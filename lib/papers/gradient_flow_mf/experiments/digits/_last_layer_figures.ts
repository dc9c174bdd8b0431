/**
 * How runs on the last layer are drawn: against the scale of the start, beside the paper's Figure 2, and
 * against the number of steps.
 *
 * @module
 */
import { distinct, summary, where } from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  overlayFigure,
  overlayLegend,
  type OverlayPanel,
  type Point,
} from "../../../../figure/mod.ts";
import type { LastLayerRow } from "../../simulation/digits/last_layer.ts";
import { layerStart, type StartLike, startWords } from "../../starts.ts";

/** A moment of one run. */
export interface LastLayerDigitsRow extends LastLayerRow {
  /** Name of the start. */
  start: string;
  /** Standard deviation of its random entries. */
  std: number;
  /** Its seed. */
  seed: string;
}

/**
 * The paper's Figure 2, read off by eye (± 0.02): ResNet-50 on CIFAR-10, LoRA on the last layer, Adam
 * 0.01, thirty repetitions; the test loss at 1 is larger still and was not read.
 */
export const FIGURE_2: {
  readonly std: readonly number[];
  readonly loss: readonly number[];
  readonly testLoss: readonly (number | null)[];
} = {
  std: [0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1],
  loss: [0.29, 0.29, 0.29, 0.29, 0.39, 0.47, 0.53, 0.59],
  testLoss: [0.58, 0.58, 0.57, 0.55, 0.54, 0.57, 0.62, null],
};

/** What of a run its figures need. */
export interface LastLayerView {
  /** Starts. */
  readonly starts: readonly StartLike[];
  /** Their scales. */
  readonly std: readonly number[];
  /** Numbers of steps. */
  readonly steps: readonly number[];
  /** Layer, data and rule, for captions. */
  readonly words: string;
}

/** Columns of numbers. */
export type LastLayerKey =
  | "loss"
  | "accuracy"
  | "testLoss"
  | "testAccuracy"
  | "misalignment"
  | "norm"
  | "linear"
  | "linearNorm";

/** Means over seeds of a column along another; none where it is null. */
export function lastLayerPoints(
  rows: readonly LastLayerDigitsRow[],
  along: "std" | "at",
  key: LastLayerKey,
  series: string,
): Point[] {
  return distinct(rows, along).flatMap((x) => {
    const here = where(rows, along, x).map((row) => row[key]).filter((y) => y !== null);
    if (here.length === 0) return [];
    const { mean, se } = summary(here);
    return [{ series, x, y: mean, se }];
  });
}

/** Rows of each series: of one start its numbers of steps, of several their last steps. */
function families(rows: readonly LastLayerDigitsRow[], { starts, steps }: LastLayerView) {
  if (starts.length === 1) {
    return steps.map((at) => ({ series: `${at} steps`, rows: where(rows, "at", at) }));
  }
  const last = where(rows, "at", steps.at(-1));
  return starts.map((start) => (
    { series: startWords(start), rows: where(last, "start", layerStart(start).name) }
  ));
}

/** Steps from 0 on, the first ones with room. */
const STEPS = { label: "gradient steps", type: "symlog" as const, constant: 20 };
const STD = {
  label: "std of the entries of /{A} at the start",
  type: "log" as const,
};

/** Against the scale: losses or accuracies, and how the paper's depend on it. */
export function scaleFigure(
  rows: readonly LastLayerDigitsRow[],
  view: LastLayerView,
  keys: readonly [LastLayerKey, LastLayerKey],
): Figure {
  const { std, starts, steps } = view, all = families(rows, view);
  const isLoss = keys[0] === "loss";
  const drawing = (key: LastLayerKey, title: string): Drawing => ({
    ...{ title, x: STD },
    y: { label: isLoss ? "cross-entropy" : "accuracy", ...(isLoss ? { type: "log" } : {}) },
    series: all.map(({ series, rows }) => {
      const marks = lastLayerPoints(rows, "std", key, series);
      const bars = marks.filter(({ se }) => Number.isFinite(se))
        .map(({ x, y, se }) => ({ x, y, low: y - Number(se), high: y + Number(se) }));
      return { name: series, marks, thin: marks, bars };
    }),
  });
  const relative = (key: "loss" | "testLoss", title: string): Drawing => {
    const least = Math.min(...std);
    const published = FIGURE_2.std.flatMap((x, i) => {
      const y = FIGURE_2[key][i];
      return y === null ? [] : [{ x, y: y / FIGURE_2[key][0]! }];
    });
    return {
      ...{ title, x: STD, y: { label: "loss / loss at the smallest std" } },
      series: [
        ...all.map(({ series, rows }) => {
          const found = lastLayerPoints(rows, "std", key, series);
          const base = found.find(({ x }) => x === least)!.y;
          const marks = found.map(({ x, y }) => ({ x, y: y / base }));
          return { name: series, marks, thin: marks };
        }),
        { name: "the paper, Fig. 2", marks: published },
      ],
    };
  };
  const hasTest = rows.some((row) => row.testLoss !== null), names = isLoss ? "loss" : "accuracy";
  const drawings = [
    drawing(keys[0], `training ${names}`),
    ...(hasTest ? [drawing(keys[1], `test ${names}`)] : []),
    ...(isLoss ? [relative("loss", "training loss, with the paper's")] : []),
    ...(isLoss && hasTest ? [relative("testLoss", "test loss, with the paper's")] : []),
  ];
  const [first] = starts;
  return figureOf(drawings, {
    columns: 2,
    size: "page",
    // The last panel has all series, and one legend is enough.
    legend: legendOf(drawings.at(-1)!.series),
    caption: `${isLoss ? "Losses" : "Accuracies"} against the scale of the start` +
      `${starts.length === 1 ? ` ${startWords(first)}` : `, after ${steps.at(-1)} steps`}: ` +
      `${view.words} Thin lines join the marks; no theory is drawn.` +
      (isLoss ? " The paper's points: ResNet-50 on CIFAR-10, read off its Figure 2 (± 0.02)." : ""),
  });
}

/** Against the number of steps: alignment and size with those of the linear phase, training loss. */
export function courseFigure(rows: readonly LastLayerDigitsRow[], view: LastLayerView): Figure {
  const { starts, std } = view;
  const nameOf = (start: StartLike, scale: number) => {
    const parts = [
      ...(starts.length > 1 || std.length === 1 ? [startWords(start)] : []),
      ...(std.length > 1 ? [`std ${formatNumber(scale)}`] : []),
    ];
    return parts.join(", ");
  };
  const courses = (key: LastLayerKey) =>
    starts.flatMap((start) =>
      std.flatMap((scale) => {
        const here = where(where(rows, "start", layerStart(start).name), "std", scale);
        return lastLayerPoints(here, "at", key, nameOf(start, scale));
      })
    );
  const panel = (
    [key, line]: readonly LastLayerKey[],
    title: string,
    y: OverlayPanel["y"],
  ): OverlayPanel => ({
    ...{ title, x: STEPS, y, means: courses(key) },
    lines: line ? courses(line) : [],
  });
  const most = 3 * Math.max(...courses("norm").map(({ y }) => y));
  const least = Math.min(...courses("norm").map(({ y }) => y)) / 2;
  const figure = overlayFigure([
    panel(["misalignment", "linear"], "metric (215)", {
      ...{ label: "rms sine of the angles", domain: [0, 1] },
    }),
    panel(["norm", "linearNorm"], "size of the adapter", {
      ...{ label: "‖/{Z}‖_{F}", type: "log", domain: [least, most] },
    }),
    panel(["loss"], "training loss", { label: "cross-entropy" }),
  ], {
    columns: 3,
    caption:
      `Distance from the leading directions of the first gradient, size and training loss, ` +
      `starts ${starts.map(startWords).join(", ")}, standard deviation ` +
      `${
        std.map((x) => formatNumber(x)).join(", ")
      }; lines: the linear phase (T3), the same steps ` +
      `with the first gradient, until they leave it; the loss has no theory. ${view.words}`,
  });
  const bare = [figure.panels].flat().map(({ legend: _legend, ...panel }) => panel);
  return { ...figure, panels: bare, legend: overlayLegend(courses("linear"), courses("norm")) };
}
