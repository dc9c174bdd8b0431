/**
 * The claims of lazy-vs-feature that are implemented so far: 24 of the 37 rows of the table.
 *
 * @module
 */
import type { Claim } from "../../experiment/mod.ts";
import { boundsClaims } from "./claims_bounds.ts";
import { fluctuationClaims } from "./claims_fluctuations.ts";
import { frozenClaims } from "./claims_frozen.ts";
import { simulationClaims } from "./claims_simulation.ts";
import { tangentClaims } from "./claims_tangent.ts";
import { theoryClaims } from "./claims_theory.ts";
import { widthClaims } from "./claims_width.ts";

/** The claims, by number. */
export const claims: readonly Claim[] = [
  ...theoryClaims,
  ...boundsClaims,
  ...fluctuationClaims,
  ...frozenClaims,
  ...simulationClaims,
  ...tangentClaims,
  ...widthClaims,
]
  .toSorted((a, b) => parseInt(a.id.slice(1)) - parseInt(b.id.slice(1)));
