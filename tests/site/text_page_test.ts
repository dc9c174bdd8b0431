import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { dirname, join } from "node:path";
import { filesBelow } from "../../lib/cli/files.ts";
import { inRoot } from "../../lib/cli/paths.ts";
import { Files } from "../../lib/site/files.ts";
import { GUIDE, linkFrom } from "../../lib/site/links.ts";
import { guidePage, textPage } from "../../lib/site/text_page.ts";

const read = (path: string) => Deno.readTextFileSync(inRoot(path));
const texts = ["README.md", ...filesBelow("lib", /\.md$/), ...filesBelow("notebooks", /\.md$/)];

Deno.test("links between the project's texts lead to files that there are", () => {
  let count = 0;
  for (const path of texts) {
    for (const [, target] of read(path).matchAll(/\]\(([^)\s]+)\)/g)) {
      // Those of the hosting place begin above the project.
      if (/^(?:[a-z]+:|#|\.\.\/\.\.\/(?:actions|deployments)\/)/.test(target)) continue;
      const file = join(dirname(inRoot(path)), target.split("#")[0]);
      assert(Deno.statSync(file).isFile, `${path}: ${target}`);
      count++;
    }
  }
  assert(count > 10);
});

Deno.test("every topic of the guide is a file and a row of the README", () => {
  const files = filesBelow("lib/site/guide", /\.md$/).map((path) => path.split("/").at(-1)!);
  assertEquals(files, Object.keys(GUIDE).map((name) => `${name}.md`).sort());
  for (const name of Object.keys(GUIDE)) {
    assertStringIncludes(read("README.md"), `(lib/site/guide/${name}.md)`);
  }
});

Deno.test("links between texts lead from page to page, or nowhere", () => {
  assertEquals(linkFrom("guide/speed/index.html", "sweeps.md"), "../../guide/sweeps/index.html");
  assertEquals(
    linkFrom("notation/index.html", "DISAGREEMENTS.md#a"),
    "../disagreements/index.html#a",
  );
  assertEquals(linkFrom("index.html", "lib/DECISIONS.md"), "decisions/index.html");
  assertEquals(
    linkFrom("guide/speed/index.html", "../../../tests/bench/requirements.txt"),
    undefined,
  );
  const { body } = textPage({ folder: "guide/x", name: "x", source: "[a](b.txt) [c](LICENSE)" });
  assertStringIncludes(body.text, '<a>a</a> <a href="../../licence/index.html">c</a>');
});

Deno.test("a drawing of a text is a file of its page, on light and on dark paper", async () => {
  const svg = '<svg viewBox="0 0 72 36"><path fill="#000000" d="M0 0"/></svg>', files = new Files();
  const page = {
    folder: "guide/x",
    name: "x",
    source: "# X\n\n<!-- a mark -->\n\n![Cost of <d> & more](cost.svg)\n",
  };
  const { body } = textPage({ ...page, drawings: { "cost.svg": svg } }, files);
  const image = (file: string) =>
    `<img src="${file}" alt="Cost of &lt;d&gt; &amp; more" width="96" height="48" loading="lazy">`;
  for (const file of ["cost.svg", "cost.dark.svg"]) assertStringIncludes(body.text, image(file));
  assertEquals(body.text.includes("mark"), false);
  assertEquals(files.paths, ["guide/x/cost.dark.svg", "guide/x/cost.svg"]);
  const written = async (path: string) => new TextDecoder().decode(await files.bytes(path));
  assertEquals(await written("guide/x/cost.svg"), svg);
  assert(await written("guide/x/cost.dark.svg") !== svg);
  assertThrows(() => textPage(page), Error, "Cannot show guide/x as there is no drawing cost.svg");
});

Deno.test("a topic is in the list of the guide with its title and what it is about", () => {
  const source = "# A <b>\n\nFirst, this.";
  const { body } = guidePage([
    textPage({ folder: "guide/a", name: "a", about: "Do <i>.", source }),
  ]);
  assertStringIncludes(body.text, '<a href="../guide/a/index.html">A &lt;b&gt;</a>');
  assertStringIncludes(body.text, "<td>Do &lt;i&gt;.</td>");
});
