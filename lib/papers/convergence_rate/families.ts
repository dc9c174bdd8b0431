/**
 * Families of random losses, for statements that hold for every smooth loss: the built-in ones by name, and
 * a reader's own in the same place.
 *
 * @module
 */
import { checkKeys, checkString, show } from "../../check.ts";
import type { Shape } from "../../linalg/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { normals } from "./adapters.ts";
import { cosine, indefinite, type Loss, pseudoHuber, quadratic, sensing } from "./losses.ts";
import { SoftmaxLoss } from "./softmax.ts";

/** A way to draw a loss. */
export interface LossFamily {
  /** Name. */
  readonly name: string;
  /** The loss of `m × n` updates that the stream draws, with parameters of order one. */
  make(shape: Shape, rng: Stream): Loss;
}

/** Names of the built-in families. */
export type Kind = "quad" | "sens" | "indef" | "cosine" | "phuber" | "softmax";

/** All of them. */
export const KINDS: readonly Kind[] = ["quad", "sens", "indef", "cosine", "phuber", "softmax"];

/** Those with a lower bound, as the convergence theorems need. */
export const BOUNDED_KINDS: readonly Kind[] = ["quad", "sens", "cosine", "phuber", "softmax"];

/** Ten to a uniform power. */
export function powerOfTen(rng: Stream, low: number, high: number): number {
  return 10 ** (low + (high - low) * rng.uniform());
}

const BUILT_IN: Readonly<Record<Kind, LossFamily["make"]>> = {
  quad: ([m, n], rng) => quadratic(normals([m, n], rng, 1)),
  sens: ([m, n], rng) => {
    const p = 1 + rng.integer(6), q = 1 + rng.integer(6);
    return sensing(normals([p, m], rng, 1), normals([n, q], rng, 1), normals([p, q], rng, 1));
  },
  indef: (shape, rng) =>
    indefinite(normals(shape, rng, 1), normals(shape, rng, powerOfTen(rng, 0, 2))),
  cosine: (shape, rng) =>
    cosine(normals(shape, rng, 1), {
      kappa: powerOfTen(rng, -0.5, 0.5),
      omega: powerOfTen(rng, -0.3, 0.5),
      mu: powerOfTen(rng, -2, 0),
    }),
  phuber: (shape, rng) => pseudoHuber(normals(shape, rng, 1), powerOfTen(rng, -1, 0.5)),
  softmax: ([m, n], rng) => {
    // One class has nothing to tell apart.
    const count = 8, classes = Math.max(m, 2);
    const labels = Array.from({ length: count }, () => rng.integer(classes));
    const features = normals([count, n], rng, 1);
    return new SoftmaxLoss({ features, labels, weights: normals([classes, n], rng, 1) });
  },
};

/** A family: a name, or a reader's own. */
export type FamilyLike = Kind | LossFamily;

/**
 * The family of random losses that a value stands for.
 *
 * `quad`, `sens`, `indef`, `cosine`, `phuber`, `softmax` draw the losses of these names; `softmax` has at least
 * two classes.
 *
 * @throws {RangeError} If the name is not known: the list is shown.
 * @throws {TypeError} If it is no family.
 *
 * @example A family of one's own: quadratics of a given smoothness.
 * ```ts
 * import { lossFamily, normals, quadratic, rescaled } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const steep = lossFamily({
 *   name: "steep",
 *   make: (shape, rng) => rescaled(quadratic(normals(shape, rng, 1)), { factor: 9 }),
 * });
 * assertEquals(steep.make([3, 2], stream("7")).smoothness, 9);
 * ```
 */
export function lossFamily(like: FamilyLike): LossFamily {
  const what = "draw losses", wanted = `one of ${KINDS.join(", ")}, or { name, make }`;
  if (typeof like === "string" && Object.hasOwn(BUILT_IN, like)) {
    return { name: like, make: BUILT_IN[like] };
  }
  if (typeof like !== "object" || like === null) {
    const message = `Cannot ${what} as a family must be ${wanted}: current value is ${show(like)}`;
    throw typeof like === "string" ? new RangeError(message) : new TypeError(message);
  }
  checkKeys(what, like, ["name", "make"], "the family");
  checkString(what, "family.name", like.name);
  if (typeof like.make === "function") return like;
  throw new TypeError(
    `Cannot ${what} as family.make must be a function: current value is ${show(like.make)}`,
  );
}
