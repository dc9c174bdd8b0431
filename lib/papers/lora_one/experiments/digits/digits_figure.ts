/**
 * The figures of fine-tuning on the digits: F15, and the final loss against the learning rate.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { distinct, type Row, summary, where } from "../../../../experiment/mod.ts";
import {
  type Figure,
  formatNumber,
  type LegendEntry,
  type Mark,
  type Panel,
  type Point,
  style,
  theme,
} from "../../../../figure/mod.ts";
import {
  digitsMethod,
  type DigitsMethodEntry,
  type DigitsRow,
  type DigitsSetting,
} from "../../simulation/mod.ts";
import { type BestRate, bestRates, edgeSentence, type RateRow } from "./best_rates.ts";
import { settingWords } from "./setting.ts";

const VERMILION = "#D55E00";

type DrawnRow = DigitsRow & RateRow;

/** The parameters that a figure of the digits speaks of. */
interface Drawn extends DigitsSetting {
  readonly methods: readonly DigitsMethodEntry[];
  readonly steps: number;
  readonly threshold: number;
  readonly ceiling: number;
  readonly seeds: readonly string[];
}

/** Look of the i-th method; the eighth is a grey star, since the palette has seven. */
function look(i: number): Pick<LegendEntry, "stroke" | "symbol"> {
  const { stroke, symbol } = style(i);
  return i % 8 < theme.palette.length ? { stroke, symbol } : { stroke: "#777777", symbol: "star" };
}

/** The nearest of 1, 2, 5 times a power of ten, outwards. */
function rounded(x: number, outwards: "up" | "down"): number {
  // One step more at both ends: the logarithm of a power of ten may be rounded to either side.
  const power = 10 ** Math.floor(Math.log10(x)),
    steps = [0.5, 1, 2, 5, 10, 20].map((k) => k * power);
  return outwards === "up" ? steps.find((y) => y >= x)! : steps.findLast((y) => y <= x)!;
}

/** Range of a logarithmic axis of losses with some room. */
function lossDomain(points: readonly Point[]): [number, number] {
  const ys = points.map(({ y }) => y).filter((y) => y > 1e-300 && y < Infinity);
  if (ys.length === 0) return [0.1, 10];
  const bars = points.map(({ y, se }) => y + Number(se)).filter((y) => y < Infinity);
  const top = Math.max(1.5 * Math.max(...ys), 1.1 * Math.max(...bars));
  return [rounded(Math.min(...ys) / 1.5, "down"), rounded(top, "up")];
}

/** Lines with a symbol at every n-th point, each line from another one on. */
function lines(methods: readonly string[], points: readonly Point[], every: number): Mark[] {
  return methods.flatMap((name, i) => {
    const here = where(points, "series", name), { stroke, symbol } = look(i);
    return [
      Plot.line(here, { x: "x", y: "y", stroke, strokeWidth: 0.7, clip: true }),
      Plot.ruleX(here.filter((row, j) => (j + i) % every === 0 && Number(row.se) < row.y), {
        x: "x",
        y1: (row: Point) => row.y - Number(row.se),
        y2: (row: Point) => row.y + Number(row.se),
        ...{ stroke, strokeWidth: 0.7, clip: true },
      }),
      Plot.dot(here.filter((_, j) => (j + i) % every === 0), {
        ...{ x: "x", y: "y", stroke, fill: "#fff", symbol, r: 2.1 },
      }),
    ];
  });
}

/** A mean with its standard error, where there are several values. */
function pointAt(series: string, x: number, values: readonly number[]): Point {
  const { mean: y, se, n } = summary(values);
  return n > 1 && se < Infinity ? { series, x, y, se } : { series, x, y };
}

/** Mean loss against step of every method at its best rate, of the runs that did not diverge. */
function curvesOf(rows: readonly DrawnRow[], best: readonly BestRate[]): Point[] {
  return best.flatMap(({ method, optimizer, rate }) => {
    const here = rows.filter((row) =>
      row.method === method && row.optimizer === optimizer && row.rate === rate && !row.diverged
    );
    return distinct(here, "at").map((x) =>
      pointAt(method, x, where(here, "at", x).map(({ loss }) => loss))
    );
  });
}

/** Final loss against learning rate, where no seed diverged. */
function ratesOf(rows: readonly DrawnRow[], optimizer: string): Point[] {
  const ends = where(where(rows, "at", 0), "optimizer", optimizer);
  return distinct(ends, "method").flatMap((series) => {
    const here = where(ends, "method", series);
    return distinct(here, "rate").toSorted((a, b) => a - b)
      .map((x) => pointAt(series, x, where(here, "rate", x).map(({ final }) => final)))
      .filter(({ y }) => y < Infinity);
  });
}

/** A bar of F15. */
interface DigitsBar extends Row {
  method: string;
  optimizer: string;
  mean: number | null;
  se: number | null;
}

/** Greys of the update rules, from light to dark. */
function shade(i: number, count: number): string {
  const grey = count === 1 ? 0x33 : Math.round(0x99 + (0x33 - 0x99) * i / (count - 1));
  return `#${grey.toString(16).repeat(3)}`;
}

