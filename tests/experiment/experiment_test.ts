import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  experiment,
  jupyterDisplay,
  param,
  type Run,
  type TaskContext,
} from "lora-dynamics/experiment/mod.ts";

/** Counts how often it computes. */
function counted() {
  const calls: unknown[] = [];
  const decay = experiment({
    name: "decay",
    about: "Half lives of exponential decay.",
    parameters: {
      rates: param.numbers([1, 2, 4], "decay rates", { above: 0 }),
      unit: param.choice("s", "unit of time", ["s", "min"]),
      law: param.value<string | ((x: number) => number)>("exp", "law of decay", (law) => {
        if (law !== "exp" && typeof law !== "function") throw new RangeError("no such law");
      }, "exp or a function"),
      steps: param.integer(0, "steps of a check, none by default", { least: 0 }),
      end: param.number(1, "time at which the check ends", { above: 0 }),
      seed: param.seed(),
    },
    quick: { rates: [1] },
    check: ({ steps, end }, refuse) => {
      if (steps === 0 && end !== 1) refuse("end", "1 when steps is 0", end);
    },
    run: ({ rates, seed }) => {
      calls.push(rates);
      return rates.map((rate) => ({ rate, time: Math.LN2 / rate, seed }));
    },
    figure: (rows, { unit }) => ({ caption: `${rows.length} rates in ${unit}` }),
    figures: {
      log: (rows, { rates }) => ({ caption: `log of ${rates.length}`, first: rows[0].time }),
    },
    table: (rows) => rows.map(({ rate }) => ({ rate })),
  });
  return { decay, calls };
}

Deno.test("an experiment fills in the preset and says where each value comes from", async () => {
  const { decay } = counted();
  const quick = await decay({ preset: "quick", unit: "min" });
  assertEquals(quick.parameters, {
    rates: [1],
    unit: "min",
    law: "exp",
    steps: 0,
    end: 1,
    seed: "7",
  });
  const { experiment: name, preset, origin, edited, seeds } = quick.record;
  assertEquals([name, preset, edited, seeds], ["decay", "quick", ["unit"], ["7"]]);
  assertEquals([origin.rates, origin.unit, origin.end], ["quick", "call", "default"]);
  assertEquals((await decay({ preset: "full" })).rows.length, 3);
  assertEquals(decay.defaults("full").rates, [1, 2, 4]);
});

Deno.test("a value that equals the preset's is no edit, however it is written", async () => {
  const { decay } = counted();
  assertEquals((await decay({ preset: "quick", rates: [1], seed: "7" })).record.edited, []);
  assertEquals((await decay({ preset: "full", rates: [1] })).record.edited, ["rates"]);
});

Deno.test("the same parameters are computed once, also at the same time and by another way", async () => {
  const { decay, calls } = counted();
  const [a, b] = await Promise.all([decay({ preset: "quick" }), decay({ rates: [1] })]);
  assertEquals(calls.length, 1);
  assert(a.rows === b.rows);
  await decay({ preset: "full", rates: [1] });
  assertEquals(calls.length, 1);
  await decay({ rates: [2] });
  assertEquals(calls.length, 2);
});

Deno.test("a closure is computed each time, in this process, and stands in the record as its text", async () => {
  const { decay, calls } = counted();
  const law = (x: number) => x / 2;
  const { record } = await decay({ law });
  await decay({ law });
  assertEquals(calls.length, 2);
  assertEquals(record.parameters.law, { function: "(x)=>x / 2" });
  assertEquals(record.edited, ["law"]);
});

Deno.test("what fails is not remembered", async () => {
  let fail = true;
  const shaky = experiment({
    name: "shaky",
    about: "Fails once.",
    parameters: { x: param.number(1, "a number") },
    run: ({ x }) => {
      if (fail) throw new Error("once");
      return [{ x }];
    },
  });
  await assertRejects(() => shaky(), Error, "once");
  fail = false;
  assertEquals((await shaky()).rows, [{ x: 1 }]);
});

Deno.test("figures and tables follow the run, and figures carry its record", async () => {
  const { decay } = counted();
  const run = await decay({ rates: [1, 3], unit: "min" });
  assertEquals(run.figure().caption, "2 rates in min");
  assertEquals(run.figure().run, run.record);
  assertEquals(run.figure("log").first, Math.LN2);
  assertEquals(run.table(), [{ rate: 1 }, { rate: 3 }]);
  assertThrows(() => run.figure("lag" as "log"), RangeError, "must be one of log");
  const plain = experiment({
    ...{ name: "plain", about: "No figure of its own.", parameters: {} },
    run: () => [{ x: 1 }],
    figures: { one: () => ({ caption: "one" }) },
  });
  const bare = await plain();
  assertThrows(() => bare.figure(), TypeError, "must be named");
  assertEquals(bare.table(), [{ x: 1 }]);
});

