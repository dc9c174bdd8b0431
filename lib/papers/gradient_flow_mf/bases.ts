/**
 * The directions that matter: what the linearised flow amplifies, and the common bases of
 * Assumptions 2.1 and 2.2 with the amount by which a problem misses them. No dynamics.
 *
 * @module
 */
import {
  columns,
  frobeniusNorm,
  identity,
  type Matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  svd,
  transpose,
} from "../../linalg/mod.ts";
import {
  chosenByTarget,
  completed,
  hiddenBasis,
  HOLDS,
  images,
  isDiagonal,
  outside,
  RANK,
} from "./_common_bases.ts";
import type { Adapters, Problem } from "./model.ts";
import { checkProblem, type ProblemLike, problemOf } from "./shapes.ts";

/** A pair of unit vectors, left and right. */
export type Pair = readonly [left: Float64Array, right: Float64Array];

/** The pairs that the linearised flow amplifies: singular triples of `W₂ᵀΔ` and of `ΔW₁ᵀ`. */
export interface GrowthModes {
  /** Growth rates `λ_j` of adapter 1, falling. */
  readonly rates1: readonly number[];
  /** Left (`p_j`, length `h`) and right (`v_j`, length `n`) singular vectors of `W₂ᵀΔ`. */
  readonly modes1: readonly Pair[];
  /** Growth rates of adapter 2, in problem D. */
  readonly rates2: readonly number[];
  /** Left (`u_j`) and right (`q_j`) singular vectors of `ΔW₁ᵀ`, in problem D. */
  readonly modes2: readonly Pair[];
}

function triples(a: Matrix): [number[], Pair[]] {
  const { u, values, v } = svd(a);
  const rank = values.filter((x) => x > RANK * values[0]).length;
  return [
    Array.from(values.slice(0, rank)),
    Array.from({ length: rank }, (_, j) => [columns(u, j, j + 1).data, columns(v, j, j + 1).data]),
  ];
}

/**
 * Growth rates and directions of the adapters near zero: the eigenvalues `±λ_j` of the generators
 * `S₁ = [0, W₂ᵀΔ; ΔᵀW₂, 0]` and `S₂ = [0, ΔW₁ᵀ; W₁Δᵀ, 0]` are singular values. For any target.
 *
 * Source: ours; for an aligned rank-one target `S₁ = σσ_{W₂}H₁` of the paper's Eq. (7).
 *
 * @example
 * ```ts
 * import { growthModes, problemQ } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rates1, rates2 } = growthModes(problemQ({ delta: 0.5 }));
 * assertAlmostEquals(rates1[0], 0.91, 1e-12);
 * assertAlmostEquals(rates2[0], 0.455, 1e-12);
 * ```
 */
export function growthModes(problem: Problem): GrowthModes {
  checkProblem("find the growth modes", problem);
  const { w2, w1, target } = problem;
  const [rates1, modes1] = triples(multiplyTN(w2, target));
  const [rates2, modes2] = w1 === undefined ? [[], []] : triples(multiplyNT(target, w1));
  return { rates1, modes1, rates2, modes2 };
}

/**
 * Modal vector `z = (Bᵀp + Av)/√2` of an adapter: all that it holds of the growing direction
 * `γ = (p; v)/√2`.
 *
 * @param b `rows × r`.
 * @param a `r × columns`.
 * @param pair The pair `(p, v)`.
 * @returns Length `r`.
 */
export function modalVector(b: Matrix, a: Matrix, [p, v]: Pair): Float64Array {
  const r = b.columns, z = new Float64Array(r);
  for (let k = 0; k < r; k++) {
    for (let i = 0; i < b.rows; i++) z[k] += b.data[i * r + k] * p[i];
    for (let j = 0; j < a.columns; j++) z[k] += a.data[k * a.columns + j] * v[j];
    z[k] /= Math.SQRT2;
  }
  return z;
}

/** Modal vectors of both adapters along their leading pairs, `[z₁]` or `[z₁, z₂]`. */
export function modalVectors(modes: GrowthModes, { b1, a1, b2, a2 }: Adapters): Float64Array[] {
  const first = modalVector(b1, a1, modes.modes1[0]);
  return b2 && a2 && modes.modes2[0] ? [first, modalVector(b2, a2, modes.modes2[0])] : [first];
}

