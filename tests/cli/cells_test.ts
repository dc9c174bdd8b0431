import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { cellModule, checkCells, checkTogether, mapMessages } from "../../lib/cli/cells.ts";
import { inRoot } from "../../lib/cli/paths.ts";

const folder = inRoot("tests", "notebooks", "fixtures");

Deno.test("an error of type in a cell is reported with notebook, cell and line", async () => {
  const { ok, output } = await checkCells(`${folder}/wrong-type.ipynb`, "wrong-type.ipynb");
  assert(!ok);
  assertStringIncludes(output, "Type 'number' is not assignable to type 'string'");
  assertStringIncludes(output, "at wrong-type.ipynb cell [3] line 2:7");
});

Deno.test("a mistyped override of an experiment is found before anything runs", async () => {
  const { ok, output } = await checkCells(`${folder}/wrong-override.ipynb`, "n.ipynb");
  assert(!ok);
  const cells = Array.from(output.matchAll(/at n\.ipynb cell \[(\d)\]/g), ([, cell]) => cell);
  assertEquals(cells, ["2", "3", "4", "6"]);
  assertStringIncludes(output, "'dd' does not exist in type");
});

Deno.test("of modules and notebooks checked together, the one with an error is named", async () => {
  const modules = { name: "modules", files: ["--doc", inRoot("lib", "check.ts")] };
  const [right, wrong] = ["small", "wrong-type"].map((name) => ({
    name,
    path: `${folder}/${name}.ipynb`,
  }));
  const verdicts = async (...notebooks: typeof right[]) =>
    (await checkTogether(modules, notebooks)).map(({ name, ok, output }) => [
      name,
      ok,
      output.match(/at (wrong-type cell .*)$/m)?.[1],
    ]);
  const fine = [["modules", true, undefined], ["small", true, undefined]];
  assertEquals(await verdicts(right), fine);
  const found = ["wrong-type", false, "wrong-type cell [3] line 2:7"];
  assertEquals(await verdicts(right, wrong), [...fine, found]);
});

Deno.test("a notebook without errors passes, and nothing is left beside it", async () => {
  const { ok, output } = await checkCells(`${folder}/small.ipynb`);
  assertEquals([ok, output], [true, ""]);
  const left = Array.from(Deno.readDirSync(folder)).filter(({ name }) => name.endsWith(".ts"));
  assertEquals(left, []);
});

Deno.test("cellModule() keeps cells apart and knows where each line comes from", () => {
  const cell = (source: string | string[]) => ({ cell_type: "code", source });
  const text = JSON.stringify({
    cells: [cell(["a\n", "b"]), { cell_type: "markdown", source: "# x" }, cell("[c]")],
  });
  const module = cellModule(text);
  assertEquals(module.text.split("\n").slice(0, 5), ["a", "b", ";", "[c]", ";"]);
  assertEquals(module.origin[2], { cell: 1, line: 2 });
  assertEquals(module.origin[4], { cell: 2, line: 1 });
});

Deno.test("mapMessages() leaves places in other files alone", () => {
  const module = cellModule(JSON.stringify({ cells: [{ cell_type: "code", source: "a" }] }));
  const output = "at file:///x/.n.cells.ts:1:5 and file:///x/lib/mod.ts:1:5";
  assertEquals(
    mapMessages(output, "/x/.n.cells.ts", "n.ipynb", module),
    "at n.ipynb cell [1] line 1:5 and file:///x/lib/mod.ts:1:5",
  );
});
