import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { inRoot } from "../../lib/cli/paths.ts";
import { pretend } from "../site/_executed.ts";
import { run } from "./_tasks.ts";

Deno.test("site builds pages of executed copies with the permissions of its task, where the user is", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await pretend(`${folder}/copies`, "convergence-rate");
    const args = ["convergence-rate", "--from", "copies", "--out", "pages", "--base", "x/y"];
    const { code, stdout, stderr } = await run("site", args, { INIT_CWD: folder });
    assertEquals(code, 0, stderr);
    // Without a network there is no JupyterLite, and a line that says so.
    assertMatch(stderr, /^(?:site: there will be no JupyterLite: .*\n)?$/s);
    assertMatch(
      stdout,
      /site: \d+ pages, 45 claims, \d+ figures, \d+\.\d s\nsite: open pages\/index.html\n$/,
    );
    const read = (path: string) => Deno.readTextFileSync(`${folder}/pages/${path}`);
    assertStringIncludes(read("404.html"), 'href="/x/y/assets/site.css"');
    assertStringIncludes(read("index.html"), "On the convergence rate of LoRA gradient descent");
    for (const page of ["notation", "disagreements", "licence", "api/ode", "ledger", "gallery"]) {
      assertStringIncludes(read(`${page}/index.html`), "<h1");
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

const mistakes: [string[], string][] = [
  [["--from", "nowhere"], '--from must be a folder of executed copies: current value is "nowhere"'],
  [["--from", "lib", "--preset", "quick"], "--preset and --from must not stand together"],
  [["--base", "https://x.org/?a"], "--base must be a path such as /lora-dynamics/"],
  [["lora-two"], "notebook must be one of convergence-rate"],
];
for (const [args, message] of mistakes) {
  Deno.test(`site ${args.join(" ")} ends with 2 and says what was wanted`, async () => {
    const { code, stderr } = await run("site", args);
    assertEquals(code, 2);
    assertStringIncludes(stderr, message);
  });
}

Deno.test("site looks at --out before it runs a notebook", async () => {
  const { code, stdout, stderr } = await run("site", ["--out", "lib"]);
  assertEquals([code, stdout], [1, ""]);
  assertMatch(
    stderr,
    /^Cannot build the site as --out must be a new or empty folder, or an earlier site: .*\n$/,
  );
});

Deno.test("site names the notebook whose copy is not there, and ends with 1", async () => {
  const out = await Deno.makeTempDir();
  const { code, stderr } = await run("site", ["lora-one", "--from", "lib", "--out", out]);
  assertEquals(code, 1);
  const path = inRoot("lib", "lora-one", "lora-one.ipynb");
  assertStringIncludes(
    stderr,
    `Cannot build the page of lora-one as there is no executed copy ${path}`,
  );
  await Deno.remove(out);
});