Deno.test("rows and parameters of a run cannot be changed behind its back", async () => {
  const { decay } = counted();
  const rates = [5], run = await decay({ rates });
  rates[0] = 6;
  assertEquals(run.parameters.rates, [5]);
  assertThrows(() => (run.rows as unknown[]).pop(), TypeError);
  // In another cell the same run is the same: a row that was changed here would be wrong there.
  assertThrows(() => (run.rows[0] as { time: number }).time = 0, TypeError, "read only");
  const nested = experiment({
    ...{ name: "nested", about: "Rows that hold lists.", parameters: {} },
    run: () => ({ runs: [{ course: [1, 2], at: new Float64Array([1]) }] }) as never,
  });
  const { runs: [row] } = (await nested({ preset: "quick" })).rows as never as {
    runs: [{ course: number[]; at: Float64Array }];
  };
  assertThrows(() => row.course[0] = 7, TypeError, "read only");
  assertThrows(() => (run.parameters.rates as number[]).push(1), TypeError);
});

Deno.test("mistakes in a call name the parameter, what it must be, and what it is", async () => {
  const { decay } = counted();
  const cases: [object, new () => Error, string][] = [
    [{ rate: [1] }, RangeError, "rate must be one of its parameters (is rates meant?): rates = "],
    [{ rates: [] }, RangeError, "rates must be a list of 1 or more"],
    [{ rates: 2 }, TypeError, "rates must be a list"],
    [{ rates: [1, -1] }, RangeError, "rates[1] must be a finite number > 0: current value is -1"],
    [{ rates: [NaN] }, RangeError, "rates[0] must be a finite number > 0: current value is NaN"],
    [{ rates: ["1"] }, TypeError, 'rates[0] must be a finite number > 0: current value is "1"'],
    [{ unit: "h" }, RangeError, 'unit must be one of s, min: current value is "h"'],
    [{ law: "x" }, RangeError, 'law must be exp or a function: current value is "x" (no such law)'],
    [{ steps: 1.5 }, RangeError, "steps must be a whole number >= 0: current value is 1.5"],
    [{ seed: 7 }, TypeError, 'seed must be text, such as "7": current value is 7'],
    [{ preset: "fast" }, RangeError, "preset must be one of quick, full"],
    [{ end: 2 }, RangeError, "end must be 1 when steps is 0: current value is 2"],
    [JSON.parse('{"__proto__": 1}'), RangeError, "__proto__ must be one of its parameters"],
  ];
  for (const [given, type, message] of cases) {
    await assertRejects(() => decay(given as never), type, message, JSON.stringify(given));
  }
  await assertRejects(() => decay(3 as never), TypeError, "must be a plain object");
});

Deno.test("a check knows what the call itself gives, and refuses what is idle there only", async () => {
  const seen: string[][] = [];
  const of = experiment({
    name: "idle",
    about: "A matrix, drawn or given.",
    parameters: {
      size: param.integer(3, "size of a drawn one", { least: 1 }),
      given: param.numbers([], "a given one", { entries: 0 }),
      seed: param.seed(),
    },
    quick: { size: 2 },
    check: ({ size, given }, refuse, names) => {
      seen.push([...names]);
      if (given.length > 0 && names.has("size")) refuse("size", "left out beside given", size);
    },
    run: ({ size }) => [{ size }],
  });
  await of({ preset: "quick", seed: undefined });
  await of({ size: 4 });
  assertEquals(seen, [[], [], [], ["size"]]);
  await of({ given: [1] });
  await assertRejects(
    () => of({ given: [1], size: 3 }),
    RangeError,
    'Cannot run "idle" as size must be left out beside given: current value is 3',
  );
  await of.with("a given one", { given: [1], size: 5 })();
});

Deno.test("both presets are checked at the first call, whichever is asked for", async () => {
  const wrong = experiment({
    name: "wrong",
    about: "Its quick preset is not allowed.",
    parameters: { d: param.integer(3, "dimension", { least: 2 }) },
    quick: { d: 1 },
    run: ({ d }) => [{ d }],
  });
  await assertRejects(() => wrong({ preset: "full" }), RangeError, "d must be a whole number >= 2");
  assertThrows(
    () =>
      experiment({
        ...{ name: "x", about: "" },
        parameters: { preset: param.flag(true, "") },
        run: () => [],
      }),
    TypeError,
    "preset must not be a parameter",
  );
});

