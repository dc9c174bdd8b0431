/**
 * Large data as small drawings: what falls on the same spot is drawn once, so that a hundred thousand
 * points stay a file that opens. The CSV file beside a figure has all numbers.
 *
 * @module
 */

/** Dots of one mark up to which each is drawn. */
export const MOST_DOTS = 5000;
/** Shapes of one mark, of other kinds or translucent, up to which they are drawn. */
export const MOST_SHAPES = 20_000;
/** Points of a line up to which each is drawn. */
const MOST_POINTS = 2000;
/** Width in points of the columns in which a longer line is looked at: half a pixel at 300 dpi. */
const COLUMN = 0.12;

/**
 * Indices of the places that remain when neighbours within a square are drawn once, the last of them as
 * it lies on top; the squares are as small as {@linkcode MOST_DOTS} allow.
 *
 * @param kinds What tells dots apart beside their place: only equal ones stand for each other.
 */
export function thinDots(
  places: readonly (readonly [x: number, y: number])[],
  kinds: readonly string[],
): number[] {
  let kept = places.map((_, i) => i);
  for (let side = 0.25; kept.length > MOST_DOTS; side *= Math.SQRT2) {
    const last = new Map<string, number>();
    for (const i of kept) {
      const [x, y] = places[i];
      last.set(`${Math.floor(x / side)} ${Math.floor(y / side)} ${kinds[i]}`, i);
    }
    kept = [...last.values()].toSorted((a, b) => a - b);
    if (side > 50) break; // more kinds than dots may be: each is seen once
  }
  return kept;
}

/**
 * The data of a path with fewer points that looks the same: of neighbours in a narrow column the first,
 * the lowest, the highest and the last stay. Paths with curves stay as they are.
 *
 * @example
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { thinPath } from "lora-dynamics/figure/thin.ts";
 *
 * const wave = Array.from({ length: 50000 }, (_, i) => `${i / 250},${50 + 40 * Math.sin(i)}`);
 * const path = `M${wave.join("L")}`;
 * assert(thinPath(path).length < path.length / 5);
 * assertEquals(thinPath("M0,0L5,5"), "M0,0L5,5");
 * ```
 */
export function thinPath(d: string): string {
  if (d.length < 8 * MOST_POINTS || !/^[MLZ\d\s.,e-]*$/.test(d)) return d;
  return d.replace(/M([^MZ]*)(Z?)/g, (whole, text: string, end: string) => {
    const points = text.split(/[L\s]+/).map((point) => point.split(",").map(Number));
    if (points.length <= MOST_POINTS || points.some((point) => point.length !== 2)) return whole;
    const kept: number[][] = [];
    for (let from = 0; from < points.length;) {
      const column = Math.floor(points[from][0] / COLUMN);
      let to = from, low = from, high = from;
      while (to + 1 < points.length && Math.floor(points[to + 1][0] / COLUMN) === column) {
        to++;
        if (points[to][1] < points[low][1]) low = to;
        if (points[to][1] > points[high][1]) high = to;
      }
      kept.push(
        ...[...new Set([from, low, high, to])].toSorted((a, b) => a - b).map((i) => points[i]),
      );
      from = to + 1;
    }
    return `M${kept.map(([x, y]) => `${x},${y}`).join("L")}${end}`;
  });
}
