import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type CellStore, type Row, sweep, type Task, task } from "lora-dynamics/experiment/mod.ts";
import { canonicalJson, copyCell } from "../../../lib/experiment/sweep/cell.ts";
import { plan } from "../../../lib/experiment/sweep/plan.ts";
import { digits } from "./_tasks.ts";

const fresh = (): CellStore => new Map<string, readonly Row[]>();

/** Takes any cell. */
const any: Task<object, { y: number }> = task(import.meta.url, "any", () => ({ y: 1 }));

Deno.test("an object or array is a column of JSON where cells differ in it, and none where not", async () => {
  const times = [0, 1, 2];
  const cells = [
    { activation: { name: "relu", slope: 1 }, times, list: [1], extra: "x" as string | number[] },
    { activation: { slope: 1, name: "erf" }, times, list: [1, 2], extra: [3] },
    { activation: { slope: 1, name: "relu" }, times, list: [1], extra: [3] },
  ];
  const rows = await sweep({ name: "columns", run: () => ({ y: 1 }), cells });
  assertEquals(rows, [
    { activation: '{"name":"relu","slope":1}', list: "[1]", extra: "x", y: 1 },
    { activation: '{"name":"erf","slope":1}', list: "[1,2]", extra: "[3]", y: 1 },
    { activation: '{"name":"relu","slope":1}', list: "[1]", extra: "[3]", y: 1 },
  ]);
  assertEquals(Object.keys(rows[0]), ["activation", "list", "extra", "y"]);
  const activation: string | undefined = rows[0].activation; // the type of rows has it
  assertEquals(activation?.length, 25);
});

Deno.test("a parameter that some cells lack tells cells apart, too", async () => {
  const cells: { times?: number[] }[] = [{ times: [1] }, {}, { times: [1] }];
  const rows = await sweep({ name: "lack", run: () => ({ y: 1 }), cells });
  assertEquals(rows, [{ times: "[1]", y: 1 }, { y: 1 }, { times: "[1]", y: 1 }]);
});

Deno.test("the rows of different cells can be told apart by their columns", () => {
  const value = fc.oneof(
    fc.integer({ min: 0, max: 2 }),
    fc.constantFrom("a", true, null),
    fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 2 }),
    fc.record({ z: fc.integer({ min: 0, max: 1 }) }),
  );
  const cell = fc.dictionary(fc.constantFrom("p", "q", "toString", "__proto__"), value, {
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 6 }), (cells) => {
      const { places, distinct, rows } = plan({ run: any, cells });
      const tables = places.map((place) => canonicalJson(rows(place, [{ y: 1 }]), ""));
      const texts = cells.map((one) => canonicalJson(one, ""));
      for (const [i, text] of texts.entries()) {
        for (const [k, other] of texts.entries()) {
          assertEquals(tables[i] === tables[k], text === other);
          assertEquals(places[i] === places[k], text === other);
        }
      }
      assertEquals(distinct.length, new Set(texts).size);
    }),
    { seed: 7, numRuns: 300 },
  );
});

Deno.test("functions in cells run here, are columns by their names, and are not remembered", async () => {
  const twice = (z: number) => 2 * z;
  const made = [1, 2].map((factor) => ({ f: (z: number) => factor * z }));
  let calls = 0;
  const apply: Task<{ f: (z: number) => number; inner?: object }, { y: number }> = task(
    import.meta.url,
    "apply",
    ({ f }) => ({ y: f(3) + 0 * ++calls }),
  );
  const cells = [{ f: Math.sqrt }, { f: twice }, ...made, { f: twice }];
  for (const workers of [0, 2]) {
    const store = fresh() as Map<string, readonly Row[]>;
    const rows = await sweep({ name: "f", run: apply, cells, workers, store });
    assertEquals(rows.map(({ f }) => f), ["sqrt()", "twice()", "f()", "f() (2)", "twice()"]);
    assertEquals(rows.map(({ y }) => y), [Math.sqrt(3), 6, 3, 6, 6]);
    assertEquals(store.size, 0);
  }
  assertEquals(calls, 10);
  const inner = await sweep({
    name: "f",
    run: apply,
    cells: [{ f: twice, inner: { g: [twice] } }],
  });
  assertEquals(inner, [{ y: 6 }]);
  const mixed = await sweep({
    ...{ name: "f", run: (cell: { f: string | (() => number) }) => ({ kind: typeof cell.f }) },
    cells: [{ f: "random" }, { f: Math.random }],
  });
  assertEquals(mixed, [{ f: "random", kind: "string" }, { f: "random()", kind: "function" }]);
});

