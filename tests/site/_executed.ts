/**
 * Executed copies without a kernel: the project's notebooks with outputs of every kind put in, and
 * small notebooks made for a test.
 *
 * @module
 */
import { claimRow, claims as examples } from "./_claims.ts";
import { CLAIM_ROWS } from "../../lib/experiment/claims/comparison.ts";
import { joined } from "../../lib/site/executed.ts";
import { inRoot } from "../../lib/cli/paths.ts";

/** A cell as it stands in a notebook's file. */
export interface RawCell {
  cell_type: string;
  source: string | string[];
  execution_count?: number | null;
  outputs?: unknown[];
}

/** A drawing like those of the project. */
export function drawing(caption: string, width = 486, height = 166): string {
  const label = caption.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width / 72}in" height="${
    height / 72
  }in" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">` +
    `<rect width="${width}" height="${height}" fill="#fff"/>` +
    `<path d="M10,${height - 10}L${width - 10},10" fill="none" stroke="#0072B2"/>` +
    `<text x="20" y="20" fill="#000" font-size="9">${label.slice(0, 20)}</text></svg>`;
}

/** A cell of text. */
export const text = (source: string): RawCell => ({ cell_type: "markdown", source });

/** A cell of code that has run. */
export const code = (source: string, ...outputs: unknown[]): RawCell => ({
  ...{ cell_type: "code", execution_count: 1, source, outputs },
});

/** An output. */
export const data = (content: Record<string, unknown>) => ({
  output_type: "execute_result",
  data: content,
  metadata: {},
});

/** The files that `save` leaves for a figure. */
async function saveFigure(folder: string, id: string, svg: string, caption: string): Promise<void> {
  const provenance = { cpu: "a processor", cores: 2, os: "linux", date: "2026-01-02T03:04:05Z" };
  const files = { svg: `${svg}\n`, pdf: "%PDF-1.3", png: "png", csv: "x,y\n1,2\n" };
  for (const [format, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/${id}.${format}`, text);
  }
  await Deno.writeTextFile(`${folder}/${id}.json`, JSON.stringify({ id, caption, provenance }));
}

/** Writes an executed copy with these cells and figures below `folder`. */
export async function writeCopy(
  folder: string,
  slug: string,
  cells: readonly RawCell[],
  figures: Readonly<Record<string, string>> = {},
): Promise<void> {
  await Deno.mkdir(`${folder}/${slug}`, { recursive: true });
  const notebook = { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
  await Deno.writeTextFile(`${folder}/${slug}/${slug}.ipynb`, JSON.stringify(notebook));
  for (const [id, caption] of Object.entries(figures)) {
    await saveFigure(`${folder}/${slug}`, id, drawing(caption), caption);
  }
}

const TABLE = '<table><caption style="text-align:left">A table</caption><thead><tr>' +
  '<th style="text-align:right;padding:2px 8px">x</th></tr></thead><tbody><tr>' +
  '<td style="text-align:right;padding:2px 8px">1.5</td></tr></tbody></table>';

/**
 * A notebook of the project, or its first cells, as if it had run: where it draws, checks or tabulates
 * there is an output.
 */
export async function pretend(folder: string, slug: string, first = Infinity): Promise<void> {
  const { cells } = JSON.parse(Deno.readTextFileSync(inRoot("notebooks", `${slug}.ipynb`)));
  const figures: Record<string, string> = {};
  let count = 0;
  const executed = (cells as RawCell[]).slice(0, first).map((cell) => {
    if (cell.cell_type !== "code") return cell;
    const source = joined(cell.source), outputs: unknown[] = [];
    const id = /\bsave\(\s*"(\w+)"/.exec(source)?.[1];
    if (id !== undefined && !(id in figures)) {
      figures[id] = `Figure ${id} of ${slug}: lines are theory, marks are simulation.`;
      outputs.push(data({ "image/svg+xml": drawing(figures[id]), "text/plain": "Figure" }));
    }
    const ids = /\bcheck\(\w+\.claims, \[([^\]]*)\]/.exec(source)?.[1].match(/C\d+/g);
    if (ids) {
      outputs.push(data({ [CLAIM_ROWS]: examples(slug, ids) }));
    }
    if (source.startsWith("table(")) outputs.push(data({ "text/html": TABLE, "text/plain": "x" }));
    if (outputs.length === 0) {
      outputs.push({ output_type: "stream", name: "stdout", text: ["a line\n", "another\n"] });
    }
    return { ...cell, execution_count: ++count, outputs };
  });
  await writeCopy(folder, slug, executed, figures);
}

/** A text that would run in a page that obeyed it. */
export const HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>';

/** An executed copy that holds it wherever a text can stand. */
export async function writeHostile(folder: string, slug: string): Promise<void> {
  const row = claimRow({
    ...{ id: HOSTILE, statement: HOSTILE, falsifier: HOSTILE, tolerance: HOSTILE },
    ...{ measured: { [HOSTILE]: HOSTILE }, expected: { [HOSTILE]: HOSTILE } },
    source: { whose: "paper", where: HOSTILE },
  });
  await writeCopy(folder, slug, [
    text(
      `# ${HOSTILE}\n\n**In one sentence:** ${HOSTILE}\n\n## ${HOSTILE}\n\n[a](javascript:alert(3))`,
    ),
    code(`const title = ${JSON.stringify(HOSTILE)};`),
    code("P;", data({ "text/html": `<table><td title='${HOSTILE}'>${HOSTILE}</td></table>` })),
    code("save;", data({ "image/svg+xml": drawing(HOSTILE) })),
    code("check;", data({ [CLAIM_ROWS]: [row], "text/html": HOSTILE })),
    code("log;", { output_type: "stream", name: "stdout", text: HOSTILE }),
    code("1;", data({ "text/plain": HOSTILE })),
  ], { F1: HOSTILE });
}
