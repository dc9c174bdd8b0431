/**
 * The exact bridge from data to Problem 2: a two-layer linear network on whitened inputs.
 *
 * @module
 */
import { checkInteger, checkKeys, show } from "../../../../check.ts";
import {
  add,
  columns,
  frobeniusNorm,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  solvePositive,
  svd,
  symmetricEigen,
  transpose,
} from "../../../../linalg/mod.ts";
import type { Problem } from "../../model.ts";
import { type MatrixLike, matrixOf } from "../../shapes.ts";
import { kept } from "./kept.ts";
import { type ImageChange, images, rowsOf, TRAIN } from "./images.ts";
import { labelledRows } from "./labelled.ts";

/** Inputs, one row for each example, with their classes, or with rows of targets. */
export interface BridgeData {
  /** Inputs. */
  readonly x: MatrixLike;
  /** Classes from 0 on, or targets, one row for each example. */
  readonly y: readonly number[] | MatrixLike;
}

/** What a bridge is built from. */
export interface BridgeOptions extends BridgeData {
  /** A few words, for captions; `"own data"` by default. */
  readonly name?: string;
  /** What the network was trained on before. */
  readonly before: BridgeData;
  /** Examples that are only tested; those of the training by default. */
  readonly test?: BridgeData;
  /** Number of principal components of the inputs; all directions in which they vary by default. */
  readonly components?: number;
  /** Width of the hidden layer; by default the rank of the first map. */
  readonly hidden?: number;
  /** Number of singular values of Δ that are kept; all by default. */
  readonly kept?: number;
}

/** A linear network as Problem 2. */
export interface LinearBridge {
  /** The frozen layers and what has to be learnt. */
  readonly problem: Problem;
  /** `W₂W₁`. */
  readonly pretrained: Matrix;
  /** Best linear map on the training examples, `Y_ft`. */
  readonly best: Matrix;
  /** What no linear map can learn: the squared loss is that of the problem plus this. */
  readonly remainder: number;
  /** Fraction of the test examples whose largest output is where the largest target is. */
  readonly accuracy: (map: Matrix) => number;
}

const WHAT = "build a linear bridge";
/** Below this share of the largest, a variance or a singular value is none. */
const NONE = 1e-10;

/** Number of values that are some. */
function rankOf(values: Float64Array): number {
  return values.filter((value) => value > NONE * values[0]).length;
}

function scaledColumns(x: Matrix, by: (j: number) => number): Matrix {
  return { ...x, data: x.data.map((value, i) => value * by(i % x.columns)) };
}

/** Inputs and targets; classes become one-hot rows less `1/classes`. */
function examples(name: string, { x, y }: BridgeData, like?: { x: Matrix; y: Matrix }) {
  const of = name === "" ? "" : `${name}.`, names = { x: `${of}x`, label: `${of}y` };
  const isList = Array.isArray(y) && y.every((entry) => typeof entry === "number");
  const given = matrixOf(WHAT, names.x, x);
  let targets: Matrix;
  if (isList) {
    const { label, classes } = labelledRows(WHAT, names, given, y as number[], like?.y.columns);
    targets = matrix(given.rows, classes);
    targets.data.fill(-1 / classes);
    label.forEach((k, i) => targets.data[i * classes + k] += 1);
  } else {
    targets = matrixOf(WHAT, names.label, y as MatrixLike);
  }
  const fits = targets.rows === given.rows &&
    (!like || (targets.columns === like.y.columns && given.columns === like.x.columns));
  if (!fits || ![...given.data, ...targets.data].every(Number.isFinite)) {
    throw new TypeError(
      `Cannot ${WHAT} as ${names.x} and ${names.label} must be finite, as many rows` +
        `${like ? `, and as wide as x and y, ${like.x.columns} and ${like.y.columns}` : ""}: ` +
        `current shapes are ${given.rows} x ${given.columns} and ${targets.rows} x ${targets.columns}`,
    );
  }
  return { x: given, y: targets };
}

