import { assertEquals, assertThrows } from "@std/assert";
import * as Plot from "@observablehq/plot";
import fc from "fast-check";
import type { Row } from "lora-dynamics/figure/mod.ts";
import { csv } from "../../../lib/figure/csv.ts";
import { readBack, rowsOf } from "../../../lib/figure/redraw/csv_rows.ts";
import { fromJson, NoWord, toJson } from "../../../lib/figure/redraw/words.ts";

const settings = { seed: 7, numRuns: 300 };
const scalar = fc.oneof(
  fc.double(),
  fc.string(),
  fc.boolean(),
  fc.constantFrom<Row[string]>(
    null,
    "",
    "NaN",
    "true",
    "1e5",
    "-0",
    "'=1",
    "=1",
    "a_{b}",
    '"',
    "\n",
  ),
);

Deno.test("a CSV file gives back every value that it can hold", () => {
  const row = fc.record({ x: scalar, "y, z": scalar });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1 }), (rows) => {
      const read = rowsOf(csv(rows), undefined) as Row[];
      assertEquals(read.length, rows.length);
      rows.forEach((row, i) => {
        for (const [key, value] of Object.entries(row)) {
          const back = readBack(value);
          if (back === undefined) continue;
          const empty = Number.isNaN(back) ? null : back;
          assertEquals(Object.is(read[i][key], empty), true, `${JSON.stringify(value)}`);
        }
      });
    }),
    settings,
  );
});

Deno.test("several tables are told apart, also where a row has a column of that name", () => {
  const rows = { "a, /{m}_{0}": [{ x: 1 }], b: [{ table: "mine", y: 2 }], none: [] };
  assertEquals(rowsOf(csv(rows), Object.keys(rows)), rows);
  assertThrows(() => rowsOf(csv(rows), ["b"]), SyntaxError, "there is no table");
});

Deno.test("JSON holds what is not JSON: a value that is read is the one that was written", () => {
  const value = fc.anything({ values: [fc.double(), fc.string(), fc.boolean(), fc.date()] });
  fc.assert(
    fc.property(value, (given) => {
      let json;
      try {
        json = toJson(given, "it");
      } catch (error) {
        return error instanceof NoWord;
      }
      const read = fromJson(JSON.parse(JSON.stringify(json)));
      assertEquals(read, plain(given));
    }),
    settings,
  );
});

/** A value without properties that are undefined, and with lists as arrays. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (Symbol.iterator in value) return Array.from(value as Iterable<unknown>, plain);
  return Object.fromEntries(
    Object.entries(value).filter(([, x]) => x !== undefined).map(([key, x]) => [key, plain(x)]),
  );
}

Deno.test("curves, symbols and arrows come back as the very same", () => {
  const open = (mark: unknown) => mark as Record<string, unknown>;
  const at = { x: [], y: [] };
  const curve = open(Plot.line([], { ...at, curve: "catmull-rom" })).curve;
  const { symbol } = open(Plot.dot([], { symbol: "wye" }));
  const { shape } = open(Plot.vector([], { shape: "spike" }));
  for (const value of [curve, symbol, shape]) assertEquals(fromJson(toJson(value, "it")), value);
  assertThrows(() => toJson([1, { f: () => 1 }], "list"), NoWord, "list[1].f is a function");
  assertThrows(() => toJson(/x/, "it"), NoWord, "it is a RegExp without a name");
  assertThrows(() => fromJson({ "": "curve nosuch" }), RangeError, '"curve nosuch"');
});
