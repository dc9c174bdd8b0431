/**
 * Panels of training courses on the digits.
 *
 * @module
 */
import { distinct, summary, where } from "../../../../experiment/mod.ts";
import type { Drawing, Series } from "../../../../figure/mod.ts";
import type { DigitsPoint } from "./scores.ts";

/** What a panel shows. */
export type DigitsKey = "loss" | "eta" | "v2";

const LABELS: Readonly<Record<DigitsKey, readonly [title: string, label: string]>> = {
  loss: ["minibatch loss", "cross-entropy"],
  eta: ["learning rate", "/{η}"],
  v2: ["adapter", "‖/{V}‖²"],
};

/** Mean course over the copies, with a band of one standard error and some symbols. */
function courseOf(
  rows: readonly DigitsPoint[],
  key: DigitsKey,
  look: number,
): Omit<Series, "name"> {
  const points = distinct(rows, "step").filter((step) => step <= 200 || step % 50 === 0)
    .flatMap((x) => {
      const values = where(rows, "step", x).map((row) => row[key]).filter(Number.isFinite);
      if (values.length === 0) return [];
      const { mean, se } = summary(values), width = Number.isFinite(se) ? se : 0;
      return [{ x, y: mean, low: Math.max(mean - width, mean / 10), high: mean + width }];
    });
  const every = Math.max(1, Math.ceil(points.length / 7));
  return {
    thin: points,
    band: points,
    marks: points.filter((_, i) => (i + 2 * look) % every === 0),
  };
}

/** One panel for each quantity; `of` picks the rows of a series. */
export function digitsPanels(
  keys: readonly DigitsKey[],
  names: readonly string[],
  of: (name: string) => readonly DigitsPoint[],
): Drawing[] {
  return keys.map((key) => ({
    title: LABELS[key][0],
    x: { label: "steps", type: "log" },
    y: { label: LABELS[key][1], type: "log" },
    series: names.map((name, look) => ({ name, ...courseOf(of(name), key, look) })),
  }));
}
