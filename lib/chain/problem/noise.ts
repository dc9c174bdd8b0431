/**
 * Laws of the label noise by their names, or a reader's own.
 *
 * @module
 */
import { checkFinite, checkMethods, checkString } from "../../check.ts";
import type { Draws } from "../draws.ts";
import { type LawDraws, normalSampler, type Sampler, sampler } from "./law_draws.ts";
import { fromList, type Listed, type Named } from "./listed.ts";

/** A law of `z` in the labels `σ⋆(ω⋆·x) + √Δ z`: mean 0 and variance 1, so that Δ is the variance. */
export interface NoiseLaw {
  /** Name, for captions and messages. */
  readonly name: string;
  /** One draw. */
  readonly draw: (rng: LawDraws) => number;
}

/** A law of label noise: a name of `noiseLaws`, with its parameters, or a reader's own. */
export type NoiseChoice = string | Named | NoiseLaw;

/** The draw that is made in blocks. */
export const normalNoise = (rng: LawDraws): number => rng.normal();

/** Names of the built-in laws of label noise. */
export type NoiseName = "normal" | "signs" | "uniform" | "laplace" | "student t";

/**
 * The built-in laws of label noise, each with mean 0 and variance 1.
 *
 * @example
 * ```ts
 * import { noiseLaws } from "lora-dynamics/chain/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(Object.keys(noiseLaws), ["normal", "signs", "uniform", "laplace", "student t"]);
 * assertEquals(Math.abs(noiseLaws.signs.make({}).draw(stream("7"))), 1);
 * ```
 */
export const noiseLaws: Readonly<Record<NoiseName, Listed<Omit<NoiseLaw, "name">>>> = {
  normal: {
    what: "standard normal",
    source: "Gauss 1809",
    parameters: {},
    make: () => ({ draw: normalNoise }),
  },
  signs: {
    what: "-1 or 1",
    source: "Rademacher 1922",
    parameters: {},
    make: () => ({ draw: (rng) => rng.normal() > 0 ? 1 : -1 }),
  },
  uniform: {
    what: "uniform between -sqrt(3) and sqrt(3)",
    source: "elementary",
    parameters: {},
    make: () => ({ draw: (rng) => Math.sqrt(3) * (2 * rng.uniform() - 1) }),
  },
  laplace: {
    what: "density exp(-sqrt(2) |z|)/sqrt(2): a normal times the root of an exponential variable",
    source: "Laplace 1774; Andrews, Mallows 1974",
    parameters: {},
    make: () => ({ draw: (rng) => rng.normal() * Math.sqrt(0.5 * rng.chiSquare(2)) }),
  },
  "student t": {
    what: "Student's t with more than 2 degrees of freedom, divided by its standard deviation",
    source: "Student 1908",
    parameters: { degrees: { value: 5, low: 2, high: 1e15 } },
    make: ({ degrees }) => ({
      draw: (rng) => rng.normal() * Math.sqrt((degrees - 2) / rng.chiSquare(degrees)),
    }),
  },
};

/**
 * The law of label noise that a choice stands for, checked at the public door of what runs it.
 *
 * @throws {RangeError} If a name is not known or a parameter out of range.
 * @throws {TypeError} If a parameter is not known or an object is no law.
 */
export function noiseOf(what: string, choice: NoiseChoice): NoiseLaw {
  if (typeof choice === "object" && choice !== null && "draw" in choice) {
    checkMethods(what, "noiseLaw", choice, "a law with a method draw(rng)", ["draw"]);
    checkString(what, "noiseLaw.name", choice.name);
    return choice as NoiseLaw;
  }
  return fromList(what, "noiseLaw", choice, noiseLaws, "or { name, draw(rng) }");
}

/** Draws of a law of label noise; a first one is tried on a stream beside. */
export function noiseSampler({ name, draw }: NoiseLaw, draws: Draws): Sampler {
  if (draw === normalNoise) return normalSampler(draws);
  const trial = sampler(draws.stream("trial"), draw).next();
  checkFinite("draw label noise", `a draw of the law ${name}`, trial);
  return sampler(draws, draw);
}

/**
 * The law of the label noise that a name, a name with its parameters, or a reader's own value stands for.
 *
 * @throws {RangeError} If a name is not known or a parameter out of range.
 * @throws {TypeError} If a parameter is not known or an object is none.
 *
 * @example
 * ```ts
 * import { noiseLaw } from "lora-dynamics/chain/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(noiseLaw({ name: "student t", degrees: 3 }).name, "student t (degrees = 3)");
 * ```
 */
export function noiseLaw(choice: NoiseChoice): NoiseLaw {
  return noiseOf("choose a law of the label noise", choice);
}
