import { assertEquals, assertLess, assertRejects } from "@std/assert";
import fc from "fast-check";
import { type CellStore, type Row, sweep } from "lora-dynamics/experiment/mod.ts";
import { digits } from "./_tasks.ts";

const fresh = (): CellStore => new Map<string, readonly Row[]>();

Deno.test("sweep() returns rows in grid order with parameters, seed and result", async () => {
  const rows = await sweep({
    name: "order",
    run: async ({ wait }: { mu: number; wait: number; times: number[] }, { seed }) => {
      await new Promise((resolve) => setTimeout(resolve, wait));
      return [{ t: 0, s: seed }, { t: 1, s: seed }];
    },
    cells: [{ mu: 0.1, wait: 4, times: [1] }, { mu: 0.2, wait: 0, times: [2] }],
    seeds: ["5", "6"],
  });
  assertEquals(rows.slice(0, 3), [
    { mu: 0.1, wait: 4, times: "[1]", seed: "5", t: 0, s: "5" },
    { mu: 0.1, wait: 4, times: "[1]", seed: "5", t: 1, s: "5" },
    { mu: 0.1, wait: 4, times: "[1]", seed: "6", t: 0, s: "6" },
  ]);
  assertEquals(rows.map((row) => row.mu), [0.1, 0.1, 0.1, 0.1, 0.2, 0.2, 0.2, 0.2]);
  assertEquals(Object.keys(rows[0]), ["mu", "wait", "times", "seed", "t", "s"]);
});

