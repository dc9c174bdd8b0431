/**
 * Checked claims, folded: what is said and whether it holds, then what would refute it and the
 * numbers.
 *
 * @module
 */
import { type ClaimRow, evidenceText, othersText, sourceText } from "../experiment/mod.ts";
import { comparison, holds } from "../experiment/claims/comparison.ts";
import { flag, type Html, markup, type Piece } from "./html.ts";

/** A claim with the run that has checked it. */
export interface LedgerEntry {
  readonly row: ClaimRow;
  /** Notebook whose executed copy holds it. */
  readonly slug: string;
  /** The code cell that has checked it. */
  readonly cell: number;
}

/** Whether a claim holds, in a word. */
export function verdict(row: ClaimRow): "agrees" | "disagrees" {
  return holds(row) ? "agrees" : "disagrees";
}

/** A table of text. */
export function plainTable(header: readonly string[], lines: readonly (readonly string[])[]): Html {
  const head = header.some((name) => name !== "")
    ? markup`
      <thead><tr>${
      header.map((name) => name === "" ? markup`<td></td>` : markup`<th scope="col">${name}</th>`)
    }</tr></thead>
    `
    : "";
  const body = lines.map((line) =>
    markup`
      <tr>${line.map((field) => markup`<td>${field}</td>`)}</tr>
    `
  );
  return markup`<div class="scroll"><table>${head}<tbody>${body}</tbody></table></div>`;
}

/** What stands behind a claim, and its numbers. */
export function substance(row: ClaimRow): Html {
  const { header, lines } = comparison(row);
  const facts: [string, Piece][] = [
    ["Refuted by", row.falsifier],
    ["Evidence", evidenceText(row.evidence)],
    ["Tolerance", row.tolerance],
    ...row.others === undefined ? [] : [["Other seeds", othersText(row.others)] as [string, Piece]],
  ];
  return markup`
    <dl>${
    facts.map(([name, text]) =>
      markup`
        <div>
          <dt>${name}</dt>
          <dd>${text}</dd>
        </div>
      `
    )
  }</dl>${plainTable(header, lines)}
  `;
}

/** A claim as a line that opens. */
export function claim(row: ClaimRow, id: string, more: Piece = ""): Html {
  return markup`
    <details class="claim ${verdict(row)}" id="${id}" ${flag("open", !holds(row))}>
      <summary>
        <b>${row.id}</b> <span class="verdict">${
    verdict(row)
  }</span> ${row.statement} <span class="whose"
        >${sourceText(row.source)}</span>
      </summary>
      ${substance(row)}${more}
    </details>
  `;
}
