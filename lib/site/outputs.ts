/**
 * What a cell has put out, as it stands in the page.
 *
 * @module
 */
import type { ClaimRow } from "../experiment/mod.ts";
import { CLAIM_ROWS } from "../experiment/claims/comparison.ts";
import { claim, type LedgerEntry } from "./claims.ts";
import { cleaned } from "./clean.ts";
import { joined, type Output } from "./executed.ts";
import type { Figures } from "./figures.ts";
import { Html, markup, NOTHING } from "./html.ts";
import { markdown } from "./markdown.ts";

/** What the outputs of a notebook add to the rest of the site. */
export interface Gathered {
  readonly figures: Figures;
  /** Claims that have been checked, in order. */
  readonly claims: LedgerEntry[];
}

// deno-lint-ignore no-control-regex -- colours of a terminal begin with an escape character
const COLOURS = /\x1b\[[\d;]*m/g;

const plain = (text: string, kind: string) =>
  markup`<pre class="${kind}">${text.replaceAll(COLOURS, "")}</pre>`;

/** Pictures that are no drawings: they stay as they came. */
const PICTURES = ["image/png", "image/jpeg"];

function pictured(kind: string, data: string, alt: string): Html {
  const address = `data:${kind};base64,${data.replaceAll(/\s/g, "")}`;
  return markup`<div class="picture"><img src="${address}" alt="${alt}"></div>`;
}

/** The outputs of a code cell; names of places that are `taken` in the page get those of its headings. */
export function outputsOf(
  outputs: readonly Output[],
  cell: number,
  { figures, claims }: Gathered,
  taken: Set<string> = new Set(),
): Html {
  return markup`
    ${
    outputs.map((output) => {
      if (output.kind === "stream") {
        return plain(output.text, output.name === "stderr" ? "stderr" : "stdout");
      }
      const { data } = output;
      const rows = data[CLAIM_ROWS];
      if (Array.isArray(rows)) return checked(rows, cell, figures.slug, claims);
      const svg = joined(data["image/svg+xml"]);
      if (svg) return figures.show(svg, cell);
      const shown = joined(data["text/html"]);
      // A progress bar says nothing to a reader.
      if (/^<div(?:><progress| hidden>)/.test(shown)) return NOTHING;
      if (shown) {
        return markup`
          <div class="shown">${
          cleaned(shown, (source, alt) => figures.inline(source, alt, cell))
        }</div>
        `;
      }
      const text = joined(data["text/plain"]), kind = PICTURES.find((kind) => kind in data);
      if (kind !== undefined) return pictured(kind, joined(data[kind]), text);
      const written = joined(data["text/markdown"]);
      if (written) {
        const where = `${figures.slug}, output of code cell ${cell}`;
        return markup`<div class="text">${
          markdown(written, where, { taken, lower: 2 }).body
        }</div>`;
      }
      return text === "" ? NOTHING : plain(text, "value");
    })
  }
  `;
}

function checked(
  rows: readonly ClaimRow[],
  cell: number,
  slug: string,
  claims: LedgerEntry[],
): Html {
  const known = new Set(claims.map(({ row }) => row.id));
  const shown = rows.map((row) => {
    const id = known.has(row.id) ? `${row.id}-${cell}` : row.id;
    if (!known.has(row.id)) claims.push({ row, slug, cell });
    return claim(row, id);
  });
  return markup`<div class="claims">${shown}</div>`;
}
