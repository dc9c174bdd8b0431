/**
 * Figure E8: steps of an adapter on real images against the strength of pre-training.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  type ExperimentContext,
  param,
  type Row,
  slope,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  listed,
  type Series,
} from "../../../../figure/mod.ts";
import { activation } from "../../../../gaussian/mod.ts";
import type { OwnImages } from "../../simulation/digits/pretrained.ts";
import { type DigitsRow, digitsSearch } from "../../simulation/digits/search.ts";
import { activationParameter } from "../physics.ts";

/** Refuses images of which one has no class or another number of pixels. */
function checkImages(data: "digits" | OwnImages): void {
  if (data === "digits") return;
  const { x, label } = data, width = x?.[0]?.length;
  const fits = Array.isArray(x) && Array.isArray(label) && x.length === label.length && width > 0;
  if (!fits || x.some((row) => row.length !== width || !row.every(Number.isFinite))) {
    throw new TypeError("rows of pixels of one length and a class for each are wanted");
  }
}

/**
 * Parameters of {@linkcode digitsSearchTimes}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const digitsParameters = {
  mu: param.numbers(
    [0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95],
    "strengths μ: share of the largest learnt change of the first layer that the frozen layer keeps",
    { least: 0, below: 1 },
  ),
  rank: param.integer(1, "rank of the adapter", { least: 1 }),
  step: param.number(0.5, "step size of the adapter", { above: 0 }),
  level: param.number(0.5, "overlap that counts as found", { above: 0, below: 1 }),
  inputs: param.choice(
    "images",
    "downstream inputs: the images, or standard normals in their place; there are no others",
    ["images", "normal"],
  ),
  data: param.value<"digits" | OwnImages>(
    "digits",
    "images of pre-training: the 8 × 8 digits, or your own { x: rows of pixels, label: classes 0, 1, … }",
    checkImages,
    '"digits", or { x, label }',
  ),
  train: param.integer(1400, "images that are learnt from; the others test", { least: 10 }),
  hidden: param.integer(32, "hidden units of the network", { least: 1 }),
  activation: activationParameter("tanh", "activation of the hidden units"),
  fullSteps: param.integer(20_000, "steps of pre-training", { least: 1 }),
  fullStep: param.number(0.1, "step size of pre-training", { above: 0 }),
  batch: param.integer(50, "images a step, in pre-training and search", { least: 1 }),
  maxSteps: param.integer(60_000, "steps after which a copy is given up", { least: 1 }),
  copies: param.integer(6, "starts of the adapter", { least: 2 }),
  seed: param.seed(),
};

type Parameters = Values<typeof digitsParameters>;

/** A search of one start at one strength. */
export interface DigitsSearchRow extends DigitsRow {
  /** Strength. */
  mu: number;
  /** Seed of its group of copies. */
  seed: string;
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<DigitsSearchRow[]> {
  const { mu: strengths, copies, seed, activation: sigma, ...setting } = p;
  // Workers share a pre-trained network within a process.
  return await sweep({
    ...{ name: "digits", run: digitsSearch, seeds: [`${seed}/0`] },
    cells: strengths.flatMap((mu) =>
      Array.from({ length: copies }, (_, first) => ({
        ...{ ...setting, mu, activation: sigma, networkSeed: seed, first, copies: 1 },
      }))
    ),
    cost: ({ mu }: { mu: number }) => (1 - mu) ** -2,
  }) as unknown as DigitsSearchRow[];
}

/** Exponent of `steps ∝ (1 − μ)^(−exponent)` between strengths. */
export interface Exponent extends Row {
  /** Geometric mean of the distances `1 − μ`. */
  distance: number;
  /** Mean over starts of the slope of `ln steps` in `−ln(1 − μ)`. */
  exponent: number;
  /** Its standard error over starts; the network is the same for all. */
  se: number;
  /** Starts that have arrived at all strengths. */
  starts: number;
}

/**
 * Exponent of the steps of all strengths from `from` on, a slope for each start, so that what a start and its order of
 * images do to the time falls out.
 */
export function searchExponent(rows: readonly DigitsSearchRow[], from = 0, to = 1): Exponent {
  const strengths = distinct(rows, "mu").filter((mu) => mu >= from && mu <= to);
  const x = strengths.map((mu) => -Math.log1p(-mu));
  const slopes = distinct(rows, "copy").map((copy) => {
    const own = where(rows, "copy", copy);
    return slope(x, strengths.map((mu) => Math.log(where(own, "mu", mu)[0].exit ?? NaN)));
  }).filter(Number.isFinite);
  const { mean, se } = slopes.length > 0 ? summary(slopes) : { mean: NaN, se: NaN };
  const distance = Math.exp(-x.reduce((sum, each) => sum + each, 0) / x.length);
  return { distance, exponent: mean, se, starts: slopes.length };
}

/** Geometric mean of the steps at every strength, with two standard errors. */
function meansOf(rows: readonly DigitsSearchRow[]) {
  return distinct(rows, "mu").flatMap((mu) => {
    const logs = where(rows, "mu", mu).flatMap(({ exit }) => exit === null ? [] : [Math.log(exit)]);
    if (logs.length < 2) return [];
    const { mean, se } = summary(logs);
    return [{
      ...{ x: 1 - mu, y: Math.exp(mean) },
      ...{ low: Math.exp(mean - 2 * se), high: Math.exp(mean + 2 * se) },
    }];
  });
}

function draw(rows: readonly DigitsSearchRow[], p: Parameters): Figure {
  const means = meansOf(rows), strengths = p.mu.toSorted((x, y) => x - y);
  const local = strengths.slice(1).flatMap((mu, i) => {
    const { distance, exponent, se } = searchExponent(rows, strengths[i], mu);
    if (!Number.isFinite(exponent)) return [];
    return [{ x: distance, y: exponent, low: exponent - 2 * se, high: exponent + 2 * se }];
  });
  const marks: Series = { name: "adapter on the digits", look: 0, marks: means, bars: means };
  const last = means.at(-1), law = (x: number) => last!.y * (last!.x / x) ** 2;
  const ends = [Math.min(...means.map(({ x }) => x)), Math.max(...means.map(({ x }) => x))];
  const guide: Series = {
    ...{ name: "law of strong pre-training, (1 − /{μ})⁻²", look: 5 },
    line: last ? ends.map((x) => ({ x, y: law(x) })) : [],
  };
  const x = { label: "1 − /{μ}", type: "log" as const };
  return figureOf([
    {
      title: "",
      x,
      y: { label: "SGD steps to the direction", type: "log" },
      series: [marks, guide],
    },
    {
      title: "",
      x,
      y: { label: "exponent between neighbours" },
      series: [
        { ...marks, marks: local, bars: local },
        { ...guide, line: ends.map((place) => ({ x: place, y: 2 })) },
      ],
    },
  ], {
    ...{ columns: 2, aspect: 0.85, legend: legendOf([marks, guide]) },
    caption: captionOf(rows, p),
  });
}

function captionOf(rows: readonly DigitsSearchRow[], p: Parameters): string {
  const { sigma, testAccuracy } = rows[0], late = rows.filter(({ exit }) => exit === null).length;
  const data = p.data === "digits" ? "8 × 8 digits" : `${p.data.x.length} images of your own`;
  return `Search of a rank-${p.rank} adapter on a network of ${p.hidden} ` +
    `${activation(p.activation).name} units that was pre-trained on ${p.train} ${data} ` +
    `(${p.fullSteps} steps of ${p.fullStep}, accuracy ${
      testAccuracy.toFixed(3)
    } on the others); the frozen first layer ` +
    `lacks (1 − μ) of the largest change that training has made, σ₁ = ${
      sigma.toFixed(2)
    }; downstream inputs: ` +
    `${
      p.inputs === "images" ? "the images" : "standard normals"
    }, b = ${p.batch}, η = ${p.step}. Steps until the ` +
    `adapter overlaps the missing direction by ${
      formatNumber(p.level)
    } on the right side. Marks: geometric mean of ` +
    `${p.copies} starts on one network at μ = ${
      listed(p.mu)
    }; bars: two standard errors; (b): slope between ` +
    "neighbouring strengths, paired by start; line: exponent 2, which theory has for one index and μ → 1, through " +
    `the strongest${late > 0 ? `; ${late} searches were given up after ${p.maxSteps} steps` : ""}.`;
}

/**
 * Steps of an adapter on real images to the direction that its frozen layer lacks, against the strength of
 * pre-training: any rank, network, data, step and level.
 *
 * Law: on one index `(1 − μ)⁻²` as `μ → 1`; here it is a question, since images are not normal and the network has
 * two layers. Scale: steps. Source: ours, in place of the paper's vision transformer, whose set-up was not seen.
 *
 * @example Another network in one line.
 * ```ts
 * import { digitsSearchTimes, searchExponent } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await digitsSearchTimes({ preset: "quick", hidden: 8, fullSteps: 300, mu: [0.4, 0.8], copies: 2 });
 * assert(searchExponent(rows).exponent > 1);
 * ```
 */
export const digitsSearchTimes: Experiment<typeof digitsParameters, DigitsSearchRow[], Figure> =
  experiment({
    name: "search on the digits",
    about: "Does strong pre-training slow an adapter on real images, and by which power of 1 − μ?",
    parameters: digitsParameters,
    quick: { mu: [0, 0.4, 0.8, 0.9], fullSteps: 2000, copies: 4 },
    run,
    figure: draw,
  });
