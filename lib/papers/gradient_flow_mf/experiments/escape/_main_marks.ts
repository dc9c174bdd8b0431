/**
 * What the figures of F1 share.
 *
 * @module
 */
import { type Row, summary } from "../../../../experiment/mod.ts";
import {
  band,
  type Figure,
  type Mark,
  type Panel,
  simulation,
  theory,
} from "../../../../figure/mod.ts";
import type { Decades } from "./_decades.ts";
import type { MainParameters, MainRow } from "./_main_parameters.ts";
import { problemAt } from "../physics.ts";

/** Symbols along a curve. */
const SYMBOLS = 9;

/** A panel with the numbers that it shows. */
export interface Drawn {
  readonly panel: Panel;
  readonly simulated: Row[];
  readonly predicted: Row[];
}

/** About as many moments as there is room for, at equal distances, shifted from series to series. */
function some(rows: readonly Decades[], i: number): Decades[] {
  const end = rows.at(-1)?.x ?? 0, step = end / SYMBOLS, shift = (i % 3) * step / 3;
  let next = shift;
  return rows.filter(({ x }) => {
    if (x < next) return false;
    next = Math.max(next + step, shift + step * Math.floor((x - shift) / step) + step);
    return true;
  });
}

/** Band and symbols of one series. */
export function simulated(rows: Decades[], i: number, stroke: string, symbol: string): Mark[] {
  return [
    band(rows, { x: "x", y1: "low", y2: "high", fill: stroke, fillOpacity: 0.14, clip: true }),
    simulation(some(rows, i), { x: "x", y: "mid", stroke, symbol: symbol as "circle" }),
  ];
}

/** A line of theory. */
export function line(rows: Decades[], stroke: string, dash = ""): Mark {
  return theory(rows, { x: "x", y: "mid", stroke, strokeDasharray: dash, clip: true });
}

/** Mean escape time of some runs: by T4, by the runs where it does not apply, or not at all. */
export function meanEscape(rows: readonly MainRow[]): number | undefined {
  const all = rows.map(({ escape, half }) => escape ?? half).filter((t) => t !== null);
  return all.length === rows.length && all.length > 0 ? summary(all).mean : undefined;
}

/** Panels with their numbers as a figure. */
export function figureOf(
  drawn: readonly Drawn[],
  rest: Pick<Figure, "caption" | "columns" | "legend">,
): Figure {
  const rows: Record<string, Row[]> = {};
  drawn.forEach(({ simulated, predicted }, i) => {
    const letter = String.fromCharCode(97 + i);
    if (simulated.length > 0) rows[`${letter}, simulation`] = simulated;
    if (predicted.length > 0) rows[`${letter}, theory`] = predicted;
  });
  return { panels: drawn.map(({ panel }) => panel), rows, size: "page", ...rest };
}

/** The problem, its rank and the starts in words. */
export function words({ problem, r, copies }: MainParameters): string {
  const { name = "own problem" } = problemAt(problem, 0);
  return `${name[0].toUpperCase()}${name.slice(1)}, r = ${[r].flat().join(" and ")}. ` +
    (copies === 1
      ? "One start of each kind. "
      : `Geometric means over ${copies} starts of each random ` +
        "kind; bands: ± one standard deviation of the logarithm. ");
}
