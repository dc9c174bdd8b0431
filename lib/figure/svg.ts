/**
 * A figure as one standalone SVG.
 *
 * @module
 */
import { checkInteger, checkKeys, checkOneOf, checkPositive, checkWithin } from "../check.ts";
import { drawPanel, type Margins, measure } from "./draw.ts";
import { drawLegend, flowLegend } from "./legend.ts";
import { element } from "./markup.ts";
import { checkPanel } from "./panel.ts";
import { type Plan, planPanel } from "./plan.ts";
import { Ids } from "./serialize.ts";
import { type Fit, fitted, isStacked, templateOf } from "./template.ts";
import { type FigureSize, theme } from "./theme.ts";
import { inTextSize, textSize } from "./type.ts";
import type { Figure, Panel } from "./types.ts";

const FIGURE = [
  ...["panels", "columns", "rows", "caption", "size", "width", "aspect", "height", "legend"],
  ...["template", "parameters", "run"],
];
const gap = { column: 12, row: 6 };
const edge = 2;
/** Greatest height of a figure: a printed page. */
const tallest = 9 * 72;
const leastFrame = 60;

/** The panels of a figure as a list. */
export function panelsOf(figure: Figure): Panel[] {
  return Array.isArray(figure.panels) ? figure.panels : [figure.panels];
}

/** The size for which a figure was designed. */
export function ownSize(figure: Figure): FigureSize {
  return figure.size ?? (panelsOf(figure).length > 1 ? "page" : "column");
}

/** Width of a figure in inches: at its own size the one that it asks for, else that of its template. */
export function inchesOf(figure: Figure, size: FigureSize): number {
  const own = size === ownSize(figure) ? figure.width : undefined;
  return own ?? templateOf(figure)[size];
}

/** The other of the two sizes. */
export function otherSize(size: FigureSize): FigureSize {
  return size === "column" ? "page" : "column";
}

/** Panels side by side. */
function columnsOf(figure: Figure, count: number, size: FigureSize): number {
  if (isStacked(figure, size)) return 1;
  return Math.min(count, figure.columns ?? (count === 4 ? 2 : 3));
}

interface Grid {
  frame: { width: number; height: number };
  /** Room left and right of the frames of each column. */
  left: number[];
  right: number[];
  /** Room above and below the frames of each row. */
  top: number[];
  bottom: number[];
}

