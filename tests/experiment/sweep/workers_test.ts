import { assert, assertEquals, assertLess, assertRejects, assertStringIncludes } from "@std/assert";
import { type CellStore, grid, type Row, sweep } from "lora-dynamics/experiment/mod.ts";
import { keepWorkers } from "lora-dynamics/experiment/sweep/workers.ts";
import { nested } from "./_nested.ts";
import { numerics } from "./_numerics.ts";
import { digits, fail, holder, misnamed, place, realmOf, sleep } from "./_tasks.ts";

const fresh = (): CellStore => new Map<string, readonly Row[]>();

/** Bits of all numbers, text of everything else. */
const bits = (rows: readonly Row[]) =>
  rows.map((row) =>
    Object.entries(row).map(([key, value]) =>
      typeof value === "number"
        ? `${key}=${new BigUint64Array(new Float64Array([value]).buffer)[0]}`
        : `${key}:${value}`
    ).join()
  );

Deno.test("sweep() gives the same rows bit for bit with 0, 1, 2 and 4 workers", async () => {
  const cells = grid({ a: [1, 2, 3, 4], b: [0.1, -7] });
  const with_ = async (workers: number) =>
    bits(
      await sweep({ name: "bits", run: digits, cells, seeds: ["1", "2"], workers, store: fresh() }),
    );
  const expected = await with_(0);
  assertEquals(expected.length, 4 * 2 * 2 * 3);
  for (const workers of [1, 2, 4]) assertEquals(await with_(workers), expected);
});

Deno.test("chains, integrators, matrices and networks give the same bits in 0, 1 and 2 workers", async () => {
  const cells = grid({ i: [0, 1, 2, 3] });
  const run = async (workers: number) =>
    bits(
      await sweep({
        name: "numerics",
        run: numerics,
        cells,
        seeds: ["7"],
        workers,
        store: fresh(),
      }),
    );
  const expected = await run(0);
  assertEquals(new Set(expected).size, 4);
  for (const workers of [0, 1, 2]) assertEquals(await run(workers), expected);
});

Deno.test("sweep() uses workers for a task with several cells, and no pool for one cell", async () => {
  const where = async (count: number, workers: number) => {
    const cells = Array.from({ length: count }, (_, a) => ({ a }));
    const rows = await sweep({ name: "place", run: place, cells, workers, store: fresh() });
    return [...new Set(rows.map((row) => row.worker))];
  };
  assertEquals(await where(3, 2), [true]);
  assertEquals(await where(3, 1), [false]);
  assertEquals(await where(1, 2), [false]);
});

Deno.test("sweep() takes a worker for each core, four at most, where nothing is said", async () => {
  const before = Object.getOwnPropertyDescriptor(navigator, "hardwareConcurrency");
  const realms = async (value: number) => {
    Object.defineProperty(navigator, "hardwareConcurrency", { value, configurable: true });
    const cells = Array.from({ length: 8 }, (_, n) => ({ n })); // each worker gets one
    const rows = await sweep({ name: "realms", run: realmOf, cells, store: fresh() });
    return new Set(rows.map(({ realm }) => realm)).size;
  };
  try {
    assertEquals([await realms(1), await realms(2), await realms(3), await realms(16)], [
      1,
      2,
      3,
      4,
    ]);
  } finally {
    if (before) Object.defineProperty(navigator, "hardwareConcurrency", before);
    else delete (navigator as { hardwareConcurrency?: number }).hardwareConcurrency;
  }
});

Deno.test("sweep() sends a single cell to a worker where others are at work for sweeps beside it", async () => {
  const of = (count: number, workers = 2) => {
    const cells = Array.from({ length: count }, (_, a) => ({ a }));
    return sweep({ name: "place", run: place, cells, workers, store: fresh() });
  };
  const alone = async () => assertEquals((await of(1)).map(({ worker }) => worker), [false]);
  using _ = keepWorkers();
  await alone();
  const [many, one] = await Promise.all([of(3), of(1)]);
  assertEquals([...many, ...one].map(({ worker }) => worker), [true, true, true, true]);
  await alone();
  // Whoever asks for one worker is computed here, whatever runs beside it.
  const [, here] = await Promise.all([of(3), of(1, 1)]);
  assertEquals(here[0].worker, false);
});

Deno.test("sweep() runs a closure in process whatever the number of workers", async () => {
  let calls = 0;
  await sweep({ name: "c", run: () => ({ calls: ++calls }), cells: [{}, {}, {}], workers: 4 });
  assertEquals(calls, 3);
});

