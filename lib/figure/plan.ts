/**
 * The first look at a panel: which scales its marks ask for, and what follows from them for
 * colours, axes and legends. Nothing is drawn yet.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { ColorBar } from "./legend.ts";
import { sequential, theme } from "./theme.ts";
import { type AxisScale, chooseTicks, type TickOptions, type TickValue } from "./ticks.ts";
import type { Legend, LegendEntry, LegendPlace, LegendSymbol, Panel } from "./types.ts";

/** What is read of a scale of Plot. */
export interface PlotScale {
  type: string;
  domain?: TickValue[];
  range?: unknown[];
  base?: number;
  label?: string;
  bandwidth?: number;
  apply(value: unknown): unknown;
}

/** What is read of a mark of Plot. */
interface MarkView {
  ariaLabel?: string;
  channels?: Record<string, { value?: unknown } | undefined>;
  symbol?: LegendSymbol;
  strokeDasharray?: string;
  marginTop?: number;
  marginRight?: number;
  marginBottom?: number;
  marginLeft?: number;
  render?: unknown;
}

/** Drawing by Plot: an `<svg>` that knows its scales. */
export interface Drawing {
  scale(name: string): PlotScale | undefined;
  childNodes: Iterable<never>;
}

/** One axis before its length is known. */
export interface AxisPlan {
  scale: AxisScale;
  label: string | undefined;
  grid: boolean;
  ticks: TickOptions["ticks"];
  format: TickOptions["format"];
  /** Points between the ends of the domain and the frame. */
  air: number;
}

/** A panel whose scales are known. */
export interface Plan {
  panel: Panel;
  /** Options for the final drawing, without size and margins. */
  options: Plot.PlotOptions;
  x: AxisPlan | undefined;
  y: AxisPlan | undefined;
  legend: { entries: LegendEntry[]; at: LegendPlace; title: string | undefined } | undefined;
  colorBar: ColorBar | undefined;
  /** Margins that marks ask for. */
  margins: { top: number; right: number; bottom: number; left: number };
}

let blank: unknown;

/** Lets Plot draw; `options` must not ask for axes or legends. */
export function drawPlot(options: Plot.PlotOptions): Drawing {
  blank ??= (parseHTML("<html></html>") as unknown as { document: unknown }).document;
  const whole = { ...options, document: blank, figure: false } as Plot.PlotOptions;
  return Plot.plot(whole) as unknown as Drawing;
}

/** Marks of a panel in one list. */
function flatMarks(panel: Panel): MarkView[] {
  return (([panel.marks] as unknown[]).flat(Infinity) as (MarkView | null | undefined)[])
    .filter((mark): mark is MarkView => mark !== null && mark !== undefined);
}

/** Reads a panel. */
export function planPanel(panel: Panel): Plan {
  const marks = flatMarks(panel);
  const { title: _title, legend: _legend, insets: _insets, ...rest } = panel;
  const base = { ...rest, axis: null, grid: false, marks: [] } as Plot.PlotOptions;
  const quiet = (scale: unknown): object => ({ ...(scale ?? {}), legend: false });
  base.x = { ...panel.x, axis: null, grid: false };
  base.y = { ...panel.y, axis: null, grid: false };
  if (panel.color) base.color = quiet(panel.color);
  if (panel.symbol) base.symbol = quiet(panel.symbol);
  if (panel.r) base.r = quiet(panel.r);
  if (panel.opacity) base.opacity = quiet(panel.opacity);
  // Marks that draw nothing: the scales cost a fraction of the drawing.
  const ghosts = marks.filter((mark) => typeof mark.render === "function")
    .map((mark) => Object.create(mark, { render: { value: () => null } }) as Plot.Markish);
  const probe = drawPlot({ ...base, width: 400, height: 400, margin: 0, marks: ghosts });
  const options = { ...base, marks: panel.marks };
  const scales = { x: probe.scale("x"), y: probe.scale("y") };
  const solid = marks.some((mark) => /^(bar|cell|rect)/.test(mark.ariaLabel ?? ""));
  const cells = marks.some((mark) => mark.ariaLabel === "cell");
  options.x = finalScale(base.x, scales.x, solid ? 0 : air, cells);
  options.y = finalScale(base.y, scales.y, solid ? 0 : air, cells);
  const color = probe.scale("color");
  if (color) options.color = colorOptions(base.color, color, solid);
  const symbol = probe.scale("symbol");
  if (symbol && symbol.type === "ordinal" && !panel.symbol?.range) {
    const range = theme.symbols.slice(0, symbol.domain?.length ?? 0);
    options.symbol = { ...base.symbol, type: "ordinal", range: range as string[] };
  }
  const side = (key: "marginTop" | "marginRight" | "marginBottom" | "marginLeft"): number =>
    Math.max(0, ...marks.map((mark) => mark[key] ?? 0), panel[key] ?? panel.margin ?? 0);
  return {
    panel,
    options,
    x: axisPlan("x", panel, marks, scales.x, Number(options.x.inset ?? 0)),
    y: axisPlan("y", panel, marks, scales.y, Number(options.y.inset ?? 0)),
    ...planLegend(panel, marks, options, color, symbol),
    margins: {
      top: side("marginTop"),
      right: side("marginRight"),
      bottom: side("marginBottom"),
      left: side("marginLeft"),
    },
  };
}

