/**
 * FP2: the paper's Figs. 3 and 4: three imbalances of the frozen layers, targets along the largest and the
 * smallest singular pair.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  type ExperimentContext,
  param,
  type Row,
  type Values,
  where,
} from "../../../experiment/mod.ts";
import {
  band,
  type Figure,
  formatNumber,
  type Panel,
  simulation,
  theory,
} from "../../../figure/mod.ts";
import { paperProblem, seedNumber } from "../problems.ts";
import { layerStart, type StartName, startWords } from "../starts.ts";
import {
  type DrawnPanel,
  legendOf,
  lettered,
  looksOf,
  meansOf,
  PUBLISHED_MARK,
  type Quantity,
  ratiosOf,
} from "./_paper_panels.ts";
import { linesInWords, type PaperRow, paperRuns } from "./_paper_runs.ts";
import {
  divergedWords,
  rankParameter,
  seedParameter,
  startsParameter,
  stepParameter,
} from "./_physics.ts";
import {
  PUBLISHED_STEP,
  publishedFigure1,
  publishedFigures34,
  type PublishedPoint,
} from "./published.ts";
import { publishedDistances } from "./published_distances.ts";

/** Flow times at which runs are looked at, a list for each `c`. */
export interface FigureTimes {
  /** For targets along the largest pair. */
  readonly top: readonly (readonly number[])[];
  /** For targets along the smallest pair. */
  readonly bottom: readonly (readonly number[])[];
}

/** The paper's, in its order of `c`; the last of each is its horizon. */
const TIMES: FigureTimes = { top: [[5], [5, 10], [4.5, 15]], bottom: [[12.5], [20], [3]] };

/** Refuses what is no such object. */
function checkTimes(times: FigureTimes): void {
  for (const key of ["top", "bottom"] as const) {
    for (const list of times[key]) {
      if (list.length === 0) throw new RangeError(`${key} must have a time for each c`);
      list.forEach((t, i) => {
        if (!(t > (list[i - 1] ?? 0) && t < Infinity)) {
          throw new RangeError(`times of ${key} must be > 0 and increase`);
        }
      });
    }
  }
}

/**
 * Parameters of {@linkcode paperFigures34}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const figures34Parameters = {
  c: param.numbers([1.05, 2, 10], "factors c of the frozen layers, δ_w = 1/c²", { above: 1 }),
  along: param.choices<"top" | "bottom">(
    ["top", "bottom"],
    "singular pair of Y_pre along which the target lies; both have a reading in the paper",
    ["top", "bottom"],
  ),
  times: param.value<FigureTimes>(
    TIMES,
    "flow times of the rows, { top, bottom } with a list for each c",
    checkTimes,
    "{ top: [[...], ...], bottom: [[...], ...] } with a list of increasing times for each c",
  ),
  preSeed: param.value<string>(
    "1002",
    "seed of Y_pre, a whole number as text",
    (seed: string) => seedNumber("draw Y_pre", seed),
    'a whole number as text, such as "1002"',
  ),
  redraw: param.flag(
    false,
    "whether each start has a Y_pre of its own, of the seeds from there on",
  ),
  m: param.integer(10, "rows of Y_pre", { least: 1 }),
  h: param.integer(100, "hidden dimension", { least: 1 }),
  n: param.integer(10, "columns of Y_pre", { least: 1 }),
  sigma: param.number(5, "singular value of the target", { above: 0 }),
  starts: startsParameter(["zeroA", "zeroB"]),
  alpha: param.numbers([1e-3, 1e-4, 1e-5], "scales α of the starts", { above: 0 }),
  r: rankParameter(4),
  eta: stepParameter(0),
  copies: param.integer(16, "starts of each kind", { least: 2 }),
  published: param.flag(true, "whether numbers read off the paper's figures are shown"),
  seed: seedParameter(2000),
};

type Parameters = Values<typeof figures34Parameters>;

/** A moment of a run in one of the settings. */
export interface SettingRow extends PaperRow {
  /** Factor of the frozen layers. */
  c: number;
  /** Pair of the target. */
  along: "top" | "bottom";
}

/** The settings in the order of the panels. */
function settings({ c, along, times }: Parameters) {
  return along.flatMap((pair) =>
    c.map((factor, i) => ({ along: pair, c: factor, times: times[pair][i] }))
  );
}

async function run(
  parameters: Parameters,
  { sweep }: ExperimentContext,
): Promise<SettingRow[]> {
  const { preSeed, redraw, m, h, n, sigma, starts, alpha, r, eta, seed, copies } = parameters;
  const all: SettingRow[] = [];
  for (const { along, c, times } of settings(parameters)) {
    const problem = (copy: number) =>
      paperProblem({ seed: String(Number(preSeed) + copy), m, h, n, sigma, c, along });
    const rows = await paperRuns(sweep, {
      ...{ problem: redraw ? problem : problem(0), starts, alpha, r, eta, seed, copies, times },
    });
    all.push(...rows.map((row) => ({ ...row, c, along }) as SettingRow));
  }
  return all;
}

