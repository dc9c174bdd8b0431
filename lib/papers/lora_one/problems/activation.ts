/**
 * One layer with an activation: gradients from samples and their population limit. No dynamics.
 *
 * @module
 */
import { checkInteger, checkPositive } from "../../../check.ts";
import { activation, type ActivationLike, gaussHermite } from "../../../gaussian/mod.ts";
import { add, type Matrix, matrix, multiply, multiplyTN, workspace } from "../../../linalg/mod.ts";
import { checkEntries, composed, orth, portableNormal, shapeOf } from "./linear.ts";

/** Fine-tuning of `x ↦ σ(Wᵀx)` towards `σ((W + Δ)ᵀx)`, `x ~ N(0, I_d)`. */
export interface ActivationProblem {
  /** Pre-trained `W`, `d × k`. */
  readonly weight: Matrix;
  /** `Δ`, `d × k`. */
  readonly target: Matrix;
  /** `σ`: a name, an expression in `z`, or a function with its slope; `"relu"` when missing. */
  readonly activation?: ActivationLike;
}

/**
 * The instance of the reference values: `W = weightSize·orth(pnormal(31, d, d))`,
 * `Δ = size·U diag(1, …, 1/κ)Vᵀ`.
 *
 * @param kappa Condition number of `Δ`.
 * @param size Largest singular value.
 * @param options `d = k` (20), rank (2), scale of `W` (10) and the activation (ReLU).
 * @throws {RangeError} If a number is out of range.
 */
export function activationProblem(
  kappa: number,
  size = 1,
  { d = 20, rank = 2, weightSize = 10, activation: like = "relu" }: {
    readonly d?: number;
    readonly rank?: number;
    readonly weightSize?: number;
    readonly activation?: ActivationLike;
  } = {},
): ActivationProblem {
  const what = "make an activation problem";
  for (const [name, x] of Object.entries({ kappa, size, weightSize })) checkPositive(what, name, x);
  checkInteger(what, "d", d, 1);
  checkInteger(what, `rank for d = ${d}`, rank, 1, d);
  const w = orth(portableNormal(31, d, d));
  const u = orth(portableNormal(32, d, rank)), v = orth(portableNormal(33, d, rank));
  const values = Array.from(
    { length: rank },
    (_, i) => size * kappa ** (-i / Math.max(1, rank - 1)),
  );
  return {
    weight: { ...w, data: w.data.map((x) => weightSize * x) },
    target: composed(u, values, v),
    ...(like === "relu" ? {} : { activation: like }),
  };
}

/** Lengths of columns `j` of two matrices, and their angle by atan2: `acos` loses half the digits. */
function angleOf(
  w: Matrix,
  goal: Matrix,
  j: number,
): { size: number; goal: number; angle: number } {
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
 * Negative population gradient `J` of the ReLU model at weight `w` for the target weight `w̃`, column by
 * column: `J = ½(w̃ − w) + (1/2π)(‖w̃‖ sin φ · w/‖w‖ − φ w̃)`, `φ` the angle of the columns.
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

/** Nodes on each side of the plane of a column and its goal. */
const NODES = 60;

/**
 * The same for a smooth activation, by Gauss–Hermite quadrature in the plane of each pair of columns:
 * `J = E x (σ(w̃ᵀx) − σ(wᵀx)) σ′(wᵀx)`.
 *
 * Errors: those of a rule of 60 × 60 nodes, below `10⁻⁹` for tanh, GELU and softplus at `‖w‖ ≤ 1`; `σ(‖w‖z)`
 * must be smooth in `z` over a few tenths.
 *
 * @throws {RangeError} If the activation has kinks, or a column of `w` is zero.
 */
export function smoothPopulationGradient(w: Matrix, goal: Matrix, like: ActivationLike): Matrix {
  const what = "take a population gradient", sigma = activation(like), { rows: d, columns: k } = w;
  checkPair(what, w, goal);
  if (sigma.kinks.length > 0) {
    throw new RangeError(
      `Cannot ${what} as the activation must be relu or have no kink: ${sigma.name} has one at ` +
        `${sigma.kinks[0]}; give a number of samples N`,
    );
  }
  const { nodes, weights } = gaussHermite(NODES), out = matrix(d, k);
  for (let j = 0; j < k; j++) {
    const { size, goal: length, angle } = angleOf(w, goal, j);
    if (!(size > 0)) {
      throw new RangeError(`Cannot ${what} as no column of w may be zero: column ${j} is`);
    }
    const c = length * Math.cos(angle), s = length * Math.sin(angle);
    let along = 0, across = 0;
    nodes.forEach((z1, p) => {
      const now = sigma.f(size * z1), slope = sigma.df(size * z1) * weights[p];
      nodes.forEach((z2, q) => {
        const h = (sigma.f(c * z1 + s * z2) - now) * slope * weights[q];
        along += z1 * h;
        across += z2 * h;
      });
    });
    // e₁ = w/‖w‖, e₂ = (w̃ − ‖w̃‖cos φ e₁)/(‖w̃‖ sin φ).
    const second = s > 0 ? across / s : 0, first = (along - second * c) / size;
    for (let i = 0; i < d; i++) {
      out.data[i * k + j] = first * w.data[i * k + j] + second * goal.data[i * k + j];
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
 * Population risk `E‖σ(Wᵀx) − σ(W̃ᵀx)‖²` of the ReLU model: the sum over columns of
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
export function populationGradients(
  { weight, target, activation: like }: ActivationProblem,
): GradientAt {
  const goal = add(weight, target);
  return like === undefined || like === "relu"
    ? (w) => populationGradient(w, goal)
    : (w) => smoothPopulationGradient(w, goal, like);
}

/**
 * The gradient on given inputs, `J = (1/N)Xᵀ[(σ(XW̃) − σ(XW)) ⊙ σ′(XW)]`.
 *
 * The returned function reuses its result.
 *
 * @param problem The problem.
 * @param x Inputs, `N × d`.
 * @throws {TypeError} If `x` has not `d` columns.
 */
export function sampleGradients(
  { weight, target, activation: like = "relu" }: ActivationProblem,
  x: Matrix,
): GradientAt {
  const { rows: d, columns: k } = weight, N = x.rows, sigma = activation(like);
  if (x.columns !== d) {
    throw new TypeError(
      `Cannot take sample gradients as x must be N x ${d}: current shape is ${shapeOf(x)}`,
    );
  }
  checkEntries("take sample gradients", "x", x);
  const room = workspace({ x: [N, d], w: [d, k], z: [N, k], j: [d, k] });
  room.x.data.set(x.data);
  const goal = multiply(x, add(weight, target)), wanted = new Float64Array(N * k);
  sigma.fillValues(goal.data, N * k, wanted);
  const value = new Float64Array(N * k), slope = new Float64Array(N * k);
  return (w) => {
    room.w.data.set(w.data);
    const z = multiply(room.x, room.w, room.z).data;
    if (like === "relu") {
      for (let i = 0; i < z.length; i++) z[i] = z[i] > 0 ? (wanted[i] - z[i]) / N : 0;
    } else {
      sigma.fill(z, z.length, value, slope);
      for (let i = 0; i < z.length; i++) z[i] = (wanted[i] - value[i]) * slope[i] / N;
    }
    return multiplyTN(room.x, room.z, room.j);
  };
}
