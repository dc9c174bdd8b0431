/**
 * Lanes: systems that advance side by side by the pair of Dormand and Prince, each with its own time and
 * step size. Component `i` of lane `k` is entry `i · lanes + k`.
 *
 * The arithmetic of a lane is that of `Dopri5` and of `Explicit`, operation by operation; the compiled
 * kernels serve two lanes at once, so that their number is even.
 *
 * @module
 */
import { type MatrixKernels, matrixKernels } from "../kernels/mod.ts";
import * as d from "./dopri5.ts";

/** Right-hand side of `count` systems, each with a time of its own. */
export type BatchRhs = (
  t: Float64Array,
  y: Float64Array,
  dy: Float64Array,
  count: number,
  p: Float64Array,
) => void;

/** Coefficients of the sums, each in a row of its own: five stages, the end, the errors. */
const SUMS = [
  [d.A21],
  [d.A32, d.A31], // k₂ lies before k₁, which the later sums begin with
  [d.A42, d.A41, d.A43],
  [d.A52, d.A51, d.A53, d.A54],
  [d.A62, d.A61, d.A63, d.A64, d.A65],
  [d.B1, d.B3, d.B4, d.B5, d.B6],
  [d.E1, d.E3, d.E4, d.E5, d.E6, d.E7],
];
/** Room for a row of coefficients. */
const WIDTH = 6;
/** Shares of the step at which the stages stand. */
const SHARES = [d.C2, d.C3, d.C4, d.C5, 1, 1];

/** Memory in which lanes live; batches within batches have one each. */
export class Room {
  readonly kernels: MatrixKernels;
  #next: number;

  /** Room for `lanes` lanes and the fewer and fewer that follow them. */
  constructor(lanes: number, n: number, parameters: number) {
    const needed = 2 * (lanes + 2) * (11 * n + parameters + 6) + SUMS.length * WIDTH + n;
    const known = spare && spare.floats.length - spare.heap / 8 >= needed ? spare : undefined;
    spare = undefined;
    this.kernels = known ?? matrixKernels(needed);
    this.#next = this.kernels.heap / 8;
  }

  /** Numbers at zero. */
  take(length: number): Float64Array {
    const { floats } = this.kernels, at = this.#next;
    this.#next += length;
    return floats.subarray(at, this.#next).fill(0);
  }

  /** Leaves the memory to the next batch. */
  leave(): void {
    if (this.kernels.floats.length <= MOST_SPARE) spare = this.kernels;
  }
}

/** The memory of the last batch, up to 8 MB. */
let spare: MatrixKernels | undefined;
const MOST_SPARE = 1 << 20;

/** State and work space of the lanes. */
export class Lanes {
  /** Number of lanes: even, the last one may have no system. */
  readonly count: number;
  readonly t: Float64Array;
  /** Size of the step that is tried. */
  readonly h: Float64Array;
  readonly y: Float64Array;
  readonly slope: Float64Array;
  readonly p: Float64Array;
  /** Error of the last step, relative to the tolerance, and its inverse fifth root. */
  readonly error: Float64Array;
  readonly root: Float64Array;
  readonly next: Float64Array;
  readonly #f: BatchRhs;
  readonly #n: number;
  readonly #kernels: MatrixKernels;
  readonly #at: Float64Array;
  readonly #stage: Float64Array;
  readonly #atol: Float64Array;
  readonly #sums: Float64Array;
  /** k₂, k₁, k₃ … k₇. */
  readonly #k: readonly Float64Array[];

  /** At least `count` lanes of as many components as `atol` has, and `parameters` parameters. */
  constructor(f: BatchRhs, room: Room, count: number, atol: Float64Array, parameters: number) {
    const n = atol.length, even = count + count % 2;
    const rows = (number: number) => room.take(number * even);
    this.#f = f;
    this.#n = n;
    this.#kernels = room.kernels;
    this.count = even;
    [this.t, this.h, this.error, this.root, this.#at] = Array.from({ length: 5 }, () => rows(1));
    [this.y, this.next, this.#stage] = Array.from({ length: 3 }, () => rows(n));
    this.#k = Array.from({ length: 7 }, () => rows(n));
    this.slope = this.#k[1];
    this.p = rows(parameters);
    this.#atol = room.take(n);
    this.#atol.set(atol);
    this.#sums = room.take(SUMS.length * WIDTH);
    SUMS.forEach((sum, i) => this.#sums.set(sum, i * WIDTH));
  }

  /** Tries a step of its own size in every lane, and writes the errors. */
  step(rtol: number): void {
    const { y, next, h, t, count, p } = this, k = this.#k, at = this.#at, n = this.#n;
    const { laneStage, laneErrors } = this.#kernels, f = this.#f;
    const gap = k[1].byteOffset - k[0].byteOffset, sums = this.#sums.byteOffset;
    for (let stage = 0; stage < 6; stage++) {
      const last = stage === 5, state = last ? next : this.#stage;
      laneStage(
        count,
        n,
        SUMS[stage].length,
        sums + 8 * WIDTH * stage,
        SHARES[stage],
        t.byteOffset,
        h.byteOffset,
        at.byteOffset,
        y.byteOffset,
        k[stage === 0 || last ? 1 : 0].byteOffset,
        gap,
        state.byteOffset,
      );
      f(at, state, k[stage === 0 ? 0 : stage + 1], count, p);
    }
    laneErrors(
      count,
      n,
      sums + 8 * WIDTH * 6,
      rtol,
      this.#atol.byteOffset,
      h.byteOffset,
      y.byteOffset,
      next.byteOffset,
      k[1].byteOffset,
      gap,
      this.error.byteOffset,
      this.root.byteOffset,
    );
  }

  /** Makes the end of the step the start of the next in every lane whose error is below 1. */
  advance(): void {
    this.#kernels.laneAdvance(
      this.count,
      this.#n,
      this.error.byteOffset,
      this.y.byteOffset,
      this.next.byteOffset,
      this.slope.byteOffset,
      this.#k[6].byteOffset,
    );
  }

  /** Puts a system into a lane. */
  load(
    k: number,
    t: number,
    y: Float64Array,
    slope: Float64Array,
    p: Float64Array,
  ): void {
    const { count } = this;
    this.t[k] = t;
    for (let i = 0; i < y.length; i++) {
      this.y[i * count + k] = y[i];
      this.slope[i * count + k] = slope[i];
    }
    for (let i = 0; i < p.length; i++) this.p[i * count + k] = p[i];
  }

  /** Takes over the system of a lane of others. */
  take(k: number, from: Lanes, old: number): void {
    const { count } = this,
      pairs = [
        [this.t, from.t],
        [this.h, from.h],
        [this.y, from.y],
        [this.slope, from.slope],
        [this.p, from.p],
      ];
    for (const [to, source] of pairs) {
      for (let i = k, j = old; i < to.length; i += count, j += from.count) to[i] = source[j];
    }
  }
}
