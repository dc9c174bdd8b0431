/**
 * The four equations of the model on flat states `B₁, A₁, B₂, A₂`: every product of small factors is
 * taken first, and no call allocates where the frozen factors are diagonal.
 *
 * @module
 */
import {
  adapterGradient,
  add,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  workspace,
} from "../../../../linalg/mod.ts";
import type { Problem } from "../../model.ts";
import { Frozen } from "./_frozen.ts";

/** Error and velocity at a flat state. */
export interface Equations {
  /** `E`; overwritten by the next call of either function. */
  readonly error: (state: Float64Array) => Matrix;
  /** Writes the velocities of all factors. */
  readonly velocity: (state: Float64Array, derivative: Float64Array) => void;
}

/** Places in a state. */
interface Places {
  readonly m: number;
  readonly n: number;
  readonly h: number;
  /** Ranks; that of layer 2 is 0 where it has no adapter. */
  readonly r: number;
  readonly r2: number;
  /** Where the factors begin; `B₁` begins at 0. */
  readonly a1: number;
  readonly b2: number;
  readonly a2: number;
}

/** `C = A₂B₁`, `r₂ × r`. */
function across({ h, r, r2, a2 }: Places, y: Float64Array, out: Float64Array): void {
  for (let k2 = 0, to = 0, from = a2; k2 < r2; k2++, from += h) {
    for (let k = 0; k < r; k++, to++) {
      let sum = 0;
      for (let at = from, end = from + h, b = k; at < end; at++, b += r) sum += y[at] * y[b];
      out[to] = sum;
    }
  }
}

/** `R = [A₁; A₂W₁ + CA₁]` from the product `A₂W₁`. */
function fillRight(
  { n, r, r2, a1 }: Places,
  y: Float64Array,
  passed: Float64Array,
  c: Float64Array,
  out: Float64Array,
): void {
  const size = r * n;
  for (let i = 0; i < size; i++) out[i] = y[a1 + i];
  for (let k2 = 0, to = size, i = 0, from = 0; k2 < r2; k2++, from += r) {
    for (let j = 0; j < n; j++, to++, i++) {
      let sum = passed[i];
      for (let k = from, end = from + r, at = a1 + j; k < end; k++, at += n) sum += c[k] * y[at];
      out[to] = sum;
    }
  }
}

/** `L = [W₂B₁, B₂]` from the product `W₂B₁`. */
function fillLeft(
  { m, r, r2, b2 }: Places,
  y: Float64Array,
  passed: Float64Array,
  out: Float64Array,
): void {
  for (let i = 0, to = 0, from = 0, at = b2; i < m; i++) {
    for (let k = 0; k < r; k++) out[to++] = passed[from++];
    for (let k2 = 0; k2 < r2; k2++) out[to++] = y[at++];
  }
}

/** `Ȧ₁ = (W₂B₁)ᵀE + CᵀU` with `U = B₂ᵀE`, from the negatives of `LᵀE`. */
function moveA1(
  { n, r, r2, a1 }: Places,
  le: Float64Array,
  c: Float64Array,
  dy: Float64Array,
): void {
  const size = r * r2;
  for (let k = 0, to = a1, i = 0; k < r; k++) {
    for (let j = 0; j < n; j++, to++, i++) {
      let sum = le[i];
      for (let from = k, at = r * n + j; from < size; from += r, at += n) sum += c[from] * le[at];
      dy[to] = -sum;
    }
  }
}

/** `S = B₂ᵀEA₁ᵀ`, `r₂ × r`, up to its sign. */
function pulled(
  { m, r, r2, b2 }: Places,
  y: Float64Array,
  p: Float64Array,
  out: Float64Array,
): void {
  const size = m * r;
  for (let k2 = 0, to = 0; k2 < r2; k2++) {
    for (let k = 0; k < r; k++, to++) {
      let sum = 0;
      for (let from = k, at = b2 + k2; from < size; from += r, at += r2) sum += y[at] * p[from];
      out[to] = sum;
    }
  }
}

/** `Ḃ₁ = W₂ᵀP + A₂ᵀS` and `Ȧ₂ = UW₁ᵀ + SB₁ᵀ` from the negatives of their first terms and of `S`. */
function moveHidden(
  { h, r, r2, a2 }: Places,
  y: Float64Array,
  back: Float64Array,
  ahead: Float64Array,
  s: Float64Array,
  dy: Float64Array,
): void {
  const size = r * r2;
  for (let i = 0, to = 0; i < h; i++) {
    for (let k = 0; k < r; k++, to++) {
      let sum = back[to];
      for (let from = k, at = a2 + i; from < size; from += r, at += h) sum += y[at] * s[from];
      dy[to] = -sum;
    }
  }
  for (let k2 = 0, to = 0, from = 0; k2 < r2; k2++, from += r) {
    for (let i = 0, at = 0; i < h; i++, to++) {
      let sum = ahead[to];
      for (let k = from, end = from + r; k < end; k++, at++) sum += s[k] * y[at];
      dy[a2 + to] = -sum;
    }
  }
}

const NONE = new Float64Array();

/** The equations of a problem for adapters of the given ranks, `[r₁]` or `[r₁, r₂]`. */
export function equationsOf(problem: Problem, [r, r2 = 0]: readonly number[]): Equations {
  const { w2, w1, target } = problem, m = target.rows, n = target.columns, h = w2.columns;
  const a1 = h * r, b2 = a1 + r * n, width = r + r2, fused = width <= Math.min(m, n);
  const places = { m, n, h, r, r2, a1, b2, a2: b2 + m * r2 };
  const { delta, l, q, e } = workspace({
    ...{ delta: [m, n], l: [m, width], q: [width, n], e: [m, n] },
  });
  delta.data.set(target.data);
  const left = new Frozen(w2, r), right = w1 ? new Frozen(w1, r2) : undefined;
  const c = new Float64Array(r2 * r), s = new Float64Array(r2 * r), p = new Float64Array(m * r);
  const er = matrix(m, width), le = matrix(width, n);
  const fill = (y: Float64Array) => {
    across(places, y, c);
    fillLeft(places, y, left.times(y, 0), l.data);
    fillRight(places, y, right?.after(y, places.a2) ?? NONE, c, q.data);
  };
  return {
    error: (y) => {
      fill(y);
      return add(delta, multiply(l, q, e), -1, e);
    },
    velocity: (y, dy) => {
      fill(y);
      if (fused) adapterGradient(l, q, delta, { left: er, right: le });
      else {
        add(multiply(l, q, e), delta, -1, e);
        multiplyNT(e, q, er);
        multiplyTN(l, e, le);
      }
      // Both products are with −E.
      for (let i = 0; i < m; i++) {
        for (let k = 0; k < r; k++) p[i * r + k] = er.data[i * width + k];
        for (let k2 = 0; k2 < r2; k2++) dy[b2 + i * r2 + k2] = -er.data[i * width + r + k2];
      }
      moveA1(places, le.data, c, dy);
      pulled(places, y, p, s);
      const ahead = right?.transposedAfter(le.data, r * n) ?? NONE;
      moveHidden(places, y, left.transposedTimes(p, 0), ahead, s, dy);
    },
  };
}