Deno.test("a sweep of an experiment runs with its seed unless it has an axis of its own", async () => {
  const seen: string[] = [];
  const run: Run<{ x: number }, { y: number }> = ({ x }, { seed }: TaskContext) => {
    seen.push(seed);
    return { y: x + Number(seed) };
  };
  const seeded = experiment({
    name: "seeded",
    about: "Adds its seed.",
    parameters: {
      copies: param.integer(0, "seeds of their own", { least: 0 }),
      seed: param.seed(),
    },
    run: ({ copies, seed }, { sweep }) =>
      sweep({
        run,
        cells: [{ x: 1 }, { x: 2 }],
        ...(copies > 0
          ? { seeds: Array.from({ length: copies }, (_, i) => `${Number(seed) + i}`) }
          : {}),
      }),
  });
  const one = await seeded({ seed: "3" });
  assertEquals(seen, ["3", "3"]);
  assertEquals(one.rows, [{ x: 1, seed: "3", y: 4 }, { x: 2, seed: "3", y: 5 }]);
  assertEquals((await seeded({ seed: "3", copies: 2 })).record.seeds, ["3", "4"]);
});

Deno.test("shown in a cell, an experiment lists its parameters and a run its values", async () => {
  const { decay } = counted();
  const text = decay[jupyterDisplay]()["text/plain"];
  for (
    const words of [
      "decay. Half lives",
      "rates",
      "[1, 2, 4]",
      "[1]",
      "decay rates",
      "one of s, min",
    ]
  ) {
    assertStringIncludes(text, words);
  }
  const shown = (await decay({ unit: "min" }))[jupyterDisplay]();
  assertStringIncludes(shown["text/plain"], "the call");
  assertStringIncludes(shown["text/html"], "<table>");
  const hostile = experiment({
    ...{ name: "<b>", about: "<script>", parameters: { x: param.text("<i>", "<u>") } },
    run: ({ x }) => [{ x }],
  });
  for (
    const { "text/html": html } of [hostile[jupyterDisplay](), (await hostile())[jupyterDisplay]()]
  ) {
    assert(!/<(script|i|u)>|<b><b>/.test(html), html);
  }
});

Deno.test("a variant has other defaults at both presets, and its own values are no edit", async () => {
  const { decay, calls } = counted();
  const fast = decay.with("fast decay", { rates: [10, 20], unit: "min" });
  assertEquals([fast.name, decay.name], ["fast decay", "decay"]);
  for (const preset of ["quick", "full"] as const) {
    const run = await fast({ preset, unit: "min" });
    assertEquals([run.parameters.rates, run.record.edited], [[10, 20], []]);
  }
  assertEquals(calls, [[10, 20]]);
  assertEquals((await fast({ rates: [1] })).record.edited, ["rates"]);
  assertEquals(decay.defaults("full").rates, [1, 2, 4]);
  assertThrows(() => decay.with("x", { rate: [1] } as never), RangeError, "is rates meant?");
  assertThrows(() => decay.with("x", { rates: [-1] }), RangeError, "rates[0] must be");
});

Deno.test("the record's seconds are the wall time of the computation", async () => {
  const slow = experiment({
    ...{ name: "slow", about: "Waits.", parameters: {} },
    run: async () => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return [{ x: 1 }];
    },
  });
  const start = performance.now(), { record } = await slow();
  // A timer may end a millisecond early; nothing ends after the call has returned.
  assert(record.seconds >= 0.055 && record.seconds <= (performance.now() - start) / 1000);
});

Deno.test("a forgotten await is said where the run is used, and costs nothing where it is not", async () => {
  const { decay } = counted();
  // deno-lint-ignore no-explicit-any -- as a cell without types would
  const run = decay({ preset: "quick" }) as any;
  for (const read of [() => run.figure(), () => run.rows.length, () => run.parameters]) {
    const error = assertThrows(read, TypeError) as Error;
    assertStringIncludes(
      error.message,
      '"decay" as its run must be awaited: current value is a promise',
    );
  }
  assertEquals(Object.keys(run), []);
  assertEquals((await run).rows.length, 1);
  // deno-lint-ignore no-explicit-any -- see above
  await assertRejects(() => decay({ rate: [1] } as any), RangeError, "is rates meant?");
});
