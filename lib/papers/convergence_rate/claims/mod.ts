/**
 * The claims table of convergence-rate, C1–C35, each row as code that recomputes it.
 *
 * @module
 */
import type { Claim } from "../../../experiment/mod.ts";
import { constantClaims } from "./constant.ts";
import { digitsClaims } from "./digits.ts";
import { lemmaClaims } from "./lemma.ts";
import { localClaims } from "./local.ts";
import { rateClaims } from "./rates.ts";
import { scaleClaims } from "./scale.ts";

/** All claims, by number. */
export const claims: readonly Claim[] = [
  ...[...lemmaClaims, ...rateClaims, ...localClaims],
  ...[...constantClaims, ...scaleClaims, ...digitsClaims],
].toSorted((a, b) => parseInt(a.id.slice(1)) - parseInt(b.id.slice(1)));
