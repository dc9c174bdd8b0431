/**
 * A plane of two projections, and the directions in which functions of them are steep.
 *
 * @module
 */
import { gaussLegendre } from "../../../../gaussian/mod.ts";

/** Writes some functions of `(s, s*)`. */
export type PlaneFunctions = (s: number, sStar: number, out: Float64Array) => void;

/** A neuron's share: `δ = along·s − across·s*`. */
export interface Line {
  /** Factor of `s`. */
  readonly along: number;
  /** Factor of `−s*`. */
  readonly across: number;
}

/** What is averaged over. */
export interface Plane {
  /** Covariance of `s` and `s*`. */
  readonly m: number;
  /** Variance of `s`; that of `s*` is 1. */
  readonly nu: number;
  /** Directions in which the functions are steep. */
  readonly lines: readonly Line[];
  /** Values of `δ` at which they are not smooth. */
  readonly cuts: readonly number[];
  /** Whether the functions are the same at `(−s, −s*)`. */
  readonly even: boolean;
  /** Scale of `p` and `t` on which the functions are smooth between the cuts: the width of the base feature. */
  readonly width: number;
  /** Standard deviations up to which they are followed. */
  readonly reach: number;
}

/** Averages with the largest measured error, relative to the averages of absolute values. */
export interface PlaneMeans {
  readonly means: Float64Array;
  readonly error: number;
}

/**
 * Coordinates `s = a x + b y`, `s* = c x + d y` of independent standard normals, `y` along the direction in
 * which the lines are steepest.
 */
export interface Frame {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** Those coordinates. */
export function frameOf({ m, nu, lines }: Plane): Frame {
  const side = Math.sqrt(Math.max(0, nu - m * m));
  // In (s*, the part of s across it) the gradient of δ is (along·m − across, along·side).
  let xx = 0, xy = 0, yy = 0;
  for (const { along, across } of lines) {
    const x = along * m - across, y = along * side;
    xx += x * x;
    xy += x * y;
    yy += y * y;
  }
  const angle = 0.5 * Math.atan2(2 * xy, xx - yy), cos = Math.cos(angle), sin = Math.sin(angle);
  return { a: side * cos - m * sin, b: m * cos + side * sin, c: -sin, d: cos };
}

/** Longest panel, in standard deviations and in units of what is smooth. */
const LONGEST = 3.8, SMOOTH = 6;
/** Rules for shares of the longest panel, up to all of it. */
const RULES = [6, 8, 10, 12, 16, 16].map((count) => gaussLegendre(count));

/** The rule for a panel of this share of the longest one. */
export const ruleFor = (share: number) => RULES[Math.floor(5 * Math.min(1, share))];

/** Longest panel in a coordinate in which `s` and `s*` move by these amounts. */
export function longestPanel({ lines, width }: Plane, s: number, sStar: number): number {
  const moves = lines.map(({ along, across }) =>
    Math.max(Math.abs(along * s), Math.abs(across * sStar))
  );
  return Math.min(LONGEST, SMOOTH * width / Math.max(...moves));
}

/** Places from `from` to `to` with all of `inside` among them, and none further apart than `longest`. */
export function placesBetween(
  from: number,
  to: number,
  inside: readonly number[],
  longest: number,
): number[] {
  const places = [from];
  for (const x of [...inside.filter((x) => x > from && x < to), to].sort((x, y) => x - y)) {
    const last = places[places.length - 1], pieces = Math.max(1, Math.ceil((x - last) / longest));
    // Cuts that are one but for rounding.
    if (x - last < 1e-13 && x < to) continue;
    for (let i = 1; i <= pieces; i++) places.push(last + i * (x - last) / pieces);
  }
  return places;
}