function barPanel(bars: readonly DigitsBar[], { threshold, steps }: Drawn): Panel {
  const empty = bars.every(({ mean }) => mean === null),
    methods = distinct(bars, "method"),
    rules = distinct(bars, "optimizer");
  const apart = 0.72 / rules.length, half = 0.32 / rules.length;
  const place = ({ method, optimizer }: DigitsBar) =>
    methods.indexOf(method) + (rules.indexOf(optimizer) - (rules.length - 1) / 2) * apart;
  return {
    title: `steps to loss ${formatNumber(threshold)}`,
    x: { label: "steps", ...(empty ? { domain: [0, steps] } : {}) },
    y: {
      label: "",
      domain: [methods.length - 0.4, -0.6],
      ticks: methods.map((_, i) => i),
      tickFormat: (i: number) => methods[i] ?? "",
    } as Panel["y"],
    legend: {
      at: "above",
      entries: rules.map((label, i) => {
        const fill = shade(i, rules.length);
        return { label, fill, stroke: fill, box: true };
      }),
    },
    marks: [
      ...rules.map((rule, i) =>
        Plot.rect(where(bars, "optimizer", rule).filter(({ mean }) => mean !== null), {
          y1: (row: DigitsBar) => place(row) - half,
          y2: (row: DigitsBar) => place(row) + half,
          x1: 0,
          x2: "mean",
          fill: shade(i, rules.length),
        })
      ),
      Plot.ruleY(bars.filter(({ se }) => se !== null), {
        y: place,
        x1: (row: DigitsBar) => row.mean! - row.se!,
        x2: (row: DigitsBar) => row.mean! + row.se!,
        stroke: VERMILION,
        strokeWidth: 1,
      }),
    ],
  };
}

/** What every caption of the digits says: the setting, the seeds, the grid, what diverged. */
function words(rows: readonly DrawnRow[], p: Drawn, best: readonly BestRate[]): string {
  const names = p.methods.map(digitsMethod).flatMap(({ name, about }) =>
    about ? [`${name}: ${about}`] : []
  );
  const diverged = best.reduce((sum, row) => sum + row.diverged, 0);
  const runs = where(rows, "at", 0).length, seeds = p.seeds.length;
  return [
    `Fine-tuning on the ${settingWords(p)}, ${p.steps} steps, learning rates around the ` +
    `best one of each method; ${
      seeds === 1
        ? `one seed, no standard errors`
        : `means over ${seeds} seeds, bars ± one standard error`
    }).`,
    ...names.length > 0 ? [`${names.join("; ")}.`] : [],
    edgeSentence(best),
    ...diverged > 0
      ? [`${diverged} of ${runs} runs diverged (loss above ${formatNumber(p.ceiling)}): no symbol.`]
      : [],
    "Simulation only: there is no theory for this network.",
  ].join(" ");
}

function ratePanel(
  methods: readonly string[],
  optimizer: string,
  points: Point[],
  y: unknown,
): Panel {
  return {
    title: `${optimizer}, all rates`,
    x: { label: "learning rate", type: "log" },
    y: { label: "final training loss", type: "log", domain: y } as Panel["y"],
    marks: lines(methods, points, 1),
  };
}

/** F15: training curves and learning rates of the last update rule, steps to the threshold of all. */
export function digitsFigure(rows: readonly DrawnRow[], p: Drawn): Figure {
  const best = bestRates(rows), methods = distinct(best, "method");
  const optimizer = distinct(best, "optimizer").at(-1)!;
  const curves = curvesOf(rows, where(best, "optimizer", optimizer));
  const rates = ratesOf(rows, optimizer), domain = lossDomain([...curves, ...rates]);
  const bars = best.map(({ method, optimizer, steps }) => ({ method, optimizer, ...steps }));
  const slow = bars.filter(({ mean }) => mean === null)
    .map(({ method, optimizer }) => `${method} by ${optimizer}`);
  return {
    panels: [
      {
        title: `${optimizer}, best rate`,
        x: { label: "steps" },
        y: { label: "training loss", type: "log", domain },
        marks: lines(methods, curves, Math.max(1, Math.floor((p.steps / 5 + 1) / 5))),
      },
      ratePanel(methods, optimizer, rates, domain),
      barPanel(bars, p),
    ],
    columns: 3,
    aspect: 1.15,
    legend: methods.map((label, i) => ({ label, ...look(i) })),
    rows: { curves, rates, bars },
    size: "page",
    caption:
      `${words(rows, p, best)} (c) ${p.seeds.length > 1 ? "Bars ± standard error" : "Bars"} ` +
      `at the best rates${
        slow.length > 0
          ? `; no bar: not by every seed within ${p.steps} steps (${slow.join(", ")})`
          : ""
      }.`,
  };
}

/** Final loss against learning rate, one panel for each update rule: does the grid hold the optimum? */
export function digitsRatesFigure(rows: readonly DrawnRow[], p: Drawn): Figure {
  const best = bestRates(rows), methods = distinct(best, "method");
  const rules = distinct(best, "optimizer"), points = rules.map((rule) => ratesOf(rows, rule));
  const domain = lossDomain(points.flat());
  return {
    panels: rules.map((rule, i) => ratePanel(methods, rule, points[i], domain)),
    columns: rules.length,
    legend: methods.map((label, i) => ({ label, ...look(i) })),
    rows: Object.fromEntries(rules.map((rule, i) => [rule, points[i]])),
    size: "page",
    caption: `Final training loss against learning rate. ${words(rows, p, best)}`,
  };
}
