/**
 * Builds the site: executed notebooks, and what the project says elsewhere, as pages that need no
 * server and no network.
 *
 * @module
 */
import { dirname } from "node:path";
import { type Zippable, zipSync } from "fflate";
import { apiPages, type Documentation } from "./api.ts";
import { addAssets } from "./assets.ts";
import { readExecuted } from "./executed.ts";
import { Figures } from "./figures.ts";
import { Files } from "./files.ts";
import { galleryPage } from "./gallery.ts";
import { ledgerPage, ledgerRows } from "./ledger.ts";
import { missingPage } from "./missing_page.ts";
import { type NotebookPage, notebookPage } from "./notebook_page.ts";
import { searchScript } from "./search.ts";
import { framed, type Page } from "./shell.ts";
import { inOrder, startPage } from "./start_page.ts";
import { guidePage, type Text, textPage } from "./text_page.ts";

/** Adds a way to run the notebooks to a folder that holds the pages. */
export type Edition = (folder: string, notebooks: readonly string[]) => Promise<void>;

/** What a site is built from. */
export interface SiteOptions {
  /** Folder in which `reproduce` has left `<slug>/<slug>.ipynb` and figures. */
  readonly from: string;
  /** Folder of the site: a new one, an empty one, or one that was built before. */
  readonly out: string;
  /** Where the site lies on its server: `"/lora-dynamics/"`. */
  readonly base: string;
  /** Names of the notebooks. */
  readonly notebooks: readonly string[];
  /** Texts that become pages. */
  readonly texts: readonly Text[];
  /** Topics of the guide. */
  readonly guide: readonly Text[];
  /** Documentation of the library; no pages without it. */
  readonly documentation: Documentation;
  /** Version and commit, for the foot of every page. */
  readonly made: string;
  /** Cells that run in the pages. */
  readonly live?: Edition;
  /** Notebooks in JupyterLite. */
  readonly lite?: Edition;
}

/** What a build has made. */
export interface SiteSummary {
  readonly pages: number;
  readonly claims: number;
  readonly figures: number;
}

/** A file that says that a folder is a site, so that the next build may replace it. */
const MARK = ".lora-dynamics-site";
const ZIP = "figures.zip";

/** Formats that are packed already. */
const PACKED = /\.(?:png|pdf)$/;

function executedCopy(from: string, slug: string): string {
  const path = `${from}/${slug}/${slug}.ipynb`;
  try {
    return Deno.readTextFileSync(path);
  } catch {
    throw new Error(`Cannot build the page of ${slug} as there is no executed copy ${path}`);
  }
}

function notebookPages(options: SiteOptions, files: Files): NotebookPage[] {
  const editions = { live: options.live !== undefined, lite: options.lite !== undefined };
  const pages = options.notebooks.map((slug) => {
    const executed = readExecuted(slug, executedCopy(options.from, slug));
    const figures = new Figures(slug, `${options.from}/${slug}`, files);
    files.write(`${slug}/${slug}.ipynb`, executed.file);
    return notebookPage(executed, { figures, claims: [] }, editions);
  });
  return inOrder(pages);
}

async function pack(pages: readonly NotebookPage[], files: Files): Promise<Uint8Array> {
  const archive: Zippable = {};
  // One date in all archives: equal figures give an equal file.
  const mtime = new Date("2026-01-01T12:00:00Z");
  for (const { slug, gathered } of pages) {
    for (const { base, formats } of gathered.figures.saved) {
      for (const format of formats) {
        const path = `${slug}/${base}.${format}`;
        archive[`figures/${path}`] = [await files.bytes(path), {
          level: PACKED.test(path) ? 0 : 6,
          mtime,
        }];
      }
    }
  }
  return zipSync(archive);
}

/** Everything of the site but the editions, as files. */
async function collect(options: SiteOptions, files: Files): Promise<SiteSummary> {
  const notebooks = notebookPages(options, files);
  const pageOf = (text: Text) => textPage(text, files);
  const topics = options.guide.map(pageOf), library = apiPages(options.documentation);
  const texts = [...options.texts.map(pageOf), guidePage(topics), ...topics];
  const entries = notebooks.flatMap(({ gathered }) => gathered.claims);
  const pages: Page[] = [
    startPage(notebooks, { live: options.live !== undefined }),
    ...notebooks,
    ledgerPage(notebooks),
    galleryPage(notebooks, ZIP),
    ...texts,
    ...library,
  ];
  const frame = {
    notebooks: notebooks.map(({ slug, title }) => ({ slug, title })),
    pages: [
      { path: "ledger/index.html", name: "Claims" },
      { path: "gallery/index.html", name: "Figures" },
      ...options.texts.flatMap(({ folder, name, quiet }) =>
        quiet ? [] : [{ path: `${folder}/index.html`, name }]
      ),
      { path: "guide/index.html", name: "Guide" },
      { path: "api/index.html", name: "Library" },
    ],
    made: options.made,
  };
  for (const page of pages) files.write(page.path, framed(page, frame));
  addAssets(files);
  files.write("404.html", missingPage(options.base));
  files.write("assets/search.js", searchScript(notebooks, [...texts, ...library]));
  files.write("ledger/claims.json", JSON.stringify(ledgerRows(notebooks), null, 1));
  files.write(ZIP, await pack(notebooks, files));
  files.write(".nojekyll", "");
  files.write(MARK, "");
  const figures = notebooks.reduce((sum, { gathered }) => sum + gathered.figures.saved.length, 0);
  return { pages: pages.length, claims: entries.length, figures };
}

/** Throws unless a site may be put where `out` is. */
export function checkOut(out: string): void {
  let names: string[];
  try {
    names = Array.from(Deno.readDirSync(out), ({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw new Error(`Cannot build the site as --out must be a folder: current value is "${out}"`);
  }
  if (names.length === 0 || names.includes(MARK)) return;
  throw new Error(
    `Cannot build the site as --out must be a new or empty folder, or an earlier site: ` +
      `"${out}" holds ${names.slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""}`,
  );
}

/**
 * Builds the site. An earlier one in the same folder is replaced when all of the new one is there, and
 * stays otherwise.
 *
 * @throws {Error} If a notebook is not there, has not run whole, or holds a formula that is wrong; if
 * the folder holds something else.
 */
export async function buildSite(options: SiteOptions): Promise<SiteSummary> {
  const { out, live, lite, notebooks } = options;
  checkOut(out);
  const files = new Files();
  const summary = await collect(options, files);
  await Deno.mkdir(dirname(out), { recursive: true });
  const fresh = `${out}.${Deno.pid}.tmp`;
  try {
    await files.save(fresh);
    await live?.(fresh, notebooks);
    await lite?.(fresh, notebooks);
    await Deno.remove(out, { recursive: true }).catch(() => {}); // there may be none
    await Deno.rename(fresh, out);
  } finally {
    await Deno.remove(fresh, { recursive: true }).catch(() => {}); // it has its name now
  }
  return summary;
}
