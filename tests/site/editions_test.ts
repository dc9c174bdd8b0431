import { fetchWheel } from "../../lib/site/lite/app.ts";
import { buildLite } from "../../lib/site/lite/build.ts";
import { buildLive } from "../../lib/site/live/build.ts";
import { tryLite } from "./lite/_steps.ts";
import { chromium, Page } from "./live/_browser.ts";
import { project } from "./live/_project.ts";
import { serve } from "./live/_served.ts";
import { tryLivePage } from "./live/_steps.ts";

const NOTEBOOKS = ["convergence-rate"];

/** Why JupyterLite cannot be had, if it cannot. */
function missing(): string | undefined {
  try {
    fetchWheel(project);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const reason = chromium ? missing() : "no chromium in the path";
if (reason) console.log(`JupyterLite is not tried: ${reason}`);

Deno.test({
  name: "the editions that run in a browser",
  ignore: !chromium,
  async fn(t) {
    const folder = await Deno.makeTempDir();
    await using _ = { [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
    await buildLive(folder, NOTEBOOKS, project);
    if (!reason) await buildLite(folder, NOTEBOOKS, project);
    await using site = serve(folder);
    await using page = await Page.open();
    await page.look(1280);
    await t.step("the live page", (t) => tryLivePage(t, folder, site, page));
    await t.step({
      name: "the edition in JupyterLite",
      ignore: reason !== undefined,
      fn: (t) => tryLite(t, folder, site, page),
    });
  },
});
