/**
 * Families of activations: a reader's own expression in `z` and `a`, a function of `a`, or one activation.
 *
 * @module
 */
import { show } from "../../../../check.ts";
import { activation, type ActivationLike } from "../../../../gaussian/mod.ts";

/** An expression in `z` and `a`, a function of `a` that returns an activation, or one activation. */
export type Family = ActivationLike | { readonly of: (a: number) => ActivationLike };

/** The letter `a` where it stands alone. */
const LETTER = /(?<![A-Za-z0-9_.])a(?![A-Za-z0-9_])/g;

/** Whether a family has a parameter. */
export function hasParameter(family: Family): boolean {
  if (typeof family === "string") return family.match(LETTER) !== null;
  return typeof family === "object" && family !== null && "of" in family;
}

/** The member of a family at `a`. */
export function memberOf(family: Family, a: number): ActivationLike {
  if (typeof family === "string") return family.replace(LETTER, `(${a})`);
  return typeof family === "object" && "of" in family ? family.of(a) : family;
}

/** Words of a family, with the markup of labels. */
export function familyWords(family: Family): string {
  if (typeof family === "string") {
    return family.replace(LETTER, "/{a}").replace(/He(\d+)(\(z\))?/g, "He_{$1}")
      .replace(/\^(\d+)/g, "^{$1}").replaceAll("*", "");
  }
  if (typeof family === "object" && "of" in family) return "/{σ}_{/{a}}";
  return activation(family).name;
}

/** Checks a family at one value of its parameter; the other values are met when they are drawn. */
export function checkFamily(family: Family): void {
  if (typeof family === "object" && family !== null && "of" in family) {
    if (typeof family.of !== "function") {
      throw new TypeError(
        `Cannot choose a family as of must be a function of a: current value is ${show(family.of)}`,
      );
    }
  }
  activation(memberOf(family, 1));
}
