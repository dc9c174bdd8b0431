/**
 * The error near the signal manifold, block by block: the first step towards the noise equations.
 *
 * @module
 */
import { checkInteger, checkKeys, checkNonNegative, checkPositive } from "../../../../check.ts";
import {
  add,
  frobeniusNorm,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  normalize,
} from "../../../../linalg/mod.ts";
import type { AlignedMode } from "../../bases.ts";
import { type Adapters, error, type Problem } from "../../model.ts";
import { checkAdapters } from "../../shapes.ts";
import type { StartDraws } from "../../starts.ts";
import { competitionMode } from "./competition.ts";

/** Sizes of one block of the error. */
export interface BlockSize {
  /** Frobenius norm of the block. */
  readonly exact: number;
  /** That of its expansion. */
  readonly expansion: number;
  /** That of their difference. */
  readonly difference: number;
}

/** The four blocks of the error by the target's directions `u` and `v`. */
export interface BlockExpansion {
  /** `E_{uv}`. */
  readonly signal: BlockSize;
  /** `E_{u⊥}`, the signal's row. */
  readonly row: BlockSize;
  /** `E_{⊥v}`, the signal's column. */
  readonly column: BlockSize;
  /** `E_{⊥⊥}`. */
  readonly rest: BlockSize;
}

/** Factors in the common bases. */
function inBases({ u, g, v }: AlignedMode, { b1, a1, b2, a2 }: Adapters): Required<Adapters> {
  return {
    ...{ b1: multiplyTN(g, b1), a1: multiply(a1, v) },
    ...{ b2: multiplyTN(u, b2!), a2: multiply(a2!, g) },
  };
}

/** A matrix with only the given row left, or all but it. */
function rowsOf(x: Matrix, row: number, kept: boolean): Matrix {
  return {
    ...x,
    data: x.data.map((y, at) => (Math.floor(at / x.columns) === row) === kept ? y : 0),
  };
}

/** A matrix with only the given column left, or all but it. */
function columnsOf(x: Matrix, column: number, kept: boolean): Matrix {
  return { ...x, data: x.data.map((y, at) => (at % x.columns === column) === kept ? y : 0) };
}

/**
 * The blocks of the error at adapters near the signal manifold, exactly and by their expansion.
 *
 * Law: with the signal parts `b₁ = B₁ᵀp`, `a₁ = A₁v`, `b₂ = B₂ᵀu`, `a₂ = A₂p`, `x₁ = b₁·a₁`, `x₂ = b₂·a₂`,
 * `ŝ₁ = s₁ + x₁`, `ŝ₂ = s₂ + x₂`, to the lowest order in all the others (`⊥`): `E_{uv} = σ + s₁s₂ − ŝ₂ŝ₁`,
 * `E_{u⊥} = −[ŝ₂b₁ᵀA₁⊥ + b₂ᵀA₂⊥W₁⊥]`, `E_{⊥v} = −[W₂⊥B₁⊥a₁ + ŝ₁B₂⊥a₂]`, and
 * `E_{⊥⊥} = −[W₂⊥B₁⊥A₁⊥ + B₂⊥A₂⊥W₁⊥ + B₂⊥a₂b₁ᵀA₁⊥]`, which is of second order.
 * Assumes: Assumptions 2.1 and 2.2, a rank-one target.
 * Errors: of second order in the signal block, of third in its row and column, of fourth in the rest.
 * Source: ours, step 1 of T12.
 *
 * @throws {RangeError} If an assumption fails.
 * @throws {TypeError} If shapes do not chain.
 *
 * @example
 * ```ts
 * import { blockExpansion, nearSignal, problemQ } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const problem = problemQ({ delta: 0.5 }), draws = portable(7);
 * const near = nearSignal(problem, { x1: 0.3, x2: 0.1, r: 3, size: 1e-4, draws });
 * const { column } = blockExpansion(problem, near);
 * assert(column.exact > 1e-4 && column.difference < 1e-10);
 * ```
 */
