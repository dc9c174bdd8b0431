import { gunzipSync } from "node:zlib";
import { checkInteger } from "../check.ts";
import { permutation, stream } from "../random/mod.ts";

/** Images and labels of one part of a data set. */
export interface Labelled {
  /** Number of images. */
  readonly count: number;
  /** Pixels, `count × 64`, row-major: centred per pixel, mean squared norm of an image 64. */
  readonly x: Float64Array;
  /** Labels 0..9. */
  readonly label: Uint8Array;
}

const FILE = new URL("../../data/digits.csv.gz", import.meta.url);
const PIXELS = 64;
const COUNT = 1797;

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
  const text = new TextDecoder().decode(gunzipSync(Deno.readFileSync(FILE)));
  const lines = text.trim().split("\n");
  const order = permutation(stream("digits", "split"), COUNT);
  const rows = Array.from(order, (i) => lines[i].split(",").map(Number));
  const x = new Float64Array(COUNT * PIXELS);
  const label = Uint8Array.from(rows, (row) => row[PIXELS]);
  let square = 0;
  for (let k = 0; k < PIXELS; k++) {
    const mean = rows.reduce((sum, row) => sum + row[k], 0) / COUNT;
    rows.forEach((row, i) => {
      x[i * PIXELS + k] = row[k] - mean;
      square += (row[k] - mean) ** 2;
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
