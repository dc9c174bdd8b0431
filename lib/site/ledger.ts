/**
 * The ledger: every claim with who states it, what would refute it, what was measured, on which
 * machine and when.
 *
 * @module
 */
import { claim } from "./claims.ts";
import { type Html, markup, NOTHING } from "./html.ts";
import type { NotebookPage } from "./notebook_page.ts";
import type { Page } from "./shell.ts";

/** Machine and day of a notebook's run, as its figures' files say. */
export function ranOn({ gathered }: NotebookPage): { machine: string; date: string } {
  const made = gathered.figures.saved.at(-1)?.made.provenance as
    | { cpu?: string; cores?: number; os?: string; date?: string }
    | undefined;
  if (made === undefined) return { machine: "a machine that left no note", date: "" };
  const { cpu = "unknown processor", cores = 0, os = "", date = "" } = made;
  return {
    machine: `${cpu}, ${cores} core${cores === 1 ? "" : "s"}, ${os}`,
    date: date.slice(0, 10),
  };
}

/** A time to two digits after the point; below that a bound. */
function duration(seconds: number): string {
  return seconds < 0.01 ? "less than 0.01 s" : `${seconds.toFixed(2)} s`;
}

/** C2 before C10. */
const byNumber = new Intl.Collator("en", { numeric: true }).compare;

function part(page: NotebookPage): Html {
  const { slug, title, gathered: { claims } } = page;
  const { machine, date } = ranOn(page);
  const own = claims.filter(({ row }) => row.source.whose === "ours").length;
  const agree = claims.filter(({ row }) => row.pass).length;
  const entries = [...claims].sort((a, b) => byNumber(a.row.id, b.row.id)).map(({ row, cell }) =>
    claim(
      row,
      `${slug}-${row.id}`,
      markup`
        <p class="run">
          ${row.preset} preset, ${duration(row.seconds)} on ${machine}, ${date}. <a
            href="../${slug}/index.html#cell-${cell}"
          >In the notebook</a>
        </p>
      `,
    )
  );
  return markup`
    <section class="ledger" id="${slug}">
      <h2>${title}</h2>
      <p>${agree} of ${claims.length} claims agree; ${
    claims.length -
    own
  } are the paper's, ${own} ours.</p>
      ${entries}
    </section>
  `;
}

/** All claims as data: each row with machine and day. */
export function ledgerRows(pages: readonly NotebookPage[]): object[] {
  return pages.flatMap((page) =>
    page.gathered.claims.map(({ row }) => ({ ...row, ...ranOn(page) }))
  );
}

/** The page of all claims. */
export function ledgerPage(pages: readonly NotebookPage[]): Page {
  const all = pages.flatMap(({ gathered }) => gathered.claims);
  const papers = all.filter(({ row }) => row.source.whose === "paper").length;
  const wrong = all.filter(({ row }) => !row.pass).length;
  return {
    path: "ledger/index.html",
    title: markup`Ledger of claims`,
    name: "Ledger of claims",
    description:
      "Every claim of the notebooks: whose, what would refute it, measured, expected, verdict.",
    formulas: true,
    contents: pages.map(({ slug, title, name }) => ({ level: 2, id: slug, title, name, text: "" })),
    body: markup`
      <h1>Ledger of claims</h1>
      <p>
        Every claim that a notebook checks: ${all.length}, of which ${papers} are the papers' and
        ${all.length - papers} ours. ${
      wrong === 0 ? "All of them agree." : `${wrong} of them do not agree.`
    } A claim opens to what would refute it, the seeds and sizes behind
        it, what was measured and what was expected. What is expected comes from theory, from another
        method or from the authors' code, never from the run that is measured.
      </p>
      <p class="filter needs-script">
        <label>Show <select id="whose">
            <option value="">all claims</option>
            <option value="paper">the papers' claims</option>
            <option value="ours">ours</option>
          </select></label>
        <label>with the words <input type="search" id="words"></label> <output id="left"></output>
      </p>
      <p><a href="claims.json" download>All of it as JSON</a></p>
      ${pages.map(part)}${NOTHING}
    `,
  };
}
