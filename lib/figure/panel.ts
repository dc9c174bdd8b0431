/**
 * What a panel may say: names that are not known, and ends of an axis that it cannot have, are
 * errors. Plot would pass over them in silence, or draw an empty frame.
 *
 * @module
 */
import { checkKeys, checkOneOf, show } from "../check.ts";
import type { InsetPanel, Panel } from "./types.ts";

/** Options of any scale. */
const SCALE = [
  ...[
    "type",
    "domain",
    "range",
    "unknown",
    "reverse",
    "transform",
    "interval",
    "percent",
    "scheme",
  ],
  ...["interpolate", "exponent", "base", "constant", "n", "quantiles", "pivot", "symmetric"],
  ...[
    "padding",
    "paddingInner",
    "paddingOuter",
    "align",
    "round",
    "clamp",
    "nice",
    "zero",
    "inset",
  ],
  ...["insetTop", "insetRight", "insetBottom", "insetLeft", "axis", "grid", "label", "labelArrow"],
  ...["legend", "ticks", "tickSize", "tickSpacing", "tickPadding", "tickFormat", "tickRotate"],
  ...["fontVariant", "ariaLabel", "ariaDescription", "labelAnchor", "labelOffset", "line"],
];

const SCALES = ["x", "y", "r", "color", "opacity", "symbol", "length"] as const;

const PANEL = [
  ...["title", "legend", "insets", "marks", ...SCALES],
  ...["margin", "marginTop", "marginRight", "marginBottom", "marginLeft", "inset", "insetTop"],
  ...["insetRight", "insetBottom", "insetLeft", "clip", "clamp", "nice", "zero", "round", "align"],
  ...["padding", "axis", "grid", "label", "labelArrow", "ariaLabel", "ariaDescription"],
];

const TYPES = [
  ...["linear", "log", "symlog", "pow", "sqrt", "time", "utc", "point", "band", "ordinal"],
  ...["categorical", "sequential", "cyclical", "diverging", "diverging-log", "diverging-pow"],
  ...["diverging-sqrt", "diverging-symlog", "threshold", "quantile", "quantize", "identity"],
];

/** Types of scales whose ends are numbers. */
const NUMBERS = ["linear", "log", "symlog", "pow", "sqrt"];

function checkDomain(what: string, name: string, type: unknown, domain: unknown): void {
  const ends = Symbol.iterator in Object(domain) ? [...domain as Iterable<unknown>] : undefined;
  if (ends === undefined || ends.length === 0 || typeof domain === "string") {
    const message = `Cannot ${what} as ${name} must be a list of values: current value is `;
    throw new TypeError(message + show(domain));
  }
  const numeric = NUMBERS.includes(type as string) || ends.every((end) => typeof end === "number");
  const bad = numeric ? ends.find((end) => !Number.isFinite(Number(end))) : undefined;
  const closed = type === "log" ? ends.find((end) => !(Number(end) > 0)) : undefined;
  if (bad === undefined && closed === undefined) return;
  const wanted = type === "log" ? "finite numbers > 0" : "finite numbers";
  const message = `Cannot ${what} as ${name} must hold ${wanted}: current value is ${show(domain)}`;
  throw new RangeError(message);
}

function checkScale(what: string, name: string, options: unknown): void {
  checkKeys(what, options, SCALE, name);
  const { type, domain } = options as { type?: unknown; domain?: unknown };
  if (type !== undefined && type !== null) checkOneOf(what, `${name}.type`, type as string, TYPES);
  if (domain !== undefined && domain !== null) checkDomain(what, `${name}.domain`, type, domain);
}

/** Refuses what a panel, or an inset in it, cannot mean. */
export function checkPanel(panel: Panel | InsetPanel, name = "a panel", own = PANEL): void {
  const what = "draw a figure";
  checkKeys(what, panel, own, name);
  for (const key of SCALES) {
    if (panel[key] !== undefined) checkScale(what, `${name}'s ${key}`, panel[key]);
  }
  const { legend } = panel, insets = "insets" in panel ? panel.insets : undefined;
  if (legend !== undefined && !Array.isArray(legend)) {
    checkKeys(what, legend, ["entries", "at", "title"], `${name}'s legend`);
    const places = ["above", "top-left", "top-right", "bottom-left", "bottom-right"];
    if (legend.at !== undefined) checkOneOf(what, `${name}'s legend.at`, legend.at, places);
  }
  const entries = Array.isArray(legend) ? legend : legend?.entries ?? [];
  for (const entry of entries) {
    const known = ["label", "stroke", "dash", "symbol", "fill", "box"];
    checkKeys(what, entry, known, `an entry of ${name}'s legend`);
  }
  for (const inset of insets ?? []) checkPanel(inset, "an inset", [...PANEL, "box"]);
}
