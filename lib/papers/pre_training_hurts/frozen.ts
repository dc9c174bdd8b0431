/**
 * The frozen pre-trained weight: a strength on the ray of the target, or any place beside it.
 *
 * @module
 */
import { checkFinite, show } from "../../check.ts";

/**
 * The frozen weight w₀: a number μ stands for `w₀ = μ ω⋆`, a list for the coordinates of `w₀` in an
 * orthonormal frame whose first direction is ω⋆.
 */
export type Frozen = number | readonly number[];

/**
 * Coordinates of the frozen weight in its frame.
 *
 * @throws {TypeError} If it is neither a number nor a list of at least one.
 * @throws {RangeError} If a number is not finite.
 *
 * @example
 * ```ts
 * import { frozenOf, misaligned } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([frozenOf(0.5), frozenOf([0.6, 0.3]), misaligned(0.25)], [[0.5], [0.6, 0.3], [0.25, 0.75]]);
 * ```
 */
export function frozenOf(w0: Frozen): readonly number[] {
  const what = "place the frozen weight", list = typeof w0 === "number" ? [w0] : w0;
  if (!Array.isArray(list) || list.length === 0) {
    throw new TypeError(
      `Cannot ${what} as w0 must be a strength, or a list of its coordinates with that along the ` +
        `target first: current value is ${show(w0)}`,
    );
  }
  list.forEach((x, j) => checkFinite(what, list.length > 1 ? `w0[${j}]` : "mu", x));
  return list;
}

/**
 * The misaligned weight `μ ω⋆ + (1 − μ) ξ`, ξ a unit vector orthogonal to ω⋆.
 *
 * Source: code of nwemadji2026when (there ξ is uniform, here exactly orthogonal).
 */
export function misaligned(mu: number): readonly [number, number] {
  return [mu, 1 - mu];
}

/** Words of captions for weights beside the ray, which figures over μ mark at their `w₀·ω⋆`; empty without any. */
export function besideWords(weights: readonly Frozen[]): string {
  return weights.every((w0) => frozenOf(w0).length === 1)
    ? ""
    : " Weights beside the ray of ω⋆ stand at μ = w₀·ω⋆, without lines.";
}

/** Name of a frozen weight: its strength, or its coordinates. */
export function frozenName(w0: Frozen): string {
  return typeof w0 === "number" ? String(w0) : `(${w0.join(", ")})`;
}
