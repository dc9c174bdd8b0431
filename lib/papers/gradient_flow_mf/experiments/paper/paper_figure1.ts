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
import { type Figure, formatNumber } from "../../../../figure/mod.ts";
import { paperProblem } from "../../problems/mod.ts";
import { layerStart, startWords } from "../../starts.ts";
import {
  coursePanel,
  distancePanel,
  legendOf,
  lettered,
  looksOf,
  scaleWords,
  withRatio,
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

/**
 * Parameters of {@linkcode paperFigure1}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const figure1Parameters = {
  problem: problemParameter(paperProblem()),
  starts: startsParameter(["zeroA", "zeroB", "spectralPaper"]),
  others: startsParameter(["gauss"], "further starts, which only the last two panels show", 0),
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
function caption(rows: readonly PaperRow[], parameters: Parameters): string {
  const { problem, r, eta, copies, seed: _, alpha, published } = parameters;
  const { name = "own problem" } = problemAt(problem, 0);
  const how = eta === 0
    ? "gradient flow"
    : `gradient descent, ${
      typeof eta === "function" ? "a schedule of steps" : `step ${formatNumber(eta)}`
    }`;
  const fresh = typeof problem === "function" ? ", another problem for each start" : "";
  return `${name[0].toUpperCase()}${name.slice(1)}${fresh}, r = ${
    [r].flat().join(" and ")
  }, ${how}, ` +
    `α = ${
      alpha.map(scaleWords).join(", ")
    }. Symbols: mean over ${copies} starts, of the logarithm ` +
    `where the axis is logarithmic; bands: ± one standard deviation. ${
      linesInWords(rows)
    } Small axes: ` +
    "mean ratio of theory and runs, in decades." +
    (published ? " Squares: read off the paper's Fig. 1, to 0.02." : "") + divergedWords(rows);
}

function draw(rows: readonly PaperRow[], parameters: Parameters): Figure {
  const { starts, others, alpha, horizon, early } = parameters;
  const looks = looksOf([...starts, ...others]);
  const names = starts.map((start) => layerStart(start).name);
  const drawn = new Map([...looks].filter(([name]) => names.includes(name)));
  const points = published(parameters), least = Math.min(...alpha);
  const shown = rows.filter(({ start }) => names.includes(start));
  const small = where(shown, "alpha", least), end = Math.min(early, horizon);
  const at = (figure: string) => points.filter((point) => point.figure === figure);
  const common = { looks: drawn };
  const distances = publishedDistances(rows, points);
  const all = [
    coursePanel({
      ...{ ...common, title: "loss", quantity: "loss", rows: shown, points: at("1 left") },
      ...{ end: horizon, domain: [1e-28, 100] },
    }),
    coursePanel({
      ...{ ...common, title: "alignment", quantity: "gap", rows: shown, points: at("1 middle") },
      ...{ end, domain: [1e-12, 2] },
    }),
    withRatio(
      coursePanel({
        ...{ ...common, title: `loss, α = ${scaleWords(least)}`, quantity: "loss", rows: small },
        ...{ points: at("1 right"), end, domain: [1e-7, 100] },
      }),
      {
        ...{ letter: "a", quantity: "loss", rows: shown, looks: drawn, end: horizon },
        box: { x: 0.2, y: 0.44, width: 0.45, height: 0.38 },
      },
    ),
    withRatio(
      coursePanel({
        ...{ ...common, title: `size, α = ${scaleWords(least)}`, quantity: "norm", rows: small },
        ...{ points: at("1 right"), end },
      }),
      {
        ...{ letter: "b", quantity: "gap", rows: shown, looks: drawn, end },
        box: { x: 0.2, y: 0.22, width: 0.42, height: 0.38 },
      },
    ),
    ...(distances.length === 0 ? [] : [
      distancePanel("runs above the paper: loss", where(distances, "quantity", "loss"), looks),
      distancePanel(
        "the same: alignment, size",
        distances.filter(({ quantity }) => quantity !== "loss"),
        looks,
      ),
    ]),
  ];
  return {
    panels: all.map(({ panel }) => panel),
    columns: 2,
    legend: legendOf([...starts, ...others], looks, { published: points.length > 0 }),
    rows: lettered(all),
    size: "page",
    aspect: 0.72,
    caption: caption(rows, parameters),
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
 * paper's spectral one, with the numbers of the published figure and their distance from the runs.
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
export const paperFigure1: Experiment<typeof figure1Parameters, PaperRow[], Figure> = experiment({
  name: "Fig. 1 of the paper",
  about: "The paper's Fig. 1, from both one-sided starts: which of them does it show?",
  parameters: figure1Parameters,
  quick: { eta: 0, points: 26, earlyPoints: 12 },
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
  table,
});
