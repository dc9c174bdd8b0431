/**
 * FP1: the paper's Fig. 1, and which start it shows.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  linspace,
  param,
  type Row,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, formatNumber, scaleWords, sentence } from "../../../../figure/mod.ts";
import { paperProblem } from "../../problems/mod.ts";
import { layerStart, startWords } from "../../starts.ts";
import {
  coursePanel,
  distancePanel,
  legendOf,
  lettered,
  looksOf,
  ratioPanel,
} from "./_paper_panels.ts";
import { linesInWords, type PaperRow, paperRuns } from "./paper_runs.ts";
import {
  divergedWords,
  problemAt,
  problemParameter,
  rankParameter,
  seedParameter,
  startsParameter,
  stepParameter,
} from "../physics.ts";
import { PUBLISHED_STEP, publishedFigure1 } from "./published.ts";
import { plotted, publishedDistances } from "./published_distances.ts";
import { FIRST_ORDER, lossRangeWords } from "../range.ts";
import { worded } from "../worded.ts";

/**
 * Parameters of {@linkcode paperFigure1}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const figure1Parameters = {
  problem: problemParameter(paperProblem()),
  starts: startsParameter(["zeroA", "zeroB", "spectralPaper"]),
  others: startsParameter(
    ["gauss"],
    "further starts, which only the agreement with the published numbers shows",
    0,
  ),
  alpha: param.numbers([1e-3, 1e-4, 1e-5], "scales α of the starts", { above: 0 }),
  r: rankParameter(4),
  eta: stepParameter(1e-4),
  horizon: param.number(5, "last time of panel a, in flow time", { above: 0 }),
  early: param.number(1.1, "last time of panels b, c and d", { above: 0 }),
  points: param.integer(51, "number of times in panel a", { least: 2 }),
  earlyPoints: param.integer(23, "number of times in the others", { least: 2 }),
  copies: param.integer(30, "starts of each kind", { least: 2 }),
  published: param.flag(true, "whether numbers read off the paper's Fig. 1 are shown"),
  seed: seedParameter(2000),
};

type Parameters = Values<typeof figure1Parameters>;

/** The paper's numbers with their flow times. */
function published({ published, alpha, horizon }: Parameters) {
  const all = publishedFigure1.map((point) => ({ ...point, at: point.steps * PUBLISHED_STEP }));
  return all.filter(({ at, alpha: scale }) =>
    published && alpha.includes(scale) && at <= horizon * (1 + 1e-9)
  );
}

/** Times of both kinds of panels and of the paper's numbers, each once. */
function timesOf(parameters: Parameters): number[] {
  const { horizon, early, points, earlyPoints } = parameters;
  const all = [
    ...published(parameters).map(({ at }) => at),
    ...linspace(0, horizon, points),
    ...linspace(0, Math.min(early, horizon), earlyPoints),
  ].toSorted((x, y) => x - y);
  return all.filter((t, i) => i === 0 || t - all[i - 1] > 1e-9 * horizon);
}

/** What was run, in words. */
function runWords({ problem, r, eta, alpha }: Parameters): string {
  const { name = "own problem" } = problemAt(problem, 0);
  const how = eta === 0
    ? "gradient flow"
    : `gradient descent, ${
      typeof eta === "function" ? "a schedule of steps" : `step ${formatNumber(eta)}`
    }`;
  const fresh = typeof problem === "function" ? ", another problem for each start" : "";
  return `${sentence(name)}${fresh}, r = ${[r].flat().join(" and ")}, ${how}, ` +
    `α = ${alpha.map(scaleWords).join(", ")}.`;
}

/** The starts whose curves are drawn, with their looks and rows. */
function drawnStarts(rows: readonly PaperRow[], { starts, others }: Parameters) {
  const looks = looksOf([...starts, ...others]);
  const names = starts.map((start) => layerStart(start).name);
  return {
    all: looks,
    looks: new Map([...looks].filter(([name]) => names.includes(name))),
    shown: rows.filter(({ start }) => names.includes(start)),
  };
}

function draw(rows: readonly PaperRow[], parameters: Parameters): Figure {
  const { starts, alpha, horizon, early, copies } = parameters;
  const { looks, shown } = drawnStarts(rows, parameters);
  const points = published(parameters), least = Math.min(...alpha);
  const small = where(shown, "alpha", least), end = Math.min(early, horizon);
  const at = (figure: string) => points.filter((point) => point.figure === figure);
  const all = [
    coursePanel({
      ...{ looks, title: "loss", quantity: "loss", rows: shown, points: at("1 left") },
      ...{ end: horizon, decades: 29.5 },
    }),
    coursePanel({
      ...{ looks, title: "alignment", quantity: "gap", rows: shown, points: at("1 middle") },
      ...{ end, decades: 12.5 },
    }),
    coursePanel({
      ...{ looks, title: `loss, /{α} = ${scaleWords(least)}`, quantity: "loss", rows: small },
      ...{ points: at("1 right"), end, decades: 9 },
    }),
    coursePanel({
      ...{ looks, title: `size, /{α} = ${scaleWords(least)}`, quantity: "norm", rows: small },
      ...{ points: at("1 right"), end },
    }),
  ];
  return {
    panels: all.map(({ panel }) => panel),
    columns: 2,
    legend: legendOf(starts, looks, { published: points.length > 0 }),
    rows: lettered(all),
    size: "page",
    aspect: 0.72,
    caption:
      `${runWords(parameters)} Symbols: mean over ${copies} starts, of the logarithm where ` +
      `the axis is logarithmic; bands: ± one standard deviation. ${linesInWords(rows)}` +
      lossRangeWords(rows, FIRST_ORDER) +
      (points.length > 0 ? " Squares: read off the paper's Fig. 1, to 0.02." : "") +
      divergedWords(rows),
  };
}

