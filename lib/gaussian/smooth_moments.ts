/** Gaussian moments of a smooth pair by the trapezoidal rule. */
import type { Activation } from "./activation.ts";
import { gaussianExpectation } from "./expectation.ts";
import type { PairMoments } from "./pair_moments.ts";

/** Nodes lie in a disc of this radius, where the density has fallen to e^{−72}. */
const RADIUS = 12;
/** Steps 1/2, 1/4, 1/8, 1/16. */
const LEVELS = 4;
/**
 * Agreement asked of a step with its double. For functions analytic in a strip the error is at
 * least squared by a halving, so the finer sum is then good to about 1e-13.
 */
const AGREEMENT = 3e-7;

interface Grid {
  readonly half: number;
  readonly step: number;
  /** Step times standard normal density at `i·step`, `i = 0..half`. */
  readonly weights: Float64Array;
  readonly nodes: Float64Array;
  readonly f: Float64Array;
  readonly df: Float64Array;
}

function makeGrid(level: number, teacher: Activation): Grid {
  const step = 0.5 ** (level + 1);
  const half = RADIUS / step;
  const nodes = Float64Array.from({ length: 2 * half + 1 }, (_, i) => (i - half) * step);
  const weights = nodes.map((z) => step * Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI));
  const f = new Float64Array(nodes.length);
  const df = new Float64Array(nodes.length);
  teacher.fill(nodes, nodes.length, f, df);
  return { half, step, weights, nodes, f, df };
}

/**
 * `λ = q λ⋆ + p g` with `p = √(r − q²)` and independent standard normal `(λ⋆, g)`: nothing is
 * divided by `r` or `p`, so `r → 0` and `q = √r` are ordinary points.
 */
export function smoothMoments(student: Activation, teacher: Activation): PairMoments {
  const grids: (Grid | undefined)[] = new Array(LEVELS).fill(undefined);
  const length = 2 * RADIUS * 2 ** LEVELS + 1;
  const x = new Float64Array(length);
  const f = new Float64Array(length);
  const df = new Float64Array(length);
  const d2f = new Float64Array(length);
  // Sums of three moments on the grid, on every second node, and their absolute sizes.
  const fine = new Float64Array(3);
  const coarse = new Float64Array(3);
  const size = new Float64Array(3);
  const row = new Float64Array(3);
  const rowCoarse = new Float64Array(3);
  const rowSize = new Float64Array(3);

  const settled = (): boolean => {
    for (let k = 0; k < 3; k++) {
      if (Math.abs(fine[k] - coarse[k]) > AGREEMENT * size[k]) return false;
    }
    return true;
  };

  /** Inner sums over `g` at `shift + p g` for `|g| ≤ reach` nodes. */
  const sumRow = (grid: Grid, shift: number, p: number, reach: number): void => {
    const { half, weights, nodes } = grid;
    const count = 2 * reach + 1;
    const start = half - reach;
    for (let j = 0; j < count; j++) x[j] = shift + p * nodes[start + j];
    student.fillCurvatures(x, count, f, df, d2f);
    let s0 = 0, s1 = 0, s2 = 0, a0 = 0, a1 = 0, a2 = 0, c0 = 0, c1 = 0, c2 = 0;
    // half is even, so node parity is index parity.
    let even = (start & 1) === 0;
    for (let j = 0; j < count; j++) {
      const w = weights[start + j];
      const v0 = w * f[j];
      const v1 = w * df[j];
      const v2 = w * d2f[j];
      s0 += v0;
      s1 += v1;
      s2 += v2;
      a0 += Math.abs(v0);
      a1 += Math.abs(v1);
      a2 += Math.abs(v2);
      if (even) {
        c0 += v0;
        c1 += v1;
        c2 += v2;
      }
      even = !even;
    }
    row[0] = s0;
    row[1] = s1;
    row[2] = s2;
    rowSize[0] = a0;
    rowSize[1] = a1;
    rowSize[2] = a2;
    rowCoarse[0] = 2 * c0;
    rowCoarse[1] = 2 * c1;
    rowCoarse[2] = 2 * c2;
  };

  let lastR = NaN;
  let lastQ = NaN;
  const cross = new Float64Array(3);
  const evaluateCross = (r: number, q: number): void => {
    if (r === lastR && q === lastQ) return;
    const p = Math.sqrt(Math.max(0, r - q * q));
    for (let level = 0; level < LEVELS; level++) {
      const grid = grids[level] ??= makeGrid(level, teacher);
      fine.fill(0);
      coarse.fill(0);
      size.fill(0);
      for (let i = 0; i <= 2 * grid.half; i++) {
        const z = grid.nodes[i];
        const reach = Math.floor(Math.sqrt(RADIUS * RADIUS - z * z) / grid.step);
        sumRow(grid, q * z, p, reach);
        const w = grid.weights[i];
        for (let k = 0; k < 3; k++) {
          // k = 0 value, 1 derivative in q, 2 derivative in r
          const t = w * (k === 1 ? grid.df[i] : k === 0 ? grid.f[i] : 0.5 * grid.f[i]);
          fine[k] += t * row[k];
          size[k] += Math.abs(t) * rowSize[k];
          if ((i & 1) === 0) coarse[k] += 2 * t * rowCoarse[k];
        }
      }
      if (settled()) break;
    }
    cross.set(fine);
    lastR = r;
    lastQ = q;
  };

  let lastSelf = NaN;
  let selfValue = 0;
  let selfSlope = 0;
  const evaluateSelf = (r: number): void => {
    if (r === lastSelf) return;
    const root = Math.sqrt(Math.max(0, r));
    for (let level = 0; level < LEVELS; level++) {
      const grid = grids[level] ??= makeGrid(level, teacher);
      const count = grid.nodes.length;
      for (let j = 0; j < count; j++) x[j] = root * grid.nodes[j];
      student.fillCurvatures(x, count, f, df, d2f);
      fine.fill(0);
      coarse.fill(0);
      size.fill(0);
      for (let j = 0; j < count; j++) {
        const w = grid.weights[j];
        const value = w * f[j] * f[j];
        const slope = w * (df[j] * df[j] + f[j] * d2f[j]);
        fine[0] += value;
        fine[1] += slope;
        size[0] += value;
        size[1] += w * (df[j] * df[j] + Math.abs(f[j] * d2f[j]));
        if ((j & 1) === 0) {
          coarse[0] += 2 * value;
          coarse[1] += 2 * slope;
        }
      }
      if (settled()) break;
    }
    selfValue = fine[0];
    selfSlope = fine[1];
    lastSelf = r;
  };

  return {
    self(r) {
      evaluateSelf(r);
      return selfValue;
    },
    selfDr(r) {
      evaluateSelf(r);
      return selfSlope;
    },
    cross(r, q) {
      evaluateCross(r, q);
      return cross[0];
    },
    crossDr(r, q) {
      evaluateCross(r, q);
      return cross[2];
    },
    crossDq(r, q) {
      evaluateCross(r, q);
      return cross[1];
    },
    target: gaussianExpectation((z) => teacher.f(z) ** 2),
    kind: "quadrature",
  };
}