/** The map to principal components of unit variance. */
function whitening(x: Matrix, wanted: number | undefined): (x: Matrix) => Matrix {
  const n = x.rows, d = x.columns, mean = new Float64Array(d);
  x.data.forEach((value, i) => mean[i % d] += value / n);
  const centred = (x: Matrix) => ({ ...x, data: x.data.map((value, i) => value - mean[i % d]) });
  const here = centred(x), { values, vectors } = symmetricEigen(multiplyTN(here, here));
  const most = rankOf(values);
  const count = wanted ?? most;
  if (count > most) {
    const constant = Array.from(mean.keys()).filter((k) =>
      x.data.every((value, i) => i % d !== k || value === x.data[k])
    );
    throw new RangeError(
      `Cannot ${WHAT} as components must be <= ${most}, the number of directions in which x varies` +
        `${constant.length > 0 ? ` (constant columns: ${show(constant)})` : ""}: ` +
        `current value is ${count}`,
    );
  }
  const basis = columns(vectors, 0, count);
  const out = scaledColumns(basis, (j) => Math.sqrt(n / values[j]));
  return (x) => multiply(centred(x), out);
}

/** Best linear map of whitened inputs to targets by least squares, outputs × components. */
function leastSquares(x: Matrix, y: Matrix): Matrix {
  const gram = multiplyTN(x, x), { values } = symmetricEigen(gram);
  const most = rankOf(values);
  if (most < gram.rows) {
    throw new RangeError(
      `Cannot ${WHAT} as before.x must vary in all ${gram.rows} components, of which it varies in ` +
        `${most}: lower components`,
    );
  }
  return transpose(solvePositive(gram, multiplyTN(x, y)));
}

/** The part of a matrix with its leading singular values. */
function leadingPart(x: Matrix, rank: number): Matrix {
  const { u, values, v } = svd(x, rank);
  return multiplyNT(scaledColumns(u, (j) => values[j]), v);
}

/**
 * Fine-tuning of a two-layer linear network on data, as Problem 2: with inputs whitened by principal
 * components, `Σ_xx = I`, the squared loss is `½‖Y_ft − Ŵ₂Ŵ₁‖²` plus a constant.
 *
 * Law: `Y_ft = ỸᵀX̃/N`; the frozen map is the least-squares one of `before`, on the same components,
 * split in balance, `W₂ = U√S`, `W₁ = √SVᵀ`; so `W₂` and `W₁` have common bases (Assumption 2.1) and
 * `δ_w` is near 1; Assumption 2.2 does not hold in general.
 * Source: ours, gradient-flow-mf F10.
 *
 * @throws {TypeError} If an option is unknown, or rows and targets do not fit each other.
 * @throws {RangeError} If a class has no example, inputs vary in fewer directions than components are
 * asked for (constant columns are named), or a rank is too large.
 *
 * @example The loss of the network is that of the problem plus the remainder.
 * ```ts
 * import { linearBridge } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { frobeniusNorm } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const x = [[1, 0], [0, 2], [-1, 0], [0, -2]];
 * const { problem, remainder } = linearBridge({ x, y: [0, 1, 1, 0], before: { x, y: [0, 0, 1, 1] } });
 * const loss = 0.5 * frobeniusNorm(problem.target) ** 2 + remainder;
 * assertAlmostEquals(loss, 0.5, 1e-12); // each output of the first map is off by ½ or by nothing
 * ```
 */
