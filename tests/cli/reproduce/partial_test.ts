import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { cellModule, checkModules } from "../../../lib/cli/cells.ts";
import { notebooksIn } from "../../../lib/cli/files.ts";
import { NOTEBOOKS } from "../../../lib/cli/paths.ts";
import { figuresOf, partialsOf, readNotebook } from "../../../lib/cli/reproduce/partial.ts";

type Cell = { cell_type: string; source: string | string[] };

function notebook(name: string, ...sources: string[]) {
  const cells = sources.map((source): Cell => ({ cell_type: "code", source }));
  return readNotebook(`${name}.ipynb`, JSON.stringify({ cells }));
}

/** Numbers of the cells that a figure needs. */
function needs(id: string, ...sources: string[]): readonly number[] {
  return partialsOf([notebook("n", ...sources)], [id]).get("n")!.cells;
}

Deno.test("a figure brings the cells that declare what it uses, and what these use, and no other", () => {
  assertEquals(
    needs(
      "F1",
      'import { a } from "x";',
      'import { b } from "x";',
      "const one = a();",
      "const two = b();",
      "const three = one + 1;",
      'save("F1", three);',
      'save("F2", two);',
    ),
    [1, 3, 5, 6],
  );
});

Deno.test("a change of a needed value is needed, if it comes before the figure", () => {
  assertEquals(needs("F1", "let a = 1;", "a++;", 'save("F1", a);', "a++;"), [1, 2, 3]);
  assertEquals(needs("F1", "const a = [];", "a.push(1);", "a.map(f);", 'save("F1", a);'), [
    1,
    2,
    4,
  ]);
});

Deno.test("a function brings what it calls, also when that is declared after it", () => {
  const cells = ["const f = () => g();", "const g = () => 1;", 'save("F1", f());', "const h = 1;"];
  assertEquals(needs("F1", ...cells), [1, 2, 3]);
});

Deno.test("imports for their effect, the parameter cell and changes of globals always run", () => {
  const cells = [
    'import "x";',
    "const P = parameters({});",
    'Deno.env.set("A", "1");',
    "const b = 1;",
  ];
  assertEquals(needs("F1", ...cells, 'save("F1", 1);'), [1, 2, 3, 5]);
});

Deno.test("several figures of several notebooks are found, each where it is", () => {
  const one = notebook("one", "const a = 1;", 'save("F1", a);', 'save("F2", 2);');
  const two = notebook("two", 'save("F1", 1);'), three = notebook("three", 'save("F9", 1);');
  assertEquals(
    [...partialsOf([one, two, three], ["F2", "F1", "F1"])],
    [["one", { figures: ["F2", "F1"], cells: [1, 2, 3] }], ["two", {
      figures: ["F1"],
      cells: [1],
    }]],
  );
});

Deno.test("a computed id is taken when no other fits", () => {
  const cells = ['save("F2-x", 1);', "save(`F2-${n}`, 2);"];
  assertEquals(needs("F2-x", ...cells), [1]);
  assertEquals(needs("F2-erf", ...cells), [2]);
  assertThrows(() => needs("F2-", ...cells), RangeError);
});

Deno.test("an unknown figure is an error that lists the known ones by notebook", () => {
  const one = notebook("one", 'save("F1", 1);', "save(`F2-${n}`, 2);"), two = notebook("two", "1;");
  assertThrows(
    () => partialsOf([one, two], ["F1", "F3"]),
    RangeError,
    'current value is "F3"; there are\n  one: F1, F2-*\n  two: none',
  );
});

Deno.test("a cell that cannot be read is named", () => {
  assertThrows(() => notebook("n", "1;", "const = 2;"), Error, "n.ipynb, cell [2]: ");
});

// The compiler, which resolves names by itself, finds a cell that is missing.
Deno.test("of every notebook the cells of each figure are enough, and one fewer is not", async () => {
  const files: string[] = [];
  const write = (name: string, cells: Cell[]) => {
    const file = `${NOTEBOOKS}/.${name}.${Deno.pid}.cells.ts`;
    Deno.writeTextFileSync(file, cellModule(JSON.stringify({ cells })).text);
    files.push(file);
    return file;
  };
  try {
    let last: Cell[] = [];
    for (const name of notebooksIn(NOTEBOOKS)) {
      const text = await Deno.readTextFile(`${NOTEBOOKS}/${name}.ipynb`);
      const all = (JSON.parse(text).cells as Cell[]).filter((cell) => cell.cell_type === "code");
      const read = readNotebook(`${name}.ipynb`, text);
      assert(figuresOf(read).length > 0, name);
      for (const figure of figuresOf(read)) {
        const id = figure.replace("*", "any");
        const { cells } = partialsOf([read], [id]).get(name)!;
        last = all.filter((_, index) => cells.includes(index + 1));
        assert(last.length < all.length / 2, `${name} ${id} needs ${last.length} cells`);
        write(`${name}.${id}`, last);
      }
    }
    const { ok, output } = await checkModules("parts", files);
    assert(ok, output);
    const less = await checkModules("less", [write("less", last.slice(1))]);
    assertStringIncludes(less.output, "Cannot find name");
  } finally {
    for (const file of files) await Deno.remove(file).catch(() => {});
  }
});
