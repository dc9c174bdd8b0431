/**
 * The claims of lazy-vs-feature, by the part of the paper that they belong to.
 *
 * @module
 */
import type { Claim } from "../../experiment/mod.ts";
import { boundsClaims } from "./claims_bounds.ts";
import { exactnessClaims } from "./claims_exactness.ts";
import { fluctuationClaims } from "./claims_fluctuations.ts";
import { frozenClaims } from "./claims_frozen.ts";
import { jointClaims } from "./claims_joint.ts";
import { simulationClaims } from "./claims_simulation.ts";
import { tangentClaims } from "./claims_tangent.ts";
import { theoryClaims } from "./claims_theory.ts";
import { timeClaims } from "./claims_times.ts";
import { widthClaims } from "./claims_width.ts";

/** The 37 claims, by number. */
export const claims: readonly Claim[] = [
  ...boundsClaims,
  ...exactnessClaims,
  ...fluctuationClaims,
  ...frozenClaims,
  ...jointClaims,
  ...simulationClaims,
  ...tangentClaims,
  ...theoryClaims,
  ...timeClaims,
  ...widthClaims,
].toSorted((a, b) => parseInt(a.id.slice(1)) - parseInt(b.id.slice(1)));
