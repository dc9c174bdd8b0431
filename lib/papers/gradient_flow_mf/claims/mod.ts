/**
 * The claims of gradient-flow-mf: P1–P19 confront statements of the paper with runs, C1–C38 are ours.
 *
 * @module
 */
import type { Claim } from "../../../experiment/mod.ts";
import { alignmentClaims } from "./alignment.ts";
import { alignmentBoundClaims } from "./alignment_bounds.ts";
import { closedFormClaims } from "./closed_forms.ts";
import { competitionClaims } from "./competition.ts";
import { digitsClaims } from "./digits.ts";
import { endClaims } from "./ends.ts";
import { escapeTimeClaims } from "./escape_times.ts";
import { excessRankClaims } from "./excess_rank.ts";
import { finalErrorClaims } from "./final_errors.ts";
import { incrementalClaims } from "./incremental.ts";
import { invariantClaims } from "./invariants.ts";
import { lastLayerClaims } from "./last_layer.ts";
import { localBoundClaims } from "./local_bounds.ts";
import { paperFigureClaims } from "./paper_figures.ts";
import { reductionClaims } from "./reduction.ts";
import { sameFlowClaims } from "./same_flow.ts";
import { slowTailClaims } from "./slow_tail.ts";
import { statementClaims } from "./statements.ts";
import { theorem41Claims } from "./theorem_4_1.ts";
import { tiltedClaims } from "./tilted.ts";
import { tiltedFloorClaims } from "./tilted_floor.ts";

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
  ...alignmentClaims,
  ...alignmentBoundClaims,
  ...closedFormClaims,
  ...competitionClaims,
  ...digitsClaims,
  ...endClaims,
  ...escapeTimeClaims,
  ...excessRankClaims,
  ...finalErrorClaims,
  ...incrementalClaims,
  ...invariantClaims,
  ...lastLayerClaims,
  ...localBoundClaims,
  ...paperFigureClaims,
  ...reductionClaims,
  ...sameFlowClaims,
  ...slowTailClaims,
  ...statementClaims,
  ...theorem41Claims,
  ...tiltedClaims,
  ...tiltedFloorClaims,
];

/** All claims, the paper's first, by number. */
export const claims: readonly Claim[] = all.toSorted(order);
