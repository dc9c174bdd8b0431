/**
 * Part of `deno task test:browser`: every notebook run whole, as readers of the site do, on its live
 * page and in JupyterLite, with Deno's verdicts on its claims; in Chromium, and in Firefox where it is
 * installed.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { runClaims } from "../../lib/experiment/mod.ts";
import { allClaims } from "../../lib/cli/claims.ts";
import { fetchWheel } from "../../lib/site/lite/app.ts";
import { buildSite } from "../../lib/site/build.ts";
import { buildLite } from "../../lib/site/lite/build.ts";
import { buildLive } from "../../lib/site/live/build.ts";
import { pretend } from "../site/_executed.ts";
import { startBrowser } from "../site/_browser.ts";
import { findFirefox, startFirefox } from "../site/_firefox.ts";
import { inLite, Lab, type Output, verdicts } from "../site/lite/_lab.ts";
import { chromium, Page } from "../site/live/_browser.ts";
import { codeCells } from "../site/live/_notebook_page.ts";
import { project } from "../site/live/_project.ts";
import { Reader, status } from "../site/live/_reader.ts";
import { BASE, serve, type Served } from "../site/live/_served.ts";
import { chosen } from "./_chosen.ts";

/** Seconds that a notebook may take, on a slow computer. */
const PATIENCE = 900;

/** Builds the site with both editions; the published outputs are stand-ins. */
async function build(folder: string): Promise<void> {
  fetchWheel(project);
  for (const slug of chosen) await pretend(`${folder}/from`, slug);
  await buildSite({
    ...{ from: `${folder}/from`, out: `${folder}/site`, base: BASE, made: "a test" },
    ...{ notebooks: chosen, texts: [], guide: [], documentation: { modules: {} } },
    live: (out, names) => buildLive(out, names, project),
    lite: (out, names) => buildLite(out, names, project),
  });
}

/** What went wrong in the page, or was asked elsewhere, since the last time. */
function faults(site: Served, page: Page): string[] {
  page.note();
  const asked = page.asked.splice(0).filter((url) => !/^(data|blob):/.test(url));
  const elsewhere = asked.filter((url) => !url.startsWith(site.url));
  // JupyterLite itself warns of its manifest, its menus and its shortcuts.
  const problems = page.problems.splice(0).filter((text) => !text.startsWith("warning: "));
  return [...elsewhere, ...problems, ...site.outside];
}

/** Deno's verdicts on all claims of a paper. */
async function expected(slug: string): Promise<string[]> {
  const claims = (await allClaims()).get(slug);
  const rows = await runClaims(claims ?? [], "quick", { progress: false });
  return rows.map(({ id, pass }) => `${id} ${pass ? "agrees" : "DISAGREES"}`).sort();
}

const firefox = findFirefox();

/** The browsers that are there, by name. */
const BROWSERS = [
  ...chromium ? [["Chromium", () => startBrowser(chromium!)] as const] : [],
  ...firefox ? [["Firefox", () => startFirefox(firefox)] as const] : [],
];

Deno.test({
  name: "every notebook runs whole in the browser, with Deno's verdicts",
  ignore: BROWSERS.length === 0,
  async fn(t) {
    const folder = await Deno.makeTempDir();
    await using _ = { [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
    await build(folder);
    const wanted = new Map<string, string[]>();
    for (const slug of chosen) wanted.set(slug, await expected(slug));
    for (const [name, start] of BROWSERS) {
      await t.step(name, async (t) => {
        for (const slug of chosen) {
          await using site = serve(`${folder}/site`);
          // A reader's browser has not run four notebooks before in the same tab.
          await using page = await Page.open(start());
          await page.look(1280);
          await runWhole(t, slug, wanted.get(slug)!, site, page);
        }
      });
    }
  },
});

/** Runs a notebook in both editions. */
async function runWhole(
  t: Deno.TestContext,
  slug: string,
  wanted: string[],
  site: Served,
  page: Page,
): Promise<void> {
  const reader = new Reader(page), lab = new Lab(page, inLite(site.url)), cells = codeCells(slug);

  await t.step(`${slug} on its live page`, async () => {
    await reader.open(`${site.url}${slug}/`);
    await reader.press("Run all");
    await page.until(`${status}.startsWith("Running")`);
    await reader.settled(PATIENCE);
    assertEquals(await page.evaluate(status), `${cells.length} of ${cells.length} cells run here.`);
    assertEquals((await reader.verdicts()).sort(), wanted);
    const late =
      `[...document.querySelectorAll(".outputs progress")].filter(({ max, value }) => value < max).length`;
    assertEquals(await page.evaluate(late), 0, "a bar that never came to its end");
    assertEquals(faults(site, page), []);
  });

  await t.step(`${slug} in JupyterLite`, async () => {
    await lab.open(`${slug}.ipynb`);
    await lab.command("notebook:run-all-cells", PATIENCE);
    await lab.settled(PATIENCE);
    const outputs = await lab.outputs<Output[]>();
    assertEquals(outputs.length, cells.length);
    assertEquals(outputs.flat().filter(({ output_type }) => output_type === "error"), []);
    assertEquals(verdicts(outputs.flat()).sort(), wanted);
    assertEquals(faults(site, page), []);
  });
}
