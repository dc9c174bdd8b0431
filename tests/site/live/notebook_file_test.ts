import { assertEquals, assertThrows } from "@std/assert";
import { notebookFile } from "../../../lib/site/live/page/notebook_file.ts";

const published = JSON.stringify({
  cells: [
    { cell_type: "markdown", source: ["# Title"] },
    { cell_type: "code", source: ["1;"], outputs: [{ old: 1 }], execution_count: 4 },
    { cell_type: "code", source: "2;", outputs: [], execution_count: null },
  ],
  metadata: { kernelspec: { name: "deno" } },
  nbformat: 4,
});

Deno.test("a notebook's file gets the page's code and outputs, and keeps all else", () => {
  const saved = [{ output_type: "stream", name: "stdout", text: "x" }];
  const file = JSON.parse(notebookFile(published, [{ code: "a;\nb;", saved }, { code: "2;" }]));
  const [title, first, second] = file.cells;
  assertEquals(title, { cell_type: "markdown", source: ["# Title"] });
  assertEquals([first.source, first.outputs, first.execution_count], [["a;\n", "b;"], saved, 1]);
  assertEquals([second.source, second.outputs, second.execution_count], [["2;"], [], null]);
  assertEquals(file.metadata, { kernelspec: { name: "deno" } });
});

Deno.test("a file with another number of cells is refused", () => {
  assertThrows(() => notebookFile(published, [{ code: "1;" }]), TypeError, "it has 2");
});