export function blockExpansion(problem: Problem, adapters: Adapters): BlockExpansion {
  const what = "expand the error by blocks", mode = competitionMode(what, problem);
  checkAdapters(what, problem, adapters);
  const { index: k, uOf, vOf, s2, s1, sigma } = mode, i = uOf[k], j = vOf[k];
  const { b1, a1, b2, a2 } = inBases(mode, adapters);
  const w2 = multiply(multiplyTN(mode.u, problem.w2), mode.g);
  const w1 = multiply(multiplyTN(mode.g, problem.w1!), mode.v);
  const exact = multiply(multiplyTN(mode.u, error(problem, adapters)), mode.v);
  // Signal parts and the others of each factor.
  const [signalB1, otherB1] = [rowsOf(b1, k, true), rowsOf(b1, k, false)];
  const [signalA1, otherA1] = [columnsOf(a1, j, true), columnsOf(a1, j, false)];
  const [signalB2, otherB2] = [rowsOf(b2, i, true), rowsOf(b2, i, false)];
  const [signalA2, otherA2] = [columnsOf(a2, k, true), columnsOf(a2, k, false)];
  const x1 = multiply(signalB1, signalA1).data[k * w1.columns + j];
  const x2 = multiply(signalB2, signalA2).data[i * w2.columns + k];
  const at1 = s1[k] + x1, at2 = s2[k] + x2;
  const [w2Other, w1Other] = [rowsOf(w2, i, false), columnsOf(w1, j, false)];
  // Ŵ₁ v = ŝ₁p and uᵀŴ₂ = ŝ₂pᵀ, to the order needed.
  const shifted = (x: Matrix, factor: number) => ({ ...x, data: x.data.map((y) => factor * y) });
  const signal = matrix(w2.rows, w1.columns);
  signal.data[i * w1.columns + j] = sigma + s1[k] * s2[k] - at2 * at1;
  const unitRow = matrix(w2.rows, w2.columns), unitColumn = matrix(w1.rows, w1.columns);
  unitRow.data[i * w2.columns + k] = at2;
  unitColumn.data[k * w1.columns + j] = at1;
  const minus = (...parts: Matrix[]) => shifted(parts.reduce((sum, x) => add(sum, x)), -1);
  const row = minus(
    multiply(unitRow, multiply(signalB1, otherA1)),
    multiply(multiply(signalB2, otherA2), w1Other),
  );
  const column = minus(
    multiply(w2Other, multiply(otherB1, signalA1)),
    multiply(multiply(otherB2, signalA2), unitColumn),
  );
  const rest = minus(
    multiply(w2Other, multiply(otherB1, otherA1)),
    multiply(multiply(otherB2, otherA2), w1Other),
    multiply(multiply(otherB2, signalA2), multiply(signalB1, otherA1)),
  );
  const block = (upper: boolean, left: boolean, expansion: Matrix): BlockSize => {
    const found = columnsOf(rowsOf(exact, i, upper), j, left);
    return {
      exact: frobeniusNorm(found),
      expansion: frobeniusNorm(expansion),
      difference: frobeniusNorm(add(found, expansion, -1)),
    };
  };
  return {
    signal: block(true, true, signal),
    row: block(true, false, row),
    column: block(false, true, column),
    rest: block(false, false, rest),
  };
}

/**
 * Adapters on the signal manifold (`B₁ = √x₁ pζ₁ᵀ`, `A₁ = √x₁ ζ₁vᵀ`, `B₂ = √x₂ uζ₂ᵀ`, `A₂ = √x₂ ζ₂pᵀ`) with
 * normal noise of a size on all entries.
 *
 * @param options Products `x1`, `x2`, rank `r`, standard deviation `size` of the noise, and `draws`.
 * @throws {RangeError} If a value is out of range or an assumption fails.
 *
 * @example Without noise only the signal is in error.
 * ```ts
 * import { blockExpansion, nearSignal, problemQ } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const problem = problemQ({ delta: 0.5 }), draws = portable(7);
 * const { signal, rest } = blockExpansion(problem, nearSignal(problem, { x1: 0.3, x2: 0.1, r: 3, size: 0, draws }));
 * assertAlmostEquals(signal.exact, 0.7 + 0.65 * 1.3 - 0.95 * 1.4, 1e-12);
 * assertAlmostEquals(rest.exact, 0, 1e-15);
 * ```
 */
export function nearSignal(
  problem: Problem,
  options: {
    readonly x1: number;
    readonly x2: number;
    readonly r: number;
    readonly size: number;
    readonly draws: StartDraws;
  },
): Required<Adapters> {
  const what = "place adapters near the signal manifold";
  checkKeys(what, options, ["x1", "x2", "r", "size", "draws"]);
  const { x1, x2, r, size, draws } = options;
  checkPositive(what, "x1", x1);
  checkPositive(what, "x2", x2);
  checkInteger(what, "r", r, 1);
  checkNonNegative(what, "size", size);
  const { u, g, v, uOf, vOf, index: k } = competitionMode(what, problem);
  const column = ({ rows, columns, data }: Matrix, j: number) =>
    matrix(rows, 1, Float64Array.from({ length: rows }, (_, i) => data[i * columns + j]));
  const [p, left, right] = [column(g, k), column(u, uOf[k]), column(v, vOf[k])];
  const zeta = () => matrix(r, 1, normalize(draws.normals(r)));
  const noisy = (x: Matrix, factor: number): Matrix => {
    const noise = draws.normals(x.data.length);
    return { ...x, data: x.data.map((y, at) => factor * y + size * noise[at]) };
  };
  const [zeta1, zeta2] = [zeta(), zeta()], [root1, root2] = [Math.sqrt(x1), Math.sqrt(x2)];
  return {
    ...{ b1: noisy(multiplyNT(p, zeta1), root1), a1: noisy(multiplyNT(zeta1, right), root1) },
    ...{ b2: noisy(multiplyNT(left, zeta2), root2), a2: noisy(multiplyNT(zeta2, p), root2) },
  };
}
