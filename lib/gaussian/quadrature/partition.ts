/**
 * The line cut into panels on each of which a function is as good as a polynomial: what every other
 * quadrature of that function starts from.
 *
 * @module
 */
import { legendreError, NODES, ORDER } from "./legendre.ts";

/** Wanted error of the rule on a panel, relative to the function there or to `scale`. */
const TOLERANCE = 1e-14;
/** Panels beyond which a function is called too rough. */
const MOST = 6000;
/** A panel of this length (relative) that is still not resolved is a jump or worse. */
const POINT = 2 ** -45;
/** Panels shorter than this (relative) are there because of a kink, a jump or a singular point. */
const NARROW = 2 ** -23;
/** Panels shorter than this are looked at: a kink close to a halving may need no shorter ones. */
const SHORT = 2 ** -10;
/** First points, chosen so that no halving ends at a round number, where a kink would not be seen. */
const UNIT = 0.98317;
const OFFSET = 0.381966;

/** A function is not finite at a point, or has too much structure. */
export interface Trouble {
  /** What is wrong. */
  readonly kind: "nonFinite" | "rough";
  /** Where. */
  readonly at: number;
  /** Value there. */
  readonly value: number;
}

/** Cut points of a function. */
export interface Partition {
  /** Ends of the panels, in increasing order. */
  readonly points: readonly number[];
  /** Points where the function is not smooth and that were not given, in increasing order. */
  readonly singular: readonly number[];
  /** Why there are no panels; `undefined` when there are. */
  readonly trouble: Trouble | undefined;
}

/** Ends of the panels to start with: about one apart near 0, then each a quarter further out. */
function firstPoints(reach: number, cuts: readonly number[]): number[] {
  const outwards = (first: number): number[] => {
    const points: number[] = [];
    for (let x = first; x < reach; x = x < 8 ? x + UNIT : 1.25 * x) points.push(x);
    return points;
  };
  const right = outwards(OFFSET * UNIT), left = outwards((1 - OFFSET) * UNIT).map((x) => -x);
  const all = [-reach, ...left, ...right, reach, ...cuts.filter((x) => Math.abs(x) < reach)];
  return [...new Set(all)].sort((a, b) => a - b);
}

/**
 * Panels over `[−reach, reach]`, cut at the given points.
 *
 * Panels are halved until the decay of their Legendre coefficients says that 16 nodes integrate the
 * function to rounding, then neighbours that were never halved are joined where one rule does for
 * both. A point that no halving resolves is reported.
 */
export function partition(
  f: (x: number) => number,
  reach: number,
  cuts: readonly number[],
  scale: number,
): Partition {
  const values = new Float64Array(ORDER);
  let trouble: Trouble | undefined;
  const resolved = (from: number, to: number): boolean => {
    const half = 0.5 * (to - from), middle = from + half;
    let most = scale;
    for (let i = 0; i < ORDER; i++) {
      const x = middle + half * NODES[i], value = f(x);
      if (!Number.isFinite(value)) {
        trouble ??= { kind: "nonFinite", at: x, value };
        return true;
      }
      most = Math.max(most, Math.abs(value));
      values[i] = value;
    }
    return legendreError(values) <= TOLERANCE * most;
  };
  const narrow: { at: number; length: number }[] = [];
  const points: number[] = [];
  /** Whether the panel that ends at the point of the same place was there from the start. */
  const whole: boolean[] = [];
  const refine = (from: number, to: number, first: boolean): void => {
    if (trouble !== undefined) return;
    const middle = 0.5 * (from + to), length = (to - from) / Math.max(1, Math.abs(middle));
    if (!resolved(from, to)) {
      if (points.length > MOST) {
        trouble = { kind: "rough", at: middle, value: f(middle) };
        return;
      }
      if (length > POINT) {
        refine(from, middle, false);
        refine(middle, to, false);
        return;
      }
    }
    if (length < SHORT && !first) narrow.push({ at: middle, length });
    points.push(to);
    whole.push(first);
  };
  const ends = firstPoints(reach, cuts);
  for (const x of ends) {
    const value = f(x);
    if (!Number.isFinite(value)) {
      return { points: [], singular: [], trouble: { kind: "nonFinite", at: x, value } };
    }
  }
  for (let i = 1; i < ends.length; i++) refine(ends[i - 1], ends[i], true);
  if (trouble !== undefined) return { points: [], singular: [], trouble };

  const joined = [-reach];
  let start = -reach;
  points.forEach((point, i) => {
    const joins = whole[i] && whole[i + 1] && !cuts.includes(point) &&
      resolved(start, points[i + 1]);
    if (joins) return;
    joined.push(point);
    start = point;
  });
  return { points: joined, singular: centres(f, narrow), trouble: undefined };
}

/** One point for each group of narrow panels, at a round number where one is near. */
function centres(
  f: (x: number) => number,
  panels: readonly { at: number; length: number }[],
): number[] {
  const found: { at: number; length: number }[] = [];
  for (const panel of panels) {
    const last = found[found.length - 1];
    if (last && panel.at - last.at < 4 * SHORT * Math.max(1, Math.abs(last.at))) {
      if (panel.length < last.length) found[found.length - 1] = panel;
    } else found.push(panel);
  }
  return found.flatMap(({ at, length }) => {
    const unit = Math.max(1, Math.abs(at));
    const near = kinkNear(f, at, 2 * length * unit) ?? at;
    const kink = kinkNear(f, near, 1e-6 * unit);
    if (kink === undefined && length >= NARROW) return [];
    const place = kink ?? at, round = Math.round(place * 1e9) / 1e9 + 0;
    return [Math.abs(round - place) <= 1e-10 ? round : place];
  });
}

/**
 * Where the tangents on both sides of a kink within `e` of `x` meet; `undefined` without a kink,
 * whose slope does not jump less as the two sides come closer.
 */
function kinkNear(f: (x: number) => number, x: number, e: number): number | undefined {
  const first = tangents(f, x, e);
  if (!(Math.abs(first.shift) <= e)) return undefined;
  const second = tangents(f, x + first.shift, e / 16);
  return second.jump > 1e-4 && second.jump > 0.5 * first.jump ? x + first.shift : undefined;
}

/** Relative jump of the slope from one side of `x` to the other, and how far away tangents meet. */
function tangents(
  f: (x: number) => number,
  x: number,
  e: number,
): { jump: number; shift: number } {
  const [far, left, right, beyond] = [-2, -1, 1, 2].map((k) => f(x + k * e));
  const rise = (left - far) / e, fall = (beyond - right) / e;
  return {
    jump: Math.abs(fall - rise) / (1 + Math.abs(rise) + Math.abs(fall)),
    shift: (left - right + (rise + fall) * e) / (fall - rise),
  };
}
