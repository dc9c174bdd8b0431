import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { notebooksIn } from "../../../lib/cli/files.ts";
import { inRoot, NOTEBOOKS } from "../../../lib/cli/paths.ts";
import { CellSyntaxError, script } from "../../../lib/site/live/script.ts";

/** Cells, one after the other, as the kernel runs them; the result of the last. */
async function run(...cells: string[]): Promise<unknown> {
  let result: unknown;
  for (const cell of cells) {
    const { declared, code } = script(cell);
    for (const name of declared) {
      if (Object.hasOwn(globalThis, name)) continue;
      Object.defineProperty(globalThis, name, { writable: true, configurable: true });
    }
    const modules: Record<string, unknown> = { m: { a: 1, default: 2, "odd name": 3 } };
    const load = (name: string) => Promise.resolve(modules[name]);
    const found = await (0, eval)(`(${code})`)(load, (value: unknown) => value);
    result = found?.[0];
  }
  return result;
}

const cells = notebooksIn(NOTEBOOKS).flatMap((name) => {
  const { cells } = JSON.parse(Deno.readTextFileSync(inRoot("notebooks", `${name}.ipynb`)));
  return (cells as { cell_type: string; source: string[] }[]).flatMap(({ cell_type, source }) =>
    cell_type === "code" ? [source.join("")] : []
  );
});

Deno.test("every cell of every notebook keeps its lines, and is a script", () => {
  assert(cells.length > 200);
  for (const cell of cells) {
    const { code } = script(cell);
    assertEquals(code.split("\n").length, cell.split("\n").length + 2, cell);
    (0, eval)(`(${code})`);
  }
});

Deno.test("each line of a cell is the next line of the script", () => {
  const cell =
    "import {\n  a,\n} from 'm';\ntype T = {\n  x: 1;\n};\nconst mark = 5 as T | 5;\n// here";
  const lines = script(cell).code.split("\n");
  assertEquals(lines.findIndex((line) => line.includes("mark = 5")), 7);
  assertEquals(lines.findIndex((line) => line === "// here"), 8);
});

Deno.test("the last expression is the result, with and without a semicolon, before declarations", async () => {
  assertEquals(await run("1; 2;"), 2);
  assertEquals(await run("1\n2 // two"), 2);
  assertEquals(await run("3;\nfunction after() {}\ntype T = 1;"), 3);
  assertEquals(await run("await Promise.resolve(4);"), 4);
  assertEquals(await run("({ x: 1 });"), { x: 1 });
  assertEquals(await run("const q1 = 1;"), undefined);
  assertEquals(await run("if (true) 1;"), undefined);
  assertEquals(await run(""), undefined);
});

Deno.test("a result that is a promise, or an object, comes as the cell gave it", async () => {
  assertEquals(await run("Promise.resolve(5);"), 5);
  assertEquals(await run("(1, 2);"), 2);
});

Deno.test("names reach later cells, from every kind of pattern", async () => {
  const cell = "const { a1, b: [b1 = 7, ...rest1], ...others } = { a1: 1, b: [], c: 3 };";
  assertEquals(await run(cell, "[a1, b1, rest1, others];"), [1, 7, [], { c: 3 }]);
  assertEquals(await run("let u1, v1 = 2;", "[u1, v1];"), [undefined, 2]);
  assertEquals(await run("class Point1 { static zero = new Point1(); }", "Point1.zero;", "1;"), 1);
  assertEquals(await run("export const e1 = 6;", "e1;"), 6);
});

Deno.test("names may be declared again, also by another kind", async () => {
  assertEquals(
    await run("const k1 = 1;", "let k1 = 2;", "function k1() { return 3; }", "k1();"),
    3,
  );
  assertEquals(await run("let n1 = 1; let n2 = n1;", "n1 = 5;", "let n2;", "[n1, n2];"), [
    5,
    undefined,
  ]);
});

Deno.test("bindings are live: functions see what later cells define", async () => {
  const first =
    "let count1 = 0;\nfunction helper1() { return 'old'; }\nfunction use1() { count1++; return helper1(); }";
  assertEquals(await run(first, "use1(); use1();", "count1;"), 2);
  assertEquals(await run(first, "function helper1() { return 'new'; }", "use1();"), "new");
});

