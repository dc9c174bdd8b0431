/**
 * The losses of convergence-rate as functions of the update `X = BA`: value, gradient, smoothness
 * constant and lower bound. What theory and simulation have in common; no dynamics.
 *
 * @module
 */
import { checkFinite, checkKeys, checkPositive } from "../../check.ts";
import {
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  spectralBound,
} from "../../linalg/mod.ts";

/** A smooth loss of an `m × n` update. */
export interface Loss {
  /** Short name, for tables. */
  readonly name: string;
  /** `m`. */
  readonly rows: number;
  /** `n`. */
  readonly columns: number;
  /** `L`: `‖∇L(X) − ∇L(Y)‖ ≤ L ‖X − Y‖` in the Frobenius norm. */
  readonly smoothness: number;
  /** A lower bound over all `X`, of any rank; −∞ if there is none. */
  readonly low: number;
  /** Value at `x`; `gradient`, of the same shape, takes `∇L(x)`. */
  evaluate(x: Matrix, gradient: Matrix): number;
}

function sameShape(what: string, matrices: Record<string, Matrix>): void {
  const all = Object.values(matrices);
  if (all.every((a) => a.rows === all[0].rows && a.columns === all[0].columns)) return;
  const found = Object.entries(matrices).map(([name, a]) => `${name} is ${a.rows} x ${a.columns}`);
  throw new TypeError(`Cannot ${what} as the shapes must agree: currently ${found.join(", ")}`);
}

function checkEntries(what: string, matrices: Record<string, Matrix>): void {
  for (const [name, a] of Object.entries(matrices)) {
    a.data.forEach((x, i) => checkFinite(what, `${name}[${i}]`, x));
  }
}

/** A sum over entries: `term(x, i)` is the value of entry `i`, `slope(x, i)` its derivative. */
function entrywise(
  { name, rows, columns, smoothness, low }: Omit<Loss, "evaluate">,
  term: (x: number, i: number) => number,
  slope: (x: number, i: number) => number,
): Loss {
  const evaluate = (x: Matrix, gradient: Matrix) => {
    let sum = 0;
    for (let i = 0; i < x.data.length; i++) {
      sum += term(x.data[i], i);
      gradient.data[i] = slope(x.data[i], i);
    }
    return sum;
  };
  return { name, rows, columns, smoothness, low, evaluate };
}

/**
 * `½‖X − M‖²`, `L = 1`.
 *
 * @param target `M`, `m × n`, finite.
 *
 * @example
 * ```ts
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { quadratic } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const gradient = matrix(1, 2);
 * assertEquals(quadratic(matrix(1, 2, [3, 0])).evaluate(matrix(1, 2, [1, 1]), gradient), 2.5);
 * assertEquals([...gradient.data], [-2, 1]);
 * ```
 */
export function quadratic(target: Matrix): Loss {
  checkEntries("make a quadratic loss", { target });
  const m = target.data, { rows, columns } = target;
  return entrywise(
    { name: "quad", rows, columns, smoothness: 1, low: 0 },
    (x, i) => 0.5 * (x - m[i]) ** 2,
    (x, i) => x - m[i],
  );
}

/**
 * Matrix sensing `½‖PXQ − Y‖²`, `L = ‖P‖²‖Q‖²` in operator norms.
 *
 * @param p `P`, `p × m`.
 * @param q `Q`, `n × q`.
 * @param y `Y`, `p × q`.
 * @throws {TypeError} If the shapes do not chain.
 */
export function sensing(p: Matrix, q: Matrix, y: Matrix): Loss {
  const what = "make a sensing loss";
  checkEntries(what, { p, q, y });
  const px = matrix(p.rows, q.rows), residual = matrix(p.rows, q.columns);
  sameShape(what, { "P X Q": residual, y });
  const back = matrix(p.columns, q.columns);
  return {
    name: "sens",
    rows: p.columns,
    columns: q.rows,
    smoothness: spectralBound(p) ** 2 * spectralBound(q) ** 2,
    low: 0,
    evaluate: (x, gradient) => {
      multiply(multiply(p, x, px), q, residual);
      let sum = 0;
      for (let i = 0; i < y.data.length; i++) {
        residual.data[i] -= y.data[i];
        sum += 0.5 * residual.data[i] ** 2;
      }
      multiplyNT(multiplyTN(p, residual, back), q, gradient);
      return sum;
    },
  };
}

