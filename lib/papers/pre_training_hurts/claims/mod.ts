/**
 * The claims of pre-training-hurts.
 *
 * @module
 */
import type { Claim } from "../../../experiment/mod.ts";
import { committeeClaims } from "./committee/committee.ts";
import { digitsClaims } from "./digits/digits.ts";
import { baselineClaims } from "./dimension/baselines.ts";
import { exitClaims } from "./dimension/exits.ts";
import { flowClaims } from "./dynamics/flow.ts";
import { stabilityClaims } from "./dynamics/stability.ts";
import { lawClaims } from "./law/mod.ts";
import { misalignedClaims } from "./misaligned/misaligned.ts";
import { assistedClaims } from "./noise/assisted.ts";
import { batchClaims } from "./noise/batches.ts";
import { integralClaims } from "./search/integrals.ts";
import { searchRunClaims } from "./search/runs.ts";
import { trapClaims } from "./traps/ends.ts";

/** All claims, as the files have them. */
const all: readonly Claim[] = [
  ...assistedClaims,
  ...baselineClaims,
  ...batchClaims,
  ...committeeClaims,
  ...digitsClaims,
  ...exitClaims,
  ...flowClaims,
  ...integralClaims,
  ...lawClaims,
  ...misalignedClaims,
  ...searchRunClaims,
  ...stabilityClaims,
  ...trapClaims,
];

/** The claims of the notebook, by number. */
export const claims: readonly Claim[] = all.toSorted(
  (a, b) => Number(/\d+/.exec(a.id)![0]) - Number(/\d+/.exec(b.id)![0]) || (a.id < b.id ? -1 : 1),
);
