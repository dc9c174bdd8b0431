/**
 * Descent from the spectral start: the closed recursion of preconditioned steps, which is the same for
 * every spectrum, and the local rates.
 *
 * @module
 */
import { checkInside, checkInteger, checkPositive, checkWithin } from "../../../check.ts";
import {
  add,
  addScaled,
  frobeniusNorm,
  identity,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  scale,
  solvePositive,
  spectralNorm,
  symmetricEigen,
} from "../../../linalg/mod.ts";
import { composed, shapeOf } from "../problems/linear.ts";

/**
 * Products `M_t` of preconditioned descent with `λ = 0` and exact rank, as a recursion of its own:
 * `M ← M − η(I + P_M)Σ̂E + η²Σ̂E M⁺Σ̂E`, `E = M − T`.
 *
 * Law: the factors, their balance and their gauge have dropped out. It is right-equivariant: `M → MC`
 * and `T → TC` map trajectories to trajectories. With `M₀ = γΣ̂T` the trajectory to `U` serves every
 * spectrum: `A_tB_t = M̃_t S Vᵀ`.
 * Assumes: `M_t` keeps full column rank `r*`.
 * Source: ours.
 *
 * @param covariance `Σ̂`, `d × d`.
 * @param target `T`, `d × r*` of full column rank: `US`, or `U` for the universal trajectory.
 * @param options Step size `rate` in (0, 2) (it diverges beyond about `1/λ_max(Σ̂)`), start factor `gamma`, number of `steps`.
 * @returns `M_0 … M_steps`.
 * @throws {RangeError} If `M_t` loses rank or the path leaves all bounds: the message says when.
 */
export function productTrajectory(
  covariance: Matrix,
  target: Matrix,
  { rate, gamma = 1, steps }: { rate: number; gamma?: number; steps: number },
): Matrix[] {
  const what = "follow the closed recursion";
  checkInside(what, "rate", rate, 0, 2);
  checkPositive(what, "gamma", gamma);
  checkInteger(what, "steps", steps, 0);
  if (covariance.columns !== target.rows) {
    throw new TypeError(
      `Cannot ${what} as covariance and target must be d x d and d x r: current shapes are ` +
        `${shapeOf(covariance)} and ${shapeOf(target)}`,
    );
  }
  const path = [scale(multiply(covariance, target), gamma)], size = frobeniusNorm(target);
  for (let t = 0; t < steps; t++) {
    const m = path[t], pull = multiply(covariance, add(m, target, -1));
    let inner: Matrix;
    try {
      // M⁺Σ̂E by normal equations with unit columns, so that the spectrum does not enter.
      inner = pseudoTimes(m, pull);
    } catch {
      throw new RangeError(
        `Cannot ${what} as M must keep full column rank: it lost it at step ${t}`,
      );
    }
    const next = add(m, pull, -rate);
    addScaled(next, -rate, multiply(m, inner));
    addScaled(next, rate * rate, multiply(pull, inner));
    if (!(frobeniusNorm(next) < 1e6 * size)) {
      throw new RangeError(
        `Cannot ${what} as rate must be small enough: at ${rate} it diverged at step ${t + 1}`,
      );
    }
    path.push(next);
  }
  return path;
}

/** `M⁺ X` for full column rank, with the columns of `M` brought to unit length first. */
function pseudoTimes(m: Matrix, x: Matrix): Matrix {
  const r = m.columns, length = new Float64Array(r);
  m.data.forEach((x, i) => length[i % r] += x ** 2);
  const unit = { ...m, data: m.data.map((value, i) => value / Math.sqrt(length[i % r])) };
  const inner = solvePositive(multiplyTN(unit, unit), multiplyTN(unit, x));
  return {
    ...inner,
    data: inner.data.map((value, i) => value / Math.sqrt(length[Math.floor(i / inner.columns)])),
  };
}

