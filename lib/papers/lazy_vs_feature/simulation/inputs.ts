/**
 * Direct SGD on whole inputs of any law: independent coordinates, rows of a table (the digits, or a
 * reader's data).
 *
 * @module
 */
import { checkInteger, checkOneOf, checkPositive, checkSorted } from "../../../check.ts";
import { type Task, task } from "../../../experiment/sweep/task.ts";
import {
  columns,
  dot,
  matrix,
  multiply,
  multiplyTN,
  normalize,
  symmetricEigen,
} from "../../../linalg/mod.ts";
import { digitPixels } from "../../../nn/mod.ts";
import { sphere, type Stream, stream } from "../../../random/mod.ts";
import { INPUT_LAWS, inputLaw, type InputLawLike } from "../input_laws.ts";
import { modelOf, type ModelSpec } from "../model_spec.ts";

/** Where the base neurons lie: on the first axes, or in random directions. */
export type Placement = "localised" | "delocalised";

/**
 * What inputs are: a law of independent coordinates, `"digits"`, or `{ rows }` of a reader's data, one list of
 * numbers an input. Data are centred and whitened along their leading principal directions.
 */
export type Inputs =
  | InputLawLike
  | "digits"
  | { readonly name: string; readonly rows: readonly (readonly number[])[] };

/** Copies of fine-tuning on one kind of inputs, from `m = 0`. */
export interface InputCell {
  /** The model; its base is orthonormal. */
  readonly model: ModelSpec;
  /** What inputs are. */
  readonly inputs: Inputs;
  /** Where the base neurons lie. */
  readonly placement: Placement;
  /** Dimension; of data the number of principal components that are kept. */
  readonly d: number;
  /** Step scale, `η = α/(d − k)`. */
  readonly alpha: number;
  /** Number of copies; each draws its own base, direction and start. */
  readonly copies: number;
  /** Times `τ = steps/(d − k)`, increasing. */
  readonly times: readonly number[];
}

/** Inputs in words. */
export function inputWords(inputs: Inputs): string {
  return typeof inputs === "string" ? inputs : inputs.name;
}

/** Whether inputs are rows of a table. */
export function isData(inputs: Inputs): inputs is Exclude<Inputs, InputLawLike> {
  return inputs === "digits" || (typeof inputs === "object" && "rows" in inputs);
}

const kept = new WeakMap<object, { d: number; rows: Float64Array }>(), DIGITS = {};

/**
 * Rows of data, centred and whitened along their first `d` principal directions, row by row.
 *
 * @throws {RangeError} If the data have not so many directions, or rows of different lengths.
 */
export function whitened(inputs: Exclude<Inputs, InputLawLike>, d: number): Float64Array {
  const what = "whiten the inputs", key = inputs === "digits" ? DIGITS : inputs.rows;
  const known = kept.get(key);
  if (known?.d === d) return known.rows;
  const raw = inputs === "digits" ? digitRows() : inputs.rows, count = raw.length;
  const width = raw[0]?.length ?? 0, centred = new Float64Array(count * width);
  checkInteger(what, "the number of rows", count, 2);
  for (let j = 0; j < width; j++) {
    let mean = 0;
    raw.forEach((row, i) => {
      if (row.length !== width || !Number.isFinite(row[j])) {
        throw new RangeError(
          `Cannot ${what} as every row must have ${width} finite entries: row ${i} has not`,
        );
      }
      mean += row[j] / count;
    });
    raw.forEach((row, i) => centred[i * width + j] = row[j] - mean);
  }
  const all = matrix(count, width, centred);
  const { values, vectors } = symmetricEigen(multiplyTN(all, all));
  const rank = values.filter((value) => value > 1e-9 * values[0]).length;
  checkInteger(what, "d", d, 1, rank);
  const along = multiply(all, columns(vectors, 0, d)).data;
  const rows = along.map((x, at) => x / Math.sqrt(values[at % d] / count));
  kept.set(key, { d, rows });
  return rows;
}

function digitRows(): number[][] {
  const { x } = digitPixels(), pixels = 64;
  return Array.from(
    { length: x.length / pixels },
    (_, i) => Array.from(x.subarray(i * pixels, (i + 1) * pixels)),
  );
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
function source({ inputs, d }: InputCell, rng: Stream): (x: Float64Array) => void {
  if (isData(inputs)) {
    const rows = whitened(inputs, d), count = rows.length / d;
    return (x) => {
      const at = rng.integer(count) * d;
      x.set(rows.subarray(at, at + d));
    };
  }
  const law = inputLaw(inputs);
  if (law === undefined) return (x) => void rng.fillNormal(x);
  return (x) => {
    rng.fillUniform(x);
    for (let i = 0; i < d; i++) x[i] = law.quantile(x[i]);
  };
}

/**
 * Spherical SGD (A1) on whole inputs of any law.
 *
 * Source: ours.
 *
 * @throws {RangeError} If `d < k + 2`, `α ≤ 0`, the base is not orthonormal, or the times are not increasing.
 */
export const inputCourses: Task<InputCell, { copy: number; tau: number; m: number }> = task(
  import.meta.url,
  "inputCourses",
  (cell: InputCell, { seed }) => {
    const what = "run SGD on other inputs", { model: spec, inputs, placement, d } = cell;
    const { alpha, copies, times } = cell, { k } = spec, name = inputWords(inputs);
    checkInteger(what, "copies", copies, 1);
    checkInteger(what, "d", d, k + 2);
    checkPositive(what, "alpha", alpha);
    checkSorted(what, "times", times);
    checkOneOf(what, "placement", placement, ["localised", "delocalised"]);
    if (typeof inputs === "string") checkOneOf(what, "inputs", inputs, [...INPUT_LAWS, "digits"]);
    const x = new Float64Array(d), gradient = new Float64Array(d);
    return Array.from({ length: copies }, (_, copy) => copy).flatMap((copy) => {
      const rng = stream(seed, "inputs", name, placement, copy),
        fill = source(cell, rng.stream("x"));
      const { lambda, c, hatC, xi, r0, gram, activation: { f, df } } = modelOf(spec, rng);
      if (gram !== undefined) {
        throw new RangeError(`Cannot ${what} as base must be orthonormal: it has a Gram matrix`);
      }
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
            z = (a + xi * hatC[i] * s) / r0;
          error += lambda[i] * (f(z) - f((a + xi * c[i] * sStar) / r0));
          gate += lambda[i] * hatC[i] * df(z) / r0;
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
