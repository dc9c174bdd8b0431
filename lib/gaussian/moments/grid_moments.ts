/** Moments of a smooth pair by the trapezoidal rule, for gentle functions. */
import type { Activation } from "../activation/activation.ts";
import { across, type CrossMoments, type SelfMoments, USE_SLOPES } from "./moments.ts";
import { isGentle } from "./reach.ts";

/** Nodes on a half axis of length 10 of the first grid; each further grid doubles them. */
const FIRST_HALF = 28;
const LEVELS = 3;
/**
 * Agreement asked of a grid, once for each range of `r`, with one whose step is 1.07 times as large.
 * Frequencies between 10 and 24 alias differently on the two at overlap 0, so that what passes is
 * below 10 in sum, where nothing aliases at any overlap; higher ones are excluded beforehand.
 */
const VERIFIED = 1e-10;
/** Agreement asked of a step with its double at every call: the error is about its square. */
const AGREEMENT = 2e-6;
/** Overlaps, in units of `√r`, at which a grid is verified. */
const OVERLAPS = [-1, -0.91, -0.74, -0.55, -0.29, 0, 0.13, 0.38, 0.62, 0.81, 0.97, 1];

/** Variances, in units of the largest of a range, at which the grid of a square is verified. */
const SHARES = [1, 0.83, 0.61, 0.37, 0.14];

/** Power of two that bounds a variance from above, 0 up to 1: the range for which a grid is verified. */
function bandOf(r: number): number {
  return Math.max(0, Math.ceil(Math.log2(r)));
}

/** Nodes `z_i`, `i = 0..2·half`, weights `step·φ(z_i)`, and the teacher there. */
interface Grid {
  readonly half: number;
  readonly step: number;
  readonly radius: number;
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
  readonly f: Float64Array;
  readonly df: Float64Array;
}

function makeGrid(radius: number, half: number, teacher: Activation): Grid {
  const step = radius / half;
  const nodes = Float64Array.from({ length: 2 * half + 1 }, (_, i) => (i - half) * step);
  const weights = nodes.map((z) => (step * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI));
  const f = new Float64Array(nodes.length);
  const df = new Float64Array(nodes.length);
  teacher.fill(nodes, nodes.length, f, df);
  return { half, step, radius, nodes, weights, f, df };
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
      if (!(Math.abs(fine[k] - coarse[k]) <= AGREEMENT * size[k])) return false;
    }
    return true;
  }
}

