import { checkInside } from "../../../check.ts";

/** Strength in [0, 1): without pre-training is a limit worth drawing. */
export function checkStrength(what: string, mu: number, name = "mu"): void {
  if (mu !== 0) checkInside(what, name, mu, 0, 1);
}