/** A symmetric positive `L`: `L^½`, `L^−½`, and `L^½ Σ̂ L^½`, which has the eigenvalues of `LΣ̂`. */
function symmetrised(left: Matrix, covariance: Matrix) {
  const { values, vectors } = symmetricEigen(left), n = left.rows;
  const power = (f: (x: number) => number) => composed(vectors, values.map(f), vectors);
  const root = power(Math.sqrt), { data } = multiply(root, multiply(covariance, root));
  const even = data.map((x, i) => 0.5 * (x + data[(i % n) * n + Math.floor(i / n)]));
  return { root, back: power((x) => 1 / Math.sqrt(x)), inner: matrix(n, n, even) };
}

/** Eigenvalues of `(λI + UWUᵀ)Σ̂`, the largest first, for weights `W` and one `λ`. */
function modesOf(
  covariance: Matrix,
  u: Matrix,
  { weights, value }: { weights: readonly number[]; value: number },
): Float64Array {
  const { inner } = symmetrised(shifted(u, weights, value), covariance);
  return symmetricEigen(inner).values;
}

/** `λI + UWUᵀ`. */
function shifted(u: Matrix, weights: readonly number[], value: number): Matrix {
  const weighted = { ...u, data: u.data.map((x, i) => x * weights[i % u.columns]) };
  return add(multiplyNT(weighted, u), identity(u.rows), value);
}

const ones = (u: Matrix): number[] => Array(u.columns).fill(1);

/**
 * Local rate of preconditioned descent: `max |1 − ημ|` over the eigenvalues `μ` of
 * `Σ̂^½(I + UUᵀ)Σ̂^½`. It does not depend on the spectrum of the target.
 *
 * Source: ours.
 */
export function preconditionedRate(covariance: Matrix, u: Matrix, rate: number): number {
  checkPositive("compute a local rate", "rate", rate);
  return slowest(modesOf(covariance, u, { weights: ones(u), value: 1 }), rate);
}

/** `max |1 − ημ|`. */
const slowest = (mu: Float64Array, rate: number): number =>
  Math.max(...mu.map((x) => Math.abs(1 - rate * x)));

/**
 * Local rate of plain gradient descent at a balanced optimum: the largest `|1 − ημ|` over the
 * eigenvalues `μ` of `(λ_jI + USUᵀ)Σ̂`; the slowest mode is about `1 − ηλ_{r*}λ_min(Σ̂)`.
 *
 * Source: ours.
 *
 * @param covariance `Σ̂`.
 * @param u `U`, `d × r*`.
 * @param options Singular values of the target and the step size.
 */
export function gradientRate(
  covariance: Matrix,
  u: Matrix,
  { values, rate }: { values: readonly number[]; rate: number },
): number {
  checkPositive("compute a local rate", "rate", rate);
  // The eigenvalues grow with λ_j: those of the ends are the extreme ones.
  const ends = [values[0], values[values.length - 1]];
  return Math.max(
    ...ends.map((value) => slowest(modesOf(covariance, u, { weights: values, value }), rate)),
  );
}

/**
 * Contraction of one preconditioned step in normalised coordinates: `ρ' ≤ qρ` with
 * `q = 1 − η + 2ηε + η²(1 + ε)²ρ/(1 − ρ)`, `ε = ‖Σ̂ − I‖`, `ρ = ‖Ẽ‖ < 1`, `η ≤ 2/3`.
 *
 * Vacuous (`q ≥ 1`) unless `N ≫ d`. Source: ours.
 *
 * @throws {RangeError} If `ρ ≥ 1` or `η > 2/3`.
 */
export function contractionBound(
  { rate, epsilon, rho }: { rate: number; epsilon: number; rho: number },
): number {
  const what = "bound the contraction";
  checkPositive(what, "rate", rate);
  checkWithin(what, "rate", rate, 0, 2 / 3);
  checkInside(what, "rho", rho, 0, 1);
  checkPositive(what, "epsilon", epsilon);
  return 1 - rate + 2 * rate * epsilon + (rate * (1 + epsilon)) ** 2 * rho / (1 - rho);
}