export function linearBridge(options: BridgeOptions): LinearBridge {
  const keys = ["x", "y", "name", "before", "test", "components", "hidden", "kept"];
  checkKeys(WHAT, options, keys);
  const { name = "own data", components } = options;
  if (components !== undefined) checkInteger(WHAT, "components", components, 1);
  if (typeof options.before !== "object" || options.before === null) {
    throw new TypeError(
      `Cannot ${WHAT} as before must be { x, y }, what the network was trained on before: ` +
        `current value is ${show(options.before)}`,
    );
  }
  const training = examples("", options), before = examples("before", options.before, training);
  const test = options.test ? examples("test", options.test, training) : training;
  const whiten = whitening(training.x, components), x = whiten(training.x), n = x.rows;
  const best = scaledColumns(multiplyTN(training.y, x), () => 1 / n);
  const fit = leastSquares(whiten(before.x), before.y), whole = svd(fit);
  const hidden = options.hidden ?? rankOf(whole.values);
  checkInteger(WHAT, "hidden", hidden, 1, rankOf(whole.values));
  const root = (x: Matrix) =>
    scaledColumns(columns(x, 0, hidden), (j) => Math.sqrt(whole.values[j]));
  const w2 = root(whole.u), w1 = transpose(root(whole.v)), pretrained = multiply(w2, w1);
  const difference = add(best, pretrained, -1);
  const most = rankOf(svd(difference).values), rank = options.kept ?? most;
  checkInteger(WHAT, "kept", rank, 1, most);
  const target = rank < most ? leadingPart(difference, rank) : difference;
  const seen = whiten(test.x);
  return {
    problem: { name, w2, w1, target },
    ...{ pretrained, best },
    remainder: 0.5 * (frobeniusNorm(training.y) ** 2 / n - frobeniusNorm(best) ** 2),
    accuracy: (map) => agreement(multiplyNT(seen, map), test.y),
  };
}

/** Fraction of rows whose largest entries stand at the same place. */
function agreement(outputs: Matrix, targets: Matrix): number {
  const k = outputs.columns;
  const place = ({ data }: Matrix, i: number) => {
    const row = data.subarray(i * k, (i + 1) * k);
    return row.indexOf(Math.max(...row));
  };
  let right = 0;
  for (let i = 0; i < outputs.rows; i++) if (place(outputs, i) === place(targets, i)) right++;
  return right / outputs.rows;
}

/** The digits on the bridge. */
export interface DigitsBridge {
  /** What is done to the images of the second task. */
  readonly change: number | ImageChange;
  /** Seed of the order of the images, a whole number as text. */
  readonly splitSeed: string;
  /** Number of principal components. */
  readonly components: number;
  /** Width of the hidden layer, at most 9: the targets add up to zero. */
  readonly hidden: number;
  /** Number of singular values of Δ that are kept; 0 for all. */
  readonly kept: number;
}

const digitsBridgeOf = kept(({ change, splitSeed, ...sizes }: DigitsBridge): LinearBridge => {
  const { upright, changed, label } = images(change, Number(splitSeed));
  const labels = (from: number, to?: number) => Array.from(label.subarray(from, to));
  const { kept, ...rest } = sizes;
  return linearBridge({
    ...{ ...rest, ...(kept === 0 ? {} : { kept }), name: "digits" },
    ...{ x: rowsOf(changed, 0, TRAIN), y: labels(0, TRAIN) },
    before: { x: rowsOf(upright, 0, TRAIN), y: labels(0, TRAIN) },
    test: { x: rowsOf(changed, TRAIN), y: labels(TRAIN) },
  });
});

/**
 * The digits as Problem 2: trained on 1200 upright ones, to be fine-tuned on the same ones changed,
 * tested on the other 597. Made once; only to be read.
 *
 * Law: see {@linkcode linearBridge}; targets are one-hot less 1/10.
 *
 * @example
 * ```ts
 * import { digitsBridge, modes } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const digits = { change: 90, splitSeed: "1234", components: 30, hidden: 9, kept: 0 };
 * const { lambda, deltaW, defect22 } = modes(digitsBridge(digits).problem);
 * assertAlmostEquals(lambda, 1.616557107912371, 1e-9);
 * assertAlmostEquals(deltaW!, 0.99933, 1e-5); // excluded by the theorems, which need δ_w ≠ 1
 * assertAlmostEquals(defect22, 0.38, 0.01); // and so is such a target, by Assumption 2.2
 * ```
 */
export function digitsBridge(digits: DigitsBridge): LinearBridge {
  return digitsBridgeOf(digits);
}
