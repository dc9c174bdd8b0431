/**
 * The claims of convergence-rate, C1–C45, each as a comparison that can fail.
 *
 * @module
 */
import type { Claim } from "../../../experiment/mod.ts";
import { boundClaims } from "./bounds/bounds.ts";
import { constantClaims } from "./constant/constant.ts";
import { digitsClaims } from "./digits/digits.ts";
import { digitsRunClaims } from "./digits/runs.ts";
import { lemmaClaims } from "./lemma/lemmas.ts";
import { stepClaims } from "./lemma/steps.ts";
import { minimumClaims } from "./minimum/minimum.ts";
import { noiseClaims } from "./noise/noise.ts";
import { rateClaims } from "./rates/rates.ts";
import { scaleClaims } from "./scale/scale.ts";

/** All claims, by number. */
export const claims: readonly Claim[] = [
  ...[...lemmaClaims, ...stepClaims, ...boundClaims, ...rateClaims, ...minimumClaims],
  ...[...constantClaims, ...scaleClaims, ...digitsClaims, ...digitsRunClaims, ...noiseClaims],
].toSorted((a, b) => parseInt(a.id.slice(1)) - parseInt(b.id.slice(1)));
