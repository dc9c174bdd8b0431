/**
 * The claims of lazy-vs-feature, by the part of the paper that they belong to.
 *
 * @module
 */
import type { Claim } from "../../../experiment/mod.ts";
import { boundsClaims } from "./bounds.ts";
import { exactnessClaims } from "./exactness.ts";
import { fluctuationClaims } from "./fluctuations.ts";
import { frozenClaims } from "./frozen.ts";
import { jointClaims } from "./joint.ts";
import { simulationClaims } from "./simulation.ts";
import { tangentClaims } from "./tangent.ts";
import { theoryClaims } from "./theory.ts";
import { timeClaims } from "./times.ts";
import { widthClaims } from "./width.ts";

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
