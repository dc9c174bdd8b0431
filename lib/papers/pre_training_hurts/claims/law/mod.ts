/**
 * Claims of the room of exactness.
 *
 * @module
 */
import type { Claim } from "../../../../experiment/mod.ts";
import { exactnessClaims } from "./exactness.ts";
import { oneStepClaims } from "./one_step.ts";

/** The claims of exactness in law. */
export const lawClaims: readonly Claim[] = [...exactnessClaims, ...oneStepClaims];
