import { escapeHtml, htmlTable, textTable } from "../table/html.ts";
import { type Displayable, jupyterDisplay } from "../notebook/display.ts";
import type { Preset } from "../settings.ts";
import { type Claim, evidenceText, sourceText } from "./claim.ts";
import { CLAIM_ROWS, comparison, digits, holds } from "./comparison.ts";
import { type ClaimRow, type OtherSeeds, runClaims, type RunClaimsOptions } from "./run.ts";

/** Checked claims that a notebook shows as a table. */
export interface ClaimTable extends Displayable<string | object> {
  /** One row per claim. */
  readonly rows: readonly ClaimRow[];
}

function verdict(row: ClaimRow): string {
  return holds(row) ? "agrees" : "DISAGREES";
}

/** How a claim does at other seeds, in words: `"20 of 20 other seeds hold, 20 of 20 controls fail"`. */
export function othersText({ seeds, holds, controlFails }: OtherSeeds): string {
  const control = controlFails === undefined
    ? "no control"
    : `${controlFails} of ${seeds.length} controls fail`;
  return `${holds} of ${seeds.length} other seeds hold, ${control}`;
}

/** What the reader is told beside the numbers. */
function facts(row: ClaimRow): [string, string][] {
  return [
    ["source", sourceText(row.source)],
    ["refuted by", row.falsifier],
    ["evidence", evidenceText(row.evidence)],
    ...row.others ? [["other seeds", othersText(row.others)] as [string, string]] : [],
  ];
}

/** Measured beside expected. */
function numbers(row: ClaimRow): string {
  const { header, lines } = comparison(row);
  return htmlTable(header, lines);
}

/** One line per claim, which opens to source, falsifier, evidence and the numbers. */
function display(rows: readonly ClaimRow[]): Record<string, string | object> {
  const html = rows.map((row) =>
    `<details${holds(row) ? "" : " open"}><summary><b>${escapeHtml(row.id)}</b> ${verdict(row)} ` +
    `(${escapeHtml(row.tolerance)}): ${escapeHtml(row.statement)} ` +
    `<i>— ${escapeHtml(sourceText(row.source))}</i></summary>` +
    `${htmlTable([], facts(row))}${numbers(row)}</details>`
  );
  const header = ["claim", "verdict", "tolerance", "source", "statement"];
  const lines = rows.map((row) => [
    row.id,
    verdict(row),
    row.tolerance,
    sourceText(row.source),
    row.statement,
  ]);
  return {
    "text/html": html.join(""),
    "text/plain": textTable(header, lines),
    [CLAIM_ROWS]: rows,
  };
}

/**
 * Checks claims in a notebook: a table when all agree, an exception when one does not.
 *
 * @param claims Claims of the paper.
 * @param ids Ids of the claims to check here.
 * @param preset How much work the checks may do.
 * @param options `seed` of all draws (by default the paper's), `seeds`: at how many others claims are
 *   repeated, `timeout` of one check in seconds.
 * @throws {RangeError} If an id is not known.
 * @throws {Error} If a claim disagrees; names it with the measured and the expected value.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { agree, check, type Claim } from "lora-dynamics/experiment/mod.ts";
 *
 * const claim: Claim = {
 *   id: "C1",
 *   paper: "lora-one",
 *   statement: "One is two",
 *   source: { whose: "ours" },
 *   falsifier: "A one that is not a two",
 *   evidence: { seeds: 0, sizes: "one number", draws: "nothing" },
 *   check: () => agree({ one: 1 }, { one: 2 }, { abs: 0 }),
 * };
 * await assertRejects(() => check([claim], ["C1"], "quick"), Error, "1 of 1 claims disagree");
 * ```
 */
export async function check(
  claims: readonly Claim[],
  ids: readonly string[],
  preset: Preset,
  options: Pick<RunClaimsOptions, "seed" | "seeds" | "timeout"> = {},
): Promise<ClaimTable> {
  const rows = await runClaims(claims, preset, { ...options, only: ids });
  const failing = rows.filter((row) => !holds(row));
  if (failing.length > 0) {
    const lines = failing.map((row) =>
      `${row.id}: measured ${digits(row.measured)}, expected ${digits(row.expected)} ` +
      `(${row.tolerance})${row.others ? `; ${othersText(row.others)}` : ""}. ${row.statement}`
    );
    throw new Error(`${failing.length} of ${rows.length} claims disagree\n${lines.join("\n")}`);
  }
  return { rows, [jupyterDisplay]: () => display(rows) };
}