/** A setting in words. */
function settingWords(c: number, along: string): string {
  return `/{c} = ${formatNumber(c)}, ${along}`;
}

/** The paper's numbers of a setting; that of its Fig. 1 stands in its Fig. 3 again. */
export function publishedOf(c: number, along: "top" | "bottom"): PublishedPoint[] {
  return [...publishedFigure1, ...publishedFigures34].filter((point) =>
    point.along === along && point.c === c && point.start === "random" && point.quantity !== "norm"
  );
}

/** The paper's numbers that a panel shows, at the times of its rows. */
function squaresOf(
  { published, alpha }: Parameters,
  { along, c, times }: ReturnType<typeof settings>[number],
  quantity: Quantity,
) {
  const last = times.at(-1)!;
  const points = published ? publishedOf(c, along) : [];
  return points.filter((point) => point.quantity === quantity && alpha.includes(point.alpha))
    .map((point) => {
      // A floor that was read off earlier is the floor at the end, too.
      const at = point.floor ? last : point.steps * PUBLISHED_STEP;
      return { ...point, at, shown: 10 ** point.value };
    })
    .filter(({ at }) => times.some((t) => Math.abs(t - at) <= 1e-9 * t));
}

/** One quantity against the scale in one setting. */
function settingPanel(
  quantity: Quantity,
  rows: readonly SettingRow[],
  setting: ReturnType<typeof settings>[number],
  parameters: Parameters,
): DrawnPanel {
  const { along, c, times } = setting, last = times.at(-1)!;
  const own = where(where(rows, "along", along), "c", c);
  const runs = meansOf(own, quantity, "runs"), lines = meansOf(own, quantity, "theory");
  const squares = squaresOf(parameters, setting, quantity);
  const shown = quantity === "loss" ? times : [last], x = "alpha", clip = true;
  const under: Panel["marks"] = [], over: Panel["marks"] = [];
  for (const [start, { stroke, dash, symbol }] of looksOf(parameters.starts)) {
    for (const t of shown) {
      const at = (of: typeof runs) => where(where(of, "start", start), "at", t);
      const [strokeWidth, r] = t < last ? [0.6, 1.5] : [1.2, 2.2];
      under.push(
        band(at(runs), { x, y1: "low", y2: "high", fill: stroke, fillOpacity: 0.13, clip }),
        theory(at(lines), { x, y: "mean", stroke, strokeDasharray: dash, strokeWidth, clip }),
      );
      over.push(simulation(at(runs), { x, y: "mean", stroke, symbol, r }));
    }
  }
  return {
    panel: {
      title: settingWords(c, along),
      x: { label: "scale /{α}", type: "log" },
      y: {
        label: quantity === "loss" ? "loss /{L}" : "misalignment 1 − cos",
        type: "log",
        domain: quantity === "loss" ? [1e-32, 1e-6] : [1e-21, 1e-2],
      },
      marks: [
        ...under,
        simulation(squares, { x, y: "shown", ...PUBLISHED_MARK, r: 3.4 }),
        ...over,
      ],
    },
    tables: {
      simulation: runs,
      ...(lines.length > 0 ? { theory: lines } : {}),
      ...(squares.length > 0 ? { paper: squares } : {}),
    },
  };
}

/** Theory over runs at the last time of a setting: losses and misalignments, in decades. */
function ratioPanel(
  rows: readonly SettingRow[],
  { along, c, times }: ReturnType<typeof settings>[number],
  parameters: Parameters,
): DrawnPanel {
  const own = where(where(where(rows, "along", along), "c", c), "at", times.at(-1)!);
  const found = (["loss", "gap"] as const).flatMap((quantity) =>
    ratiosOf(own, quantity).map((mean) => ({ ...mean, quantity, size: Math.abs(mean.mean) }))
  );
  const marks = [...looksOf(parameters.starts)].flatMap(([start, { stroke, dash, symbol }]) =>
    (["loss", "gap"] as const).flatMap((quantity) => {
      const some = where(where(found, "start", start), "quantity", quantity)
        .filter(({ size }) => size > 0);
      const [strokeWidth, fill] = quantity === "loss" ? [1.2, "#fff"] : [0.6, stroke];
      const at = { x: "alpha", y: "size", stroke };
      return [
        theory(some, { ...at, strokeDasharray: dash, strokeWidth }),
        simulation(some, { ...at, symbol, fill }),
      ];
    })
  );
  return {
    panel: {
      title: settingWords(c, along),
      x: { label: "scale /{α}", type: "log", domain: range(parameters.alpha) },
      y: { label: "|log_{10} theory/runs|", type: "log" },
      marks,
    },
    tables: { "theory over runs, decades": found },
  };
}

/** Smallest and largest, a little apart where they are the same. */
function range(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low < high ? [low, high] : [low / 2, 2 * high];
}

/** What a figure shows. */
type Shown = "loss" | "gap" | "ratio";

