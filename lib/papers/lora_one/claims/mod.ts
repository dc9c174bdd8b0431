/**
 * The claims table of lora-one, C1–C37, each row as code that recomputes it.
 *
 * @module
 */
import type { Claim } from "../../../experiment/mod.ts";
import { activationClaims } from "./activation.ts";
import { courseClaims } from "./alignment/course.ts";
import { linearPhaseClaims } from "./alignment/linear_phase.ts";
import { scaleClaims } from "./alignment/scale.ts";
import { digitsClaims } from "./digits.ts";
import { angleClaims } from "./one_step/angle.ts";
import { limitClaims } from "./one_step/limits.ts";
import { populationClaims } from "./population.ts";
import { smallClaims } from "./small.ts";
import { plainClaims } from "./spectral/plain.ts";
import { preconditionedClaims } from "./spectral/preconditioned.ts";
import { startClaims } from "./starts.ts";

/** Number and letter of an id, for sorting. */
function key(id: string): [number, string] {
  return [parseInt(id.slice(1)), id.replace(/^C\d+/, "")];
}

/** All claims, by number. */
export const claims: readonly Claim[] = [
  ...[...courseClaims, ...linearPhaseClaims, ...scaleClaims, ...angleClaims, ...limitClaims],
  ...[...preconditionedClaims, ...plainClaims, ...startClaims],
  ...[...activationClaims, ...populationClaims, ...digitsClaims, ...smallClaims],
].toSorted((a, b) => {
  const [[i, x], [j, y]] = [key(a.id), key(b.id)];
  return i - j || x.localeCompare(y);
});
