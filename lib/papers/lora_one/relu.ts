/**
 * The ReLU model: gradients from samples and their population limit. No dynamics.
 *
 * @module
 */
import { type Matrix, matrix, multiply, multiplyTN, workspace } from "../../linalg/mod.ts";
import { checkEntries, composed, orth, portableNormal, shapeOf } from "./model.ts";

/** Fine-tuning of `x ↦ σ(Wᵀx)` towards `σ((W + Δ)ᵀx)`, `σ = max(0, ·)`, `x ~ N(0, I_d)`. */
export interface ReluProblem {
  /** Pre-trained `W`, `d × k`. */
  readonly weight: Matrix;
  /** `Δ`, `d × k`. */
  readonly target: Matrix;
}

/**
 * F6's instance: `W = 10·orth(pnormal(31, 20, 20))`, `Δ = size·U diag(1, 1/κ)Vᵀ`.
 *
 * @param kappa Condition number of `Δ`.
 * @param size Largest singular value.
 */
export function reluProblem(kappa: number, size = 1): ReluProblem {
  const w = orth(portableNormal(31, 20, 20));
  const u = orth(portableNormal(32, 20, 2)), v = orth(portableNormal(33, 20, 2));
  return {
    weight: { ...w, data: w.data.map((x) => 10 * x) },
    target: composed(u, [size, size / kappa], v),
  };
}

interface Angle {
  readonly size: number;
  readonly goal: number;
  readonly angle: number;
}

/** Norms of columns `j` of two matrices and their angle, by atan2: `acos` loses half the digits. */
function angleOf(w: Matrix, goal: Matrix, j: number): Angle {
  const { rows: d, columns: k } = w;
  let ww = 0, gg = 0, minus = 0, plus = 0;
  for (let i = 0; i < d; i++) {
    ww += w.data[i * k + j] ** 2;
    gg += goal.data[i * k + j] ** 2;
  }
  const [a, b] = [Math.sqrt(ww), Math.sqrt(gg)];
  if (a === 0 || b === 0) return { size: a, goal: b, angle: Math.PI / 2 };
  for (let i = 0; i < d; i++) {
    const x = w.data[i * k + j] / a, y = goal.data[i * k + j] / b;
    minus += (x - y) ** 2;
    plus += (x + y) ** 2;
  }
  return { size: a, goal: b, angle: 2 * Math.atan2(Math.sqrt(minus), Math.sqrt(plus)) };
}

function checkPair(what: string, w: Matrix, goal: Matrix): void {
  if (w.rows !== goal.rows || w.columns !== goal.columns) {
    throw new TypeError(
      `Cannot ${what} as both weights must have one shape: current shapes are ${shapeOf(w)} and ` +
        shapeOf(goal),
    );
  }
  checkEntries(what, "the current weight", w);
  checkEntries(what, "the target weight", goal);
}

/**
 * Negative population gradient `J` at weight `w` for the target weight `w̃`, column by column:
 * `J = ½(w̃ − w) + (1/2π)(‖w̃‖ sin φ · w/‖w‖ − φ w̃)`, `φ` the angle of the columns.
 *
 * Law: `E x σ(w̃ᵀx) 1(wᵀx > 0) = (1/2π)[(π − φ)w̃ + ‖w̃‖ sin φ · w/‖w‖]` for `x ~ N(0, I)`.
 * Source: arc-cosine identities, re-derived.
 *
 * @param w Current weight, `d × k`.
 * @param goal Target weight, `d × k`.
 * @throws {TypeError} If shapes differ.
 * @throws {RangeError} If an entry is not finite, or a column of `w` is zero (`J` has a jump there).
 *
 * @example
 * ```ts
 * import { populationGradient } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const j = populationGradient(matrix(2, 1, [2, 0]), matrix(2, 1, [3, 0]));
 * assertAlmostEquals(j.data[0], 0.5); // ½(w̃ − w) at equal directions
 * ```
 */
export function populationGradient(w: Matrix, goal: Matrix): Matrix {
  const what = "take a population gradient", { rows: d, columns: k } = w;
  checkPair(what, w, goal);
  const out = matrix(d, k);
  for (let j = 0; j < k; j++) {
    const { size, goal: length, angle } = angleOf(w, goal, j);
    if (!(size > 0)) {
      throw new RangeError(`Cannot ${what} as no column of w may be zero: column ${j} is`);
    }
    const along = length * Math.sin(angle) / (2 * Math.PI * size), turn = angle / (2 * Math.PI);
    for (let i = 0; i < d; i++) {
      const x = w.data[i * k + j], y = goal.data[i * k + j];
      out.data[i * k + j] = 0.5 * (y - x) + along * x - turn * y;
    }
  }
  return out;
}

/** Largest angle of corresponding columns, in radians. */
export function largestAngle(w: Matrix, goal: Matrix): number {
  checkPair("compare angles", w, goal);
  return Math.max(...Array.from({ length: w.columns }, (_, j) => angleOf(w, goal, j).angle));
}

/**
 * Population risk `E‖σ(Wᵀx) − σ(W̃ᵀx)‖²`: the sum over columns of
 * `½(‖w‖² + ‖w̃‖²) − (‖w‖‖w̃‖/π)(sin φ + (π − φ)cos φ)`. At most `‖W − W̃‖²_F`.
 *
 * Source: arc-cosine identities, re-derived.
 */
export function populationRisk(w: Matrix, goal: Matrix): number {
  checkPair("take a population risk", w, goal);
  let sum = 0;
  for (let j = 0; j < w.columns; j++) {
    const { size, goal: length, angle } = angleOf(w, goal, j);
    const kernel = Math.sin(angle) + (Math.PI - angle) * Math.cos(angle);
    sum += 0.5 * (size * size + length * length) - size * length / Math.PI * kernel;
  }
  return sum;
}

/** Negative gradient as a function of the weight. */
export type GradientAt = (w: Matrix) => Matrix;

/** The population's gradient at any weight. */
export function populationGradients({ weight, target }: ReluProblem): GradientAt {
  const goal = { ...weight, data: weight.data.map((x, i) => x + target.data[i]) };
  return (w) => populationGradient(w, goal);
}

/**
 * The gradient on given inputs, `J = (1/N)Xᵀ[(σ(XW̃) − σ(XW)) ⊙ 1(XW > 0)]`.
 *
 * The returned function reuses its result.
 *
 * @param problem The problem.
 * @param x Inputs, `N × d`.
 */
export function sampleGradients({ weight, target }: ReluProblem, x: Matrix): GradientAt {
  const { rows: d, columns: k } = weight, N = x.rows;
  const room = workspace({ x: [N, d], w: [d, k], z: [N, k], j: [d, k] });
  room.x.data.set(x.data);
  const goal = { ...weight, data: weight.data.map((entry, i) => entry + target.data[i]) };
  const wanted = multiply(x, goal).data.map((z) => Math.max(0, z));
  return (w) => {
    room.w.data.set(w.data);
    const z = multiply(room.x, room.w, room.z).data;
    for (let i = 0; i < z.length; i++) z[i] = z[i] > 0 ? (wanted[i] - z[i]) / N : 0;
    return multiplyTN(room.x, room.z, room.j);
  };
}