Deno.test("sweep() gives the next cell to the next free worker, rows staying in order", async () => {
  const cells = [{ ms: 1200 }, ...Array.from({ length: 5 }, (_, i) => ({ ms: 1 + i / 10 }))];
  const rows = await sweep({ name: "dynamic", run: sleep, cells, workers: 2, store: fresh() });
  assertEquals(rows.map((row) => row.ms), cells.map((cell) => cell.ms));
  for (const row of rows.slice(1)) assertLess(row.finished, rows[0].finished);
});

const failing = (how: string, workers: number, rest = 3) => {
  const cells = [{ how, n: 0 }, ...Array.from({ length: rest }, (_, n) => ({ how: "fine", n }))];
  return sweep({ name: "failing", run: fail, cells, workers, store: fresh() });
};

Deno.test("sweep() names the cell and the cause when a task fails in a worker", async () => {
  const error = await assertRejects(() => failing("throw", 2));
  assertEquals(
    (error as Error).message,
    'mu must lie in (0, 1) (sweep "failing", cell how = throw, n = 0)',
  );
  const cause = (error as Error).cause as Error;
  assertEquals(cause.name, "RangeError");
  assertStringIncludes(cause.stack ?? "", "_tasks.ts");
});

Deno.test("sweep() fails in a worker and in process with the same message", async () => {
  for (const how of ["throw", "throw text", "recursion", "row"]) {
    const [local, worker] = await Promise.all(
      [0, 2].map((workers) => assertRejects(() => failing(how, workers), Error)),
    );
    assertEquals(worker.message, local.message);
  }
});

for (const how of ["close", "exit", "rejection"]) {
  Deno.test(`sweep() is an error, not a hang, when its worker ends by ${how}`, async () => {
    await assertRejects(
      () => failing(how, 2),
      Error,
      `(sweep "failing", cell how = ${how}, n = 0)`,
    );
  });
}

Deno.test("sweep() notices a worker that ended between two cells", async () => {
  const cells = [
    { how: "close later" },
    { how: "fine", n: -1 },
    ...Array.from({ length: 2000 }, (_, n) => ({ how: "fine", n })),
  ];
  await assertRejects(
    () => sweep({ name: "later", run: fail, cells, workers: 2, store: fresh() }),
    Error,
    "the worker ended",
  );
});

Deno.test("sweep() explains an export that a worker cannot find", async () => {
  const cells = [{ a: 1 }, { a: 2 }];
  const lost = (run: typeof misnamed) =>
    assertRejects(() => sweep({ name: "lost", run, cells, workers: 2 }), Error);
  assertStringIncludes((await lost(misnamed)).message, "under the name another");
  assertStringIncludes((await lost(holder.hiddenTask)).message, "under the name hidden");
});

Deno.test("a timeout is in seconds: shorter and longer ones than one end and spare a cell", async () => {
  const run = (ms: number, timeout: number) =>
    sweep({ name: "timeout", run: sleep, cells: [{ ms }], timeout, store: fresh() });
  const start = performance.now();
  // Time for the worker to start is part of it: the wait itself is far longer.
  await assertRejects(() => run(30_000, 0.2), Error, "a cell took longer than 0.2 s (timeout)");
  assertLess(performance.now() - start, 4000);
  assertEquals((await run(500, 60)).length, 1);
});

Deno.test("sweep() keeps the cells that finished before another one failed", async () => {
  const store = new Map<string, readonly Row[]>();
  const cells = [{ how: "fine" }, { how: "throw" }];
  await assertRejects(() => sweep({ name: "kept", run: fail, cells, workers: 0, store }));
  assertEquals([...store.values()], [[{ depth: 0 }]]);
});

Deno.test("sweep() stops its workers at once when its signal is aborted", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("interrupted")), 100);
  const start = performance.now();
  await assertRejects(
    () =>
      sweep({
        name: "long",
        run: sleep,
        cells: [{ ms: 20_000 }, { ms: 20_001 }],
        workers: 2,
        signal: controller.signal,
      }),
    Error,
    "interrupted",
  );
  assert(performance.now() - start < 5000);
});

Deno.test("sweep() inside a task stays in its worker", async () => {
  const rows = await sweep({
    name: "outer",
    run: nested,
    cells: [{ a: 1 }, { a: 2 }],
    workers: 2,
    store: fresh(),
  });
  assertEquals(rows.map((row) => row.total), [3, 3]);
});