/**
 * Indefinite quadratic `Σ ½H_ij X_ij² + K_ij X_ij` with `H` of any sign: smooth with `L = max |H_ij|`,
 * not bounded below. For the descent lemma, which needs no lower bound.
 */
export function indefinite(h: Matrix, k: Matrix): Loss {
  const what = "make an indefinite loss";
  checkEntries(what, { h, k });
  sameShape(what, { h, k });
  const { rows, columns } = h, smoothness = Math.max(...h.data.map(Math.abs));
  checkPositive(what, "the largest |h|", smoothness);
  return entrywise(
    { name: "indef", rows, columns, smoothness, low: -Infinity },
    (x, i) => (0.5 * h.data[i] * x + k.data[i]) * x,
    (x, i) => h.data[i] * x + k.data[i],
  );
}

/**
 * A non-convex loss `Σ κ(1 − cos(ωX_ij + φ_ij)) + ½μX_ij²`, `L = κω² + μ`.
 *
 * @param phases `φ`, `m × n`.
 * @param options `kappa > 0`, `omega > 0`, `mu > 0`.
 */
export function cosine(
  phases: Matrix,
  { kappa, omega, mu }: { kappa: number; omega: number; mu: number },
): Loss {
  const what = "make a cosine loss";
  checkEntries(what, { phases });
  for (const [name, value] of Object.entries({ kappa, omega, mu })) {
    checkPositive(what, name, value);
  }
  const { rows, columns, data } = phases;
  return entrywise(
    { name: "cosine", rows, columns, smoothness: kappa * omega * omega + mu, low: 0 },
    (x, i) => kappa * (1 - Math.cos(omega * x + data[i])) + 0.5 * mu * x * x,
    (x, i) => kappa * omega * Math.sin(omega * x + data[i]) + mu * x,
  );
}

/**
 * Pseudo-Huber `Σ ς²(√(1 + z²) − 1)`, `z = (X − M)/ς`: `L = 1`, linear at infinity.
 *
 * @param target `M`, `m × n`.
 * @param width `ς > 0`.
 */
export function pseudoHuber(target: Matrix, width: number): Loss {
  const what = "make a pseudo-Huber loss";
  checkEntries(what, { target });
  checkPositive(what, "width", width);
  const { rows, columns, data } = target;
  return entrywise(
    { name: "phuber", rows, columns, smoothness: 1, low: 0 },
    (x, i) => {
      const z = (x - data[i]) / width; // ς²(√(1+z²) − 1) without its cancellation
      return width * width * z * z / (Math.sqrt(1 + z * z) + 1);
    },
    (x, i) => {
      const z = (x - data[i]) / width;
      return width * z / Math.sqrt(1 + z * z);
    },
  );
}

/**
 * `factor · L(scale · X)`: the loss that an adapter with `W = W₀ + scale·BA` sees.
 *
 * @param loss The loss of the update itself.
 * @param options `scale > 0` of the argument, `factor > 0` of the value.
 *
 * @example
 * ```ts
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { quadratic, rescaled } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(rescaled(quadratic(matrix(1, 1, [1])), { scale: 3 }).smoothness, 9);
 * ```
 */
export function rescaled(
  loss: Loss,
  options: { scale?: number; factor?: number },
): Loss {
  checkKeys("rescale a loss", options, ["scale", "factor"]);
  const { scale = 1, factor = 1 } = options;
  checkPositive("rescale a loss", "scale", scale);
  checkPositive("rescale a loss", "factor", factor);
  const inner = matrix(loss.rows, loss.columns);
  return {
    ...loss,
    smoothness: factor * scale * scale * loss.smoothness,
    low: factor * loss.low,
    evaluate: (x, gradient) => {
      for (let i = 0; i < x.data.length; i++) inner.data[i] = scale * x.data[i];
      const value = loss.evaluate(inner, gradient);
      for (let i = 0; i < x.data.length; i++) gradient.data[i] *= factor * scale;
      return factor * value;
    },
  };
}
