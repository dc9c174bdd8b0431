import { assertEquals } from "@std/assert";
import { withoutOutputs } from "../../lib/cli/format.ts";

Deno.test("format takes outputs, prompts and times out of a notebook, and leaves one that has none alone", () => {
  const cell = {
    cell_type: "code",
    execution_count: null,
    id: "a",
    metadata: {},
    outputs: [],
    source: ["1"],
  };
  const text = { cell_type: "markdown", id: "b", metadata: { tags: ["x"] }, source: ["# A"] };
  const notebook = (...cells: unknown[]) => JSON.stringify({ cells, nbformat: 4 }, null, 1) + "\n";
  const clean = notebook(text, cell);
  const ran = {
    ...{ ...cell, execution_count: 3, metadata: { execution: { "iopub.status.busy": "2026" } } },
    outputs: [{ output_type: "stream", name: "stdout", text: ["hi"] }],
  };
  assertEquals(withoutOutputs(notebook(text, ran)), clean);
  const own = clean.replaceAll("\n ", "\n    ");
  assertEquals(withoutOutputs(own), own);
});
