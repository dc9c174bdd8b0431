/**
 * What the experiments on real data share: parameters of the tasks, runs over starts, and how courses
 * are drawn.
 *
 * @module
 */
import { distinct, param, type Parameter, type Row, where } from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  scaleWords,
  type Spread,
  spreadOf,
} from "../../../../figure/mod.ts";
import { activation, type ActivationLike } from "../../../../gaussian/mod.ts";
import { type UpdateRule, updateRule, type UpdateRuleLike } from "../../../../nn/mod.ts";
import { seedNumber } from "../../problems/mod.ts";
import { type ImageChange, imageChange } from "../../simulation/digits/images.ts";
import { layerStart, type StartLike, startWords } from "../../starts.ts";

/** Seed of the portable generator. */
export function portableSeed(value: string, about: string): Parameter<string> {
  const door = (text: string) => seedNumber("take a seed", text);
  return param.value<string>(value, about, door, `a whole number as text, such as "${value}"`);
}

/** Declares the update rule of a training. */
export function ruleParameter(value: UpdateRuleLike): Parameter<UpdateRuleLike> {
  return param.value<UpdateRuleLike>(
    value,
    "update rule, on all examples at each step: gd, momentum (0.9), adam, or your own",
    updateRule,
    "gd, momentum, adam, or { name, begin }",
  );
}

/** A rule and its step size in words. */
export function ruleWords(rule: UpdateRuleLike, rate: number): string {
  const { name }: UpdateRule = updateRule(rule);
  return `${name} at rate ${formatNumber(rate)}`;
}

/** Parameters of the second task. */
export const taskParameters = {
  change: param.value<number | ImageChange>(
    90,
    "degrees clockwise by which the images are turned after pre-training, or your own change of one",
    imageChange,
    "0, 90, 180, 270, or { name, change }",
  ),
  splitSeed: portableSeed("1234", "seed of the order of the images, the last 597 of which test"),
};

/** Parameters of the pre-trained network. */
export const pretrainedParameters = {
  hidden: param.integers([32], "widths of the hidden layers", { least: 1 }),
  activation: param.value<ActivationLike>(
    "relu",
    "activation of the hidden layers",
    activation,
    "an activation: a name, an expression in z, or a function",
  ),
  ...taskParameters,
  images: param.integer(600, "changed images to train on", { least: 1, most: 1200 }),
  pretrainSteps: param.integer(300, "steps on the upright images before", { least: 0 }),
  pretrainRate: param.number(0.5, "learning rate of these steps", { above: 0 }),
  networkSeed: portableSeed("900", "seed of the weights before pre-training"),
};

const NAMES: Readonly<Record<string, string>> = { relu: "ReLU", x: "linear" };

/** The network in words: `"64–32–10 ReLU network"`. */
export function networkWords(hidden: readonly number[], like: ActivationLike): string {
  const { name } = activation(like);
  return `${[64, ...hidden, 10].join("–")} ${NAMES[name] ?? name} network`;
}

/** Runs random starts at all seeds, and those that draw nothing at the first. */
export async function overStarts<R>(
  starts: readonly StartLike[],
  seeds: readonly string[],
  run: (starts: readonly StartLike[], seeds: readonly string[]) => Promise<R[]>,
): Promise<R[]> {
  const both = [true, false].map(async (random) => {
    const some = starts.filter((start) => layerStart(start).random === random);
    return some.length > 0 ? await run(some, random ? seeds : seeds.slice(0, 1)) : [];
  });
  return (await Promise.all(both)).flat();
}

/** Whether no value comes twice. */
export function differ(list: readonly unknown[]): boolean {
  return new Set(list).size === list.length;
}

/** Whether numbers increase. */
export function increase(list: readonly number[]): boolean {
  return list.every((at, i) => i === 0 || at > list[i - 1]);
}

/** Seeds in words, for captions. */
export function copiesWords(copies: number): string {
  return copies === 1
    ? "one seed of the random starts"
    : `mean ± standard error over ${copies} seeds of the random starts`;
}

/** A run at one moment. */
export interface CourseOfStart extends Row {
  /** Name of the start. */
  start: string;
  /** Its scale. */
  alpha: number;
  /** Its seed. */
  seed: string;
  /** Steps, or time. */
  at: number;
}

/** Mean and deviation over seeds of a column, of its logarithm if asked for, at each moment. */
function meanCourse<R extends CourseOfStart>(
  rows: readonly R[],
  key: keyof R & string,
  log: boolean,
): Spread[] {
  return distinct(rows, "at").flatMap((at) =>
    spreadOf(at, where(rows, "at", at).map((row) => Number(row[key])), log)
  );
}

/** What is drawn against the number of steps or time. */
export interface CourseLook<R> {
  /** Column. */
  readonly key: keyof R & string;
  /** Its axis; a logarithmic one has means and deviations of logarithms. */
  readonly y: Drawing["y"];
  /** The other axis. */
  readonly x: Drawing["x"];
  /** Caption of the figure. */
  readonly caption: string;
}

/** One panel for each scale, in which a start has marks joined by a thin line, and a band. */
export function coursesFigure<R extends CourseOfStart>(
  rows: readonly R[],
  starts: readonly StartLike[],
  { key, x, y, caption }: CourseLook<R>,
): Figure {
  const drawings = distinct(rows, "alpha").map((alpha): Drawing => ({
    title: `/{α} = ${scaleWords(alpha)}`,
    ...{ x, y },
    series: starts.map((start) => {
      const own = where(where(rows, "alpha", alpha), "start", layerStart(start).name);
      const found = meanCourse(own, key, y.type === "log");
      return { name: startWords(start), marks: found, thin: found, band: found };
    }),
  }));
  const columns = drawings.length === 3 ? 3 : Math.min(2, drawings.length);
  return figureOf(drawings, { columns, caption, legend: legendOf(drawings[0].series) });
}

/** What marks and bands are, in words. */
export function spreadWords(copies: number, log: boolean): string {
  return `No theory is drawn. Marks, joined by thin lines: ${
    copies === 1
      ? "one seed of the random starts."
      : `mean${
        log ? " of the logarithm" : ""
      } over ${copies} seeds of the random starts, with bands ` +
        `of one standard deviation.`
  }`;
}

/** The starts whose mean at the last moment is larger at the smallest scale than at the largest. */
export function worseWhenSmall<R extends CourseOfStart>(
  rows: readonly R[],
  key: keyof R & string,
): string[] {
  const scales = distinct(rows, "alpha"), low = Math.min(...scales), high = Math.max(...scales);
  const mean = (start: string, alpha: number) => {
    const course = where(where(rows, "start", start), "alpha", alpha);
    return meanCourse(course, key, false).at(-1)!.y;
  };
  return distinct(rows, "start").filter((start) => mean(start, low) > mean(start, high));
}
