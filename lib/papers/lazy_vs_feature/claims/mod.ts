/**
 * The claims of lazy-vs-feature, by the part of the paper that they belong to.
 *
 * @module
 */
import type { Claim } from "../../../experiment/mod.ts";
import { chainClaims } from "./chains.ts";
import { frozenClaims } from "./frozen.ts";
import { inputClaims } from "./inputs.ts";
import { jointClaims } from "./joint.ts";
import { landscapeClaims } from "./landscape.ts";
import { lazyClaims } from "./lazy.ts";
import { moreClaims } from "./more.ts";
import { stepClaims } from "./steps.ts";
import { timeClaims } from "./times.ts";

/** The claims, by number. */
export const claims: readonly Claim[] = [
  ...landscapeClaims,
  ...chainClaims,
  ...timeClaims,
  ...stepClaims,
  ...lazyClaims,
  ...frozenClaims,
  ...jointClaims,
  ...moreClaims,
  ...inputClaims,
].toSorted((a, b) => parseInt(a.id.slice(1)) - parseInt(b.id.slice(1)));
