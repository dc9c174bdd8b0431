/**
 * The claims table of lora-one, C1–C37, each row as code that recomputes it.
 *
 * @module
 */
import type { Claim } from "../../../experiment/mod.ts";
import { activationClaims } from "./activation.ts";
import { alignmentClaims } from "./alignment.ts";
import { digitsClaims } from "./digits.ts";
import { oneStepClaims } from "./one_step.ts";
import { populationClaims } from "./population.ts";
import { smallClaims } from "./small.ts";
import { spectralClaims } from "./spectral.ts";
import { startClaims } from "./starts.ts";

/** Number and letter of an id, for sorting. */
function key(id: string): [number, string] {
  return [parseInt(id.slice(1)), id.replace(/^C\d+/, "")];
}

/** All claims, by number. */
export const claims: readonly Claim[] = [
  ...[...alignmentClaims, ...oneStepClaims, ...spectralClaims, ...startClaims],
  ...[...activationClaims, ...populationClaims, ...digitsClaims, ...smallClaims],
].toSorted((a, b) => {
  const [[i, x], [j, y]] = [key(a.id), key(b.id)];
  return i - j || x.localeCompare(y);
});
