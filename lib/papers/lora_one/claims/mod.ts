/**
 * The claims table of lora-one, C1–C34 with its sub-ids, each row as code that recomputes it.
 *
 * @module
 */
import type { Claim } from "../../../experiment/mod.ts";
import { descentClaims } from "./descent.ts";
import { digitsClaims } from "./digits.ts";
import { linearClaims } from "./linear.ts";
import { offsetClaims } from "./offset.ts";
import { oneStepClaims } from "./one_step.ts";
import { populationClaims } from "./population.ts";
import { reluClaims } from "./relu.ts";

/** Number and letter of an id, for sorting. */
function key(id: string): [number, string] {
  return [parseInt(id.slice(1)), id.replace(/^C\d+/, "")];
}

/** All claims, by number. */
export const claims: readonly Claim[] = [
  ...[...linearClaims, ...oneStepClaims, ...descentClaims, ...offsetClaims],
  ...[...reluClaims, ...populationClaims, ...digitsClaims],
].toSorted((a, b) => {
  const [[i, x], [j, y]] = [key(a.id), key(b.id)];
  return i - j || x.localeCompare(y);
});
