import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { canonicalJson, cellHash } from "../../../lib/experiment/sweep/cell.ts";
import { digits, place } from "./_tasks.ts";

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

/** The same value with the keys of all its objects in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([k, v]) => [k, reversed(v)]));
}

Deno.test("canonicalJson() does not depend on the order of keys", () => {
  fc.assert(
    fc.property(json, (value) => {
      assertEquals(canonicalJson(reversed(value), "cell"), canonicalJson(value, "cell"));
    }),
    { seed: 7 },
  );
});

Deno.test("canonicalJson() is JSON of the same value, and so tells different values apart", () => {
  fc.assert(
    fc.property(json, (value) => {
      assertEquals(JSON.stringify(reversed(JSON.parse(canonicalJson(value, "")))).length > 0, true);
      const back = JSON.parse(canonicalJson(value, ""));
      assertEquals(canonicalJson(back, ""), canonicalJson(value, ""));
      assertEquals(back, JSON.parse(canonicalJson(reversed(value), "")));
    }),
    { seed: 7 },
  );
  assertNotEquals(canonicalJson(0, ""), canonicalJson(-0, ""));
  assertNotEquals(canonicalJson(1, ""), canonicalJson("1", ""));
  assertNotEquals(canonicalJson([], ""), canonicalJson({}, ""));
});

Deno.test("canonicalJson() names the key of a value that is not plain JSON", () => {
  const cases: [unknown, string][] = [
    [{ mu: NaN }, "cell.mu must be a finite number: current value is NaN"],
    [{ a: { b: [1, -Infinity] } }, "cell.a.b[1] must be a finite number"],
    [{ f: () => 1 }, "cell.f must be JSON to travel (give a name or an expression)"],
    [{ u: undefined }, "cell.u must be plain JSON"],
    [{ d: new Date(0) }, "cell.d must be plain JSON"],
    [{ v: new Float64Array(2) }, "cell.v must be plain JSON"],
    // deno-lint-ignore no-sparse-arrays -- the hole is what is tested
    [{ s: [1, , 2] }, "cell.s[1] must be plain JSON"],
    [{ n: 1n }, "cell.n must be plain JSON"],
  ];
  for (const [cell, message] of cases) {
    assertThrows(() => canonicalJson(cell, "cell"), TypeError, message);
  }
});

Deno.test("cellHash() changes with the task, the cell and the seed", () => {
  const hashes = [
    cellHash(digits, "{}", "0"),
    cellHash(place, "{}", "0"),
    cellHash(digits, '{"a":1}', "0"),
    cellHash(digits, "{}", "1"),
  ];
  assertEquals(new Set(hashes).size, 4);
  assertEquals(hashes[0], cellHash(digits, "{}", "0"));
});
