/**
 * The model's step for several runs side by side: every matrix holds one of each run, entry by entry, and
 * the equations are written as products of many matrices at once.
 *
 * @module
 */
import { addScaled, manyProducts, type Matrix, workspace } from "../../../../linalg/mod.ts";
import type { Adapters, Problem } from "../../model.ts";
import { diagonalOf } from "./_frozen.ts";

/** Runs that advance side by side: their matrices still fit into the nearest cache. */
export const SIDE_BY_SIDE = 16;

/** Several runs. In a state of all of them, entry `i` of run `k` is entry `i · count + k`. */
export interface Lanes {
  /** Number of runs; those beyond the given starts repeat the last one. */
  readonly count: number;
  /** The state of all runs at the start. */
  readonly start: Float64Array;
  /** One step of gradient descent of all runs. */
  readonly step: (eta: number) => void;
  /** Writes the velocity of all runs at a state, which does not become theirs. */
  readonly velocity: (state: Float64Array, velocity: Float64Array) => void;
  /** Writes the state of one run, `B₁, A₁, B₂, A₂`: of `from`, or where the steps have led. */
  readonly read: (run: number, state: Float64Array, from?: Float64Array) => void;
}

/** Rows of every run's matrix scaled; `out` stays as it is beyond the diagonal. */
function scaleRows(d: Float64Array, x: Float64Array, width: number, out: Float64Array): void {
  for (let i = 0, at = 0; i < d.length; i++) {
    const factor = d[i];
    for (const end = at + width; at < end; at++) out[at] = factor * x[at];
  }
}

/** Columns of every run's matrix scaled; `out` stays as it is beyond the diagonal. */
function scaleColumns(d: Float64Array, x: Matrix, lanes: number, out: Matrix): void {
  for (let i = 0; i < x.rows; i++) {
    let from = i * x.columns, to = i * out.columns;
    for (let j = 0; j < d.length; j++) {
      const factor = d[j];
      for (const end = to + lanes; to < end; to++, from++) out.data[to] = factor * x.data[from];
    }
  }
}

/**
 * Runs from starts of equal shapes, where both layers have an adapter and are diagonal; elsewhere
 * undefined.
 *
 * @param starts At least one.
 */
export function lanesOf(
  { w2, w1, target }: Problem,
  starts: readonly Adapters[],
): Lanes | undefined {
  const d2 = diagonalOf(w2), d1 = w1 && diagonalOf(w1);
  if (!d2 || !d1) return undefined;
  // Vectors hold two numbers, and a kernel takes two vectors at a time; the last run fills the rest.
  const lanes = 4 * Math.ceil(starts.length / 4);
  const m = target.rows, n = target.columns, h = w2.columns;
  const r = starts[0].b1.columns, r2 = starts[0].b2!.columns;
  const wide = { r: r * lanes, r2: r2 * lanes, n: n * lanes, h: h * lanes };
  const all = workspace({
    ...{ b1: [h, wide.r], a1: [r, wide.n], b2: [m, wide.r2], a2: [r2, wide.h] },
    ...{ db1: [h, wide.r], da1: [r, wide.n], db2: [m, wide.r2], da2: [r2, wide.h] },
    ...{ x: [m, wide.r], c: [r2, wide.r], f: [r2, wide.n], e: [m, wide.n] },
    ...{ p: [m, wide.r], u: [r2, wide.n], s: [r2, wide.r] },
  });
  const { b1, a1, b2, a2, db1, da1, db2, da2, x, c, f, e, p, u, s } = all;
  const factors = [[b1, db1], [a1, da1], [b2, db2], [a2, da2]];
  for (let lane = 0; lane < lanes; lane++) {
    const start = starts[Math.min(lane, starts.length - 1)];
    [start.b1, start.a1, start.b2!, start.a2!].forEach(({ data }, k) => {
      data.forEach((value, i) => factors[k][0].data[i * lanes + lane] = value);
    });
  }
  const wanted = e.data.map((_, i) => -target.data[Math.floor(i / lanes)]);
  const product = (a: Matrix, b: Matrix, out: Matrix) => manyProducts(lanes, a, b, out);
  const left = (a: Matrix, b: Matrix, out: Matrix) =>
    manyProducts(lanes, a, b, out, { transpose: "a" });
  const right = (a: Matrix, b: Matrix, out: Matrix) =>
    manyProducts(lanes, a, b, out, { transpose: "b" });
  // X = W₂B₁, C = A₂B₁, F = A₂Ŵ₁, E, P = EA₁ᵀ, U = B₂ᵀE, S = B₂ᵀEA₁ᵀ; from E on up to the sign.
  const inner = [product(a2, b1, c), product(c, a1, f)];
  const outer = [
    ...[product(x, a1, e), product(b2, f, e), right(e, a1, p), right(e, f, db2), left(b2, e, u)],
    ...[left(x, e, da1), left(c, u, da1), left(b2, p, s), left(a2, s, db1), right(s, b1, da2)],
  ];
  const zero = [c, f, p, u, s, db1, da1, db2, da2].map(({ data }) => data);
  const last = outer.length - 2;
  const slopes = () => {
    for (const data of zero) data.fill(0);
    scaleRows(d2, b1.data, wide.r, x.data);
    inner[0]();
    scaleColumns(d1, a2, lanes, f);
    inner[1]();
    e.data.set(wanted);
    for (let i = 0; i < last; i++) outer[i]();
    scaleRows(d2, p.data, wide.r, db1.data);
    scaleColumns(d1, u, lanes, da2);
    for (let i = last; i < outer.length; i++) outer[i]();
  };
  return {
    count: lanes,
    start: Float64Array.from(factors.flatMap(([{ data }]) => [...data])),
    step: (eta) => {
      slopes();
      for (const [y, dy] of factors) addScaled(y, -eta, dy);
    },
    velocity: (state, velocity) => {
      let from = 0;
      for (const [{ data }] of factors) {
        data.set(state.subarray(from, from += data.length));
      }
      slopes();
      let to = 0;
      for (const [, { data }] of factors) {
        for (let i = 0; i < data.length; i++) velocity[to++] = -data[i];
      }
    },
    read: (run, state, from) => {
      let to = 0, at = 0;
      for (const [{ data }] of factors) {
        const source = from?.subarray(at, at += data.length) ?? data;
        for (let i = run; i < data.length; i += lanes) state[to++] = source[i];
      }
    },
  };
}
