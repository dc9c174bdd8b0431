/**
 * The activations of the paper's figures by their short names; every experiment takes any other.
 *
 * @module
 */
import { activation, type ActivationLike } from "../../gaussian/mod.ts";

/** The paper's erf, `erf(z/√2)`. */
export const ERF = "erf(z / sqrt(2))";

/** The four activations of the figures by their short names: `h₂`, `h₃`, ReLU and `erf(z/√2)`. */
export const ACTIVATIONS = { h2: "h2", h3: "h3", relu: "relu", erf: ERF } as const;
/** Short name of one of the four. */
export type ActivationName = keyof typeof ACTIVATIONS;
/** The short names. */
export const ACTIVATION_NAMES: readonly ActivationName[] = ["h2", "h3", "relu", "erf"];

/** Name of an activation in legends. */
export function activationLabel(sigma: ActivationLike): string {
  const { name } = activation(sigma), [, hermite, degree] = /^(He|h)(\d+)$/.exec(name) ?? [];
  if (hermite !== undefined) return `/{${hermite}}_{${degree}}`;
  if (name === ERF) return "erf";
  return name === "relu" ? "ReLU" : name;
}
