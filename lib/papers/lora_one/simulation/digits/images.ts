/**
 * The 8×8 digits by label, for training and for the test.
 *
 * @module
 */
import { digitPixels, type Labelled } from "../../../../nn/mod.ts";

/** Pixels of an image. */
export const PIXELS = 64;

/** Images of some labels. */
export interface DigitsPart {
  /** For training. */
  readonly train: Labelled;
  /** Held out: every fifth image of the file. */
  readonly test: Labelled;
}

const known = new Map<string, DigitsPart>();

/** The digits of these labels, pixels in [0, 1]; index mod 5 = 4 is held out. */
export function digitImages(labels: readonly number[]): DigitsPart {
  const key = labels.join(), before = known.get(key);
  if (before) return before;
  const all = digitPixels();
  const select = (held: boolean): Labelled => {
    const chosen = Array.from(all.label.keys())
      .filter((i) => labels.includes(all.label[i]) && (i % 5 === 4) === held);
    const x = new Float64Array(chosen.length * PIXELS);
    chosen.forEach((from, to) => {
      const image = all.x.subarray(from * PIXELS, (from + 1) * PIXELS);
      x.set(Float64Array.from(image, (level) => level / 16), to * PIXELS);
    });
    return { count: chosen.length, x, label: Uint8Array.from(chosen, (i) => all.label[i]) };
  };
  const part = { train: select(false), test: select(true) };
  known.set(key, part);
  return part;
}
