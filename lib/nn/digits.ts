import { gunzipSync } from "fflate";
import { checkInteger } from "../check.ts";
import { platform } from "../platform/mod.ts";
import { permutation, stream } from "../random/mod.ts";

/** Images and labels. */
export interface Labelled {
  /** Number of images. */
  readonly count: number;
  /** Pixels, `count × 64`, row-major. */
  readonly x: Float64Array;
  /** Labels 0..9. */
  readonly label: Uint8Array;
}

const FILE = new URL("../../data/digits.csv.gz", import.meta.url);
const PIXELS = 64;
const COUNT = 1797;

/**
 * The 1797 handwritten 8 × 8 digits as they stand in the file: pixels 0 … 16, labels, in the order of
 * the file, in which writers stand together.
 *
 * Needs `--allow-read` for `data/digits.csv.gz`. Source: see {@linkcode digits}.
 *
 * @example
 * ```ts
 * import { digitPixels } from "lora-dynamics/nn/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { count, x } = digitPixels();
 * assertEquals([count, ...x.subarray(0, 8)], [1797, 0, 0, 5, 13, 9, 1, 0, 0]);
 * ```
 */
export function digitPixels(): Labelled {
  const bytes = platform.files.read(FILE);
  // Some servers say that the file is packed, and the browser then unpacks it before we see it.
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const text = new TextDecoder().decode(packed ? gunzipSync(bytes) : bytes);
  const rows = text.trim().split("\n").map((line) => line.split(",").map(Number));
  const x = new Float64Array(COUNT * PIXELS);
  rows.forEach((row, i) => x.set(row.slice(0, PIXELS), i * PIXELS));
  return { count: COUNT, x, label: Uint8Array.from(rows, (row) => row[PIXELS]) };
}

/**
 * The 1797 handwritten 8 × 8 digits, pixels centred and scaled so that the mean squared norm of an
 * image is 64 (what `N(0, I₆₄)` has), shuffled in one fixed order (writers stand together in the
 * file) and split into the first `train` images and the rest.
 *
 * Needs `--allow-read` for `data/digits.csv.gz`.
 *
 * Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning
 * Repository, 1998, test part; CC BY 4.0.
 *
 * @param train Number of training images, 1..1796.
 * @throws {RangeError} If `train` is not in range.
 *
 * @example
 * ```ts
 * import { digits } from "lora-dynamics/nn/mod.ts";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const { train, test } = digits(1400);
 * assertEquals([train.count, test.count], [1400, 397]);
 * const all = [...train.x, ...test.x];
 * assertAlmostEquals(all.reduce((s, x) => s + x * x, 0) / 1797, 64, 1e-9);
 * ```
 */
export function digits(train = 1400): { train: Labelled; test: Labelled } {
  checkInteger("split the digits", "train", train, 1, COUNT - 1);
  const all = digitPixels();
  const order = permutation(stream("digits", "split"), COUNT);
  const x = new Float64Array(COUNT * PIXELS);
  const label = Uint8Array.from(order, (i) => all.label[i]);
  let square = 0;
  for (let k = 0; k < PIXELS; k++) {
    let mean = 0;
    for (const i of order) mean += all.x[i * PIXELS + k];
    mean /= COUNT;
    order.forEach((from, i) => {
      x[i * PIXELS + k] = all.x[from * PIXELS + k] - mean;
      square += (all.x[from * PIXELS + k] - mean) ** 2;
    });
  }
  const scale = Math.sqrt(PIXELS * COUNT / square);
  for (let i = 0; i < x.length; i++) x[i] *= scale;
  const part = (from: number, to: number): Labelled => ({
    count: to - from,
    x: x.subarray(from * PIXELS, to * PIXELS),
    label: label.subarray(from, to),
  });
  return { train: part(0, train), test: part(train, COUNT) };
}