Deno.test("a function may be called above its declaration and knows its name", async () => {
  assertEquals(
    await run(
      "const early1 = twice1(4);\nfunction twice1(x: number) { return 2 * x; }\n[early1, twice1.name];",
    ),
    [8, "twice1"],
  );
  assertEquals(
    await run(
      "function fact1(n: number): number { return n < 2 ? 1 : n * fact1(n - 1); }\nfact1(5);",
    ),
    120,
  );
  assertEquals(await run("async function* gen1() { yield 1; }\n(await gen1().next()).value;"), 1);
});

Deno.test("what a cell declared stays when a later line throws", async () => {
  await assertRejects(() => run("const kept1 = 9;\nthrow new Error('no');"), Error, "no");
  assertEquals(await run("kept1;"), 9);
});

Deno.test("names of blocks and functions stay theirs", async () => {
  await run("const outer1 = 1;\nfor (const inner1 of [1]) { const outer1 = 2; void inner1; }");
  assertEquals(await run("[outer1, typeof inner1];"), [1, "undefined"]);
});

Deno.test("imports of all kinds", async () => {
  assertEquals(await run('import { a as x2 } from "m";\nx2;'), 1);
  assertEquals(await run('import d2, { "odd name" as o2 } from "m";\n[d2, o2];'), [2, 3]);
  assertEquals(await run('import d3, * as all3 from "m";\n[d3, all3.a];'), [2, 1]);
  assertEquals(await run('import * as all4 from "m";', "all4.a;"), 1);
  assertEquals(await run('import "m";\n1;'), 1);
  assertEquals(
    await run('import type { T } from "absent";\nimport { type U, a as y2 } from "m";\ny2;'),
    1,
  );
  assertEquals(await run('(await import("m")).a;'), 1);
});

Deno.test("statements without semicolons do not flow together", async () => {
  assertEquals(await run("const s1 = 1\nlet s2 = 2\n;[s1, s2].length"), 2);
  assertEquals(await run("let t1 = () => 3\nclass C1 {}\n(t1)()"), 3);
});

Deno.test("explicit disposal ends with the cell", async () => {
  const cell =
    "const log1: string[] = [];\n{ using r = { [Symbol.dispose]() { log1.push('over'); } }; void r; }\nlog1;";
  assertEquals(await run(cell), ["over"]);
});

Deno.test("a syntax error says line and place, with a caret", () => {
  const error = assertThrows(() => script("const a = 1;\nconst b: number = = 2;"), CellSyntaxError);
  assertEquals([error.line, error.name], [2, "SyntaxError"]);
  assertEquals(error.excerpt, "const b: number = = 2;\n                  ^");
  assertMatch(error.message, /\(line 2:19\)$/);
});

Deno.test("a syntax error behind types points at what the reader typed", () => {
  const cell = "const f: number = (x as number) as number; f = 2 const";
  const error = assertThrows(() => script(cell), CellSyntaxError);
  assertEquals(error.excerpt, `${cell}\n${" ".repeat(cell.indexOf("const", 5))}^`);
});

Deno.test("an error at the end of the cell, a missing bracket, a word that is no statement", () => {
  for (
    const cell of ["const a = [1,", "f(1;", "}", "const const = 1;", "return 1 2", "let x: = 3"]
  ) {
    const error = assertThrows(() => script(cell), CellSyntaxError);
    assert(error.line === 1 && error.column <= cell.length, cell);
  }
});

Deno.test("a cell that exports a value or a list is told that it need not", () => {
  for (const cell of ["const z = 1;\nexport { z };", "\nexport default 1;"]) {
    const error = assertThrows(() => script(cell), CellSyntaxError, "see all its names");
    assertEquals(error.line, 2);
  }
});

Deno.test("each await of a cell goes through the kernel, whatever stands around it", async () => {
  assertEquals(await run("const w1 = await 1, w2 = [await 2, await await 3];\n[w1, ...w2];"), [
    1,
    2,
    3,
  ]);
  assertEquals(await run("async function w3() { return await 4; }\nawait w3();"), 4);
  assertEquals(await run("(await (async () => ({ a: await 5 }))()).a;"), 5);
  assertEquals(script("await f(await g());").code.match(/__wait/g)?.length, 3);
  assertEquals(await run("let w6\nw6 = await 6\nconst w7 = await import('m')\n;[w6, w7.a];"), [
    6,
    1,
  ]);
});
