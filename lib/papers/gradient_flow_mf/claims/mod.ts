/**
 * The claims of gradient-flow-mf: P1–P19 confront statements of the paper with runs, C1–C38 are ours.
 *
 * @module
 */
import type { Claim } from "../../../experiment/mod.ts";
import { digitsClaims } from "./digits/digits.ts";
import { lastLayerClaims } from "./digits/last_layer.ts";
import { alignmentClaims } from "./escape/alignment.ts";
import { closedFormClaims } from "./escape/closed_forms.ts";
import { endClaims } from "./escape/ends.ts";
import { escapeTimeClaims } from "./escape/escape_times.ts";
import { incrementalClaims } from "./escape/incremental.ts";
import { invariantClaims } from "./escape/invariants.ts";
import { excessRankClaims } from "./excess/excess_rank.ts";
import { reductionClaims } from "./excess/reduction.ts";
import { sameFlowClaims } from "./excess/same_flow.ts";
import { slowTailClaims } from "./excess/slow_tail.ts";
import { competitionClaims } from "./noise/competition.ts";
import { finalErrorClaims } from "./noise/final_errors.ts";
import { alignmentBoundClaims } from "./paper/alignment_bounds.ts";
import { localBoundClaims } from "./paper/local_bounds.ts";
import { paperFigureClaims } from "./paper/paper_figures.ts";
import { statementClaims } from "./paper/statements.ts";
import { theorem41Claims } from "./paper/theorem_4_1.ts";
import { tiltedClaims } from "./tilted/tilted.ts";
import { tiltedFloorClaims } from "./tilted/tilted_floor.ts";

/** `["P", 3, "b"]` of `"P3b"`, for sorting: the paper's first. */
function key(id: string): [string, number, string] {
  const [, letter, number, rest] = /^([PC])(\d+)(.*)$/.exec(id)!;
  return [letter === "P" ? "0" : "1", Number(number), rest];
}

/** Order of two claims: the paper's first, then by number. */
function order(a: Claim, b: Claim): number {
  const [x, y] = [key(a.id), key(b.id)];
  return x[0].localeCompare(y[0]) || x[1] - y[1] || x[2].localeCompare(y[2]);
}

/** All claims, as the files have them. */
const all: readonly Claim[] = [
  ...digitsClaims,
  ...lastLayerClaims,
  ...alignmentClaims,
  ...closedFormClaims,
  ...endClaims,
  ...escapeTimeClaims,
  ...incrementalClaims,
  ...invariantClaims,
  ...excessRankClaims,
  ...reductionClaims,
  ...sameFlowClaims,
  ...slowTailClaims,
  ...competitionClaims,
  ...finalErrorClaims,
  ...alignmentBoundClaims,
  ...localBoundClaims,
  ...paperFigureClaims,
  ...statementClaims,
  ...theorem41Claims,
  ...tiltedClaims,
  ...tiltedFloorClaims,
];

/** All claims, the paper's first, by number. */
export const claims: readonly Claim[] = all.toSorted(order);
