/**
 * What to cite of a notebook.
 *
 * @module
 */
import { checkKeys, checkOneOf } from "../../check.ts";
import { type Displayable, jupyterDisplay } from "../notebook/display.ts";
import { escapeHtml } from "../table/html.ts";
import { bibtex } from "./bibtex.ts";
import { citations } from "./cff.ts";
import { keyOf, type Work } from "./work.ts";

/** Related work of a notebook, as each paper exports it under the name `references`. */
export interface References {
  /** Name of the notebook, by which its paper stands in CITATION.cff; none for a paper that is not there. */
  readonly notebook?: string;
  /** What it cites beside its own paper, the software and the data. */
  readonly works: readonly Work[];
}

/** The text, folded: it is for files, not for reading. */
function html(count: number, text: string): string {
  return `<details><summary>BibTeX, ${count} entries</summary><pre>${
    escapeHtml(text)
  }</pre></details>`;
}

/** BibTeX that shows itself as the last expression of a cell. */
export interface Bibliography extends Displayable {
  /** The text of a `.bib` file. */
  readonly bibtex: string;
  /** Keys of its entries, in their order. */
  readonly keys: readonly string[];
  /** The text again, so that `console.log(String(…))` prints it. */
  toString(): string;
}

/**
 * BibTeX of what a notebook rests on: its paper, this software, the data, and the work that it cites.
 *
 * Keys are family name, year and first telling word of the title, as `hu2022lora`. Letters are TeX's own,
 * so that any BibTeX reads the text, and capitals of names such as LoRA survive every style. Entries hold
 * what could be checked: where authors are not all known, `others` stands for the rest.
 *
 * @param references Those of a paper, such as `mf.references`, or `{ works }` of one's own.
 * @throws {RangeError} If two different works have one key, or the notebook is not in CITATION.cff.
 *
 * @example A file for `\bibliography{references}`, with a work of one's own.
 * ```ts
 * import { cite } from "lora-dynamics/experiment/mod.ts";
 * import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 *
 * const own = { title: "A Paper of Mine", authors: ["Doe, Jane"], year: 2026 };
 * const { notebook, works } = mf.references;
 * const found = cite({ notebook, works: [...works, own] });
 * assertEquals(found.keys.slice(0, 2), ["xu2025understanding", "loradynamics"]);
 * assertStringIncludes(found.bibtex, "@misc{doe2026paper,");
 * await Deno.writeTextFile(`${await Deno.makeTempDir()}/references.bib`, found.bibtex);
 * ```
 */
export function cite(references: References): Bibliography {
  checkKeys("cite", references, ["notebook", "works"], "references");
  const { software, papers, data } = citations(), { notebook, works } = references;
  const own = notebook === undefined
    ? []
    : [papers[checkOneOf("cite", "notebook", notebook, Object.keys(papers))]];
  const entries = new Map<string, string>();
  for (const work of [...own, software, ...data, ...works]) {
    const key = keyOf(work), entry = bibtex(work), before = entries.get(key);
    if (before !== undefined && before !== entry) {
      throw new RangeError(
        `Cannot cite as each work must have a key of its own: "${key}" stands for ${before} and ${entry}`,
      );
    }
    entries.set(key, entry);
  }
  const text = [...entries.values()].join("\n");
  return {
    bibtex: text,
    keys: [...entries.keys()],
    toString: () => text,
    [jupyterDisplay]: () => ({ "text/html": html(entries.size, text), "text/plain": text }),
  };
}
