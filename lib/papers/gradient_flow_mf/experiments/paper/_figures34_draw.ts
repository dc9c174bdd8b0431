/**
 * How the paper's Figs. 3 and 4 are drawn: a quantity against the scale, a panel for each setting.
 *
 * @module
 */
import { type Row, where } from "../../../../experiment/mod.ts";
import {
  band,
  type Figure,
  formatNumber,
  type Panel,
  simulation,
  theory,
} from "../../../../figure/mod.ts";
import { type StartName, startWords } from "../../starts.ts";
import {
  type Figures34Parameters,
  type Setting,
  type SettingRow,
  settings,
} from "./_figures34_parameters.ts";
import {
  axisOf,
  type DrawnPanel,
  legendOf,
  lettered,
  looksOf,
  meansOf,
  PUBLISHED_MARK,
  type Quantity,
  ratiosOf,
} from "./_paper_panels.ts";
import { linesInWords } from "./paper_runs.ts";
import { divergedWords } from "../physics.ts";
import { FIRST_ORDER, lossRangeWords } from "../range.ts";
import { PUBLISHED_STEP, publishedOf } from "./published.ts";
import { publishedDistances } from "./published_distances.ts";

/** A setting in words. */
function settingWords(c: number, along: string): string {
  return `/{c} = ${formatNumber(c)}, ${along}`;
}

/** The paper's numbers that a panel shows, at the times of its rows. */
function squaresOf(
  { published, alpha }: Figures34Parameters,
  { along, c, times }: Setting,
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

/** The vertical axis that all settings share: what is seen of runs, and the paper's numbers. */
function sharedAxis(
  quantity: Quantity,
  rows: readonly SettingRow[],
  parameters: Figures34Parameters,
): [number, number] {
  const seen = settings(parameters).flatMap((setting) => {
    const { along, c, times } = setting;
    const own = meansOf(where(where(rows, "along", along), "c", c), quantity, "runs");
    const shown = quantity === "loss" ? own : where(own, "at", times.at(-1)!);
    return [
      ...shown.map(({ mean }) => mean),
      ...squaresOf(parameters, setting, quantity).map((square) => square.shown),
    ];
  });
  return axisOf(seen, 32);
}

/** One quantity against the scale in one setting. */
function settingPanel(
  quantity: Quantity,
  rows: readonly SettingRow[],
  setting: Setting,
  parameters: Figures34Parameters,
  domain: readonly [number, number],
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
        domain,
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
  { along, c, times }: Setting,
  parameters: Figures34Parameters,
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
export type Shown = "loss" | "gap" | "ratio";

/** What was run, in words. */
function caption(
  quantity: Shown,
  rows: readonly SettingRow[],
  parameters: Figures34Parameters,
): string {
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
    (quantity === "loss" ? lossRangeWords(rows, FIRST_ORDER, sigma ** 2 / 2) : "") +
    (published && quantity !== "ratio"
      ? " Squares: read off the paper's Figs. 1, 3 and 4, to 0.02."
      : "") +
    divergedWords(rows);
}

/** One quantity in every setting. */
export function drawFigures34(
  quantity: Shown,
  rows: readonly SettingRow[],
  parameters: Figures34Parameters,
): Figure {
  const { starts, c } = parameters, looks = looksOf(starts);
  const all = settings(parameters).map((setting) =>
    quantity === "ratio"
      ? ratioPanel(rows, setting, parameters)
      : settingPanel(quantity, rows, setting, parameters, sharedAxis(quantity, rows, parameters))
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

/** Quantities of the table. */
const NAMES: Readonly<Record<Quantity, string>> = {
  ...{ loss: "log₁₀ L", gap: "log₁₀(1 − cos)", norm: "‖Z₁‖" },
};

/** Runs beside the paper's numbers, setting by setting. */
export function figures34Table(
  rows: readonly SettingRow[],
  parameters: Figures34Parameters,
): Row[] {
  return settings(parameters).flatMap(({ along, c, times }) => {
    const own = where(where(rows, "along", along), "c", c);
    const points = publishedOf(c, along).map((point) =>
      point.floor ? { ...point, steps: times.at(-1)! / PUBLISHED_STEP } : point
    );
    return publishedDistances(own, points).map((found) => ({
      ...{
        "δ_w": 1 / c ** 2,
        along,
        quantity: NAMES[found.quantity],
        alpha: found.alpha,
        at: found.at,
      },
      ...{ start: startWords(found.start as StartName), runs: found.measured, "± se": found.se },
      paper: found.published,
    }));
  });
}