/** How far the runs are from theory and from the published numbers. */
function agreement(rows: readonly PaperRow[], parameters: Parameters): Figure {
  const { starts, others, horizon, early, copies } = parameters;
  const { looks, shown, all: everyLook } = drawnStarts(rows, parameters);
  const points = published(parameters), end = Math.min(early, horizon);
  const distances = publishedDistances(rows, points), predicted = linesInWords(rows);
  const ratios = [
    ratioPanel({
      ...{ looks, title: "theory above runs: loss", quantity: "loss", rows: shown, end: horizon },
    }),
    ratioPanel({
      ...{ looks, title: "theory above runs: alignment", quantity: "gap", rows: shown, end },
    }),
  ].filter(({ tables }) => Object.values(tables)[0].length > 0);
  const measured = distances.length === 0 ? [] : [
    distancePanel("runs above the paper: loss", where(distances, "quantity", "loss"), everyLook),
    distancePanel(
      "runs above the paper: alignment, size",
      distances.filter(({ quantity }) => quantity !== "loss"),
      everyLook,
    ),
  ];
  const all = [...ratios, ...measured];
  if (all.length === 0) {
    throw new RangeError(
      "Cannot draw the agreement as there must be theory or published numbers to compare with: " +
        `current values are published: ${parameters.published}; ${predicted}`,
    );
  }
  return {
    panels: all.map(({ panel }) => panel),
    columns: 2,
    legend: legendOf([...starts, ...others], everyLook, { published: false, lines: false }),
    rows: lettered(all),
    size: "page",
    aspect: 0.72,
    caption: `${runWords(parameters)} ` +
      (ratios.length > 0
        ? `Theory over runs, start by start, where both are above 10⁻²⁴: mean over ${copies} starts ` +
          `in decades, thin lines join all times. ${predicted.replace(/^Lines:/, "Theory:")} `
        : "") +
      (measured.length > 0
        ? "Distance of the mean of the runs from the numbers read off the paper's Fig. 1, in decades, " +
          "at every scale."
        : "") +
      divergedWords(rows),
  };
}

/** Ends of the runs beside the paper's. */
function table(rows: readonly PaperRow[], parameters: Parameters): Row[] {
  const { starts, others, alpha, horizon } = parameters;
  return [...starts, ...others].flatMap((start) =>
    alpha.map((scale) => {
      const own = where(where(rows, "start", layerStart(start).name), "alpha", scale);
      const last = own.filter(({ at }) => at === Math.max(...distinct(own, "at")));
      const loss = summary(last.map((row) => plotted(row, "loss")));
      const spectral = layerStart(start).name === "spectralPaper";
      const paper = publishedFigure1.find(({ quantity, alpha, steps, start }) =>
        quantity === "loss" && alpha === scale && (start === "spectral") === spectral &&
        Math.abs(steps * PUBLISHED_STEP - horizon) < 1e-9
      );
      return {
        ...{ start: startWords(start), alpha: scale, "log10 L": loss.mean, "± sd": loss.sd },
        "paper, log10 L": parameters.published && paper ? paper.value : null,
        "log10 (1 − cos)": summary(last.map((row) => plotted(row, "gap"))).mean,
        ...{ x1: summary(last.map(({ x1 }) => x1)).mean },
        x2: last.some(({ x2 }) => x2 === null) ? null : summary(last.map(({ x2 }) => x2!)).mean,
      };
    })
  );
}

/**
 * FP1: loss, alignment and size against time in the paper's Fig. 1, from both one-sided starts and the
 * paper's spectral one, with the numbers of the published figure; the figure `"agreement"` shows how far
 * theory and these numbers are from the runs.
 *
 * `eta: 0` follows the gradient flow; the default is the paper's gradient descent. A problem that is a
 * function of the copy draws `Y_pre` anew for each start.
 *
 * Scale: flow time, step size × steps. Source: the paper, Section 5.1 and Fig. 1; lines and distances ours.
 *
 * @example Another hidden dimension, the flow.
 * ```ts
 * import { paperFigure1, paperProblem } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { rows } = await paperFigure1({
 *   ...{ preset: "quick", problem: paperProblem({ h: 20 }), starts: ["zeroB"], others: [] },
 *   ...{ alpha: [1e-2], copies: 2, eta: 0, horizon: 0.5, points: 3, earlyPoints: 2 },
 * });
 * assertEquals(rows[0].at, 0);
 * ```
 */
export const paperFigure1: Experiment<
  typeof figure1Parameters,
  PaperRow[],
  Figure,
  { agreement: Figure }
> = experiment({
  name: "Fig. 1 of the paper",
  about: "The paper's Fig. 1, from both one-sided starts: which of them does it show?",
  parameters: figure1Parameters,
  quick: { eta: 0, points: 18, earlyPoints: 9, copies: 10 },
  check: ({ starts, others, alpha }, refuse) => {
    const names = [...starts, ...others].map((start) => layerStart(start).name);
    const differ = (list: readonly unknown[]) => new Set(list).size === list.length;
    if (!differ(names)) refuse("starts and others", "of different names", names);
    if (!differ(alpha)) refuse("alpha", "different numbers", alpha);
  },
  run: (parameters, { sweep }) => {
    const { starts, others, problem, alpha, r, eta, seed, copies } = parameters;
    const all = { problem, starts: [...starts, ...others], alpha, r, eta, seed, copies };
    return paperRuns(sweep, { ...all, times: timesOf(parameters) }, others);
  },
  figure: draw,
  figures: { agreement },
  table: worded(table),
});
