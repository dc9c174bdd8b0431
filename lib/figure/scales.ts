/**
 * Scales of a panel: what is read of Plot's, and the defaults of a figure where the panel is silent.
 *
 * @module
 */
import type * as Plot from "@observablehq/plot";
import { sequential, theme } from "./theme.ts";
import type { TickValue } from "./ticks.ts";
import type { LegendSymbol } from "./types.ts";

/** What is read of a scale of Plot. */
export interface PlotScale {
  type: string;
  domain?: TickValue[];
  range?: unknown[];
  base?: number;
  exponent?: number;
  label?: string;
  bandwidth?: number;
  apply(value: unknown): unknown;
}

/** What is read of a mark of Plot. */
export interface MarkView {
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

/** Points between the data and the frame. */
const air = 4;

/** Room between data and frame on both sides of an axis. */
export function airOf(key: "x" | "y"): Plot.ScaleOptions {
  return key === "x" ? { insetLeft: air, insetRight: air } : { insetBottom: air, insetTop: air };
}

/** A domain around the only value of a logarithmic axis, which has no ticks of its own. */
export function aroundOne(scale: PlotScale | undefined): [number, number] | undefined {
  const [low, high] = (scale?.domain ?? []).map(Number);
  return scale?.type === "log" && low === high && low > 0 ? [low / 2, 2 * low] : undefined;
}

/** What the marks of a panel do with its area: a heat map fills it, bars stand on its edge. */
export type Fill = "map" | "bars" | "open";

/** What the marks of a panel do with its area. */
export function fillOf(marks: MarkView[]): Fill {
  const painted = (mark: MarkView): boolean =>
    mark.ariaLabel === "cell" || (mark.ariaLabel === "rect" && mark.channels?.fill !== undefined);
  if (marks.some(painted)) return "map";
  return marks.some((mark) => mark.ariaLabel === "bar" || mark.ariaLabel === "rect")
    ? "bars"
    : "open";
}

/** Type of a scale and its power: Plot turns `"sqrt"` into `"pow"`, which alone would be linear. */
function settled(scale: PlotScale): Plot.ScaleOptions {
  const type = scale.type as Plot.ScaleType;
  return scale.exponent === undefined ? { type } : { type, exponent: scale.exponent };
}

/**
 * Options of a position scale for the final drawing. Its type is fixed, so that Plot does not warn
 * a second time. A domain that follows from the data gets a little air on both sides, except where
 * bars stand and where a heat map fills the frame.
 */
export function finalScale(
  key: "x" | "y",
  options: Plot.ScaleOptions | undefined,
  scale: PlotScale | undefined,
  fill: Fill,
): Plot.ScaleOptions {
  const final: Plot.ScaleOptions = { ...options };
  if (!scale || scale.type === "identity") return final;
  Object.assign(final, settled(scale));
  if (scale.type === "band" || scale.type === "point") {
    return fill === "map" ? { padding: 0, round: false, ...final } : final;
  }
  const given = Object.keys(final).some((name) => /^inset|^domain$/.test(name));
  if (given || fill === "map") return final;
  const low = fill === "bars" && scale.domain?.[0] === 0 ? 0 : air;
  return key === "x"
    ? { insetLeft: low, insetRight: air, ...final }
    : { insetBottom: low, insetTop: air, ...final };
}

/** Types of colour scales that get a bar instead of entries. */
export const continuous = new Set([
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
export function colorOptions(
  options: Plot.ScaleOptions | undefined,
  scale: PlotScale,
  map: boolean,
): Plot.ScaleOptions {
  if (scale.type === "identity") return { ...options };
  // Plot shows quantiles and steps as the thresholds that it found.
  const found = scale.type === "threshold" ? { domain: scale.domain } : {};
  const given: Plot.ScaleOptions = { ...options, ...settled(scale), ...found };
  if (given.scheme || given.range || given.interpolate) return given;
  if (scale.type.startsWith("diverging")) return { ...given, scheme: "puor" };
  if (continuous.has(scale.type)) {
    return { ...given, scheme: "cividis", range: map ? [0, 1] : [0, 0.76] };
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
