import { escapeHtml, htmlTable, textTable } from "../table/html.ts";
import { type Claim, type ClaimRow, type Json, runClaims } from "./claims.ts";
import { type Displayable, jupyterDisplay } from "../notebook/display.ts";
import type { Preset } from "../settings.ts";

/** Checked claims that a notebook shows as a table. */
export interface ClaimTable extends Displayable<string | object> {
  /** One row per claim. */
  readonly rows: readonly ClaimRow[];
}

/** A measured value, numbers to six digits. */
function show(value: Json): string {
  if (typeof value === "string") return value;
  return JSON.stringify(
    value,
    (_, entry) => typeof entry === "number" ? Number(entry.toPrecision(6)) : entry,
  );
}

/** MIME type under which a notebook carries its claim rows for `reproduce` to count. */
const CLAIM_ROWS = "application/vnd.lora-dynamics.claims+json";

/** The entries of a value by their path: `{ erf: { p: 0.1 } }` as `erf, p` → 0.1. */
function entries(value: Json, path: readonly string[] = []): [string, Json][] {
  if (value === null || typeof value !== "object") return [[path.join(", "), value]];
  return Object.entries(value).flatMap(([key, part]) => entries(part, [...path, key]));
}

/** Measured beside expected, entry by entry where both have the same ones. */
function comparison({ measured, expected }: ClaimRow): string {
  const found = entries(measured), wanted = new Map(entries(expected));
  if (found.every(([path]) => wanted.has(path))) {
    const lines = found.map(([path, value]) => [path, show(value), show(wanted.get(path)!)]);
    return htmlTable(["", "measured", "expected"], lines);
  }
  const lines = found.map(([path, value]) => [path, show(value)]);
  return htmlTable(["", `measured; expected: ${show(expected)}`], lines);
}

function verdict({ pass }: ClaimRow): string {
  return pass ? "agrees" : "DISAGREES";
}

/** One line per claim, which opens to the numbers. */
function display(rows: readonly ClaimRow[]): Record<string, string | object> {
  const html = rows.map((row) =>
    `<details${row.pass ? "" : " open"}><summary><b>${escapeHtml(row.id)}</b> ${verdict(row)} ` +
    `(${escapeHtml(row.tolerance)}): ${
      escapeHtml(row.statement)
    } <i>— ${row.source}</i></summary>` +
    `${comparison(row)}</details>`
  );
  const header = ["claim", "verdict", "tolerance", "source", "statement"];
  const lines = rows.map((row) => [
    row.id,
    verdict(row),
    row.tolerance,
    row.source,
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
 * @throws {RangeError} If an id is not known.
 * @throws {Error} If a claim disagrees; names it with the measured and the expected value.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { check, type Claim } from "lora-dynamics/experiment/mod.ts";
 *
 * const claim: Claim = {
 *   id: "C1",
 *   paper: "lora-one",
 *   statement: "One is two",
 *   source: "ours",
 *   check: () => ({ measured: 1, expected: 2, tolerance: "exact", pass: false }),
 * };
 * await assertRejects(() => check([claim], ["C1"], "quick"), Error, "measured 1, expected 2");
 * ```
 */
export async function check(
  claims: readonly Claim[],
  ids: readonly string[],
  preset: Preset,
): Promise<ClaimTable> {
  const rows = await runClaims(claims, preset, { only: ids });
  const failing = rows.filter((row) => !row.pass);
  if (failing.length > 0) {
    const lines = failing.map((row) =>
      `${row.id}: measured ${show(row.measured)}, expected ${show(row.expected)} ` +
      `(${row.tolerance}). ${row.statement}`
    );
    throw new Error(`${failing.length} of ${rows.length} claims disagree\n${lines.join("\n")}`);
  }
  return { rows, [jupyterDisplay]: () => display(rows) };
}