/** Adds a term to sum `k`; `own` is 2 on every second node, else 0. */
function addTo({ fine, coarse, size }: Sums, k: number, term: number, own: number): void {
  fine[k] += term;
  coarse[k] += own * term;
  size[k] += Math.abs(term);
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
export class GridMoments {
  readonly #student: Activation;
  readonly #teacher: Activation;
  readonly #grids = new Map<string, Grid>();
  readonly #verified = new Map<string, number>();
  readonly #verifiedSelf = new Map<string, boolean>();
  readonly #row = new Sums(3);
  /** E σσ⋆, E σ′σ⋆′, E gσ′σ⋆ or E σ″σ⋆, E λ⋆σ′σ⋆ */
  readonly #cross = new Sums(4);
  /** E σ(λ)², E z σσ′ */
  readonly #self = new Sums(2);
  #x = new Float64Array(0);
  #f = new Float64Array(0);
  #df = new Float64Array(0);
  #d2f = new Float64Array(0);

  constructor(student: Activation, teacher: Activation) {
    this.#student = student;
    this.#teacher = teacher;
  }

  /** Cross moments, or `undefined` where no grid of moderate size is good enough. */
  cross(r: number, q: number, radius: number): CrossMoments | undefined {
    const half = this.#halfFor(r, radius);
    if (half === 0) return undefined;
    this.#sum(this.#grid(radius, half), r, q);
    if (!this.#cross.settled) return undefined;
    const p = across(r, q);
    const [f0, f1, f2, f3] = this.#cross.fine;
    return [f0, r >= USE_SLOPES ? (p * f2 + q * (f3 - f1)) / (2 * r) : 0.5 * f2, f1];
  }

  /** `E σ(λ)²` and its derivative on the grid of the cross moments, or `undefined` where that is not good enough. */
  self(r: number, radius: number): SelfMoments | undefined {
    const half = r < USE_SLOPES ? 0 : this.#halfFor(r, radius);
    if (half === 0) return undefined;
    const band = bandOf(r), key = `${radius} ${band}`;
    const verified = this.#verifiedSelf.get(key) ?? this.#verifySelf(half, radius, band);
    this.#verifiedSelf.set(key, verified);
    if (!verified) return undefined;
    this.#sumSelf(this.#grid(radius, half), r);
    const { settled, fine } = this.#self;
    return settled ? [fine[0], fine[1] / Math.sqrt(r)] : undefined;
  }

  /** A square has twice the frequencies of its function: it is compared on two grids of its own. */
  #verifySelf(half: number, radius: number, band: number): boolean {
    const other = this.#grid(radius, Math.round(half / 1.07)), grid = this.#grid(radius, half);
    return SHARES.every((share) => {
      this.#sumSelf(other, share * 2 ** band);
      const wanted = this.#self.fine.slice();
      this.#sumSelf(grid, share * 2 ** band);
      const { fine, size } = this.#self;
      return fine.every((value, k) => Math.abs(value - wanted[k]) <= VERIFIED * size[k]);
    });
  }

  #sumSelf({ half, nodes, weights }: Grid, r: number): void {
    const x = this.#x, f = this.#f, df = this.#df, sums = this.#self, root = Math.sqrt(r);
    const count = 2 * half + 1;
    for (let i = 0; i < count; i++) x[i] = root * nodes[i];
    this.#student.fill(x, count, f, df);
    sums.clear();
    for (let i = 0; i < count; i++) {
      const square = weights[i] * f[i] * f[i], slope = weights[i] * nodes[i] * f[i] * df[i];
      const own = ((i - half) & 1) === 0 ? 2 : 0;
      addTo(sums, 0, square, own);
      addTo(sums, 1, slope, own);
    }
  }

  /** Half width in nodes of the smallest grid that serves all `r` up to a power of two; 0 if none. */
  #halfFor(r: number, radius: number): number {
    const band = bandOf(r), key = `${radius} ${band}`;
    let half = this.#verified.get(key);
    if (half === undefined) {
      const root = 2 ** (0.5 * band);
      const gentle = isGentle(this.#student, root, radius) && isGentle(this.#teacher, 1, radius);
      const first = Math.ceil(0.1 * FIRST_HALF * radius);
      const halves = Array.from({ length: LEVELS }, (_, level) => first * 2 ** level);
      half = !gentle ? 0 : halves.find((h) => this.#verify(h, radius, 2 ** band)) ?? 0;
      this.#verified.set(key, half);
    }
    return half;
  }

  #verify(half: number, radius: number, r: number): boolean {
    const other = this.#grid(radius, Math.round(half / 1.07)), grid = this.#grid(radius, half);
    return OVERLAPS.every((share) => {
      const q = share * Math.sqrt(r);
      this.#sum(other, r, q);
      const wanted = this.#cross.fine.slice();
      this.#sum(grid, r, q);
      const { fine, size } = this.#cross;
      return fine.every((value, k) => Math.abs(value - wanted[k]) <= VERIFIED * size[k]);
    });
  }

  #grid(radius: number, half: number): Grid {
    const key = `${radius} ${half}`;
    let grid = this.#grids.get(key);
    if (grid === undefined) this.#grids.set(key, grid = makeGrid(radius, half, this.#teacher));
    if (this.#x.length < grid.nodes.length) {
      [this.#x, this.#f, this.#df, this.#d2f] = [0, 1, 2, 3].map(() =>
        new Float64Array(grid.nodes.length)
      );
    }
    return grid;
  }

  #sum(grid: Grid, r: number, q: number): void {
    const cross = this.#cross, row = this.#row;
    const { half, step, radius, nodes, weights } = grid;
    const p = across(r, q), slopes = r >= USE_SLOPES;
    cross.clear();
    for (let i = 0; i <= 2 * half; i++) {
      const z = nodes[i];
      const reach = Math.floor(Math.sqrt(radius * radius - z * z) / step);
      this.#sumRow(grid, q * z, p, reach, slopes);
      const own = ((i - half) & 1) === 0 ? 2 : 0;
      const t = weights[i] * grid.f[i];
      addProduct(cross, 0, t, row, 0, own);
      addProduct(cross, 1, weights[i] * grid.df[i], row, 1, own);
      addProduct(cross, 2, t, row, 2, own);
      addProduct(cross, 3, z * t, row, 1, own);
    }
  }

  /** Inner sums of `σ`, `σ′`, and `g σ′` or `σ″` over `g` at `shift + p g`, `|g| ≤ reach·step`. */
  #sumRow(grid: Grid, shift: number, p: number, reach: number, slopes: boolean): void {
    const x = this.#x, f = this.#f, df = this.#df, d2f = this.#d2f;
    const { half, weights, nodes } = grid;
    const count = 2 * reach + 1;
    const start = half - reach;
    for (let j = 0; j < count; j++) x[j] = shift + p * nodes[start + j];
    if (slopes) this.#student.fill(x, count, f, df);
    else this.#student.fillCurvatures(x, count, f, df, d2f);
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
    const { fine, coarse, size } = this.#row;
    fine[0] = s0 + o0;
    fine[1] = s1 + o1;
    fine[2] = s2 + o2;
    coarse[0] = 2 * s0;
    coarse[1] = 2 * s1;
    coarse[2] = 2 * s2;
    size[0] = 2 * a0;
    size[1] = 2 * a1;
    size[2] = 2 * a2;
  }
}
