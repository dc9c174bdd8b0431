/**
 * Legends that follow from the scales and marks of a panel.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { formatNumber } from "./format.ts";
import type { ColorBar } from "./legend.ts";
import { continuous, type MarkView, type PlotScale } from "./scales.ts";
import { chooseTicks, type TickOptions, type TickValue } from "./ticks.ts";
import { textSize } from "./type.ts";
import type { Legend, LegendEntry, LegendPlace, LegendSymbol, Panel } from "./types.ts";

/** Legend or bar of colours of a panel. */
export interface LegendPlan {
  legend: { entries: LegendEntry[]; at: LegendPlace; title: string | undefined } | undefined;
  colorBar: ColorBar | undefined;
}

/** What the panel asks for in `legend`, `color.legend` and `symbol.legend`. */
export function planLegend(
  panel: Panel,
  marks: MarkView[],
  options: Plot.PlotOptions,
  color: PlotScale | undefined,
  symbol: PlotScale | undefined,
): LegendPlan {
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
  return classes(color, panel.color?.tickFormat).map(({ value, label }) => {
    const own = String(paint(value));
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

/** Values with a colour of their own and their words: categories, or the intervals between thresholds. */
function classes(color: PlotScale, format: unknown): { value: TickValue; label: string }[] {
  const values = color.domain ?? [];
  const intervals = color.type === "threshold", own = typeof format === "function";
  const words = values.map((value, i) =>
    own ? String(format(value, i)) : intervals ? formatNumber(Number(value)) : String(value)
  );
  if (!intervals) return values.map((value, i) => ({ value, label: words[i] }));
  const between = words.map((word, i) =>
    i + 1 < words.length ? `${word} to ${words[i + 1]}` : `≥ ${word}`
  );
  return [
    { value: -Infinity, label: `< ${words[0]}` },
    ...values.map((value, i) => ({ value, label: between[i] })),
  ];
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
      fontSize: textSize(),
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