/** The common bases of a problem, and how well they fit. */
export interface Bases {
  /** Left singular vectors of `W₂` as columns, `m × m`. */
  readonly u: Matrix;
  /** Hidden vectors, `h × h`. */
  readonly g: Matrix;
  /** Right singular vectors of `W₁`, `n × n`. */
  readonly v: Matrix;
  /** Singular values of `W₂` by hidden index, 0 beyond its rank; length `h`. */
  readonly s2: Float64Array;
  /** Singular values of `W₁` by hidden index; all 0 where there is no `W₁`. */
  readonly s1: Float64Array;
  /** Column of `u` that belongs to a hidden index, −1 where there is none. */
  readonly uOf: readonly number[];
  /**
   * Column of `v` that belongs to a hidden index, −1 where there is none. Where one layer is zero on a
   * hidden direction and the other is not, the target chooses.
   */
  readonly vOf: readonly number[];
  /** `UᵀΔV`, `m × n`. */
  readonly target: Matrix;
  /** Relative size of what is not diagonal in `UᵀW₂G` and `GᵀW₁V`: Assumption 2.1 holds at 0. */
  readonly defect21: number;
  /** Relative size of what in `UᵀΔV` is outside the pairs of hidden indices: Assumption 2.2. */
  readonly defect22: number;
}

/**
 * Common singular bases of a problem as far as they exist: with them Assumption 2.1 (`W₂ = UΣ₂Gᵀ`,
 * `W₁ = GΣ₁Vᵀ`) and Assumption 2.2 (`Δ = UΣVᵀ`) are statements about entries.
 *
 * Without `W₁` only `W₂` and `Δ` are asked.
 * Errors: the vectors of values that almost coincide are determined to rounding over their distance.
 * Source: the assumptions are the paper's; the measure of their failure is ours.
 *
 * @example A target that is tilted away from the frozen bases misses Assumption 2.2.
 * ```ts
 * import { canonical, commonBases } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert } from "@std/assert";
 *
 * assert(commonBases(canonical({ d: 6, s1: 0.5 })).defect22 === 0);
 * const { defect21, defect22 } = commonBases(canonical({ d: 6, s1: 0.5, degrees: 30 }));
 * assert(defect21 < 1e-12 && defect22 > 0.1);
 * ```
 */
export function commonBases(problem: Problem): Bases {
  checkProblem("find the common bases", problem);
  const { w2, w1, target } = problem;
  // Where values repeat the target chooses among the bases of the layers; one that fits none must not
  // spoil them.
  const frozen = isDiagonal(w2) && (!w1 || isDiagonal(w1));
  if (frozen && isDiagonal(target)) return basesFrom(problem, identity(w2.columns));
  const joint = basesFrom(problem, hiddenBasis(problem, true));
  if (joint.defect21 <= HOLDS && joint.defect22 <= HOLDS) return joint;
  return basesFrom(problem, frozen ? identity(w2.columns) : hiddenBasis(problem, false));
}

/** The bases that follow from a hidden one. */
function basesFrom(problem: Problem, g: Matrix): Bases {
  const { w2, w1, target } = problem, back = transpose(target);
  const left = images(w2, g), right = images(w1 ? transpose(w1) : multiply(back, w2), g);
  chosenByTarget(right, left, back);
  chosenByTarget(left, right, target);
  const inUse = (of: readonly number[]) => of.filter((j) => j >= 0);
  const u = completed(left.basis, inUse(left.of)), v = completed(right.basis, inUse(right.of));
  const there = multiply(multiplyTN(u, target), v), { of: uOf } = left, { of: vOf } = right;
  const pairs = uOf.flatMap((i, k) => i < 0 || vOf[k] < 0 ? [] : [[i, vOf[k]] as const]);
  const rows = uOf.flatMap((i, k) => i < 0 ? [] : [[i, k] as const]);
  const ahead = vOf.flatMap((j, k) => j < 0 ? [] : [[k, j] as const]);
  return {
    ...{ u, g, v, s2: left.values, s1: w1 ? right.values : new Float64Array(g.rows), uOf, vOf },
    target: there,
    defect21: Math.max(
      outside(multiply(multiplyTN(u, w2), g), rows),
      w1 ? outside(multiply(multiplyTN(g, w1), v), ahead) : 0,
    ),
    defect22: outside(there, pairs),
  };
}