/** The map of one mode when `Σ̂ = I`: `m ↦ (m − η(m − 1))²/m`, fixed point 1. */
export function scalarMap(m: number, rate: number): number {
  checkPositive("map a mode", "m", m);
  return (m - rate * (m - 1)) ** 2 / m;
}

/**
 * Largest step size that is stable near the optimum, `2/μ_max`: of preconditioned descent with
 * `μ` from `Σ̂^½(I + UUᵀ)Σ̂^½`, or of plain descent with `(λ_jI + USUᵀ)Σ̂`.
 *
 * Source: ours.
 *
 * @param covariance `Σ̂`.
 * @param u `U`, `d × r*`.
 * @param values Singular values of the target for plain descent; without them preconditioned.
 */
export function largestStableRate(
  covariance: Matrix,
  u: Matrix,
  values?: readonly number[],
): number {
  const weights = values ?? ones(u);
  return 2 / modesOf(covariance, u, { weights, value: Math.max(...weights) })[0];
}

/**
 * Relative errors `‖E_t‖_F/‖Δ‖_F` of plain gradient descent from the spectral start, linearised at the balanced
 * optimum: column `j` of `E` follows `E ← (I − η(λ_jI + USUᵀ)Σ̂)E`, from `E₀ = (γΣ̂ − I)US`.
 *
 * Nothing is fitted. Source: ours.
 *
 * @param covariance `Σ̂`.
 * @param u `U`, `d × r*`.
 * @param options Singular values, step size and factor of the start.
 * @returns The error as a function of the step, which is rounded to a whole number.
 */
export function linearisedErrors(
  covariance: Matrix,
  u: Matrix,
  { values, rate, gamma = 1 }: {
    readonly values: readonly number[];
    readonly rate: number;
    readonly gamma?: number;
  },
): (step: number) => number {
  const d = u.rows, n = u.columns;
  const start = add(scale(multiply(covariance, u), gamma), u, -1);
  const size = Math.hypot(...values);
  const modes = values.map((value, j) => {
    const { root, back, inner } = symmetrised(shifted(u, values, value), covariance);
    const { values: rates, vectors: basis } = symmetricEigen(inner);
    const column = Float64Array.from({ length: d }, (_, i) => value * start.data[i * n + j]);
    const first = multiplyTN(basis, multiply(back, { rows: d, columns: 1, data: column }));
    // ‖P Q D^t c‖² needs P Q once.
    return { rates, first, carry: multiply(root, basis) };
  });
  return (step) => {
    let sum = 0;
    for (const { rates, first, carry } of modes) {
      const data = first.data.map((x, i) => x * (1 - rate * rates[i]) ** Math.round(step));
      sum += frobeniusNorm(multiply(carry, { ...first, data })) ** 2;
    }
    return Math.sqrt(sum) / size;
  };
}

/**
 * The closed recursion of normalised preconditioned descent over 30 steps: the first `ρ = ‖Ẽ‖`, the worst ratio of
 * successive ones down to `10⁻¹⁰`, below which they are rounding, and `ε = ‖Σ̂ − I‖`. Source: ours.
 */
export function contractionOf(
  covariance: Matrix,
  u: Matrix,
  rate: number,
): { rho: number; worst: number; epsilon: number } {
  const path = productTrajectory(covariance, u, { rate, steps: 30 });
  const rho = path.map((m) => spectralNorm(add(m, u, -1)));
  const ratios = rho.slice(1).map((x, i) => x / rho[i]).filter((_, i) => rho[i] > 1e-10);
  const epsilon = spectralNorm(add(covariance, identity(covariance.rows), -1));
  return { rho: rho[0], worst: Math.max(...ratios), epsilon };
}
