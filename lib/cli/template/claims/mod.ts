/**
 * The claims of new-paper, each as code that recomputes it.
 *
 * @module
 */
import type { Claim } from "../../../experiment/mod.ts";
import { escapeClaims } from "./escape.ts";

/** All claims, by number. */
export const claims: readonly Claim[] = [...escapeClaims];
