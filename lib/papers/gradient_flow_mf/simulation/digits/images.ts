/**
 * The digits as two tasks: as they stand for pre-training, and changed for fine-tuning.
 *
 * @module
 */
import { checkInteger, checkMethods, checkString, show } from "../../../../check.ts";
import { type Matrix, matrix } from "../../../../linalg/mod.ts";
import { digitPixels, type Labelled } from "../../../../nn/mod.ts";
import { portable } from "../../../../random/mod.ts";
import { kept } from "./kept.ts";

/** Number of images that are trained on; the others are the test images. */
export const TRAIN = 1200;
/** Pixels of an image. */
export const PIXELS = 64;
/** Classes. */
export const CLASSES = 10;

/** A change of images that makes another task of them. */
export interface ImageChange {
  /** Words for captions, after "digits": `"upside down"`. */
  readonly name: string;
  /** The 64 pixels in [0, 1], row by row, of the changed image. */
  readonly change: (pixels: Float64Array) => ArrayLike<number>;
}

/** Degrees clockwise by which images can be turned without interpolation. */
const TURNS = [0, 90, 180, 270] as const;

/** An image turned by 90° clockwise. */
function quarter(pixels: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: PIXELS }, (_, k) => pixels[8 * (7 - k % 8) + (k >> 3)]);
}

/**
 * A change of images by the degrees of a turn, or a reader's own.
 *
 * @param change 0, 90, 180 or 270 degrees clockwise, or `{ name, change }`.
 * @throws {RangeError} If images cannot be turned by these degrees.
 * @throws {TypeError} If a part is missing.
 *
 * @example
 * ```ts
 * import { imageChange } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const pixels = Float64Array.from({ length: 64 }, (_, i) => i);
 * assertEquals(imageChange(90).change(pixels)[0], 56); // the lower left corner comes to the upper left
 * assertEquals(imageChange(180).change(pixels)[0], 63);
 * ```
 */
export function imageChange(change: number | ImageChange): ImageChange {
  const what = "change the images";
  const wanted = `one of ${TURNS.join(", ")} degrees, or { name, change }`;
  if (typeof change === "number") {
    if (!(TURNS as readonly number[]).includes(change)) {
      throw new RangeError(
        `Cannot ${what} as the turn must be ${wanted}: current value is ${change}`,
      );
    }
    return {
      name: `turned by ${change}°`,
      change: (pixels) => {
        let turned = pixels;
        for (let turn = 0; turn < change / 90; turn++) turned = quarter(turned);
        return turned;
      },
    };
  }
  checkMethods(what, "the change", change, wanted, ["change"]);
  checkString(what, "name of the change", change.name);
  return change;
}

/** Images of both tasks, pixels in [0, 1], with their labels. */
export interface Images {
  /** As they stand. */
  readonly upright: Matrix;
  /** Changed, in the same order. */
  readonly changed: Matrix;
  /** Their labels. */
  readonly label: Uint8Array;
}

/**
 * The shuffled images, as they stand and changed.
 *
 * @param change See {@linkcode imageChange}.
 * @param seed Of the order, for the portable generator.
 * @throws {TypeError} If a reader's change does not return 64 pixels.
 */
export function images(change: number | ImageChange = 90, seed: number = 1234): Images {
  const all = digitPixels(),
    draws = portable(seed),
    { name, change: changeOf } = imageChange(change);
  const keys = Float64Array.from({ length: all.count }, () => draws.uniform());
  const order = Array.from(keys.keys()).sort((a, b) => keys[a] - keys[b] || a - b);
  const upright = matrix(all.count, PIXELS), changed = matrix(all.count, PIXELS);
  order.forEach((from, to) => {
    const pixels = all.x.slice(from * PIXELS, (from + 1) * PIXELS).map((x) => x / 16);
    upright.data.set(pixels, to * PIXELS);
    const image = changeOf(pixels);
    if (image?.length !== PIXELS) {
      throw new TypeError(
        `Cannot change the images as ${name} must return ${PIXELS} pixels: ` +
          `current value is ${show(image?.length)} of them`,
      );
    }
    changed.data.set(image, to * PIXELS);
  });
  return { upright, changed, label: Uint8Array.from(order, (i) => all.label[i]) };
}

/** Which images the second task has. */
export interface DigitTask {
  /** What is done to the images; see {@linkcode imageChange}. */
  readonly change: number | ImageChange;
  /** Changed images to train on, at most {@linkcode TRAIN}. */
  readonly images: number;
  /** Seed of the order of the images, a whole number as text. */
  readonly splitSeed: string;
}

/** The images of both tasks in their parts. */
export interface DigitParts {
  /** Upright images of the pre-training, {@linkcode TRAIN} of them. */
  readonly upright: Labelled;
  /** Upright images that are only tested. */
  readonly uprightTest: Labelled;
  /** Changed images to train on. */
  readonly training: Labelled;
  /** Changed images that are only tested. */
  readonly test: Labelled;
}

const partsOf = kept(({ change, images: count, splitSeed }: DigitTask): DigitParts => {
  const { upright, changed, label } = images(change, Number(splitSeed));
  const part = (x: Matrix, from: number, to: number): Labelled => (
    { count: to - from, x: rowsOf(x, from, to).data.slice(), label: label.slice(from, to) }
  );
  return {
    upright: part(upright, 0, TRAIN),
    uprightTest: part(upright, TRAIN, upright.rows),
    training: part(changed, 0, count),
    test: part(changed, TRAIN, changed.rows),
  };
});

/** The images of both tasks, made once; only to be read. */
export function digitParts({ change, images, splitSeed }: DigitTask): DigitParts {
  checkInteger("take digits", "images", images, 1, TRAIN);
  return partsOf({ change, images, splitSeed });
}

/** Rows `from` to `to` of a matrix, sharing its entries. */
export function rowsOf({ columns, data, rows }: Matrix, from: number, to: number = rows): Matrix {
  checkInteger("take rows", "to", to, from, rows);
  return { rows: to - from, columns, data: data.subarray(from * columns, to * columns) };
}