/** Points between the data and the frame. */
const air = 4;

/**
 * Options of a position scale for the final drawing. Its type is fixed, so that Plot does not warn
 * a second time; a domain that follows from the data gets a little air on both sides, and the cells
 * of a heat map fill the frame.
 */
function finalScale(
  options: Plot.ScaleOptions | undefined,
  scale: PlotScale | undefined,
  inset: number,
  cells: boolean,
): Plot.ScaleOptions {
  const final: Plot.ScaleOptions = { ...options };
  if (!scale || scale.type === "identity") return final;
  final.type = scale.type as Plot.ScaleType;
  const given = Object.keys(final).some((key) => /^inset|^domain$/.test(key));
  const discrete = scale.type === "band" || scale.type === "point";
  if (discrete) return cells ? { padding: 0, round: false, ...final } : final;
  return given ? final : { inset, ...final };
}

const continuous = new Set([
  "linear",
  "log",
  "pow",
  "sqrt",
  "symlog",
  "diverging",
  "diverging-log",
  "diverging-pow",
  "diverging-sqrt",
  "diverging-symlog",
]);

/** Colours of the theme where the panel names none. */
function colorOptions(
  options: Plot.ScaleOptions | undefined,
  scale: PlotScale,
  solid: boolean,
): Plot.ScaleOptions {
  const given: Plot.ScaleOptions = { ...options };
  if (scale.type === "identity") return given;
  given.type = scale.type as Plot.ScaleType;
  if (given.scheme || given.range || given.interpolate) return given;
  if (scale.type.startsWith("diverging")) return { ...given, scheme: "puor" };
  if (continuous.has(scale.type)) {
    return { ...given, scheme: "cividis", range: solid ? [0, 1] : [0, 0.76] };
  }
  if (scale.type !== "ordinal" && scale.type !== "categorical") {
    return { ...given, scheme: "cividis" };
  }
  const count = scale.domain?.length ?? 0;
  const ordered = scale.domain?.every((value) => typeof value === "number") ||
    count > theme.palette.length;
  return {
    ...given,
    type: "ordinal",
    range: ordered && count > 0 ? sequential(count) : theme.palette.slice(0, Math.max(1, count)),
  };
}

/** Axis of one direction, unless the panel or one of its marks sees to it. */
function axisPlan(
  key: "x" | "y",
  panel: Panel,
  marks: MarkView[],
  scale: PlotScale | undefined,
  air: number,
): AxisPlan | undefined {
  const options: Plot.ScaleOptions = panel[key] ?? {};
  const axis = options.axis === undefined ? panel.axis : options.axis;
  if (!scale || axis === null || axis === false) return undefined;
  if (marks.some((mark) => mark.ariaLabel?.startsWith(`${key}-axis `))) return undefined;
  const { tickFormat, ticks, grid = panel.grid } = options;
  if (typeof tickFormat === "string") {
    throw new TypeError(
      `Cannot draw the ${key} axis as ${key}.tickFormat must be a function: ` +
        `current value is ${JSON.stringify(tickFormat)}`,
    );
  }
  const format = tickFormat === null ? () => "" : tickFormat;
  const half = (scale.bandwidth ?? 0) / 2;
  const label = options.label === undefined ? scale.label : options.label;
  return {
    scale: {
      type: scale.type,
      domain: scale.domain ?? [],
      base: scale.base,
      at: (value) => {
        const at = (Number(scale.apply(value)) + half) / 400;
        return key === "x" ? at : 1 - at;
      },
    },
    label: label === null ? undefined : label?.replace(/^[↑←] | [→↓]$/g, ""),
    grid: Boolean(grid),
    ticks: Symbol.iterator in Object(ticks) && typeof ticks !== "string"
      ? [...ticks as Iterable<TickValue>]
      : typeof ticks === "number"
      ? ticks
      : undefined,
    format: format as TickOptions["format"],
    air,
  };
}

