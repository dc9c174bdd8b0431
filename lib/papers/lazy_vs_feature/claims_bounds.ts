/**
 * Claims that set the paper's bounds against what happens.
 *
 * @module
 */
import type { Claim } from "../../experiment/mod.ts";
/** The claims of this file. */
export const boundsClaims: readonly Claim[] = [];