/** A problem whose assumptions hold, with a rank-one target, as numbers. */
export interface AlignedMode extends Bases {
  /** Hidden index of the target. */
  readonly index: number;
  /** Singular value `σ` of the target. */
  readonly sigma: number;
  /** Growth rate `λ = s₂σ` of adapter 1. */
  readonly lambda: number;
  /** `δ_w = s₁/s₂` along the target. */
  readonly deltaW: number;
}

/**
 * What a problem with an aligned rank-one target consists of.
 *
 * @param what What needs it, for the message.
 * @throws {RangeError} If Assumption 2.1 or 2.2 fails (by how much is said), the target has not rank
 * one, or no layer passes it on (`s₂ = 0` along it).
 */
export function alignedMode(what: string, problem: Problem): AlignedMode {
  const bases = commonBases(problem), { s2, s1, uOf, vOf, target, defect21, defect22 } = bases;
  const refuse = (wanted: string, found: string): never => {
    throw new RangeError(`Cannot ${what} as ${wanted}: ${found}`);
  };
  if (defect21 > HOLDS) {
    refuse(
      "Assumption 2.1 must hold",
      `W₂ and W₁ have no common bases, by ${defect21.toPrecision(2)}`,
    );
  }
  const entries = Array.from(s2.keys()).flatMap((k) => {
    const at = uOf[k] < 0 || vOf[k] < 0 ? 0 : target.data[uOf[k] * target.columns + vOf[k]];
    return Math.abs(at) > HOLDS * frobeniusNorm(target) ? [{ index: k, sigma: at }] : [];
  });
  if (defect22 > HOLDS || entries.length === 0) {
    refuse(
      "Assumption 2.2 must hold",
      `the target is outside the bases of the frozen layers, by ${defect22.toPrecision(2)}`,
    );
  }
  if (entries.length > 1) refuse("the target must have rank one", `its rank is ${entries.length}`);
  const [{ index, sigma }] = entries;
  if (sigma < 0) {
    refuse("the target must not oppose its pair u, v of the frozen layers", `uᵀΔv = ${sigma}`);
  }
  if (!(s2[index] > 0)) {
    refuse(
      "W₂ must pass the target on, s₂ > 0 along it; where s₁ > 0 exchange the layers",
      "it is 0",
    );
  }
  return { ...bases, index, sigma, lambda: s2[index] * sigma, deltaW: s1[index] / s2[index] };
}

/** What of a problem a reader sees first. */
export interface ModesReport {
  /** Growth rate of adapter 1. */
  readonly lambda: number;
  /** Growth rate of adapter 2; null without `W₁`. */
  readonly lambda2: number | null;
  /** Their ratio, `δ_w` where the assumptions hold. */
  readonly deltaW: number | null;
  /** Relative defect of Assumption 2.1. */
  readonly defect21: number;
  /** Relative defect of Assumption 2.2. */
  readonly defect22: number;
  /** Both in words. */
  readonly assumptions: string;
}

/**
 * Growth rates of a problem, `δ_w`, and whether Assumptions 2.1 and 2.2 hold and by how much they fail.
 *
 * @example
 * ```ts
 * import { modes, problemQ } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(modes(problemQ({ delta: 0.5 })).assumptions, "2.1 and 2.2 hold");
 * ```
 */
export function modes(like: ProblemLike): ModesReport {
  const problem = problemOf(like);
  const { rates1: [lambda = 0], rates2 } = growthModes(problem);
  const { defect21, defect22 } = commonBases(problem), lambda2 = rates2[0] ?? null;
  const failing = [["2.1", defect21] as const, ["2.2", defect22] as const]
    .filter(([, by]) => by > HOLDS).map(([name, by]) => `${name} fails by ${by.toPrecision(2)}`);
  const assumptions = failing.length ? failing.join(", ") : "2.1 and 2.2 hold";
  const deltaW = lambda2 === null || lambda === 0 ? null : lambda2 / lambda;
  return { lambda, lambda2, deltaW, defect21, defect22, assumptions };
}
