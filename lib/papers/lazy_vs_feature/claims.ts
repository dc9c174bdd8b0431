/**
 * The claims of lazy-vs-feature that are implemented so far: 18 of the 37 rows of the table.
 *
 * @module
 */
import type { Claim } from "../../experiment/mod.ts";
import { exactnessClaims } from "./claims_exactness.ts";
import { frozenClaims } from "./claims_frozen.ts";
import { simulationClaims } from "./claims_simulation.ts";
import { theoryClaims } from "./claims_theory.ts";
import { timeClaims } from "./claims_times.ts";

/** The claims, by number. */
export const claims: readonly Claim[] = [
  ...theoryClaims,
  ...frozenClaims,
  ...simulationClaims,
  ...exactnessClaims,
  ...timeClaims,
]
  .toSorted((a, b) => parseInt(a.id.slice(1)) - parseInt(b.id.slice(1)));
