/**
 * A site of the project's texts that is served, and what holds for each of its pages in any browser.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { notebooksIn } from "../../lib/cli/files.ts";
import { documentation } from "../../lib/cli/kernel/documentation.ts";
import { inRoot, NOTEBOOKS } from "../../lib/cli/paths.ts";
import { buildSite } from "../../lib/site/build.ts";
import type { Browser, BrowserPage } from "./_browser.ts";
import { FAULTS, firstView, pagesOf, serve, SHIFT } from "./_checks.ts";
import { pretend, writeHostile } from "./_executed.ts";

/** Where the pages lie on their server. */
const BASE = "/some/place/";

/** Rooms whose documentation is looked at. */
const ROOMS = ["lib/ode/mod.ts", "lib/papers/gradient_flow_mf/mod.ts"];

/**
 * The project's texts, or the first cells of two notebooks, with outputs put in: real formulas, tables
 * and headings, and no kernel.
 */
async function buildPages(folder: string, first?: number): Promise<string> {
  const all = notebooksIn(NOTEBOOKS), out = `${folder}/site`;
  const notebooks = first === undefined ? all : ["convergence-rate", "lora-one"];
  for (const slug of notebooks) await pretend(`${folder}/from`, slug, first);
  if (first !== undefined) await writeHostile(`${folder}/from`, "hostile");
  const read = (name: string) => Deno.readTextFileSync(inRoot("notebooks", name));
  await buildSite({
    ...{ from: `${folder}/from`, out, base: BASE, made: "a test" },
    notebooks: first === undefined ? notebooks : [...notebooks, "hostile"],
    texts: [
      { folder: "notation", name: "Notation", source: read("NOTATION.md"), wide: true },
      { folder: "disagreements", name: "Disagreements", source: read("DISAGREEMENTS.md") },
      { folder: "licence", name: "Licence", source: "# Licence\n\nMIT", quiet: true },
    ],
    guide: [{
      folder: "guide/sweeps",
      name: "sweeps",
      source: Deno.readTextFileSync(inRoot("lib/site/guide/sweeps.md")),
    }],
    documentation: await documentation(ROOMS),
  });
  return out;
}

/** Builds pages, serves them, opens a browser. */
export async function withSite(
  first: number | undefined,
  starting: Promise<Browser>,
  use: (
    opened: { site: string; start: string; page: BrowserPage; browser: Browser },
  ) => Promise<void>,
): Promise<void> {
  await using browser = await starting;
  const folder = await Deno.makeTempDir(), site = await buildPages(folder, first);
  const server = serve(site, BASE), start = `http://127.0.0.1:${server.addr.port}${BASE}`;
  try {
    await use({ site, start, page: await browser.page(), browser });
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Opens all pages of a site one after the other: in one window, which lays out but one of them. */
export async function everyPage(
  site: string,
  start: string,
  page: BrowserPage,
  width: number,
  dark: boolean,
): Promise<void> {
  const paths = pagesOf(site);
  assert(paths.length > 12);
  await page.look(width, { dark });
  for (const path of paths) {
    await page.open(`${start}${path}`);
    const where = `${path} at ${width}`;
    if (width === 1280) {
      const size = firstView(site, BASE, page.requests);
      assert(size <= 400_000, `${where}: first view of ${size} bytes`);
    }
    assertEquals(await page.evaluate(FAULTS), [], where);
    // Figures keep their places, as is asked above, and fonts are there before the first line.
    const moved = await page.evaluate<number>(SHIFT);
    assert(moved < 0.01, `${where}: something moves, ${moved}`);
    assertEquals(page.complaints, [], where);
    const elsewhere = page.requests.filter((url) => !url.startsWith(start));
    assertEquals(elsewhere.filter((url) => !url.startsWith("data:")), [], where);
  }
}
