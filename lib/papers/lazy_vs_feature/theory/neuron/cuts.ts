/**
 * Averages over a plane of functions that are not smooth across some lines.
 *
 * @module
 */
import { integratePanels } from "../../../../gaussian/mod.ts";
import {
  type Frame,
  frameOf,
  longestPanel,
  placesBetween,
  type Plane,
  type PlaneFunctions,
  type PlaneMeans,
  ruleFor,
} from "./frame.ts";

/** Wanted error of the adaptive panels. */
const WANTED = 1e-12;

/** A straight line `nx·x + ny·y = at`, `(nx, ny)` of length 1. */
interface Cut {
  readonly nx: number;
  readonly ny: number;
  readonly at: number;
}

/** Lines of the plane at which a function is not smooth, each once. */
function cutsOf({ lines, cuts, reach }: Plane, { a, b, c, d }: Frame): Cut[] {
  const found = new Map<string, Cut>();
  for (const { along, across } of lines) {
    const gx = along * a - across * c, gy = along * b - across * d, size = Math.hypot(gx, gy);
    if (!(size > 1e-12)) continue;
    const sign = gy < -1e-12 * size || (Math.abs(gy) <= 1e-12 * size && gx < 0) ? -1 : 1;
    for (const cut of cuts) {
      const own = { nx: sign * gx / size, ny: sign * gy / size, at: sign * cut / size };
      // Rounding may not make two lines of one: pieces between them would have no length.
      const key = [own.nx, own.ny, own.at].map((x) => (x + 0).toFixed(10)).join(" ").replaceAll(
        "-0.0000000000",
        "0.0000000000",
      );
      if (Math.abs(own.at) < reach) found.set(key, own);
    }
  }
  return [...found.values()];
}

/** Gauss–Legendre between the cuts in `y`, adaptive panels between their crossings in `x`. */
export function cutMeans(count: number, functions: PlaneFunctions, plane: Plane): PlaneMeans {
  const frame = frameOf(plane),
    { a, b, c, d } = frame,
    { reach } = plane,
    cuts = cutsOf(plane, frame);
  const longest = longestPanel(plane, b, d);
  const crossings = cuts.flatMap((one, i) => {
    if (one.ny < 1e-9) return [one.at / one.nx];
    return cuts.slice(i + 1).flatMap((other) => {
      const determinant = one.nx * other.ny - one.ny * other.nx;
      return Math.abs(determinant) > 1e-9
        ? [(one.at * other.ny - one.ny * other.at) / determinant]
        : [];
    });
  });
  const value = new Float64Array(count);
  const integrands = (xs: Float64Array, out: Float64Array, size: Float64Array) => {
    out.fill(0);
    size.fill(0);
    const nodes = xs.length;
    for (let i = 0; i < nodes; i++) {
      const x = xs[i], end = Math.sqrt(Math.max(0, reach * reach - x * x));
      const inside = cuts.flatMap(({ nx, ny, at }) => ny < 1e-9 ? [] : [(at - nx * x) / ny]);
      const ends = placesBetween(-end, end, inside, longest);
      for (let piece = 1; piece < ends.length; piece++) {
        const half = 0.5 * (ends[piece] - ends[piece - 1]), middle = ends[piece - 1] + half;
        const { nodes: ys, weights } = ruleFor(2 * half / longest);
        for (let n = 0; n < ys.length; n++) {
          const y = middle + half * ys[n];
          const weight = half * weights[n] * Math.exp(-0.5 * (x * x + y * y)) / (2 * Math.PI);
          functions(a * x + b * y, c * x + d * y, value);
          for (let k = 0; k < count; k++) {
            const term = weight * value[k];
            out[k * nodes + i] += term;
            size[k * nodes + i] += Math.abs(term);
          }
        }
      }
    }
  };
  const points = placesBetween(-reach, reach, crossings, longestPanel(plane, a, c));
  const sums = integratePanels(count, integrands, points, WANTED);
  const error = Math.max(...sums.errors.map((x, k) => sums.sizes[k] > 0 ? x / sums.sizes[k] : 0));
  return { means: sums.values, error };
}
