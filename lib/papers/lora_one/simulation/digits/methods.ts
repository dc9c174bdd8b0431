/**
 * The methods that are compared on the digits: which adapters, and how they start.
 *
 * @module
 */
import {
  checkBoolean,
  checkKeys,
  checkNonNegative,
  checkOneOf,
  checkPositive,
  checkString,
} from "../../../../check.ts";
import { transpose } from "../../../../linalg/mod.ts";
import {
  adapt,
  type Network,
  type StartName,
  type StartRule,
  startRule,
  STARTS,
} from "../../../../nn/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { digitImages } from "./images.ts";
import {
  DIGITS_LAYERS,
  digitsDraws,
  type DigitsPurpose,
  type DigitsSetting,
  lineSearch,
  lowRankPart,
  negativeGradients,
  pretrainedNetwork,
} from "./network.ts";

/** A method in words and numbers: JSON, so that workers and a cluster can run it. */
export interface NamedMethod {
  /** Name, for legends and tables. */
  readonly name: string;
  /** What the name does not say; it goes into the caption. */
  readonly about?: string;
  /** Start of `lora-dynamics/nn`; `"none"`: no adapter, all weights are trained. */
  readonly start: StartName | "none";
  /** Scale of a start from the gradient, or `"line search"`: the one of least loss after the start. */
  readonly gamma?: number | "line search";
  /** Whether the product counts `α/√r`-fold instead of `α/r`; by default as its authors have it. */
  readonly rootScale?: boolean;
  /** Scale of LoRA's random factor relative to the usual one; 1 by default. */
  readonly spread?: number;
  /** LoRA+'s ratio of the learning rates of B and A; 16 by default. */
  readonly ratio?: number;
}

/**
 * A method with factors of its own, for each layer from its gradient: one of `STARTS`, or a reader's.
 * It runs in this process.
 */
export interface OwnMethod extends StartRule {
  /** Whether the product counts `α/√r`-fold, as by default, instead of `α/r`. */
  readonly rootScale?: boolean;
  /** Ratio of the learning rates of B and A; 1 by default. */
  readonly ratio?: number;
}

/** A method as a value. */
export type DigitsMethod = NamedMethod | OwnMethod;

/** Names of the methods that are defined here. */
export type DigitsMethodName =
  | "Full"
  | "LoRA"
  | "LoRA+"
  | "rsLoRA"
  | "PiSSA"
  | "LoRA-GA"
  | "LoRA-One"
  | "LoRA-One*";

/** The methods that are defined here, in the order of the table; `LoRA-One*` is ours. */
export const DIGITS_METHODS: Readonly<Record<DigitsMethodName, NamedMethod>> = {
  "Full": { name: "Full", about: "all weights", start: "none" },
  "LoRA": { name: "LoRA", start: "LoRA" },
  "LoRA+": { name: "LoRA+", start: "LoRA+" },
  "rsLoRA": { name: "rsLoRA", start: "rsLoRA" },
  "PiSSA": { name: "PiSSA", start: "PiSSA", rootScale: true },
  "LoRA-GA": { name: "LoRA-GA", start: "LoRA-GA" },
  "LoRA-One": {
    name: "LoRA-One",
    about: "the start of its authors' script, γ = 16",
    start: "LoRA-One script",
    gamma: 16,
  },
  "LoRA-One*": {
    name: "LoRA-One*",
    about: "ours, γ by a line search along the gradient's part of rank r",
    start: "LoRA-One",
    gamma: "line search",
  },
};

const NAMES = Object.keys(DIGITS_METHODS) as DigitsMethodName[];

/** Keys of methods as values. */
const COMMON = ["name", "about", "gamma", "rootScale", "ratio"];
const NAMED = ["start", "spread"], OWN = ["source", "shifted", "rates", "factors"];

/** A method: its name, or a value. */
export type DigitsMethodEntry = DigitsMethodName | DigitsMethod;

/**
 * The one door of methods: a name becomes its value, a value is looked at.
 *
 * @throws {RangeError} If a name is not known (the known are listed) or a number is out of range.
 * @throws {TypeError} If the value has another key or a wrong type.
 */
