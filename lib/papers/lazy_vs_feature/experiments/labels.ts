import { activation, type ActivationLike } from "../../../gaussian/mod.ts";
import { ERF } from "../model.ts";

/** Name of an activation in legends. */
export function activationLabel(sigma: ActivationLike): string {
  const { name } = activation(sigma), [, hermite, degree] = /^(He|h)(\d+)$/.exec(name) ?? [];
  if (hermite !== undefined) return `/{${hermite}}_{${degree}}`;
  if (name === ERF) return "erf";
  return name === "relu" ? "ReLU" : name;
}
