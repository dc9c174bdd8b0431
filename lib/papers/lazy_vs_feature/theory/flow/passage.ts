/**
 * Times of a one-dimensional flow `dm/dτ = α pull(m) − α² noise(m)` from 0 to a target, and the best step.
 *
 * @module
 */
import { gaussLegendre } from "../../../../gaussian/mod.ts";

/** A node of the passage: `dτ = width/(α pull − α² noise)`. */
export interface PassagePoint {
  readonly width: number;
  readonly pull: number;
  readonly noise: number;
}

const LEGENDRE = gaussLegendre(16);
const SHARES = [0.5, 0.7, 0.85, 0.94, 0.98, 0.993, 0.998, 0.9994, 0.9998, 1];

/**
 * Nodes of the passage from 0 to `target`, fine near both ends; none where there is no pull at 0 (below
 * 1e-14 of the largest): the flow then never leaves.
 */
export function passagePoints(
  pull: (m: number) => number,
  noise: (m: number) => number,
  target: number,
): PassagePoint[] {
  const ends = [0];
  for (let power = -7; power < 0; power += 0.5) ends.push(target * 10 ** power);
  ends.push(...SHARES.map((x) => x * target));
  const points: PassagePoint[] = [];
  for (let i = 1; i < ends.length; i++) {
    const half = (ends[i] - ends[i - 1]) / 2, mid = (ends[i] + ends[i - 1]) / 2;
    for (let j = 0; j < LEGENDRE.nodes.length; j++) {
      const m = mid + half * LEGENDRE.nodes[j];
      points.push({ width: half * LEGENDRE.weights[j], pull: pull(m), noise: noise(m) });
    }
  }
  const largest = Math.max(...points.map((point) => Math.abs(point.pull)));
  return pull(0) > 1e-14 * largest ? points : [];
}

/** Time at step scale `α`; infinite if the flow never leaves 0 or turns back on the way. */
export function passageTime(points: readonly PassagePoint[], alpha: number): number {
  if (points.length === 0) return Infinity;
  let sum = 0;
  for (const { width, pull, noise } of points) {
    const speed = alpha * pull - alpha * alpha * noise;
    if (!(speed > 0)) return Infinity;
    sum += width / speed;
  }
  return sum;
}

/** Step scale of the least time, and that time; `α = NaN` and an infinite time where no step arrives. */
export function bestPassage(points: readonly PassagePoint[]): { alpha: number; time: number } {
  // The flow turns back where α ≥ pull/noise: the best step is below the least of these.
  const limit = Math.min(...points.map(({ pull, noise }) => pull / noise));
  if (!(limit > 0 && limit < Infinity)) return { alpha: NaN, time: Infinity };
  let low = Math.log(limit) - 12, high = Math.log(limit);
  const golden = (Math.sqrt(5) - 1) / 2;
  while (high - low > 1e-9) {
    const x = high - golden * (high - low), y = low + golden * (high - low);
    if (passageTime(points, Math.exp(x)) <= passageTime(points, Math.exp(y))) high = y;
    else low = x;
  }
  const alpha = Math.exp((low + high) / 2);
  return { alpha, time: passageTime(points, alpha) };
}
