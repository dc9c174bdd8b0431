/**
 * The claims of pre-training-hurts.
 *
 * @module
 */
import type { Claim } from "../../../experiment/mod.ts";

/** All claims, as the files have them. */
const all: readonly Claim[] = [];

/** The claims of the notebook, by number. */
export const claims: readonly Claim[] = all.toSorted(
  (a, b) => Number(/\d+/.exec(a.id)![0]) - Number(/\d+/.exec(b.id)![0]) || (a.id < b.id ? -1 : 1),
);
