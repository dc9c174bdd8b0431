/**
 * Averages over a plane of functions that are not smooth across some lines through the origin.
 *
 * @module
 */
import {
  frameOf,
  longestPanel,
  placesBetween,
  type Plane,
  type PlaneFunctions,
  type PlaneMeans,
  ruleFor,
} from "./frame.ts";

/** Radius at which most of the averages are: an angle moves what it moves there. */
const RADIUS = 4;

/** `P_n`, by its recurrence. */
function legendre(n: number, x: number): number {
  let before = 1, now = x;
  for (let k = 1; k < n; k++) [before, now] = [now, ((2 * k + 1) * x * now - k * before) / (k + 1)];
  return n === 0 ? 1 : now;
}

/** Sectors between the lines, in each of which the functions are smooth along the angle and along the radius. */
export function rayMeans(count: number, functions: PlaneFunctions, plane: Plane): PlaneMeans {
  const { a, b, c, d } = frameOf(plane), { lines, reach, even } = plane;
  const first = even ? 0 : -Math.PI, rays: number[] = [];
  for (const { along, across } of lines) {
    const gx = along * a - across * c, gy = along * b - across * d;
    if (!(Math.hypot(gx, gy) > 1e-12)) continue;
    for (const turn of [-Math.PI, 0, Math.PI]) rays.push(Math.atan2(gx, -gy) + turn);
  }
  const longestR = longestPanel(plane, Math.hypot(a, b), Math.hypot(c, d));
  const longestAngle = longestR / RADIUS;
  const radii = placesBetween(0, reach, [], longestR),
    angles = placesBetween(first, Math.PI, rays, longestAngle);
  const r: number[] = [], rWeights: number[] = [];
  for (let i = 1; i < radii.length; i++) {
    const half = (radii[i] - radii[i - 1]) / 2, { nodes, weights } = ruleFor(1);
    nodes.forEach((x, n) => {
      const radius = radii[i - 1] + half * (1 + x);
      r.push(radius);
      rWeights.push(half * weights[n] * radius * Math.exp(-0.5 * radius * radius) / (2 * Math.PI));
    });
  }
  const twice = even ? 2 : 1, value = new Float64Array(count);
  const means = new Float64Array(count),
    size = new Float64Array(count),
    last = new Float64Array(count);
  const ray = new Float64Array(count), high = new Float64Array(count);
  for (let i = 1; i < angles.length; i++) {
    const half = (angles[i] - angles[i - 1]) / 2, middle = angles[i - 1] + half;
    const { nodes, weights } = ruleFor(2 * half / longestAngle), top = nodes.length - 1;
    high.fill(0);
    for (let n = 0; n < nodes.length; n++) {
      const angle = middle + half * nodes[n], cos = Math.cos(angle), sin = Math.sin(angle);
      const s = a * cos + b * sin, sStar = c * cos + d * sin, weight = twice * half * weights[n];
      ray.fill(0);
      for (let j = 0; j < r.length; j++) {
        functions(r[j] * s, r[j] * sStar, value);
        for (let k = 0; k < count; k++) {
          ray[k] += rWeights[j] * value[k];
          size[k] += weight * rWeights[j] * Math.abs(value[k]);
        }
      }
      const degree = (2 * top + 1) * legendre(top, nodes[n]);
      for (let k = 0; k < count; k++) {
        means[k] += weight * ray[k];
        high[k] += weight * degree * ray[k];
      }
    }
    // The rule is exact to twice the degree of the last coefficient that it sees.
    for (let k = 0; k < count; k++) last[k] += Math.abs(high[k]);
  }
  const gap = Math.max(...last.map((x, k) => size[k] > 0 ? x / size[k] : 0));
  return { means, error: gap * gap };
}
