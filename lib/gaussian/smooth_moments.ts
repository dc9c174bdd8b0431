/** Gaussian moments of a smooth pair by the trapezoidal rule. */
import type { Activation } from "./activation.ts";
import { gaussianExpectation } from "./expectation.ts";
import type { PairMoments } from "./pair_moments.ts";
import { type CrossMoments, rememberedMoments, type SelfMoments } from "./_remembered_moments.ts";

/** Nodes lie in a disc of this radius, where the density has fallen to e^{−50}. */
const RADIUS = 10;
/** Nodes on a half axis of the first grid; each further grid doubles them. */
const FIRST_HALF = 28;
const LEVELS = 4;
/**
 * Agreement asked of a step with its double. For functions analytic in a strip the error is
 * squared by a halving, up to a factor that is small in practice: what is accepted is good to
 * 1e-11 at worst, and to 1e-14 for erf, sigmoid, tanh, GELU and their squares.
 */
const AGREEMENT = 2e-6;
/** From here on derivatives in `r` are taken from `σ′` alone; below, division by `r` loses digits. */
export const USE_SLOPES = 1 / 64;

/** Nodes `z_i`, `i = 0..2·half`, weights `step·φ(z_i)`, and the teacher there. */
interface Grid {
  readonly half: number;
  readonly step: number;
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
  readonly f: Float64Array;
  readonly df: Float64Array;
}

function makeGrid(level: number, teacher: Activation): Grid {
  const half = FIRST_HALF * 2 ** level;
  const step = RADIUS / half;
  const nodes = Float64Array.from({ length: 2 * half + 1 }, (_, i) => (i - half) * step);
  const weights = nodes.map((z) => (step * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI));
  const f = new Float64Array(nodes.length);
  const df = new Float64Array(nodes.length);
  teacher.fill(nodes, nodes.length, f, df);
  return { half, step, nodes, weights, f, df };
}

/** Sums over a grid, twice the sums over its even nodes, and sums of absolute values. */
class Sums {
  readonly fine: Float64Array;
  readonly coarse: Float64Array;
  readonly size: Float64Array;

  constructor(count: number) {
    this.fine = new Float64Array(count);
    this.coarse = new Float64Array(count);
    this.size = new Float64Array(count);
  }

  clear(): void {
    this.fine.fill(0);
    this.coarse.fill(0);
    this.size.fill(0);
  }

  get settled(): boolean {
    const { fine, coarse, size } = this;
    for (let k = 0; k < fine.length; k++) {
      if (Math.abs(fine[k] - coarse[k]) > AGREEMENT * size[k]) return false;
    }
    return true;
  }
}

/** Adds `t` times the inner sums `k` to the outer sums `to`; `own` is 2 on every second row, else 0. */
function addProduct(
  outer: Sums,
  to: number,
  t: number,
  inner: Sums,
  k: number,
  own: number,
): void {
  outer.fine[to] += t * inner.fine[k];
  outer.coarse[to] += own * t * inner.coarse[k];
  outer.size[to] += Math.abs(t) * inner.size[k];
}

/**
 * `λ = q λ⋆ + p g` with `p = √(r − q²)` and independent standard normal `(λ⋆, g)`: no value is
 * divided by `p`, so `q = √r` is an ordinary point. For the derivative in `r`, integration by parts
 * in both variables gives `r E σ″σ⋆ = p E g σ′σ⋆ + q E (λ⋆σ⋆ − σ⋆′) σ′`, free of second derivatives.
 */