export function digitsMethod(entry: DigitsMethodEntry): DigitsMethod {
  const what = "adapt the network of the digits";
  if (typeof entry === "string") return DIGITS_METHODS[checkOneOf(what, "method", entry, NAMES)];
  const own = typeof entry === "object" && entry !== null && "factors" in entry;
  checkKeys(what, entry, [...COMMON, ...own ? OWN : NAMED], "a method");
  const { rootScale = true, ratio = 1, ...rest } = entry;
  checkBoolean(what, "rootScale", rootScale);
  checkPositive(what, "ratio", ratio);
  if ("factors" in rest) {
    startRule(rest);
    return entry;
  }
  const { name, about = "", start, gamma = 1, spread = 1 } = rest;
  checkString(what, "name", name);
  checkString(what, "about", about);
  checkOneOf(what, `start of ${name}`, start, ["none", ...Object.keys(STARTS)]);
  checkNonNegative(what, "spread", spread);
  if (typeof gamma === "string") checkOneOf(what, "gamma", gamma, ["line search"]);
  else checkPositive(what, "gamma", gamma);
  return entry;
}

/** Most directions of a layer that the method takes, as a multiple of the rank. */
export function directionsPerRank(method: DigitsMethod): number {
  return "start" in method && method.start.startsWith("LoRA-GA") ? 2 : 1;
}

const searched = new Map<string, number>();

/** The step size of least loss along the part of the gradient that has rank `r`. */
function bestStep(setting: DigitsSetting, seed: string): number {
  const { source, target, hidden, pretraining, rank } = setting;
  const key = JSON.stringify([source, target, hidden, pretraining, rank, seed]);
  let eta = searched.get(key);
  if (eta === undefined) {
    const network = pretrainedNetwork(setting, seed), { train } = digitImages(target);
    const directions = negativeGradients(network, train).map((g) => lowRankPart(g, rank));
    searched.set(key, eta = lineSearch(network, directions, target).eta);
  }
  return eta;
}

/**
 * The pre-trained network as a method fine-tunes it: adapters on both layers, biases frozen; without
 * adapters a copy.
 */
export function methodNetwork(
  method: DigitsMethod,
  setting: DigitsSetting,
  seed: string,
): Network {
  const network = pretrainedNetwork(setting, seed);
  if ("factors" in method) return ownNetwork(method, network, setting, seed);
  const { start, gamma, rootScale, ratio } = method;
  if (start === "none") return network.merged();
  const { rank, alpha } = setting, root = rootScale ?? STARTS[start].rootScale ?? false;
  const adapted = adapt(network, {
    ...{ method: start, rank, alpha, rootScale, ratio },
    gamma: gamma === "line search"
      ? bestStep(setting, seed) / (alpha / (root ? Math.sqrt(rank) : rank))
      : gamma,
    ...{ data: digitImages(setting.target).train, rng: stream("unused") },
  });
  if (start === "LoRA" || start === "LoRA+" || start === "rsLoRA") {
    randomFactors(adapted, method.spread ?? 1, seed);
  }
  return adapted;
}

/** LoRA's factors `A` of both layers, from the draws that the reference values belong to. */
function randomFactors(network: Network, spread: number, seed: string): void {
  for (const name of DIGITS_LAYERS) {
    const { a, inputs } = network.layers[name], { data, rows, columns } = a!.value;
    const normals = digitsDraws(seed, `${name} adapter` as DigitsPurpose).normals(data.length);
    const drawn = transpose({ rows: columns, columns: rows, data: normals });
    data.set(drawn.data.map((x) => x * spread / Math.sqrt(inputs)));
  }
}

/** The same for a reader's start. */
function ownNetwork(
  { rootScale = true, ratio, ...method }: OwnMethod,
  network: Network,
  { rank, alpha, target }: DigitsSetting,
  seed: string,
): Network {
  return adapt(network, {
    ...{ method, rank, alpha, rootScale },
    ...(ratio === undefined ? {} : { ratio }),
    ...{ data: digitImages(target).train, rng: stream(seed, "own") },
  });
}
