/**
 * Laws of a base feature, all of mean 0 and variance 1: by name, or a reader's own.
 *
 * @module
 */
import { checkKeys, checkMethods, checkOneOf, checkString } from "../../check.ts";
import { gaussLegendre } from "../../gaussian/mod.ts";

/** A law of one input coordinate. */
export interface InputLaw {
  /** Name, for captions and messages. */
  readonly name: string;
  /** The coordinate below which a share `u` in (0, 1) lies. */
  readonly quantile: (u: number) => number;
}

/** A law: a name of {@linkcode inputLaws}, or a reader's own, of mean 0 and variance 1. */
export type InputLawLike = InputLawName | InputLaw;

/** Names of the built-in laws. */
export type InputLawName = "gaussian" | "rademacher" | "uniform" | "laplace";
/** The same as a list. */
export const INPUT_LAWS: readonly InputLawName[] = ["gaussian", "rademacher", "uniform", "laplace"];

/** Fourth moment of each built-in law. */
export const FOURTH_MOMENT: Readonly<Record<InputLawName, number>> = {
  gaussian: 3,
  rademacher: 1,
  uniform: 9 / 5,
  laplace: 6,
};

/** The built-in laws but the Gaussian one, which has its own fast draws. */
export const inputLaws: Readonly<Record<Exclude<InputLawName, "gaussian">, InputLaw>> = {
  rademacher: { name: "rademacher", quantile: (u) => u < 0.5 ? -1 : 1 },
  uniform: { name: "uniform", quantile: (u) => Math.sqrt(12) * (u - 0.5) },
  laplace: {
    name: "laplace",
    quantile: (u) => -Math.sign(u - 0.5) * Math.log(1 - 2 * Math.abs(u - 0.5)) / Math.SQRT2,
  },
};

/** Nodes and weights of a law. */
export interface LawRule {
  /** Nodes. */
  readonly nodes: readonly number[];
  /** Weights, which sum to 1. */
  readonly weights: readonly number[];
}

const LEGENDRE = gaussLegendre(40);

/** Gauss–Legendre in the share `u`, on pieces that shrink towards 0 and 1, where tails are. */
function quantileRule({ quantile }: InputLaw): LawRule {
  const half = [0, ...Array.from({ length: 12 }, (_, i) => 0.5 * 4 ** (i - 11))];
  const ends = [...half, ...half.slice(0, -1).map((u) => 1 - u).reverse()];
  const nodes: number[] = [], weights: number[] = [];
  ends.slice(1).forEach((end, i) => {
    const width = (end - ends[i]) / 2, middle = (end + ends[i]) / 2;
    LEGENDRE.nodes.forEach((x, j) => {
      nodes.push(quantile(middle + width * x));
      weights.push(width * LEGENDRE.weights[j]);
    });
  });
  return { nodes, weights };
}

/** Gauss–Legendre on each piece of the line, times a density. */
function densityRule(ends: readonly number[], density: (a: number) => number): LawRule {
  const nodes: number[] = [], weights: number[] = [];
  ends.slice(1).forEach((end, i) => {
    const width = (end - ends[i]) / 2, middle = (end + ends[i]) / 2;
    LEGENDRE.nodes.forEach((x, j) => {
      const a = middle + width * x;
      nodes.push(a);
      weights.push(width * LEGENDRE.weights[j] * density(a));
    });
  });
  return { nodes, weights };
}

/** Rule of a law that is not Gaussian; exact to rounding for the built-in ones. */
export function lawRule(law: InputLaw): LawRule {
  if (law === inputLaws.rademacher) return { nodes: [-1, 1], weights: [0.5, 0.5] };
  if (law === inputLaws.uniform) {
    return densityRule([-Math.sqrt(3), Math.sqrt(3)], () => 1 / Math.sqrt(12));
  }
  if (law === inputLaws.laplace) {
    const ends = [-60, -25, -10, -3, 0, 3, 10, 25, 60];
    return densityRule(ends, (a) => Math.exp(-Math.SQRT2 * Math.abs(a)) / Math.SQRT2);
  }
  return quantileRule(law);
}

/**
 * The law that a choice stands for; nothing for the Gaussian one.
 *
 * @throws {RangeError} If a name is not known, or the mean or the variance of a law is not 0 and 1.
 * @throws {TypeError} If an object is no law.
 * @example
 * ```ts
 * import { inputLaw } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const logistic = { name: "logistic", quantile: (u: number) => Math.log(u / (1 - u)) * Math.sqrt(3) / Math.PI };
 * assertEquals(inputLaw(logistic)?.name, "logistic");
 * assertThrows(() => inputLaw({ name: "wide", quantile: (u) => 10 * u }), RangeError, "mean 0");
 * ```
 */
export function inputLaw(choice: InputLawLike): InputLaw | undefined {
  const what = "choose a law of the base features";
  if (typeof choice === "string") {
    checkOneOf(what, "law", choice, INPUT_LAWS);
    return choice === "gaussian" ? undefined : inputLaws[choice];
  }
  if (Object.values(inputLaws).includes(choice)) return choice;
  checkMethods(what, "law", choice, "a name or { name, quantile(u) }", ["quantile"]);
  checkKeys(what, choice, ["name", "quantile"], "law");
  checkString(what, "law.name", choice.name);
  const { nodes, weights } = quantileRule(choice);
  const moment = (p: number) => nodes.reduce((sum, x, i) => sum + weights[i] * x ** p, 0);
  if (Math.abs(moment(1)) < 2e-3 && Math.abs(moment(2) - 1) < 2e-3) return choice;
  throw new RangeError(
    `Cannot ${what} as law must have mean 0 and variance 1: current values are ${
      moment(1).toFixed(3)
    } and ${moment(2).toFixed(3)}`,
  );
}
