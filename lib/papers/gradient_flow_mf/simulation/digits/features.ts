/**
 * What a last layer sees: features of a pre-trained network, a map of the digits, or a reader's own.
 *
 * @module
 */
import { checkFinite, checkMethods, checkString } from "../../../../check.ts";
import { type Matrix, matrix } from "../../../../linalg/mod.ts";
import type { Examples, Labelled } from "../../../../nn/mod.ts";
import { kept } from "./kept.ts";
import { CLASSES, digitParts, type DigitTask, PIXELS } from "./images.ts";
import { labelledRows } from "./labelled.ts";
import { hiddenFeatures, type NetworkTask } from "./pretrained.ts";

/** A frozen map from an image to the inputs of the last layer. */
export interface FeatureMap {
  /** Words for captions: `"pixels"`. */
  readonly name: string;
  /** Features of an image of 64 pixels in [0, 1]; always as many. */
  readonly features: (pixels: Float64Array) => ArrayLike<number>;
}

/** Features with their classes, as JSON. */
export interface PlainFeatures {
  /** One row for each example. */
  readonly features: readonly (readonly number[])[];
  /** Their classes. */
  readonly labels: readonly number[];
}

/** What the last layer sees: a pre-trained network, a map of the digits, or a reader's own features. */
export type FeatureSource =
  | { readonly network: NetworkTask }
  | { readonly digits: DigitTask; readonly map: FeatureMap }
  | { readonly own: PlainFeatures & { readonly test?: PlainFeatures } };

/** Features of training and test examples. */
export interface LastLayerData {
  /** To train on. */
  readonly training: Examples;
  /** That are only tested; undefined without any. */
  readonly test: Examples | undefined;
  /** Number of features. */
  readonly inputs: number;
  /** Number of classes. */
  readonly classes: number;
}

const WHAT = "train the last layer", OWN = { x: "features", label: "labels" };

/** Checks a reader's map of the digits. */
export function featureMap(map: FeatureMap): FeatureMap {
  checkMethods(WHAT, "features", map, "network, { name, features }, or rows", ["features"]);
  checkString(WHAT, "name of the features", map.name);
  return map;
}

/** Checks a reader's features and classes, those of the test by the classes of the training. */
export function ownFeatures(
  { features, labels, test }: PlainFeatures & { readonly test?: PlainFeatures },
): LastLayerData {
  const { x, label, classes } = labelledRows(WHAT, OWN, features, labels);
  const examples = (x: Matrix, label: readonly number[]): Examples => (
    { count: x.rows, x: x.data, label }
  );
  const training = examples(x, label), inputs = x.columns;
  if (test === undefined) return { training, test, inputs, classes };
  const names = { x: "test.features", label: "test.labels" };
  const held = labelledRows(WHAT, names, test.features, test.labels, classes);
  if (held.x.columns !== inputs) {
    throw new TypeError(
      `Cannot ${WHAT} as test.features must have ${inputs} columns as features have: ` +
        `there are ${held.x.columns}`,
    );
  }
  return { training, test: examples(held.x, held.label), inputs, classes };
}

/** What a map makes of some images. */
function mapped({ name, features }: FeatureMap, { count, x, label }: Labelled): Examples {
  const rows = Array.from(
    { length: count },
    (_, i) => Array.from(features(x.slice(i * PIXELS, (i + 1) * PIXELS)) ?? []),
  );
  const width = rows[0].length;
  rows.forEach((row, i) => {
    if (row.length !== width || width === 0) {
      throw new TypeError(
        `Cannot ${WHAT} as ${name} must return the same number of features for every image: ` +
          `it returned ${width} for the first and ${row.length} for number ${i}`,
      );
    }
    row.forEach((entry, k) => checkFinite(WHAT, `feature ${k} of ${name}`, entry));
  });
  return { count, x: Float64Array.from(rows.flat()), label };
}

/** The examples of a source, made once; only to be read. */
export const lastLayerData: (source: FeatureSource) => LastLayerData = kept((source) => {
  if ("own" in source) return ownFeatures(source.own);
  const task = "network" in source ? source.network : source.digits;
  const { training, test } = digitParts(task);
  const through = (images: Labelled): Examples => {
    if ("map" in source) return mapped(featureMap(source.map), images);
    const { count, x, label } = images;
    return { count, x: hiddenFeatures(source.network, matrix(count, PIXELS, x)).data, label };
  };
  const seen = through(training);
  return {
    training: seen,
    test: through(test),
    inputs: seen.x.length / seen.count,
    classes: CLASSES,
  };
});
