import * as Plot from "@observablehq/plot";
import type { Row } from "../../experiment/mod.ts";
import { type LegendEntry, type Mark, theme, theory } from "../../figure/mod.ts";

/** Look of the i-th series of a figure. */
export function style(i: number): {
  stroke: string;
  dash: string;
  symbol: (typeof theme.symbols)[number];
} {
  return {
    stroke: theme.palette[i % theme.palette.length],
    dash: theme.dashes[i % theme.dashes.length],
    symbol: theme.symbols[i % theme.symbols.length],
  };
}

/** Distinct values of a column, in order of appearance. */
export function distinct<R, K extends keyof R>(rows: readonly R[], key: K): R[K][] {
  return [...new Set(rows.map((row) => row[key]))];
}

/** The rows with `row[key] === value`. */
export function where<R>(rows: readonly R[], key: keyof R, value: unknown): R[] {
  return rows.filter((row) => row[key] === value);
}

/** One theory line per value of a column, in the look of its series. */
export function curves<R>(
  rows: readonly R[],
  key: keyof R & string,
  x: keyof R & string,
  y: keyof R & string,
): Mark[] {
  return distinct(rows, key).map((value, i) =>
    theory(where(rows, key, value), {
      x,
      y,
      stroke: style(i).stroke,
      strokeDasharray: style(i).dash,
      clip: true,
    })
  );
}

/** Legend entries of the values of a column: of lines, of symbols, or of both. */
export function entries<V>(
  values: readonly V[],
  label: (value: V) => string,
  kind: "line" | "symbol" | "both" = "line",
): LegendEntry[] {
  return values.map((value, i) => {
    const { stroke, dash, symbol } = style(i);
    return {
      label: label(value),
      stroke,
      ...(kind === "symbol" ? {} : { dash }),
      ...(kind === "line" ? {} : { symbol }),
    };
  });
}

/** Names of activations as figures print them. */
const LABEL: Record<string, string> = {
  x: "linear",
  relu: "ReLU",
  erf: "erf",
  sigmoid: "sigmoid",
};

/** `He3` as He₃ with an upright subscript; other names as in `LABEL`. */
export function activationLabel(name: string): string {
  return LABEL[name] ?? name.replace(/He(\d+)/, "He_{$1}").replace("^2", "²");
}

/** Vertical bars of ± one standard error from the column `se`. */
export function errorBars(rows: Row[], x: string, y: string, stroke: string): Mark {
  return Plot.ruleX(rows, {
    x,
    y1: (row: Row) => Number(row[y]) - Number(row.se),
    y2: (row: Row) => Number(row[y]) + Number(row.se),
    stroke,
    strokeWidth: 0.8,
  });
}