Deno.test("sweep() gives a cell the same rows wherever it stands in the list", async () => {
  const cell = fc.record({ a: fc.integer({ min: 0, max: 9 }), b: fc.integer({ min: 0, max: 9 }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(cell, { maxLength: 5 }).chain((cells) =>
        fc.tuple(fc.constant(cells), fc.shuffledSubarray(cells, { minLength: cells.length }))
      ),
      async ([cells, shuffled]) => {
        const sorted = async (list: { a: number; b: number }[]) => {
          const rows = await sweep({
            name: "s",
            run: digits,
            cells: list,
            workers: 0,
            store: fresh(),
          });
          return rows.map((row) => Object.values(row).map(String).join()).sort();
        };
        assertEquals(await sorted(shuffled), await sorted(cells));
      },
    ),
    { seed: 7, numRuns: 30 },
  );
});

Deno.test("sweep() of no cells has no rows", async () => {
  assertEquals(await sweep({ name: "none", run: () => ({ x: 1 }), cells: [] }), []);
});

Deno.test("sweep() computes a cell of a task once, within a call and between calls", async () => {
  const store = new Map<string, readonly Row[]>();
  const cells = [{ a: 1, b: 2 }, { b: 2, a: 1 }, { a: 3, b: 4 }];
  const rows = await sweep({ name: "m", run: digits, cells, seeds: ["1", "2"], store, workers: 0 });
  assertEquals(store.size, 4);
  const mark = [{ step: -1, value: 0, odd: "remembered" }];
  for (const hash of store.keys()) store.set(hash, mark);
  const again = await sweep({ name: "m", run: digits, cells, seeds: ["2"], store, workers: 2 });
  assertEquals(again.map((row) => row.odd), ["remembered", "remembered", "remembered"]);
  assertEquals([rows.length, store.size], [18, 4]);
});

Deno.test("sweep() hands out copies: a changed row does not come back from the memory", async () => {
  const options = { name: "copy", run: digits, cells: [{ a: 77, b: 1 }] };
  const first = await sweep(options);
  first[0].step = 1000;
  assertEquals((await sweep(options))[0].step, 0);
});

Deno.test("sweep() does not remember closures", async () => {
  let calls = 0;
  const options = { name: "closure", run: () => ({ calls: ++calls }), cells: [{}] };
  await sweep(options);
  assertEquals((await sweep(options))[0].calls, 2);
});

Deno.test("sweep() protects its cells and rows from a run that reuses objects", async () => {
  const reused = { x: 0 };
  const rows = await sweep({
    name: "reuse",
    run: (cell: { a: number }) => {
      reused.x = ++cell.a;
      return reused;
    },
    cells: [{ a: 1 }, { a: 2 }],
  });
  assertEquals(rows, [{ a: 1, x: 2 }, { a: 2, x: 3 }]);
});

Deno.test("sweep() names the cell, the seed and the cause when a run fails", async () => {
  const error = await assertRejects(
    () =>
      sweep({
        name: "exit times",
        run: ({ mu }: { mu: number }) => {
          if (mu > 1) throw new RangeError("mu must lie in (0, 1)");
          return { mu };
        },
        cells: [{ mu: 0.5 }, { mu: 1.5 }],
        seeds: ["a"],
      }),
    Error,
    'mu must lie in (0, 1) (sweep "exit times", cell mu = 1.5, seed a)',
  );
  assertEquals((error.cause as Error).name, "RangeError");
});

Deno.test("an error begins with its cause and names the cell by what varies, shortly", async () => {
  const problem = { w2: Array.from({ length: 40 }, (_, i) => [i / 3, Math.sqrt(i)]), name: "Q" };
  const cells = [0.1, 1 / 3].map((alpha, i) => ({
    ...{ problem, alpha, times: [i, 2 / 3, ...Array(40).fill(1)], rates: { a: i }, n: 2 },
  }));
  const run = ({ alpha }: { alpha: number }) => {
    if (alpha > 0.2) {
      throw new RangeError("Cannot start as alpha must be small: current value is .3");
    }
    return { y: 1 };
  };
  const failed = async (some: object[]) =>
    (await assertRejects(() => sweep({ name: "starts", run, cells: some as never }), Error))
      .message;
  const times = `[1,0.666667,${"1,".repeat(40)}`.slice(0, 79);
  assertEquals(
    await failed(cells),
    "Cannot start as alpha must be small: current value is .3 " +
      `(sweep "starts", cell alpha = 0.333333, rates = {"a":1}, times = ${times}…)`,
  );
  // Alone, a cell has nothing that tells it from others: what is short names it.
  assertEquals(
    await failed([cells[1]]),
    'Cannot start as alpha must be small: current value is .3 (sweep "starts", cell alpha = 0.333333, n = 2)',
  );
  assertLess((await failed([...cells, { alpha: 1, text: "x".repeat(1000) }])).length, 350);
});

Deno.test("sweep() rejects bad cells, rows, seeds and workers and names the key", async () => {
  const run = (cell: { x: number }) => ({ y: cell.x });
  const cells = [{ x: 1 }];
  const bad = (options: object, message: string) =>
    assertRejects(
      () => sweep({ name: "bad", run, cells, ...options } as never),
      Error,
      message,
    );
  await bad({ cells: [{ x: 1 }, { x: NaN }] }, "cells[1].x must be a finite number");
  await bad({ cells: [{ x: undefined }] }, "cells[0].x must be plain JSON");
  await bad({ cells: [7] }, "cells[0] must be an object");
  await bad({ cells: [{ x: 1, seed: "2" }], seeds: ["1"] }, "cells[0] has a seed");
  await bad({ cells: [{ x: 1, seed: 2 }] }, 'cells[0].seed must be text, such as "7"');
  await bad({ seeds: ["1", "1"] }, "seeds must differ");
  await bad({ seeds: ["1", 7] }, 'seeds[1] must be text, such as "7": current value is 7');
  await bad({ seeds: "7" }, 'seeds must be a list: current value is "7"');
  await bad({ workers: 1.5 }, "workers must be an integer >= 0");
  await bad({ run: () => 7 }, "must be a row or rows");
  await bad({ run: () => ({ list: [1] }) }, "list must be a number, string, boolean or null");
  await bad({ run: () => ({ y: undefined }) }, "y must be a number, string, boolean or null");
  await bad({ run: () => ({ x: 2 }) }, "column x");
  await bad({ cells: new Set(cells) }, "cells must be an array, e.g. of grid()");
  await bad({ cells: undefined }, "cells must be an array");
  await bad(
    { worker: 9 },
    "no other keys than name, run, cells, seeds, columns, workers, label, signal, ",
  );
  await bad({ seed: ["1"] }, 'current value has "seed"');
  await bad({ name: 7 }, "name must be a string");
  await bad({ label: 7 }, "label must be a string");
  await bad({ run: "x" }, "run must be a function");
  await bad({ retry: 1 }, "retry must be true or false");
  await bad(
    { timeout: 1 },
    "run must be a task where timeout is given: current value is a closure",
  );
  await bad({ store: fresh() }, "run must be a task where store is given");
  await bad({ run: digits, timeout: 0 }, "timeout must be a finite number > 0");
  await bad({ run: digits, store: "" }, 'folder must be a path or a file URL: current value is ""');
  for (
    const row of [new Date(0), new Map([["x", 1]]), Promise, {}, new Float64Array(2), null, 7]
  ) {
    await bad({ run: () => row as never }, "plain objects with at least one column");
  }
  await bad({ run: () => [[1, 2]] }, "plain objects with at least one column");
  await bad({ run: () => new Date(0) }, "current value is an object of the class Date");
  await bad({
    run: () => {
      throw { code: 7 };
    },
  }, '{"code":7} (sweep');
});

Deno.test("sweep() keeps NaN and infinite results, and a repeated parameter that agrees", async () => {
  const rows = await sweep({
    name: "numbers",
    run: ({ x }: { x: number }) => ({ x, a: NaN, b: -Infinity, c: -0 }),
    cells: [{ x: 1 }],
  });
  assertEquals(rows, [{ x: 1, a: NaN, b: -Infinity, c: -0 }]);
});

Deno.test("sweep() in process stops between cells when its signal is aborted", async () => {
  const controller = new AbortController();
  let cells = 0;
  setTimeout(() => controller.abort(new Error("enough")), 60);
  await assertRejects(
    () =>
      sweep({
        name: "abort",
        run: () => {
          cells++;
          for (const end = performance.now() + 10; performance.now() < end;);
          return { cells };
        },
        cells: Array.from({ length: 100 }, () => ({})),
        signal: controller.signal,
      }),
    Error,
    "enough",
  );
  const stopped = cells;
  await new Promise((resolve) => setTimeout(resolve, 60));
  assertEquals([cells, cells < 50], [stopped, true]);
});

Deno.test("sweep() does not start when its signal is aborted already", async () => {
  let calls = 0;
  const run = () => ({ calls: ++calls });
  const signal = AbortSignal.abort(new Error("before"));
  await assertRejects(() => sweep({ name: "x", run, cells: [{}], signal }), Error, "before");
  assertEquals(calls, 0);
});

Deno.test("sweep() begins the dearest cells first and returns rows in grid order all the same", async () => {
  const begun: number[] = [];
  const rows = await sweep({
    name: "dear",
    run: ({ n }: { n: number }) => {
      begun.push(n);
      return { square: n * n };
    },
    cells: [{ n: 2 }, { n: 5 }, { n: 1 }, { n: 4 }],
    cost: ({ n }) => Math.min(n, 4), // of equal ones the first
  });
  assertEquals(begun, [5, 4, 2, 1]);
  assertEquals(rows.map(({ n }) => n), [2, 5, 1, 4]);
  await assertRejects(
    () => sweep({ name: "dear", run: () => ({ x: 1 }), cells: [{}], cost: 3 as never }),
    TypeError,
    "cost must be a function of a cell: current value is 3",
  );
});

Deno.test("sweep() adds columns to the rows of each cell, which no run sees", async () => {
  const seen: unknown[] = [];
  const run = (cell: { x: number }) => {
    seen.push(cell);
    return { square: cell.x ** 2 };
  };
  const options = { name: "squares", run, cells: [{ x: 2 }, { x: 2 }, { x: 3 }] };
  const columns: Row[] = [{ of: "a" }, { of: "b" }, { of: "a", x: 3 }];
  assertEquals(await sweep({ ...options, columns }), [
    { x: 2, of: "a", square: 4 },
    { x: 2, of: "b", square: 4 },
    { x: 3, of: "a", square: 9 },
  ] as never);
  assertEquals(seen, options.cells);
  for (
    const [wrong, words] of [
      [[{ of: "a" }], "columns must be a list of 3 objects, one for each cell"],
      [[{}, {}, { x: 4 }], "columns[2].x must be a number, a text or a flag, and no other value"],
      [[{}, { of: [1] }, {}], "columns[1].of must be a number, a text or a flag"],
    ] as const
  ) {
    await assertRejects(() => sweep({ ...options, columns: wrong as never }), TypeError, words);
  }
});
