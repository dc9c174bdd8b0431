/**
 * Laws of the inputs by their names, or a reader's own.
 *
 * @module
 */
import { checkKeys, checkMethods, checkPositive, checkString } from "../../check.ts";
import type { Draws } from "../draws.ts";
import { type LawDraws, type Sampler, sampler } from "./law_draws.ts";
import { fromList, type Listed, type Named } from "./listed.ts";

/**
 * A law of the inputs, one of three kinds: `x = ρ g` with `g ~ N(0, I_d)` and an independent `ρ > 0` for
 * each sample; a uniform direction and an independent length `|x| > 0`; or any law that fills a whole
 * vector. The first two look the same from all sides, and so does the standard normal, which has
 * none of these.
 */
export interface InputLaw {
  /** Name, for captions and messages. */
  readonly name: string;
  /** One draw of `ρ > 0`. */
  readonly radius?: (rng: LawDraws) => number;
  /** One draw of the length `|x| > 0` in `d` dimensions. */
  readonly length?: (rng: LawDraws, d: number) => number;
  /** Fills a vector with one input; for `DirectSgd` alone. */
  readonly fill?: (rng: LawDraws, x: Float64Array) => void;
}

/** A law of the inputs: a name of `inputLaws`, with its parameters, or a reader's own. */
export type InputChoice = string | Named | InputLaw;

/** A law with independent entries of mean 0 and variance 1. */
const entries = (draw: (rng: LawDraws) => number): Omit<InputLaw, "name"> => ({
  fill(rng, x) {
    for (let k = 0; k < x.length; k++) x[k] = draw(rng);
  },
});

/** Names of the built-in laws of the inputs. */
export type InputName = "normal" | "student t" | "mixture" | "sphere" | "signs" | "uniform";

/**
 * The built-in laws of the inputs, each with mean 0 and covariance `I_d`. The last two depend on the
 * axes: only `DirectSgd` runs them.
 *
 * @example
 * ```ts
 * import { inputLaws } from "lora-dynamics/chain/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const known = ["normal", "student t", "mixture", "sphere", "signs", "uniform"];
 * assertEquals(Object.keys(inputLaws), known);
 * assertEquals(Object.keys(inputLaws.mixture.parameters), ["share", "ratio"]);
 * ```
 */
export const inputLaws: Readonly<Record<InputName, Listed<Omit<InputLaw, "name">>>> = {
  normal: {
    what: "N(0, I_d)",
    source: "the papers' setting",
    parameters: {},
    make: () => ({}),
  },
  "student t": {
    what: "rho^2 = (degrees - 2)/chi^2_degrees: multivariate t with covariance I_d",
    source: "Dunnett, Sobel 1954",
    parameters: { degrees: { value: 5, low: 2, high: 1e15 } },
    make: ({ degrees }) => ({
      radius: (rng) => Math.sqrt((degrees - 2) / rng.chiSquare(degrees)),
    }),
  },
  mixture: {
    what: "two radii, the larger ratio times the smaller and drawn with probability share",
    source: "Tukey 1960",
    parameters: {
      share: { value: 0.1, low: 0, high: 1 },
      ratio: { value: 3, low: 1, high: Infinity },
    },
    make: ({ share, ratio }) => {
      const small = 1 / Math.sqrt(1 - share + share * ratio * ratio);
      return { radius: (rng) => rng.uniform() < share ? ratio * small : small };
    },
  },
  sphere: {
    what: "uniform on the sphere |x|^2 = d",
    source: "Archimedes",
    parameters: {},
    make: () => ({ length: (_, d) => Math.sqrt(d) }),
  },
  signs: {
    what: "independent entries -1 or 1",
    source: "Rademacher 1922",
    parameters: {},
    make: () => entries((rng) => rng.normal() > 0 ? 1 : -1),
  },
  uniform: {
    what: "independent entries, uniform between -sqrt(3) and sqrt(3)",
    source: "elementary",
    parameters: {},
    make: () => entries((rng) => Math.sqrt(3) * (2 * rng.uniform() - 1)),
  },
};

const KINDS = ["radius", "length", "fill"] as const;

/**
 * The law of the inputs that a choice stands for, checked at the public door of what runs it.
 *
 * @throws {RangeError} If a name is not known or a parameter out of range.
 * @throws {TypeError} If a parameter is not known or an object is no law.
 */
export function inputsOf(what: string, choice: InputChoice): InputLaw {
  const own = typeof choice === "object" && choice !== null && !Array.isArray(choice);
  const kinds = own ? KINDS.filter((kind) => kind in choice) : [];
  if (kinds.length === 0) {
    const others = "{ name, radius(rng) }, { name, length(rng, d) } or, for DirectSgd, " +
      "{ name, fill(rng, x) }";
    return fromList<Omit<InputLaw, "name">>(what, "inputs", choice, inputLaws, others);
  }
  const law = choice as InputLaw;
  checkKeys(what, law, ["name", ...KINDS], "inputs");
  checkString(what, "inputs.name", law.name);
  if (kinds.length > 1) {
    throw new TypeError(
      `Cannot ${what} as inputs must have one of ${KINDS.join(", ")}: ` +
        `current value has ${kinds.join(", ")}`,
    );
  }
  checkMethods(what, "inputs", law, `a law whose ${kinds[0]} is a function`, kinds);
  return law;
}

/**
 * A chain knows inputs by their length and their inner products with a few directions.
 *
 * @throws {RangeError} If the law of the inputs depends on the axes.
 */
export function checkRotation(what: string, { name, fill }: InputLaw): void {
  if (fill === undefined) return;
  throw new RangeError(
    `Cannot ${what} as inputs must look the same from all sides, or what ` +
      `they do outside frame and omega is no chi-square: current value is ${name}, which ` +
      `DirectSgd runs`,
  );
}

/** Draws of the radius or length of a law that has one; a first one is tried on a stream beside. */
export function sizeSampler(
  { name, radius, length }: InputLaw,
  d: number,
  draws: Draws,
): Sampler | undefined {
  const draw = length === undefined ? radius : (rng: LawDraws) => length(rng, d);
  if (draw === undefined) return undefined;
  const trial = sampler(draws.stream("trial"), draw).next();
  checkPositive("draw inputs", `a ${radius ? "radius" : "length"} of the law ${name}`, trial);
  return sampler(draws, draw);
}

/**
 * The law of the inputs that a name, a name with its parameters, or a reader's own value stands for.
 *
 * @throws {RangeError} If a name is not known or a parameter out of range.
 * @throws {TypeError} If a parameter is not known or an object is none.
 *
 * @example
 * ```ts
 * import { inputLaw } from "lora-dynamics/chain/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(inputLaw("sphere").name, "sphere");
 * ```
 */
export function inputLaw(choice: InputChoice): InputLaw {
  return inputsOf("choose a law of the inputs", choice);
}