/** The realms of a sweep with two workers. */
const realms = async (leave: number) => {
  const cells = Array.from({ length: 6 }, (_, n) => ({ n, leave }));
  const rows = await sweep({ name: "realms", run: realmOf, cells, workers: 2, store: fresh() });
  return [...new Set(rows.map((row) => row.realm))].sort();
};

Deno.test("workers serve one sweep after the other, of other tasks too, while they are kept", async () => {
  const alone = await realms(0);
  let kept: unknown[];
  {
    using _ = keepWorkers();
    kept = await realms(0);
    await sweep({
      name: "between",
      run: place,
      cells: [{ a: 1 }, { a: 2 }],
      workers: 2,
      store: fresh(),
    });
    const again = await realms(0);
    assertEquals(new Set([...kept, ...again]).size, 2);
  }
  assertEquals(alone.filter((realm) => kept.includes(realm)), []);
  const after = await realms(0);
  assertEquals(after.filter((realm) => kept.includes(realm)), []);
});

Deno.test("sweeps at the same time share their workers", async () => {
  using _ = keepWorkers();
  const all = await Promise.all([realms(0), realms(0), realms(0)]);
  assertEquals(new Set(all.flat()).size, 2);
});

Deno.test("a sweep that is stopped while it waits for a worker leaves its place to others", async () => {
  const controller = new AbortController();
  const sleeps = (name: string, signal?: AbortSignal) =>
    sweep({
      ...{ name, run: sleep, cells: [{ ms: 300 }, { ms: 301 }], workers: 2, store: fresh() },
      ...(signal ? { signal } : {}),
    });
  const first = sleeps("first"), second = sleeps("second", controller.signal);
  const third = sleeps("third");
  controller.abort(new Error("not wanted"));
  await assertRejects(() => second, Error, "not wanted");
  assertEquals((await first).length + (await third).length, 4);
});

Deno.test("a kept worker that ends while it waits is not asked again", async () => {
  using _ = keepWorkers();
  const before = await realms(150);
  await new Promise((resolve) => setTimeout(resolve, 600));
  const after = await realms(0);
  assertEquals(after.filter((realm) => before.includes(realm)), []);
});

Deno.test("a sweep that was begun later takes its turns between the cells of one that is long", async () => {
  using _ = keepWorkers();
  const of = (count: number, ms: number, timeout?: number) => {
    const cells = Array.from({ length: count }, (_, i) => ({ ms: ms + i / 100 }));
    return sweep({ name: "s", run: sleep, cells, workers: 2, timeout, store: fresh() });
  };
  await of(2, 1); // workers are there
  const ended: string[] = [];
  await Promise.all([
    of(40, 50).then(() => ended.push("long")),
    // Waiting for a turn is no part of the time that a cell may take.
    of(4, 50, 0.9).then(() => ended.push("short")),
  ]);
  assertEquals(ended, ["short", "long"]);
});

Deno.test("sweeps that take turns give the rows that they give alone", async () => {
  using _ = keepWorkers();
  const run = (b: number) =>
    sweep({
      ...{ name: "bits", run: digits, cells: grid({ a: [1, 2, 3, 4, 5], b: [b] }) },
      ...{ seeds: ["1", "2"], workers: 2, store: fresh() },
    });
  const alone = [bits(await run(1)), bits(await run(2)), bits(await run(3))];
  assertEquals((await Promise.all([run(1), run(2), run(3)])).map(bits), alone);
});

Deno.test("where there are no module workers cells are computed here, and what needs them is refused", async () => {
  const { Worker } = globalThis;
  Reflect.deleteProperty(globalThis, "Worker"); // as in Node
  try {
    const options = { name: "alone", run: place, cells: grid({ a: [10, 20, 30] }) };
    assertEquals((await sweep({ ...options, store: fresh() })).map(({ worker }) => worker), [
      ...[false, false, false],
    ]);
    const where = "where there are no module workers, as in Node or in a bundle: current value is";
    for (
      const [more, text] of [
        [{ workers: 2 }, `workers must be 0 or 1 ${where} 2`],
        [{ timeout: 5 }, `timeout must be left out ${where} 5`],
      ] as const
    ) {
      await assertRejects(() => sweep({ ...options, ...more }), TypeError, text);
    }
    assertEquals((await sweep({ ...options, workers: 1, store: fresh() })).length, 3);
  } finally {
    Object.assign(globalThis, { Worker });
  }
});
