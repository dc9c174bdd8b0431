/**
 * The claims of lazy-vs-feature, by the part of the paper that they belong to.
 *
 * @module
 */
import type { Claim } from "../../../experiment/mod.ts";
import { chainClaims } from "./chains.ts";
import { dimensionClaims } from "./dimension.ts";
import { frozenClaims } from "./frozen.ts";
import { inputClaims } from "./inputs.ts";
import { jointClaims } from "./joint.ts";
import { lazyClaims } from "./lazy.ts";
import { moreClaims } from "./more.ts";
import { perturbationClaims } from "./perturbation.ts";
import { signClaims } from "./signs.ts";
import { slopeClaims } from "./slope.ts";
import { stepClaims } from "./steps.ts";

/** The claims, by number. */
export const claims: readonly Claim[] = [
  ...slopeClaims,
  ...signClaims,
  ...chainClaims,
  ...dimensionClaims,
  ...perturbationClaims,
  ...stepClaims,
  ...lazyClaims,
  ...frozenClaims,
  ...jointClaims,
  ...moreClaims,
  ...inputClaims,
].toSorted((a, b) => parseInt(a.id.slice(1)) - parseInt(b.id.slice(1)));
