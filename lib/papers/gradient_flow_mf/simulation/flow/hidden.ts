/**
 * The same flow in fewer hidden dimensions.
 *
 * @module
 */
import { checkKeys } from "../../../../check.ts";
import {
  columns,
  frobeniusNorm,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  svd,
  transpose,
} from "../../../../linalg/mod.ts";
import type { Adapters, Problem } from "../../model.ts";
import { checkAdapters, checkProblem } from "../../shapes.ts";

/** A problem with adapters that fit it. */
export interface Started {
  /** The problem. */
  readonly problem: Problem;
  /** Its adapters. */
  readonly adapters: Adapters;
}

/** The smaller problem, and the way back. */
export interface Reduced extends Started {
  /** Adapters of the smaller problem in the hidden space of the given one. */
  readonly lift: (adapters: Adapters) => Adapters;
}

/** Orthonormal columns of what the columns of `x` add to those of `known`. */
function added(known: Matrix, x: Matrix): Matrix | undefined {
  let rest = x;
  for (let pass = 0; pass < 2; pass++) {
    const back = multiply(known, multiplyTN(known, rest));
    rest = { ...rest, data: rest.data.map((value, i) => value - back.data[i]) };
  }
  const { u, values } = svd(rest), size = frobeniusNorm(x);
  const rank = values.filter((value) => value > 1e-12 * size).length;
  return rank === 0 ? undefined : columns(u, 0, rank);
}

/** Columns side by side. */
function beside(...parts: readonly (Matrix | undefined)[]): Matrix {
  const all = parts.filter((part) => part !== undefined), { rows } = all[0];
  const out = matrix(rows, all.reduce((sum, part) => sum + part.columns, 0));
  for (let i = 0, at = 0; i < rows; i++) {
    for (const { columns, data } of all) {
      const from = i * columns;
      out.data.set(data.subarray(from, from + columns), at);
      at += columns;
    }
  }
  return out;
}

/** What the layers of problems pass on, found once for many starts of the same one. */
const found = new WeakMap<Problem, Matrix>();

/** Orthonormal columns that span the rows of `W₂` and the columns of `W₁`; coordinates where they do. */
function passedOn(problem: Problem): Matrix {
  const known = found.get(problem) ?? span(problem);
  found.set(problem, known);
  return known;
}

function span({ w2, w1 }: Problem): Matrix {
  const h = w2.columns, both = w1 ? beside(transpose(w2), w1) : transpose(w2);
  const used = (i: number) =>
    both.data.subarray(i * both.columns, (i + 1) * both.columns).some((x) => x !== 0);
  const rows = Array.from({ length: h }, (_, i) => i).filter(used);
  const { u, values } = svd(both), rank = values.filter((x) => x > 1e-12 * values[0]).length;
  if (rows.length > rank) return columns(u, 0, rank);
  const basis = matrix(h, rank);
  rows.forEach((i, j) => basis.data[i * rank + j] = 1);
  return basis;
}

/**
 * The flow in the hidden directions that it can see: the rows of `W₂`, the columns of `W₁`, and what the
 * start of `B₁` and `A₂` adds to them. Loss, sizes and alignment are those of the full problem at all
 * times.
 *
 * Law: this span is invariant, and outside of it `B₁` and `A₂` are zero. The paper's Fig. 1 needs 14 of
 * 100 hidden dimensions from a one-sided start, 18 from an all-random one.
 * Assumes: nothing of the bases. Exact for the flow, gradient descent and momentum; not for Adam.
 * Source: ours.
 *
 * @returns The smaller problem (the same one if nothing is saved), and `lift`, the way back.
 *
 * @example
 * ```ts
 * import { paperProblem, reduceHidden, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const problem = paperProblem(), draws = portable(2000);
 * const adapters = startAdapters(problem, { start: "zeroB", r: 4, alpha: 1e-3, draws });
 * assertEquals(reduceHidden({ problem, adapters }).problem.w2.columns, 14);
 * ```
 */
export function reduceHidden(started: Started): Reduced {
  const what = "reduce the hidden dimensions", { problem, adapters } = started;
  checkKeys(what, started, ["problem", "adapters"], "the start");
  checkProblem(what, problem);
  checkAdapters(what, problem, adapters);
  const { w2, w1, target, name } = problem, { b1, a1, b2, a2 } = adapters, h = w2.columns;
  const seen = passedOn(problem);
  const same = { problem, adapters, lift: (found: Adapters) => found };
  if (seen.columns === h) return same;
  const extra = added(seen, a2 ? beside(b1, transpose(a2)) : b1);
  const basis = extra ? beside(seen, extra) : seen;
  if (basis.columns >= h) return same;
  // What the start adds is orthogonal to what the layers pass on; zeros for it keep them diagonal.
  const wider = (x: Matrix) => extra ? beside(x, matrix(x.rows, extra.columns)) : x;
  return {
    problem: {
      ...(name === undefined ? {} : { name }),
      w2: wider(multiply(w2, seen)),
      ...(w1 ? { w1: transpose(wider(multiplyTN(w1, seen))) } : {}),
      target,
    },
    adapters: {
      ...{ b1: multiplyTN(basis, b1), a1 },
      ...(b2 && a2 ? { b2, a2: multiply(a2, basis) } : {}),
    },
    lift: ({ b1, a1, b2, a2 }) => ({
      ...{ b1: multiply(basis, b1), a1 },
      ...(b2 && a2 ? { b2, a2: multiplyNT(a2, basis) } : {}),
    }),
  };
}
