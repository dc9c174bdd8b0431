import { assertEquals, assertStringIncludes } from "@std/assert";
import { DENO, inRoot } from "../../lib/cli/paths.ts";
import { copyTasks } from "./_tasks.ts";
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

Deno.test("format --check ends with code 1 where something of the project is not formatted, and changes nothing", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await copyTasks(folder);
    await Deno.symlink(inRoot(".deno"), `${folder}/.deno`);
    const { fmt } = JSON.parse(await Deno.readTextFile(inRoot("deno.json")));
    await Deno.writeTextFile(`${folder}/deno.json`, `${JSON.stringify({ fmt })}\n`);
    for (const name of ["notebooks", "tests", "try"]) await Deno.mkdir(`${folder}/${name}`);
    const ugly = "# A\n* b\n", results = `${folder}/try/README.md`, own = `${folder}/README.md`;
    const format = async (...args: string[]) => {
      const { code, stderr } = await new Deno.Command(DENO, {
        args: ["run", "-A", "--quiet", "--no-lock", "lib/cli/format.ts", ...args],
        cwd: folder,
        env: { NO_COLOR: "1" },
      }).output();
      return [code, new TextDecoder().decode(stderr)] as const;
    };
    assertEquals((await format())[0], 0); // deno.json above is on one line
    await Deno.writeTextFile(results, ugly);
    assertEquals((await format("--check"))[0], 0);
    await Deno.writeTextFile(own, ugly);
    const [code, said] = await format("--check");
    assertEquals(code, 1);
    assertStringIncludes(said, "README.md");
    assertEquals(await Deno.readTextFile(own), ugly);
    assertEquals((await format())[0], 0);
    assertEquals((await format("--check"))[0], 0);
    assertEquals(await Deno.readTextFile(results), ugly);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
