/**
 * Part of `deno task test:browser`: a notebook in JupyterLab with the Deno kernel, as a reader uses it.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { allClaims } from "../../lib/cli/claims.ts";
import { inRoot, JUPYTER_ENVIRONMENT, NOTEBOOKS, PYTHON } from "../../lib/cli/paths.ts";
import { Lab, type Output, verdicts } from "../site/lite/_lab.ts";
import { chromium, Page } from "../site/live/_browser.ts";
import { chosen } from "./_chosen.ts";

const SLUG = chosen[0];
const TOKEN = "of-a-test";

/** JupyterLab on a folder, with this preset for its kernels; ends with its kernels. */
async function startLab(folder: string): Promise<AsyncDisposable & { url: string }> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const child = new Deno.Command(PYTHON, {
    args: [
      ...["-I", "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1"],
      ...[`--ServerApp.port=${port}`, "--ServerApp.port_retries=0", "--ServerApp.allow_root=True"],
      ...[`--ServerApp.root_dir=${folder}`, `--IdentityProvider.token=${TOKEN}`],
      ...["--KernelSpecManager.ensure_native_kernel=False", "--ServerApp.log_level=ERROR"],
      "--LabApp.expose_app_in_browser=True",
    ],
    env: { ...JUPYTER_ENVIRONMENT, LORA_DYNAMICS: JSON.stringify({ preset: "quick" }) },
    cwd: folder,
    ...{ stdin: "null", stdout: "null", stderr: "null" },
  }).spawn();
  const url = `http://127.0.0.1:${port}/`;
  for (let attempt = 0; attempt < 600; attempt++) {
    const there = await fetch(`${url}api`).then((answer) => answer.text(), () => undefined);
    if (there) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}

/** Writes over the code of the code cell with this number, from 0. */
const write = (cell: number, code: string) =>
  `Array.from(jupyterapp.shell.currentWidget.content.model.cells)
    .filter(({ type }) => type === "code")[${cell}].sharedModel.setSource(${JSON.stringify(code)})`;

/** Goes to a code cell. */
const select = (cell: number) =>
  `(() => {
    const { content } = jupyterapp.shell.currentWidget;
    const codes = content.widgets.filter(({ model }) => model.type === "code");
    content.activeCellIndex = content.widgets.indexOf(codes[${cell}]);
  })()`;

Deno.test({
  name: `${SLUG} in JupyterLab: its parameters edited, all cells run, a cell interrupted`,
  ignore: !chromium,
  async fn(t) {
    // Below the project, whose deno.json the kernel finds; what is saved there is nobody's.
    const folder = inRoot(".deno", "test", "lab");
    await Deno.mkdir(folder, { recursive: true });
    await Deno.copyFile(`${NOTEBOOKS}/${SLUG}.ipynb`, `${folder}/${SLUG}.ipynb`);
    await using _ = { [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
    await using server = await startLab(folder);
    await using page = await Page.open();
    await page.look(1280);
    const lab = new Lab(page, (name) => `${server.url}lab/tree/${name}?token=${TOKEN}`);
    const run = async (cell: number, code: string) => {
      await page.evaluate(select(cell));
      await page.evaluate(write(cell, code));
      await lab.command("notebook:run-cell");
      await lab.settled();
      return (await lab.outputs<Output[]>())[cell];
    };
    await lab.open(`${SLUG}.ipynb`);

    await t.step("what stands in the parameter cell counts, in all cells", async () => {
      const source = await page.evaluate<string>(
        `Array.from(jupyterapp.shell.currentWidget.content.model.cells)
          .filter(({ type }) => type === "code")[1].sharedModel.getSource()`,
      );
      const edited = source.replace(/seed: "\w+"/, 'seed: "another"');
      assert(edited !== source, source);
      await page.evaluate(write(1, edited));
      await lab.command("notebook:run-all-cells", 900);
      await lab.settled(900);
      const outputs = await lab.outputs<Output[]>(), all = outputs.flat();
      assertEquals(all.filter(({ output_type }) => output_type === "error"), []);
      assertStringIncludes(JSON.stringify(outputs[1]), "another");
      assertStringIncludes(JSON.stringify(outputs.at(-1)), "another");
      const claims = (await allClaims()).get(SLUG) ?? [];
      assertEquals(verdicts(all).sort(), claims.map(({ id }) => `${id} agrees`).sort());
      const figures = all.filter(({ data }) => data?.["image/png"] && data["image/svg+xml"]);
      assert(figures.length > 10, `${figures.length} figures`);
    });

    for (const endless of ["while (true);", "await new Promise(() => {});"]) {
      await t.step(`Interrupt ends "${endless}" and keeps the variables`, async () => {
        await page.evaluate(select(2));
        await page.evaluate(write(2, endless));
        await lab.start("notebook:run-cell");
        await page.until(
          `jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === "busy"`,
        );
        await lab.command("notebook:interrupt-kernel");
        await lab.settled(15);
        const outputs = await lab.outputs<Output[]>();
        assertEquals(outputs[2].map(({ output_type }) => output_type), ["error"]);
        const [kept] = await run(3, "P.seed;");
        assertStringIncludes(JSON.stringify(kept.data), "another");
      });
    }

    await t.step("nothing was asked elsewhere", () => {
      page.note();
      const asked = page.asked.filter((url) => !/^(data|blob):/.test(url));
      assertEquals(asked.filter((url) => !url.startsWith(server.url)), []);
    });
  },
});
