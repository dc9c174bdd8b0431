import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dirname, join } from "node:path";
import { filesBelow } from "../../lib/cli/files.ts";
import { inRoot } from "../../lib/cli/paths.ts";
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

Deno.test("a topic is in the list of the guide with its title and what it is about", () => {
  const source = "# A <b>\n\nFirst, this.";
  const { body } = guidePage([
    textPage({ folder: "guide/a", name: "a", about: "Do <i>.", source }),
  ]);
  assertStringIncludes(body.text, '<a href="../guide/a/index.html">A &lt;b&gt;</a>');
  assertStringIncludes(body.text, "<td>Do &lt;i&gt;.</td>");
});
