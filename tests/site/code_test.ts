import { assertEquals, assertStringIncludes } from "@std/assert";
import { notebooksIn } from "../../lib/cli/files.ts";
import { inRoot, NOTEBOOKS } from "../../lib/cli/paths.ts";
import { coloured } from "../../lib/site/code.ts";
import { escapeHtml } from "../../lib/experiment/table/html.ts";

/** Text of markup that consists of spans alone. */
const text = (source: string) => coloured(source).text.replaceAll(/<\/?span[^>]*>/g, "");

Deno.test("code keeps every character, in all cells of all notebooks", () => {
  for (const name of notebooksIn(NOTEBOOKS)) {
    const { cells } = JSON.parse(Deno.readTextFileSync(inRoot("notebooks", `${name}.ipynb`)));
    for (const { cell_type, source } of cells) {
      if (cell_type !== "code") continue;
      const code = [source].flat().join("");
      assertEquals(text(code), escapeHtml(code));
    }
  }
});

Deno.test("code that is wrong, or holds markup, is shown as it is", () => {
  const source = 'const x: = "</code><script>alert(1)</script>" // `${\n}}\n';
  assertEquals(text(source), escapeHtml(source));
  assertStringIncludes(
    coloured("const a: number = 1; // c").text,
    '<span class="tok-keyword">const</span>',
  );
  assertStringIncludes(coloured("const a: number = 1; // c").text, 'tok-comment">// c</span>');
});
