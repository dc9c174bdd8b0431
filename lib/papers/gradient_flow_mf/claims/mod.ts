/**
 * The claims of gradient-flow-mf: P1–P19 confront statements of the paper with runs, C1–C38 are ours.
 *
 * @module
 */
import type { Claim } from "../../../experiment/mod.ts";
import { alignmentBoundClaims } from "./alignment_bounds.ts";
import { digitsClaims } from "./digits.ts";
import { lastLayerClaims } from "./last_layer.ts";
import { alignmentClaims } from "./alignment.ts";
import { alignmentBoundClaims } from "./alignment_bounds.ts";
import { closedFormClaims } from "./closed_forms.ts";
import { endClaims } from "./ends.ts";
import { escapeTimeClaims } from "./escape_times.ts";
import { incrementalClaims } from "./incremental.ts";
import { invariantClaims } from "./invariants.ts";
import { localBoundClaims } from "./local_bounds.ts";
import { paperFigureClaims } from "./paper_figures.ts";
import { sameFlowClaims } from "./same_flow.ts";
import { statementClaims } from "./statements.ts";
import { theorem41Claims } from "./theorem_4_1.ts";

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
  ...alignmentBoundClaims,
  ...digitsClaims,
  ...lastLayerClaims,
  ...alignmentClaims,
  ...alignmentBoundClaims,
  ...closedFormClaims,
  ...endClaims,
  ...escapeTimeClaims,
  ...incrementalClaims,
  ...invariantClaims,
  ...localBoundClaims,
  ...paperFigureClaims,
  ...sameFlowClaims,
  ...statementClaims,
  ...theorem41Claims,
];

/** All claims, the paper's first, by number. */
export const claims: readonly Claim[] = all.toSorted(order);
/** All claims, the paper's first, by number. */
export const claims: readonly Claim[] = [
  ...alignmentBoundClaims,
  ...localBoundClaims,
  ...paperFigureClaims,
  ...sameFlowClaims,
  ...statementClaims,
  ...theorem41Claims,
].toSorted((a: Claim, b: Claim) => {
  const [x, y] = [key(a.id), key(b.id)];
  return x[0].localeCompare(y[0]) || x[1] - y[1] || x[2].localeCompare(y[2]);
});
  const [x, y] = [key(a.id), key(b.id)];
  return x[0].localeCompare(y[0]) || x[1] - y[1] || x[2].localeCompare(y[2]);
}

/** All claims. */
const all: readonly Claim[] = [
  ...alignmentBoundClaims,
  ...localBoundClaims,
  ...paperFigureClaims,
  ...sameFlowClaims,
  ...paperFigureClaims,
  ...alignmentBoundClaims,
  ...localBoundClaims,
  ...statementClaims,
  ...theorem41Claims,
];

/** All claims, the paper's first, by number. */
export const claims: readonly Claim[] = all.toSorted(order);
