import { assertEquals, assertThrows } from "@std/assert";
import { readExecuted } from "../../lib/site/executed.ts";
import { data } from "./_executed.ts";

const copy = (...cells: unknown[]) => JSON.stringify({ cells });
const ran = (source: string, ...outputs: unknown[]) => ({
  ...{ cell_type: "code", execution_count: 1, source, outputs },
});
const text = { cell_type: "markdown", source: ["# A\n", "b"] };

Deno.test("an executed copy is read: texts whole, code cells numbered, outputs by kind", () => {
  const { cells } = readExecuted(
    "x",
    copy(
      text,
      ran("1;", data({ "text/plain": "1" })),
      text,
      ran("2;", {
        ...{ output_type: "stream", name: "stderr", text: ["a\n", "b"] },
      }),
    ),
  );
  assertEquals(cells[0], { kind: "text", place: 1, source: "# A\nb" });
  assertEquals(cells[1], {
    ...{ kind: "code", number: 1, source: "1;" },
    outputs: [{ kind: "data", data: { "text/plain": "1" } }],
  });
  const last = cells[3];
  assertEquals(last.kind === "code" && [last.number, last.outputs], [
    2,
    [{ kind: "stream", name: "stderr", text: "a\nb" }],
  ]);
});

Deno.test("what a cell prints in many pieces is one text, but for what stands between", () => {
  const print = (name: string, text: string) => ({ output_type: "stream", name, text });
  const pieces = [print("stdout", "a\n"), print("stdout", "b\n"), print("stderr", "c\n")];
  const outputs = [...pieces, print("stdout", "d\n"), data({ "text/plain": "1" })];
  const { cells: [cell] } = readExecuted("x", copy(ran("f();", ...outputs, print("stdout", "e"))));
  assertEquals(
    cell.kind === "code" && cell.outputs.map((each) => each.kind === "stream" ? each.text : "1"),
    ["a\nb\n", "c\n", "d\n", "1", "e"],
  );
});

Deno.test("a copy that is not whole is refused, with notebook, cell and reason", () => {
  const begin = "Cannot build the page of lora-one as its executed copy must be whole: ";
  const refused = (file: string, reason: string) =>
    assertThrows(() => readExecuted("lora-one", file), Error, begin + reason);
  const output = data({ "text/plain": "1" });
  refused("{", "it is not JSON");
  refused("{}", "it has no cells");
  refused("null", "it has no cells");
  refused(copy(text, ran("const a = 1;")), "no cell has an output");
  refused(
    copy(ran("1;", output), { ...ran("check(a);\nb"), execution_count: null }),
    "code cell 2 (check(a);) has not run",
  );
  refused(
    copy(
      ran("1;", output),
      ran("f();", {
        ...{ output_type: "error", ename: "RangeError", evalue: "d must be >= 1", traceback: [] },
      }),
    ),
    "code cell 2 (f();) failed with RangeError: d must be >= 1",
  );
});
