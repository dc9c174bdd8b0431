/**
 * Averages over the projections `(s, s*)` of one input: functions that are steep across a few lines.
 *
 * @module
 */
import { cutMeans } from "./cuts.ts";
import { frameOf, type Line, type Plane, type PlaneFunctions, type PlaneMeans } from "./frame.ts";
import { rayMeans } from "./rays.ts";

/** How fast functions change along and across lines, learnt from average to average. */
export interface Bandwidth {
  /** Of `δ`, and of `p` and `t` at one `δ`. */
  across: number;
  along: number;
}

/** Frequency that resolves a standard normal density: at twice the step its error is 1e-5. */
const NORMAL = 9.8;
/** Agreement with a rule of twice the step, whose error is the root of that of the rule. */
const AGREED = 2e-5;
/** Finer rules that are tried, and least and most growth of what is resolved. */
const TRIES = 16, LEAST = 1.1, MOST = 2.5;
/** Averages of `count` functions over `(s, s*)`. */
export function planeMeans(
  count: number,
  functions: PlaneFunctions,
  plane: Plane,
  bandwidth: Bandwidth,
): PlaneMeans {
  if (plane.cuts.length === 0) return equalMeans(count, functions, plane, bandwidth);
  return plane.cuts.every((cut) => cut === 0)
    ? rayMeans(count, functions, plane)
    : cutMeans(count, functions, plane);
}

/** Equally spaced nodes in both coordinates, refined until each agrees with one of twice the step. */
function equalMeans(
  count: number,
  functions: PlaneFunctions,
  plane: Plane,
  bandwidth: Bandwidth,
): PlaneMeans {
  const { a, b, c, d } = frameOf(plane), { lines, reach, even } = plane;
  const out = new Float64Array(count),
    fine = new Float64Array(count),
    size = new Float64Array(count);
  const coarse = [new Float64Array(count), new Float64Array(count)];
  const largest = (f: (line: Line) => number) =>
    Math.max(...lines.map((line) => Math.abs(f(line))));
  const across = [[a, c], [b, d]].map(([s, t]) => largest((l) => l.along * s - l.across * t));
  const along = [[a, c], [b, d]].map(([s, t]) =>
    Math.max(largest((l) => l.along * s), largest((l) => l.across * t))
  );
  const normal = [NORMAL, NORMAL];
  let gaps = [Infinity, Infinity];
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const [stepX, stepY] = across.map((steep, i) =>
      2 * Math.PI / (normal[i] + bandwidth.across * steep + bandwidth.along * along[i])
    );
    const unit = stepX * stepY / (2 * Math.PI), most = Math.floor(reach / stepX);
    for (const sums of [fine, size, ...coarse]) sums.fill(0);
    for (let i = even ? 0 : -most; i <= most; i++) {
      const x = i * stepX, twice = even && i > 0 ? 2 : 1;
      const end = Math.floor(Math.sqrt(reach * reach - x * x) / stepY);
      for (let j = -end; j <= end; j++) {
        const y = j * stepY, weight = twice * unit * Math.exp(-0.5 * (x * x + y * y));
        functions(a * x + b * y, c * x + d * y, out);
        for (let k = 0; k < count; k++) {
          const term = weight * out[k];
          fine[k] += term;
          size[k] += Math.abs(term);
          if ((i & 1) === 0) coarse[0][k] += 2 * term;
          if ((j & 1) === 0) coarse[1][k] += 2 * term;
        }
      }
    }
    gaps = coarse.map((sums) =>
      Math.max(...sums.map((x, k) => size[k] > 0 ? Math.abs(x - fine[k]) / size[k] : 0))
    );
    if (Math.max(...gaps) <= AGREED) break;
    // What is not resolved is the density where functions hardly change, else what changes fastest.
    const at = gaps[0] > gaps[1] ? 0 : 1,
      ratio = Math.log(AGREED) / Math.log(Math.min(0.9, gaps[at]));
    const growth = Math.min(MOST, Math.max(LEAST, ratio));
    const steep = bandwidth.across * across[at], smooth = bandwidth.along * along[at];
    if (steep + smooth < 0.3 * normal[at]) normal[at] *= growth;
    else if (steep > 0.5 * smooth) bandwidth.across *= growth;
    else bandwidth.along *= growth;
  }
  return { means: fine, error: Math.max(...gaps) ** 2 };
}