Deno.test("cells of one sweep that are JSON are remembered, beside those that hold a function", async () => {
  const store = fresh() as Map<string, readonly Row[]>;
  const cells = [{ f: "relu" }, { f: Math.sqrt }];
  const options = { name: "mixed", run: any, cells, store };
  assertEquals((await sweep(options)).length, 2);
  assertEquals(store.size, 1);
});

Deno.test("functions are refused where cells must travel: a folder, a timeout, a cluster", async () => {
  const cells = [{ x: 1 }, { x: 2, model: { f: Math.sqrt } }];
  const wanted = "cells[1].model.f must be JSON to travel (give a name or an expression): " +
    "current value is a function";
  const folder = await Deno.makeTempDir();
  for (const option of [{ store: folder }, { timeout: 3 }]) {
    await assertRejects(
      () => sweep({ name: "travel", run: any, cells, ...option }),
      TypeError,
      wanted,
    );
  }
  assertThrows(() => plan({ run: any, cells }, "code", true), TypeError, wanted);
  assertEquals(plan({ run: any, cells }).travels, false);
  await Deno.remove(folder);
});

Deno.test("a run may change its cell: neither the caller's cell nor its columns change", async () => {
  const cells = [{ list: [1], f: Math.sqrt }, { list: [2], f: Math.sqrt }];
  const run = (cell: { list: number[] }) => ({ n: cell.list.push(7) });
  assertEquals(await sweep({ name: "push", run, cells }), [
    { list: "[1]", n: 2 },
    { list: "[2]", n: 2 },
  ]);
  assertEquals(cells[0].list, [1]);
  const deep = { a: [{ b: Math.sqrt }], ["__proto__"]: 1 };
  assertEquals(copyCell(deep), deep);
  assert(copyCell(deep).a !== deep.a && copyCell(deep).a[0] !== deep.a[0]);
});

Deno.test("a row that gives a parameter another value fails its cell", async () => {
  const clash = (run: (cell: never) => unknown, cells: object[], message: string) =>
    assertRejects(
      () => sweep({ name: "clash", run: run as never, cells }),
      Error,
      `Cannot name the column ${message}`,
    );
  await clash(() => ({ x: 5 }), [{ x: 2 }], "x of the result");
  await clash(() => [{ y: 1 }, { x: -0 }], [{ x: 0 }], "x of the result");
  // Also where the column is not shown: what is kept must not depend on the other cells.
  await clash(() => ({ list: "1" }), [{ list: [1] }], "list of the result");
  const rows = await sweep({
    ...{ name: "agrees", run: () => ({ list: "[1]", x: 2 }), cells: [{ list: [1], x: 2 }] },
  });
  assertEquals(rows, [{ x: 2, list: "[1]" }]);
});

Deno.test("rows in a store without seeds that clash with a seed are an error that names the cell", async () => {
  const store = fresh();
  const run: Task<{ a: number }, Row> = task(
    import.meta.url,
    "seeded",
    () => ({ seed: "elsewhere" }),
  );
  const options = { name: "seeded", run, cells: [{ a: 1 }], store, workers: 0 };
  assertEquals(await sweep(options), [{ a: 1, seed: "elsewhere" }]);
  await assertRejects(
    () => sweep({ ...options, seeds: ["0"] }),
    Error,
    '0 in the cell, elsewhere in the row (sweep "seeded", cell a = 1, seed 0)',
  );
});

Deno.test("equal cells and equal seeds are one computation, whatever the order of keys", () => {
  const cells = [{ a: 1, b: 2 }, { b: 2, a: 1 }];
  const { places, distinct } = plan({ run: digits, cells, seeds: ["1", "2"] });
  assertEquals([places.length, distinct.length], [4, 2]);
  assertEquals(plan({ run: () => ({}), cells }).distinct.length, 2);
  assertThrows(
    () => {
      const circle: Record<string, unknown> = {};
      circle.self = circle;
      plan({ run: any, cells: [circle] });
    },
    TypeError,
    "cells[0] must be JSON without circles",
  );
});