/** Legend or bar of colours of a panel. */
function planLegend(
  panel: Panel,
  marks: MarkView[],
  options: Plot.PlotOptions,
  color: PlotScale | undefined,
  symbol: PlotScale | undefined,
): Pick<Plan, "legend" | "colorBar"> {
  const given: Legend | undefined = Array.isArray(panel.legend)
    ? { entries: panel.legend }
    : panel.legend;
  const wanted = (scale: { legend?: unknown } | undefined): boolean =>
    Boolean(scale?.legend) || (given !== undefined && !given.entries);
  let colorBar: ColorBar | undefined;
  const entries: LegendEntry[] = [...given?.entries ?? []];
  const paint = color && Plot.scale({ color: { ...options.color, domain: color.domain } });
  if (color && paint && wanted(panel.color)) {
    if (continuous.has(color.type)) colorBar = planColorBar(panel, color, paint.apply);
    else if (color.type !== "identity") {
      entries.push(...categoryEntries(panel, marks, color, paint.apply, symbol, options));
    }
  }
  if (
    symbol && wanted(panel.symbol) && !sameDomain(symbol, wanted(panel.color) ? color : undefined)
  ) {
    const shape = Plot.scale({ symbol: { ...options.symbol, domain: symbol.domain } });
    for (const value of symbol.domain ?? []) {
      entries.push({ label: String(value), symbol: shape.apply(value) as LegendSymbol });
    }
  }
  const title = given?.title ?? (given?.entries || colorBar ? undefined : panel.color?.label);
  const legend = entries.length > 0
    ? { entries, at: given?.at ?? "above", title: title ?? undefined }
    : undefined;
  return { legend, colorBar };
}

function sameDomain(a: PlotScale, b: PlotScale | undefined): boolean {
  return JSON.stringify(a.domain) === JSON.stringify(b?.domain);
}

/** One entry for each category of a colour scale, drawn as the marks of that colour are. */
function categoryEntries(
  panel: Panel,
  marks: MarkView[],
  color: PlotScale,
  paint: (value: unknown) => unknown,
  symbol: PlotScale | undefined,
  options: Plot.PlotOptions,
): LegendEntry[] {
  const colored = marks.filter((mark) => mark.channels?.stroke || mark.channels?.fill);
  const line = colored.find((mark) => /^(line|link|rule)/.test(mark.ariaLabel ?? ""));
  const dot = colored.find((mark) => mark.ariaLabel === "dot");
  const shape = symbol && sameDomain(symbol, color)
    ? Plot.scale({ symbol: { ...options.symbol, domain: symbol.domain } })
    : undefined;
  const format = panel.color?.tickFormat;
  return (color.domain ?? []).map((value, index) => {
    const own = String(paint(value));
    const label = typeof format === "function" ? String(format(value, index)) : String(value);
    const entry: LegendEntry = { label, stroke: own };
    if (line) entry.dash = line.strokeDasharray ?? "";
    if (dot) {
      entry.symbol = (shape?.apply(value) as LegendSymbol) ?? dot.symbol ?? "circle";
      if (dot.channels?.fill) entry.fill = own;
    }
    if (!line && !dot) entry.box = true;
    return entry;
  });
}

/** The bar of a continuous colour scale. */
function planColorBar(
  panel: Panel,
  color: PlotScale,
  paint: (value: unknown) => unknown,
): ColorBar {
  const ends = (color.domain ?? [0, 1]).map(Number);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const log = color.type.endsWith("log") && !color.type.endsWith("symlog");
  const at = (value: TickValue): number =>
    log
      ? Math.log(Number(value) / low) / Math.log(high / low)
      : (Number(value) - low) / (high - low);
  const { ticks, tickFormat } = panel.color ?? {};
  const chosen = chooseTicks(
    { type: log ? "log" : "linear", domain: [low, high], base: color.base, at },
    {
      axis: "y",
      length: 110,
      fontSize: theme.fontSize,
      ticks: Array.isArray(ticks) || typeof ticks === "number" ? ticks : undefined,
      format: typeof tickFormat === "function" ? tickFormat as TickOptions["format"] : undefined,
    },
  );
  const label = panel.color?.label === null ? undefined : panel.color?.label ?? color.label;
  return {
    color: (fraction) =>
      String(paint(log ? low * (high / low) ** fraction : low + fraction * (high - low))),
    ticks: chosen.major.map((tick) => ({ ...tick, at: at(tick.value) })),
    label: label ?? undefined,
  };
}
