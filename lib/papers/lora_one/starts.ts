/**
 * The named starts of adapters, each with its definition and source, for a layer `x ↦ (W + AB)ᵀx`.
 *
 * @module
 */
import { checkInteger, checkOneOf, checkPositive } from "../../check.ts";
import { columns, type Matrix, matrix, multiply, qr, svd, transpose } from "../../linalg/mod.ts";
import { portable, type PortableDraws } from "../../random/mod.ts";
import { type Adapter, checkEntries } from "./model.ts";

/**
 * Starts that use a singular value decomposition. `G = U S Vᵀ` is the negative gradient, `U[i…j]` its
 * singular vectors numbered from 1:
 *
 * - `"LoRA-One"`: `A = √γ U S^½`, `B = √γ S^½ Vᵀ`, so that `AB = γ P_r(G)`; `W` stays. Zhang, Liu and Chen
 *   2025, spectral initialisation; lora-one A2.
 * - `"LoRA-One script"`: the same with `S/S₁` for `S` and `1/γ` for `γ`: the authors' training script.
 * - `"LoRA-One README"`: `A = U S/√γ`, `B = S Vᵀ/√γ`: the authors' README (`S` for its root).
 * - `"LoRA-One toy"`: `A = γ U`, `B = γ Vᵀ`, `W ← W − AB`: the authors' early toy notebook.
 * - `"LoRA-GA"`: `A = −f U[1…r]`, `B = f V[r+1…2r]ᵀ`, `f = k^¼/√γ`, `W ← W − AB`: Wang et al. 2024, the
 *   authors' code (both factors scaled, disjoint indices).
 * - `"LoRA-GA PEFT"`: `A = −U[1…r]`, `B = f S[r+1…2r] V[r+1…2r]ᵀ`, `W ← W − AB`: huggingface/peft, where
 *   only `B` is scaled; a gradient of rank `≤ r` gives `B = 0`.
 * - `"LoRA-SB"`: `A = U[1…r]`, `B = V[1…r]ᵀ` frozen, `R = γ S[1…r]` is trained. Ponkshe et al. 2024.
 * - `"PiSSA"`: `AB = P_r(W)`, both factors with the root of `S(W)`; `W ← W − AB`. Meng et al. 2024.
 */
export type StartName =
  | "LoRA-One"
  | "LoRA-One script"
  | "LoRA-One README"
  | "LoRA-One toy"
  | "LoRA-GA"
  | "LoRA-GA PEFT"
  | "LoRA-SB"
  | "PiSSA";

/** All names, in the order of the definitions. */
export const START_NAMES: readonly StartName[] = [
  ...["LoRA-One", "LoRA-One script", "LoRA-One README", "LoRA-One toy"] as const,
  ...["LoRA-GA", "LoRA-GA PEFT", "LoRA-SB", "PiSSA"] as const,
];

/** Methods that subtract `A₀B₀` from the frozen weight. */
const SHIFTED: readonly StartName[] = ["LoRA-One toy", "LoRA-GA", "LoRA-GA PEFT", "PiSSA"];

/** Default γ: for the methods with a published one, that one. */
const GAMMA: Readonly<Record<StartName, number>> = {
  "LoRA-One": 1,
  "LoRA-One script": 128,
  "LoRA-One README": 128,
  "LoRA-One toy": 1,
  "LoRA-GA": 16,
  "LoRA-GA PEFT": 16,
  "LoRA-SB": 1,
  "PiSSA": 1,
};

/** A start: the factors, and what is done with the frozen weight. */
export interface Start extends Adapter {
  /** Its name. */
  readonly name: StartName;
  /** Whether `W` becomes `W − A₀B₀`, so that the function stays what it was. */
  readonly shifted: boolean;
  /** `R`, `r × r`: then only it is trained and the layer computes `W + A R B`. */
  readonly middle?: Matrix;
}

/** Singular triples with as many vectors as wanted. */
export interface CompletedSvd {
  /** Left vectors, `d × left`, orthonormal. */
  readonly u: Matrix;
  /** Singular values; those below `10⁻¹²` of the largest are exactly 0. */
  readonly values: Float64Array;
  /** Right vectors, `k × right`. */
  readonly v: Matrix;
  /** Number of values above 0. */
  readonly rank: number;
}

/**
 * A singular value decomposition whose vectors of zero values are chosen by Gram–Schmidt of given
 * draws: a one-step gradient has exact rank `r*`, so that beyond it any code has vectors of its own.
 *
 * Source: ours, lora-one §6.
 *
 * @param g The matrix, `d × k`, not zero.
 * @param counts Number of left and of right vectors, at most `min(d, k)`; there are as many values as
 * there are of the more numerous.
 * @param draws Draws that complete the left and the right vectors.
 * @throws {RangeError} If `g` is zero or not finite, or a count is out of range.
 */
