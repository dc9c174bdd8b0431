/** The cells of the README and of the guide, as printed, in the real kernel. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { filesBelow } from "../../lib/cli/files.ts";
import { inRoot } from "../../lib/cli/paths.ts";
import { TestKernel } from "./kernel_driver.ts";

const TEXTS = ["README.md", ...filesBelow("lib/site/guide", /\.md$/)];
const text = TEXTS.map((path) => Deno.readTextFileSync(inRoot(path))).join("\n");
const blocks = [...text.matchAll(/```ts( ignore)?\n(.*?)```/gs)].map(([, cell, code]) => ({
  cell,
  code,
}));
const cells = [...new Set(blocks.filter(({ cell }) => cell).map(({ code }) => code))];
const file = blocks.find(({ code }) => code.includes("sweepFile({"))!.code;

Deno.test("what README and guide print as cells runs when it is pasted, and ends with a picture", async () => {
  assertEquals(cells.length, 3);
  // Within the project, as notebooks are.
  const folder = await Deno.makeTempDir({ dir: inRoot(".deno") });
  try {
    await Deno.writeTextFile(`${folder}/my_sweep.ts`, file);
    for (const code of cells) {
      await using kernel = await TestKernel.start({ LORA_DYNAMICS: '{"preset": "quick"}' }, folder);
      const [{ status, outputs }] = await kernel.run([code], { timeout: 120 });
      const text = outputs.map(([type, part]) => `${type}: ${part}`).join("\n");
      assertEquals(status, "ok", text);
      assertStringIncludes(text, "Figure (");
    }
    const kept = Array.from(Deno.readDirSync(`${folder}/results`));
    assert(kept.length > 0, "nothing was kept");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
