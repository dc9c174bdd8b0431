/**
 * The claims table of pre-training-hurts, C1–C28, each row as code that recomputes it.
 *
 * @module
 */
import type { Claim } from "../../../experiment/mod.ts";
import { flowClaims } from "./flow.ts";
import { lawClaims } from "./law.ts";
import { simulationClaims } from "./simulation.ts";
import { searchClaims } from "./search.ts";

/** All claims, by number. */
export const claims: readonly Claim[] = [
  ...searchClaims,
  ...flowClaims,
  ...lawClaims,
  ...simulationClaims,
]
  .toSorted((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
