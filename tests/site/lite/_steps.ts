/**
 * What a reader does in JupyterLite.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Page } from "../live/_browser.ts";
import { codeCells } from "../live/_notebook_page.ts";
import type { Served } from "../live/_served.ts";
import { idle, inLite, Lab, model, type Output, verdicts } from "./_lab.ts";

const NOTEBOOK = "convergence-rate";

/** A hundred results after short waits. */
const AWAITS = Array.from(
  { length: 100 },
  (_, i) => `await new Promise((done) => setTimeout(done, ${i % 6}));\n"result ${i + 1}";`,
);

/** Cells of a reader who tries things. */
const TRIES = [
  'import * as cr from "lora-dynamics/papers/convergence_rate/mod.ts";\nconst kept = 42;',
  "await cr.digitsSchedules({ ranks: [1, 2, 4, 8], preset: 'full' });",
  "kept;",
  "while (true);",
  "typeof kept;",
  "\nnull.x;",
];

/** Puts a notebook of these cells into the edition. */
function addNotebook(folder: string, name: string, cells: readonly string[]): void {
  const list = `${folder}/lite/api/contents/all.json`;
  const listing = JSON.parse(Deno.readTextFileSync(list));
  listing.content.push({ ...listing.content[0], name, path: name });
  Deno.writeTextFileSync(list, JSON.stringify(listing));
  const file = JSON.parse(Deno.readTextFileSync(`${folder}/lite/files/${NOTEBOOK}.ipynb`));
  file.cells = cells.map((source, i) => ({
    ...{ cell_type: "code", id: `c${i}`, metadata: {}, outputs: [], execution_count: null, source },
  }));
  Deno.writeTextFileSync(`${folder}/lite/files/${name}`, JSON.stringify(file));
}

/** Tries JupyterLite of the edition in `folder`, which has this notebook. */
export async function tryLite(
  t: Deno.TestContext,
  folder: string,
  site: Served,
  page: Page,
): Promise<void> {
  addNotebook(folder, "awaits.ipynb", AWAITS);
  addNotebook(folder, "tries.ipynb", TRIES);
  const lab = new Lab(page, inLite(site.url));

  await t.step(
    "the very same notebook opens, and its cells run with Deno's verdicts",
    async () => {
      await lab.open(`${NOTEBOOK}.ipynb`);
      const sources = await page.evaluate<string[]>(
        `${model}.filter((cell) => cell.cell_type === "code").map(({ source }) => [source].flat().join(""))`,
      );
      assertEquals(sources, codeCells(NOTEBOOK));
      // The live page runs all of them, in the same kernel: here the first figure and claims do.
      const last = await page.evaluate<number>(
        `${model}.findIndex(({ source }) => [source].flat().join("").includes('"C4"'))`,
      );
      await lab.select(last + 1);
      await lab.command("notebook:run-all-above");
      await lab.settled(300);
      const outputs = (await lab.outputs<Output[]>()).flat();
      assertEquals(outputs.filter(({ output_type }) => output_type === "error"), []);
      assertEquals(verdicts(outputs), ["C1", "C2", "C3", "C4"].map((id) => `${id} agrees`));
      const html = outputs.map(({ data }) => data?.["text/html"] ?? "").join("");
      assertEquals(html.match(/<p class="downloads"/g)?.length, 1); // F1
    },
  );

  await t.step("each of 100 results stands under its own cell", async () => {
    await lab.open("awaits.ipynb");
    await lab.command("notebook:run-all-cells");
    await lab.settled();
    const outputs = await lab.outputs<{ data: Record<string, string> }[]>();
    assertEquals(
      outputs.map((list) => list.map(({ data }) => data["text/plain"])),
      AWAITS.map((_, i) => [`"result ${i + 1}"`]),
    );
  });

  await t.step("Interrupt ends a sweep and keeps the variables", async () => {
    await lab.open("tries.ipynb");
    await lab.select(0);
    await lab.command("notebook:run-cell");
    await lab.select(1);
    await lab.start("notebook:run-cell");
    await page.until(`document.querySelector(".jp-OutputArea progress")`);
    await lab.command("notebook:interrupt-kernel");
    await lab.settled(15);
    await lab.select(2);
    await lab.command("notebook:run-cell");
    const outputs = await lab.outputs<{ ename?: string; data?: Record<string, string> }[]>();
    assertEquals(outputs[1].at(-1)?.ename, "Interrupted");
    assertEquals(outputs[2][0].data?.["text/plain"], "42");
  });

  await t.step("Interrupt ends an endless loop with its kernel, and says so", async () => {
    await lab.select(3);
    await lab.start("notebook:run-cell");
    await page.until(`!(${idle})`);
    await lab.command("notebook:interrupt-kernel");
    await lab.settled(15);
    await lab.select(4);
    await lab.command("notebook:run-cell");
    const outputs = await lab.outputs<{ evalue?: string; data?: Record<string, string> }[]>();
    assertStringIncludes(outputs[3][0].evalue ?? "", "all variables are gone");
    assertEquals(outputs[4][0].data?.["text/plain"], '"undefined"');
  });

  await t.step("an error names cell and line", async () => {
    await lab.select(5);
    await lab.command("notebook:run-cell");
    const outputs = await lab.outputs<{ traceback?: string[] }[]>();
    assertMatch(outputs[5][0].traceback![1], /^ {4}at cell \d+, line 2:\d+$/);
  });

  await t.step("an edit that was saved is there after a reload", async () => {
    await page.evaluate(
      `jupyterapp.shell.currentWidget.content.model.cells.get(2).sharedModel.setSource("kept + 1; // mine")`,
    );
    await lab.command("docmanager:save");
    await lab.open("tries.ipynb");
    const source = await page.evaluate<string>(
      `jupyterapp.shell.currentWidget.content.model.cells.get(2).sharedModel.getSource()`,
    );
    assertEquals(source, "kept + 1; // mine");
  });

  await t.step(
    "nothing was asked for outside of the site's folder, and nothing went wrong",
    () => {
      assertEquals(site.outside, []);
      const elsewhere = page.asked.filter((url) =>
        !/^(data|blob):/.test(url) && !url.startsWith(site.url)
      );
      assertEquals(elsewhere, []);
      // JupyterLite itself warns of its manifest, its menus and its shortcuts.
      assertEquals(page.problems.filter((text) => !text.startsWith("warning: ")), []);
      assert(page.asked.length > 50);
    },
  );
}
