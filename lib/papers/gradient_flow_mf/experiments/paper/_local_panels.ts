/**
 * Panels of FP4: the parts of the loss in the local phase, and the local rate of the loss.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { distinct, type Row, where } from "../../../../experiment/mod.ts";
import { type Figure, type Panel, simulation, theme, theory } from "../../../../figure/mod.ts";
import type { Problem } from "../../model.ts";
import { layerStart, type StartLike, startWords } from "../../starts.ts";
import { localRates } from "../../theory/noise/rates.ts";
import { theorem32 } from "../../theory/paper/theorem_3_2.ts";

/** What is drawn of a moment. */
interface Moment extends Row {
  start: string;
  seed: string;
  since: number;
  loss: number;
  signal: number;
  mixed: number;
  rest: number;
  bound: number | null;
  predictedSignal: number;
  predictedMixed: number;
  predictedRest: number;
  x1: number;
  x2: number;
}

/** Parts of the loss with their prediction, in the order of their looks. */
const PARTS = [
  { key: "signal", line: "predictedSignal", words: "/{L}_{S} (signal)", look: 0 },
  { key: "mixed", line: "predictedMixed", words: "row and column of the signal", look: 1 },
  { key: "rest", line: "predictedRest", words: "all the rest, ½‖/{E}_{⊥⊥}‖²", look: 2 },
] as const;

/** Symbols along a curve. */
const SYMBOLS = 18;

/** Geometric means over copies of the columns, moment by moment; the first copy gives the times. */
function means(rows: readonly Moment[]): Moment[] {
  const copies = distinct(rows, "seed").map((seed) => where(rows, "seed", seed));
  if (copies.length === 1) return copies[0];
  // Copies escape at different times: moments are matched from the last one backwards.
  const count = Math.min(...copies.map(({ length }) => length));
  const ends = copies.map((copy) => copy.slice(-count));
  const keys = ["loss", "signal", "mixed", "rest", "bound", "x1", "x2"] as const;
  const lines = ["predictedSignal", "predictedMixed", "predictedRest"] as const;
  return ends[0].map((first, i) => {
    const over = (key: keyof Moment) => {
      const all = ends.map((copy) => copy[i][key]);
      if (all.some((x) => x === null)) return null;
      return Math.exp(all.reduce<number>((sum, x) => sum + Math.log(Number(x)), 0) / all.length);
    };
    return { ...first, ...Object.fromEntries([...keys, ...lines].map((key) => [key, over(key)])) };
  });
}

/** `−½ d log L/dt` between neighbouring moments. */
function slopes(
  rows: readonly Moment[],
): { start: string; since: number; rate: number }[] {
  const after = rows.filter(({ since }) => since >= 0);
  return after.slice(1).map((row, i) => {
    const before = after[i], span = row.since - before.since;
    const rate = Math.log(before.loss / row.loss) / (2 * span);
    return { start: row.start, since: (row.since + before.since) / 2, rate };
  });
}

/** The panels of FP4 with legend and rows, without a caption. */
export function localPanels(
  rows: readonly Moment[],
  problem: Problem,
  starts: readonly StartLike[],
): Pick<Figure, "panels" | "columns" | "rows" | "legend"> {
  const { rate } = theorem32(problem), x = { label: "flow time since the escape, /{t} − /{T}_{1}" };
  const series = starts.map((like) => ({
    words: startWords(like),
    moments: means(where(rows, "start", layerStart(like).name)),
  }));
  const all = series.flatMap(({ moments }) => moments);
  const low = Math.min(...all.flatMap(({ mixed, rest }) => [mixed, rest]).filter((y) => y > 0));
  const rates: Row[] = [];
  const panels = series.flatMap(({ words, moments }): Panel[] => {
    const every = Math.max(1, Math.round(moments.length / SYMBOLS));
    const { x1, x2 } = moments.at(-1)!, { mu, muPerp } = localRates(problem, x1, x2);
    const lines = [
      { name: "/{μ}", y: mu },
      { name: "/{μ}_{⊥}", y: muPerp },
      { name: "proved / 2", y: rate / 2 },
    ];
    const local = slopes(moments), last = Math.max(...moments.map(({ since }) => since));
    rates.push(...local);
    return [
      {
        title: words,
        x,
        y: { label: "parts of the loss", type: "log", domain: [low / 3, 1] },
        marks: [
          theory(moments.filter(({ bound }) => bound !== null), {
            ...{ x: "since", y: "bound", stroke: "#000", strokeDasharray: theme.dashes[1] },
            clip: true,
          }),
          ...PARTS.flatMap(({ key, line, look }) => {
            const stroke = theme.palette[look], drawn = moments.filter((row) => row[key] > low / 3);
            return [
              theory(moments, { x: "since", y: line, stroke, clip: true }),
              simulation(drawn.filter((_, i) => i % every === look % every), {
                ...{ x: "since", y: key, stroke, symbol: theme.symbols[look] },
              }),
            ];
          }),
        ],
      },
      {
        title: `${words}, local rate`,
        x,
        y: { label: "−½ d log /{L} / d/{t}", type: "log", domain: [rate / 6, 4 * mu] },
        marks: [
          ...lines.map(({ y }, i) =>
            Plot.ruleY([y], { stroke: "#000", strokeDasharray: theme.dashes[[0, 2, 1][i]] })
          ),
          // The loss falls below the slow rates in the end, where it meets its floor.
          ...lines.map((line, i) =>
            Plot.text([line], {
              ...(i < 2 ? { x: last, textAnchor: "end" } : { x: 0, textAnchor: "start" }),
              ...{ y: "y", text: "name", dy: -8 },
            })
          ),
          simulation(local.filter(({ rate: y }) => y > rate / 6).filter((_, i) => i % 2 === 0), {
            ...{ x: "since", y: "rate", stroke: "#000" },
          }),
        ],
      },
    ];
  });
  return {
    panels,
    columns: 2,
    rows: { moments: [...all], rates },
    legend: [
      ...PARTS.map(({ words, look }) => ({
        ...{ label: words, stroke: theme.palette[look], dash: "", symbol: theme.symbols[look] },
      })),
      { label: "bound (16)", stroke: "#000", dash: theme.dashes[1] },
    ],
  };
}
