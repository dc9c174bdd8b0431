/**
 * The claims table of convergence-rate, C1–C35, each row as code that recomputes it.
 *
 * @module
 */
import type { Claim } from "../../experiment/mod.ts";
import { constantClaims } from "./claims_constant.ts";
import { digitsClaims } from "./claims_digits.ts";
import { lemmaClaims } from "./claims_lemma.ts";
import { localClaims } from "./claims_local.ts";
import { rateClaims } from "./claims_rates.ts";
import { scaleClaims } from "./claims_scale.ts";

/** All claims, by number. */
export const claims: readonly Claim[] = [
  ...[...lemmaClaims, ...rateClaims, ...localClaims],
  ...[...constantClaims, ...scaleClaims, ...digitsClaims],
].toSorted((a, b) => parseInt(a.id.slice(1)) - parseInt(b.id.slice(1)));
