import { assertEquals } from "@std/assert";
import { parse } from "acorn";
import { transform } from "sucrase";
import { inRoot } from "../../lib/cli/paths.ts";

/** Functions whose value a notebook displays, which happens for the last statement of a cell only. */
const DISPLAYED = ["show", "table", "check", "stamp"];

/** Statements of a cell before its last one that make something to display and lose it. */
export function lostDisplays(source: string): string[] {
  const { code } = transform(source, { transforms: ["typescript"], disableESTransforms: true });
  const { body } = parse(code, {
    ...{ ecmaVersion: "latest", sourceType: "module", allowAwaitOutsideFunction: true },
  });
  return body.slice(0, -1).flatMap((statement) => {
    if (statement.type !== "ExpressionStatement") return [];
    const { expression } = statement;
    const call = expression.type === "AwaitExpression" ? expression.argument : expression;
    if (call.type !== "CallExpression" || call.callee.type !== "Identifier") return [];
    return DISPLAYED.includes(call.callee.name) ? [code.slice(statement.start, statement.end)] : [];
  });
}

Deno.test("lostDisplays() finds a figure and a table that another statement follows", () => {
  assertEquals(lostDisplays("show(a.figure());\ntable(a.table());"), ["show(a.figure());"]);
  assertEquals(lostDisplays("await check(claims, [1]);\ntable(rows);\nconst x: number = 1;"), [
    ...["await check(claims, [1]);", "table(rows);"],
  ]);
  assertEquals(lostDisplays("const a = 1;\nshow(a);"), []);
});

const notebooks = Array.from(Deno.readDirSync(inRoot("notebooks")), ({ name }) => name)
  .filter((name) => name.endsWith(".ipynb"));

for (const name of notebooks) {
  Deno.test(`${name}: every figure and table of a cell is shown`, async () => {
    const { cells } = JSON.parse(await Deno.readTextFile(inRoot("notebooks", name)));
    const lost = cells.flatMap(({ cell_type, source }: { cell_type: string; source: string[] }) =>
      cell_type === "code" ? lostDisplays([source].flat().join("")) : []
    );
    assertEquals(lost, []);
  });
}