/** Frames of equal size: margins are shared by the panels of a row or column. */
function arrange(
  figure: Figure,
  plans: Plan[],
  letters: string[],
  columns: number,
  width: number,
  used: number,
): Grid {
  const rows = Math.ceil(plans.length / columns);
  const single = columns === 1 && width > 300;
  const aspect = figure.aspect ?? (single ? 0.5 : 0.72);
  const first = (width - 2 * edge) / columns - 50;
  const needed = (frame: Grid["frame"]): Margins[] =>
    plans.map((plan, i) => measure(plan, letters[i], frame, textSize()));
  const placed = (margins: Margins[]): Grid => {
    const most = (key: keyof Margins, along: "row" | "column"): number[] =>
      Array.from({ length: along === "row" ? rows : columns }, (_, k) =>
        Math.max(
          0,
          ...margins
            .filter((_, i) => (along === "row" ? Math.floor(i / columns) : i % columns) === k)
            .map((margin) => margin[key]),
        ));
    const [left, right] = [most("left", "column"), most("right", "column")];
    const [top, bottom] = [most("top", "row"), most("bottom", "row")];
    const taken = sum(left) + sum(right) + (columns - 1) * gap.column + 2 * edge;
    const frameWidth = Math.max(20, (width - taken) / columns);
    const spare = tallest - used - sum(top) - sum(bottom) - (rows - 1) * gap.row - 2 * edge;
    const wanted = figure.height ?? aspect * frameWidth;
    const height = Math.min(wanted, Math.max(leastFrame, spare / rows));
    return { frame: { width: frameWidth, height }, left, right, top, bottom };
  };
  // The margins depend on the ticks, and these on the size of the frame: three rounds settle it, but where
  // they go to and fro between two choices of ticks, of which the last has no room: then there is for both.
  let margins = needed({ width: first, height: figure.height ?? aspect * first });
  let grid = placed(margins);
  for (let round = 1; round < 3; round++) grid = placed(margins = needed(grid.frame));
  const last = needed(grid.frame), sides = ["top", "right", "bottom", "left"] as const;
  const short = last.some((each, i) => sides.some((side) => each[side] > margins[i][side] + edge));
  if (!short) return grid;
  return placed(
    last.map((each, i) =>
      Object.fromEntries(
        sides.map((side) => [side, Math.max(each[side], margins[i][side])]),
      ) as unknown as Margins
    ),
  );
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Running totals of room before each row or column. */
function starts(before: number[], after: number[], length: number, space: number): number[] {
  let at = edge;
  return before.map((room, i) => {
    const start = at + room;
    at = start + length + after[i] + space;
    return start;
  });
}

/**
 * A figure as one `<svg>` that stands alone: no style sheet, no script, nothing to load, black on
 * white, in inches.
 *
 * Panels get letters when there are several; they share one frame size, and the margins of a row or
 * column line up. Widths are those of the figure's `template`, without one those of `theme.inches`; in
 * one of two columns panels stand below each other. A figure's own `width` replaces the one of its size.
 * Lengths inside (radii, line widths, font sizes) are points.
 *
 * @param figure What to draw.
 * @param options `size`: another size than the figure's own; `template`, `width`: as in `Figure`.
 * @throws {RangeError} If the figure has no panel, a size, width, height or aspect makes no sense, or its
 * template is not known.
 *
 * @example
 * ```ts
 * import { assertMatch } from "@std/assert";
 * import { svg, theory } from "lora-dynamics/figure/mod.ts";
 *
 * const rows = [{ mu: 0.1, time: 15 }, { mu: 0.5, time: 46 }];
 * const text = svg({
 *   panels: { y: { type: "log", label: "exit time" }, marks: [theory(rows, { x: "mu", y: "time" })] },
 *   rows,
 * });
 * assertMatch(text, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="3.25in"/);
 * ```
 */
export function svg(figure: Figure, options: Fit & { size?: FigureSize } = {}): string {
  const what = "draw a figure";
  checkKeys(what, options, ["size", "template", "width"]);
  checkKeys(what, figure, FIGURE, "the figure");
  const fit = fitted(figure, options);
  const size = checkOneOf(what, "size", options.size ?? ownSize(fit), ["column", "page"]);
  return inTextSize(templateOf(fit).fontSize, () => draw(fit, size));
}

function draw(figure: Figure, size: FigureSize): string {
  const panels = panelsOf(figure);
  const what = "draw a figure";
  checkInteger(what, "number of panels", panels.length, 1, 26);
  for (const panel of panels) checkPanel(panel);
  if (figure.columns !== undefined) checkInteger(what, "columns", figure.columns, 1, 6);
  if (figure.height !== undefined) checkPositive(what, "height", figure.height);
  if (figure.aspect !== undefined) checkPositive(what, "aspect", figure.aspect);
  if (figure.width !== undefined) checkWithin(what, "width", figure.width, 2, 20);
  const width = 72 * inchesOf(figure, size);
  const plans = panels.map(planPanel);
  const letters = panels.map((_, i) => panels.length > 1 ? `(${String.fromCharCode(97 + i)})` : "");
  const columns = columnsOf(figure, panels.length, size);
  const shared = figure.legend &&
    flowLegend(figure.legend, undefined, width - 2 * edge, textSize());
  const used = shared ? shared.height + 5 : 0;
  const grid = arrange(figure, plans, letters, columns, width, used);
  const xs = starts(grid.left, grid.right, grid.frame.width, gap.column);
  const ys = starts(grid.top, grid.bottom, grid.frame.height, gap.row).map((y) => y + used);
  const height = Math.ceil(ys.at(-1)! + grid.frame.height + grid.bottom.at(-1)! + edge);
  const sheet = { width, height, ids: new Ids() };
  const body = plans.map((plan, i) => {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    const frame = { x: xs[column], y: ys[row], ...grid.frame };
    const margins = {
      left: grid.left[column],
      right: grid.right[column],
      top: grid.top[row],
      bottom: grid.bottom[row],
    };
    return drawPanel(plan, letters[i], frame, margins, textSize(), sheet);
  });
  const legend = shared
    ? drawLegend(shared, Math.max(edge, (width - shared.width) / 2), edge, textSize())
    : "";
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width: `${width / 72}in`,
      height: `${Number((height / 72).toFixed(4))}in`,
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": figure.caption,
      "font-family": theme.font,
      "font-size": textSize(),
      fill: "#000",
    },
    element("rect", { width, height, fill: "#fff" }),
    legend,
    ...body,
  );
}