export function completedSvd(
  g: Matrix,
  [left, right]: readonly [number, number],
  draws: readonly [PortableDraws, PortableDraws] = [portable(25), portable(26)],
): CompletedSvd {
  const what = "decompose a gradient", least = Math.min(g.rows, g.columns);
  checkEntries(what, "gradient", g);
  for (const count of [left, right]) {
    checkInteger(what, `the number of vectors of ${g.rows} x ${g.columns}`, count, 1, least);
  }
  const { u, values, v } = svd(g);
  if (!(values[0] > 0)) {
    throw new RangeError(`Cannot ${what} as gradient must not be zero: its largest entry is 0`);
  }
  const rank = values.filter((x) => x > 1e-12 * values[0]).length;
  const complete = (x: Matrix, count: number, own: PortableDraws): Matrix => {
    if (rank >= count) return columns(x, 0, count);
    const missing = count - rank, normals = own.normals(x.rows * missing);
    const joint = matrix(x.rows, count);
    for (let i = 0; i < x.rows; i++) {
      joint.data.set(x.data.subarray(i * x.columns, i * x.columns + rank), i * count);
      joint.data.set(normals.subarray(i * missing, (i + 1) * missing), i * count + rank);
    }
    return qr(joint).q;
  };
  return {
    u: complete(u, left, draws[0]),
    values: values.slice(0, Math.max(left, right)).map((x, i) => i < rank ? x : 0),
    v: complete(v, right, draws[1]),
    rank,
  };
}

function scaled(x: Matrix, weight: (j: number) => number): Matrix {
  return { ...x, data: x.data.map((value, i) => value * weight(i % x.columns)) };
}

/**
 * The start of this name; see {@linkcode StartName} for the definitions.
 *
 * @param name Which.
 * @param options `gradient` (negative, `d × k`), the rank `r`, `gamma` (default: the published one),
 * `weight` for PiSSA, and `draws` that complete vectors of zero singular values.
 * @throws {RangeError} If `r` is out of range (`2r ≤ min(d, k)` for LoRA-GA), the gradient is zero, or
 * `gamma` is no finite number > 0.
 * @throws {TypeError} If PiSSA has no `weight`.
 *
 * @example LoRA-One with γ = 1 starts at the best approximation of the gradient.
 * ```ts
 * import { startOf } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { matrix, multiply } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const gradient = matrix(2, 2, [4, 0, 0, 1]);
 * const { a, b } = startOf("LoRA-One", { gradient, r: 1 });
 * const product = multiply(a, b);
 * assertAlmostEquals(product.data[0], 4);
 * assertAlmostEquals(product.data[3], 0);
 * ```
 */
export function startOf(
  name: StartName,
  { gradient, r, gamma = GAMMA[name], weight, draws }: {
    readonly gradient: Matrix;
    readonly r: number;
    readonly gamma?: number;
    readonly weight?: Matrix;
    readonly draws?: readonly [PortableDraws, PortableDraws];
  },
): Start {
  const what = `start ${name}`;
  checkOneOf("start an adapter", "name", name, START_NAMES);
  checkPositive(what, "gamma", gamma);
  const d = gradient.rows, k = gradient.columns, least = Math.min(d, k);
  const disjoint = name === "LoRA-GA" || name === "LoRA-GA PEFT";
  const most = disjoint ? Math.floor(least / 2) : least;
  const note = disjoint ? " (2r directions)" : "";
  checkInteger(what, `r for a ${d} x ${k} layer${note}`, r, 1, most);
  const shifted = SHIFTED.includes(name);
  if (name === "PiSSA") {
    if (weight === undefined) {
      throw new TypeError(`Cannot ${what} as weight must be given: current value is undefined`);
    }
    checkEntries(what, "weight", weight);
    const { u, values, v } = svd(weight, r), root = (j: number) => Math.sqrt(values[j]);
    return { name, shifted, a: scaled(u, root), b: transpose(scaled(v, root)) };
  }
  const { u, values, v } = completedSvd(gradient, [r, disjoint ? 2 * r : r], draws);
  const pair = (left: (j: number) => number, right = left, from = 0): Start => ({
    name,
    shifted,
    a: scaled(columns(u, 0, r), left),
    b: transpose(scaled(columns(v, from, from + r), right)),
  });
  const f = Math.pow(k, 0.25) / Math.sqrt(gamma);
  if (name === "LoRA-One") return pair((j) => Math.sqrt(gamma * values[j]));
  if (name === "LoRA-One script") return pair((j) => Math.sqrt(values[j] / values[0] / gamma));
  if (name === "LoRA-One README") return pair((j) => values[j] / Math.sqrt(gamma));
  if (name === "LoRA-One toy") return pair(() => gamma);
  if (name === "LoRA-GA PEFT") return pair(() => -1, (j) => f * values[r + j], r);
  if (name === "LoRA-SB") {
    const middle = matrix(r, r);
    for (let j = 0; j < r; j++) middle.data[j * r + j] = gamma * values[j];
    return { ...pair(() => 1), middle };
  }
  return pair(() => -f, () => f, r);
}

/** `A B`, or `A R B` with a middle factor. */
export function productOf({ a, b, middle }: Start): Matrix {
  return multiply(middle ? multiply(a, middle) : a, b);
}
