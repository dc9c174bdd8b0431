import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { distinct, type Row, where } from "lora-dynamics/experiment/mod.ts";

Deno.test("where() finds what distinct() has given: the parts are the rows", () => {
  const value = fc.constantFrom<Row[string]>(NaN, 0, -0, 1, Infinity, "NaN", "", true, null);
  fc.assert(
    fc.property(fc.array(fc.record({ x: value, y: fc.nat() })), (rows) => {
      const parts = distinct(rows, "x").map((x) => where(rows, "x", x));
      assertEquals(parts.flat().length, rows.length);
      assertEquals(new Set(parts.flat()), new Set(rows));
    }),
    { seed: 7 },
  );
});

Deno.test("where() takes NaN for NaN and 0 for -0, and no text for a number", () => {
  const rows = [{ x: NaN }, { x: 0 }, { x: -0 }, { x: "0" }];
  assertEquals(where(rows, "x", NaN), [rows[0]]);
  assertEquals(where(rows, "x", -0), [rows[1], rows[2]]);
  assertEquals(where(rows, "x", "0"), [rows[3]]);
});

Deno.test("a column that a row lacks is undefined, also when every object inherits its name", () => {
  const rows: Record<string, number>[] = [{ toString: 1 }, { b: 2 }];
  assertEquals(distinct(rows, "toString"), [1, undefined] as never);
  assertEquals(where(rows, "toString", undefined), [{ b: 2 }]);
});

Deno.test("a column that no row has is an error that lists those of the first row", () => {
  const rows: Record<string, number>[] = [{ mu: 1, t: 2 }, { mu: 2 }];
  const words = "the column must be one of mu, t: current value is";
  for (const key of ["nu", "constructor"]) {
    assertThrows(() => where(rows, key, Object), RangeError, `${words} "${key}"`);
    assertThrows(() => distinct(rows, key), RangeError, `${words} "${key}"`);
  }
  assertEquals([where(rows, "t", 3), where([], "t" as never, 3), distinct([], "t" as never)], [
    ...[[], [], []],
  ]);
});

Deno.test("rows that are a promise, or none at all, are said", () => {
  const promised = Promise.resolve([]) as unknown as object[];
  assertThrows(() => where(promised, "a" as never, 1), TypeError, "a promise, which wants await");
  assertThrows(
    () => distinct({} as never, "a" as never),
    TypeError,
    "must be a list: current value is {}",
  );
});
