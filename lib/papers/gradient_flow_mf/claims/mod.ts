/**
 * The claims table of gradient-flow-mf, C1–C20 with its sub-ids, each row as code that recomputes it.
 *
 * @module
 */
import type { Claim } from "../../../experiment/mod.ts";
import { digitsClaims } from "./digits.ts";
import { escapeClaims } from "./escape.ts";
import { flowClaims } from "./flow.ts";
import { misalignedClaims } from "./misaligned.ts";
import { plateauClaims } from "./plateau.ts";
import { reducedClaims } from "./reduced.ts";

/** Number and letter of an id, for sorting. */
function key(id: string): [number, string] {
  return [parseInt(id.slice(1)), id.replace(/^C\d+/, "")];
}

/** All claims, by number. */
export const claims: readonly Claim[] = [
  ...[...flowClaims, ...escapeClaims, ...plateauClaims],
  ...[...misalignedClaims, ...reducedClaims, ...digitsClaims],
].toSorted((a, b) => {
  const [[i, x], [j, y]] = [key(a.id), key(b.id)];
  return i - j || x.localeCompare(y);
});