/** What was run, in words. */
function caption(quantity: Shown, rows: readonly SettingRow[], parameters: Parameters): string {
  const { m, h, n, sigma, preSeed, redraw, r, eta, copies, published } = parameters;
  const how = eta === 0
    ? "gradient flow"
    : typeof eta === "function"
    ? "gradient descent with a schedule of steps"
    : `gradient descent, step ${formatNumber(eta)}`;
  const pre = redraw ? `a Y_pre for each start, seeds from ${preSeed} on` : `Y_pre ${preSeed}`;
  const what = {
    loss: "Loss at the times of the paper's figures (small symbols: at earlier ones)",
    gap: "Misalignment at the end",
    ratio: "Distance of theory and runs at the end, in decades (open symbols: loss; filled ones: " +
      "misalignment)",
  }[quantity];
  const at = settings(parameters)
    .map(({ times }, i) =>
      `${String.fromCharCode(97 + i)} ${times.map((t) => formatNumber(t)).join(", ")}`
    );
  return `${what} against α: ${m} × ${h} and ${h} × ${n} layers, ${pre}, target ${
    formatNumber(sigma)
  } ` +
    `times a singular pair, r = ${[r].flat().join(" and ")}, ${how}; t = ${
      at.join("; ")
    }; δ_w = 1/c². Symbols: mean of the logarithm over ` +
    `${copies} starts${quantity === "ratio" ? "" : "; bands: ± one standard deviation"}. ` +
    (quantity === "ratio" ? "Theory: noise equations from the same starts." : linesInWords(rows)) +
    (published && quantity !== "ratio"
      ? " Squares: read off the paper's Figs. 1, 3 and 4, to 0.02."
      : "") +
    divergedWords(rows);
}

function draw(quantity: Shown, rows: readonly SettingRow[], parameters: Parameters): Figure {
  const { starts, c } = parameters, looks = looksOf(starts);
  const all = settings(parameters).map((setting) =>
    quantity === "ratio"
      ? ratioPanel(rows, setting, parameters)
      : settingPanel(quantity, rows, setting, parameters)
  );
  const published = all.some(({ tables }) => "paper" in tables);
  return {
    panels: all.map(({ panel }) => panel),
    columns: Math.min(3, c.length),
    legend: legendOf(starts, looks, { published }),
    rows: lettered(all),
    size: "page",
    aspect: 0.95,
    caption: caption(quantity, rows, parameters),
  };
}

/** Runs beside the paper's numbers, setting by setting. */
function table(rows: readonly SettingRow[], parameters: Parameters): Row[] {
  return settings(parameters).flatMap(({ along, c, times }) => {
    const own = where(where(rows, "along", along), "c", c);
    const points = publishedOf(c, along).map((point) =>
      point.floor ? { ...point, steps: times.at(-1)! / PUBLISHED_STEP } : point
    );
    return publishedDistances(own, points).map((found) => ({
      ...{ "δ_w": 1 / c ** 2, along, quantity: found.quantity, alpha: found.alpha, at: found.at },
      ...{ start: startWords(found.start as StartName), runs: found.measured, "± se": found.se },
      paper: found.published,
    }));
  });
}

/**
 * FP2: loss and misalignment against the scale in the settings of the paper's Figs. 3 and 4, from both
 * one-sided starts, with the numbers of the published figures.
 *
 * Scale: flow time, step size × steps. Source: the paper, Section H.1 and Figs. 3 and 4; lines ours.
 *
 * @example Another imbalance, at times of one's own.
 * ```ts
 * import { paperFigures34 } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { rows } = await paperFigures34({
 *   ...{ preset: "quick", c: [3], along: ["bottom"], times: { top: [[1]], bottom: [[2, 6]] } },
 *   ...{ h: 12, starts: ["zeroB"], alpha: [1e-2], copies: 2 },
 * });
 * assertEquals(rows.map(({ at }) => at), [2, 6, 2, 6]);
 * ```
 */
export const paperFigures34: Experiment<
  typeof figures34Parameters,
  SettingRow[],
  Figure,
  { alignment: Figure; ratio: Figure }
> = experiment({
  name: "Figs. 3 and 4 of the paper",
  about: "The paper's Figs. 3 and 4: final loss and alignment at three imbalances of the layers.",
  parameters: figures34Parameters,
  quick: { copies: 8 },
  check: ({ c, along, times, starts, alpha, m, n, h }, refuse) => {
    const differ = (list: readonly unknown[]) => new Set(list).size === list.length;
    for (const pair of along) {
      if (times[pair].length !== c.length) {
        refuse("times", `lists for ${c.length} values of c along ${pair}`, times[pair]);
      }
    }
    if (!differ(c)) refuse("c", "different numbers", c);
    if (!differ(along)) refuse("along", "different pairs", along);
    if (!differ(alpha)) refuse("alpha", "different numbers", alpha);
    const names = starts.map((start) => layerStart(start).name);
    if (!differ(names)) refuse("starts", "of different names", names);
    if (h < Math.min(m, n)) refuse("h", `>= ${Math.min(m, n)}, the rank of Y_pre`, h);
  },
  run,
  figure: (rows, parameters) => draw("loss", rows, parameters),
  figures: {
    alignment: (rows, parameters) => draw("gap", rows, parameters),
    ratio: (rows, parameters) => draw("ratio", rows, parameters),
  },
  table,
});
