/**
 * Direct SGD on inputs that are not Gaussian: independent coordinates of another law, and whitened digits.
 *
 * @module
 */
import { checkInteger, checkOneOf, checkPositive, checkSorted } from "../../../check.ts";
import { type Task, task } from "../../../experiment/sweep/task.ts";
import { dot, matrix, multiplyTN, normalize, symmetricEigen } from "../../../linalg/mod.ts";
import { digitPixels } from "../../../nn/mod.ts";
import { sphere, type Stream, stream } from "../../../random/mod.ts";
import { fineTuning, INPUT_LAWS, type InputLaw, inputOf } from "../model.ts";

/** Where the base neurons lie: on single coordinates, or in random directions. */
export type Placement = "localised" | "delocalised";

/** Copies of fine-tuning on one law of inputs, from `m = 0`. */
export interface InputCell {
  /** Law of a coordinate, or whitened digits. */
  readonly input: InputLaw | "digits";
  /** Where the base neurons lie. */
  readonly placement: Placement;
  /** Dimension; for digits the number of principal components that are kept. */
  readonly d: number;
  /** Number of neurons. */
  readonly k: number;
  /** Step scale, `η = α/(d − k)`. */
  readonly alpha: number;
  /** Number of copies; each draws its own base, direction and start. */
  readonly copies: number;
  /** Times `τ = steps/(d − k)`, increasing. */
  readonly times: readonly number[];
}

const COUNT = 1797, PIXELS = 64;
let whitened: { rows: Float64Array; kept: number } | undefined;

/** The digits, centred and whitened along their first `kept` principal directions, row by row. */
export function whitenedDigits(kept: number): Float64Array {
  checkInteger("whiten the digits", "d", kept, 1, 61); // three pixels of the images are always blank
  if (whitened?.kept === kept) return whitened.rows;
  const { x } = digitPixels(), centred = Float64Array.from(x);
  for (let j = 0; j < PIXELS; j++) {
    let mean = 0;
    for (let i = 0; i < COUNT; i++) mean += x[i * PIXELS + j] / COUNT;
    for (let i = 0; i < COUNT; i++) centred[i * PIXELS + j] -= mean;
  }
  const all = matrix(COUNT, PIXELS, centred), gram = multiplyTN(all, all);
  const { values, vectors } = symmetricEigen(gram), rows = new Float64Array(COUNT * kept);
  for (let i = 0; i < COUNT; i++) {
    for (let j = 0; j < kept; j++) {
      let sum = 0;
      for (let l = 0; l < PIXELS; l++) {
        sum += centred[i * PIXELS + l] * vectors.data[l * PIXELS + j];
      }
      rows[i * kept + j] = sum / Math.sqrt(values[j] / COUNT);
    }
  }
  whitened = { rows, kept };
  return rows;
}

/** `count` orthonormal vectors of `d` entries after `fixed` ones, by Gram and Schmidt, twice. */
function orthonormal(fixed: Float64Array[], count: number, d: number, rng: Stream): Float64Array[] {
  const out = [...fixed];
  while (out.length < fixed.length + count) {
    const next = sphere(rng, d);
    for (let pass = 0; pass < 2; pass++) {
      for (const other of out) removeMultiple(next, dot(next, other), other);
      normalize(next);
    }
    out.push(next);
  }
  return out;
}

function removeMultiple(x: Float64Array, by: number, y: Float64Array): void {
  for (let i = 0; i < x.length; i++) x[i] -= by * y[i];
}

/** The first axes of `d` dimensions. */
function axes(k: number, d: number): Float64Array[] {
  return Array.from(
    { length: k },
    (_, i) => Float64Array.from({ length: d }, (_, j) => +(i === j)),
  );
}

/** A function that fills an input. */
function source({ input, d }: InputCell, rng: Stream): (x: Float64Array) => void {
  if (input === "digits") {
    const rows = whitenedDigits(d);
    return (x) => {
      const at = rng.integer(COUNT) * d;
      x.set(rows.subarray(at, at + d));
    };
  }
  if (input === "gaussian") return (x) => void rng.fillNormal(x);
  return (x) => {
    rng.fillUniform(x);
    for (let i = 0; i < d; i++) x[i] = inputOf(input, x[i]);
  };
}

/**
 * Spherical SGD (A1, `h₃`, `κ = 1/√2`, alternating `c`) on whole inputs of any law.
 *
 * Source: ours.
 *
 * @throws {RangeError} If `d < k + 2`, `α ≤ 0` or the times are not increasing.
 */
export const inputCourses: Task<InputCell, { copy: number; tau: number; m: number }> = task(
  import.meta.url,
  "inputCourses",
  (cell: InputCell, { seed }) => {
    const what = "run SGD on other inputs", { input, placement, d, k, alpha, copies, times } = cell;
    checkInteger(what, "copies", copies, 1);
    checkInteger(what, "d", d, k + 2);
    checkPositive(what, "alpha", alpha);
    checkSorted(what, "times", times);
    checkOneOf(what, "input", input, [...INPUT_LAWS, "digits"]);
    const problem = fineTuning({ activation: "h3", k, kappa: Math.SQRT1_2 });
    const { lambda, c, xi, r0, activation: { f, df } } = problem;
    const x = new Float64Array(d), gradient = new Float64Array(d);
    return Array.from({ length: copies }, (_, copy) => copy).flatMap((copy) => {
      const rng = stream(seed, "inputs", input, placement, copy),
        fill = source(cell, rng.stream("x"));
      const fixed = placement === "localised" ? axes(k, d) : [];
      const frame = orthonormal(fixed, k + 2 - fixed.length, d, rng.stream("frame"));
      const w = frame.slice(0, k), [u, hatU] = frame.slice(k);
      const step = () => {
        fill(x);
        const s = dot(hatU, x), sStar = dot(u, x);
        gradient.set(x);
        let error = 0, gate = 0;
        for (let i = 0; i < k; i++) {
          const a = placement === "localised" ? x[i] : dot(w[i], x),
            z = (a + xi * c[i] * s) / r0;
          error += lambda[i] * (f(z) - f((a + xi * c[i] * sStar) / r0));
          gate += lambda[i] * c[i] * df(z) / r0;
          if (placement === "localised") gradient[i] = 0;
          else removeMultiple(gradient, a, w[i]);
        }
        const move = alpha / (d - k) * xi * error * gate;
        for (let j = 0; j < d; j++) hatU[j] -= move * (gradient[j] - s * hatU[j]);
        normalize(hatU);
      };
      let done = 0;
      return times.map((tau) => {
        for (; done < Math.round(tau * (d - k)); done++) step();
        return { copy, tau, m: dot(hatU, u) };
      });
    });
  },
);