export function smoothMoments(student: Activation, teacher: Activation): PairMoments {
  const grids: (Grid | undefined)[] = new Array(LEVELS).fill(undefined);
  const length = 2 * FIRST_HALF * 2 ** (LEVELS - 1) + 1;
  const x = new Float64Array(length);
  const f = new Float64Array(length);
  const df = new Float64Array(length);
  const d2f = new Float64Array(length);
  const row = new Sums(3);

  /** Inner sums of `σ`, `σ′`, and `g σ′` or `σ″` over `g` at `shift + p g`, `|g| ≤ reach·step`. */
  const sumRow = (grid: Grid, shift: number, p: number, reach: number, slopes: boolean): void => {
    const { half, weights, nodes } = grid;
    const count = 2 * reach + 1;
    const start = half - reach;
    for (let j = 0; j < count; j++) x[j] = shift + p * nodes[start + j];
    if (slopes) student.fill(x, count, f, df);
    else student.fillCurvatures(x, count, f, df, d2f);
    const parity = reach & 1;
    let s0 = 0, s1 = 0, s2 = 0, a0 = 0, a1 = 0, a2 = 0;
    for (let j = parity; j < count; j += 2) {
      const w = weights[start + j];
      const v0 = w * f[j];
      const v1 = w * df[j];
      const v2 = slopes ? v1 * nodes[start + j] : w * d2f[j];
      s0 += v0;
      s1 += v1;
      s2 += v2;
      a0 += Math.abs(v0);
      a1 += Math.abs(v1);
      a2 += Math.abs(v2);
    }
    let o0 = 0, o1 = 0, o2 = 0;
    for (let j = 1 - parity; j < count; j += 2) {
      const w = weights[start + j];
      const v1 = w * df[j];
      o0 += w * f[j];
      o1 += v1;
      o2 += slopes ? v1 * nodes[start + j] : w * d2f[j];
    }
    const { fine, coarse, size } = row;
    fine[0] = s0 + o0;
    fine[1] = s1 + o1;
    fine[2] = s2 + o2;
    coarse[0] = 2 * s0;
    coarse[1] = 2 * s1;
    coarse[2] = 2 * s2;
    size[0] = 2 * a0;
    size[1] = 2 * a1;
    size[2] = 2 * a2;
  };

  // E σσ⋆, E σ′σ⋆′, E gσ′σ⋆ or E σ″σ⋆, E λ⋆σ′σ⋆
  const cross = new Sums(4);
  const evaluateCross = (r: number, q: number): CrossMoments => {
    const p = Math.sqrt(Math.max(0, r - q * q));
    const slopes = r >= USE_SLOPES;
    for (let level = 0; level < LEVELS; level++) {
      const grid = grids[level] ??= makeGrid(level, teacher);
      const { half, step, nodes, weights } = grid;
      cross.clear();
      for (let i = 0; i <= 2 * half; i++) {
        const z = nodes[i];
        const reach = Math.floor(Math.sqrt(RADIUS * RADIUS - z * z) / step);
        sumRow(grid, q * z, p, reach, slopes);
        const own = ((i - half) & 1) === 0 ? 2 : 0;
        const t = weights[i] * grid.f[i];
        addProduct(cross, 0, t, row, 0, own);
        addProduct(cross, 1, weights[i] * grid.df[i], row, 1, own);
        addProduct(cross, 2, t, row, 2, own);
        addProduct(cross, 3, z * t, row, 1, own);
      }
      if (cross.settled) break;
    }
    const [f0, f1, f2, f3] = cross.fine;
    return [f0, slopes ? (p * f2 + q * (f3 - f1)) / (2 * r) : 0.5 * f2, f1];
  };

  const self = new Sums(2);
  const evaluateSelf = (r: number): SelfMoments => {
    const root = Math.sqrt(Math.max(0, r));
    const slopes = r >= USE_SLOPES;
    for (let level = 0; level < LEVELS; level++) {
      const grid = grids[level] ??= makeGrid(level, teacher);
      const { half, nodes, weights } = grid;
      const count = nodes.length;
      for (let j = 0; j < count; j++) x[j] = root * nodes[j];
      if (slopes) student.fill(x, count, f, df);
      else student.fillCurvatures(x, count, f, df, d2f);
      self.clear();
      for (let j = 0; j < count; j++) {
        const first = weights[j] * f[j] * f[j];
        const second = weights[j] *
          (slopes ? (nodes[j] * f[j] * df[j]) / root : df[j] * df[j] + f[j] * d2f[j]);
        self.fine[0] += first;
        self.fine[1] += second;
        self.size[0] += first;
        self.size[1] += Math.abs(second);
        if (((j - half) & 1) === 0) {
          self.coarse[0] += 2 * first;
          self.coarse[1] += 2 * second;
        }
      }
      if (self.settled) break;
    }
    return [self.fine[0], self.fine[1]];
  };

  const target = gaussianExpectation((z) => teacher.f(z) ** 2);
  return rememberedMoments(evaluateSelf, evaluateCross, target);
}
