import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type CheckResult, type Claim, runClaims } from "lora-dynamics/experiment/mod.ts";
import { agreeing, claim, good } from "./_claims.ts";

/** A check that never ends, and the signals that it was given. */
function endless(): { check: Claim["check"]; signals: AbortSignal[] } {
  const signals: AbortSignal[] = [];
  const check: Claim["check"] = (_, { signal }) => {
    signals.push(signal);
    return new Promise(() => {});
  };
  return { check, signals };
}

Deno.test("runClaims() runs one after the other in order and measures the time", async () => {
  const log: string[] = [];
  const slow = claim("C1", async () => {
    log.push("start C1");
    await new Promise((resolve) => setTimeout(resolve, 30));
    log.push("end C1");
    return agreeing;
  });
  const rows = await runClaims([slow, good("C2")], "quick", { onRow: (row) => log.push(row.id) });
  assertEquals(log, ["start C1", "end C1", "C1", "C2"]);
  assertEquals(rows.map((row) => [row.id, row.pass, row.preset]), [
    ["C1", true, "quick"],
    ["C2", true, "quick"],
  ]);
  assert(rows[0].seconds >= 0.02 && rows[1].seconds >= 0);
});

Deno.test("runClaims() gives rows with source, falsifier and the evidence of the preset", async () => {
  const one = good("C1", {
    source: { whose: "paper", where: "Theorem 3.2" },
    evidence: (preset) => ({
      seeds: preset === "full" ? ["1", "2"] : ["1"],
      sizes: `d of ${preset}`,
      draws: "closed seed",
    }),
  });
  const [row] = await runClaims([one], "full");
  assertEquals(row.source, { whose: "paper", where: "Theorem 3.2" });
  assertEquals(row.falsifier, "Any number but the one of C1");
  assertEquals(row.evidence, { seeds: ["1", "2"], sizes: "d of full", draws: "closed seed" });
  assertEquals((await runClaims([one], "quick"))[0].evidence.seeds, ["1"]);
});

Deno.test("runClaims() turns whatever is thrown into a failing row that quotes it", async () => {
  const thrown: [unknown, string][] = [
    [new RangeError("mu must lie in (0, 1)"), "RangeError: mu must lie in (0, 1)"],
    ["plain text", "plain text"],
    [{ code: 7, inner: { why: "x" } }, 'thrown {"code":7,"inner":{"why":"x"}}'],
    [[1, NaN], 'thrown [1,"NaN"]'],
    [{ cause: new TypeError("inside") }, 'thrown {"cause":"TypeError: inside"}'],
    [undefined, "undefined"],
    [null, "null"],
    [Symbol("s"), "Symbol(s)"],
    [10n, "10"],
  ];
  const circular: Record<string, unknown> = { name: "ring" };
  circular.self = circular;
  thrown.push([circular, 'thrown {"name":"ring","self":"[circular]"}']);
  for (const [error, text] of thrown) {
    const checks: Claim["check"][] = [() => Promise.reject(error), () => {
      throw error;
    }];
    for (const check of checks) {
      const [row] = await runClaims([claim("C1", check)], "full");
      assertEquals([row.pass, row.measured, row.expected], [false, text, "no error"]);
    }
  }
});

Deno.test("runClaims() fails a check that returns nothing, or not what a result is", async () => {
  const returned: [unknown, string][] = [
    [undefined, 'the check returned no measured, expected, tolerance, pass: "undefined"'],
    [null, "the check returned no measured, expected, tolerance, pass: null"],
    [7, "the check returned no measured, expected, tolerance, pass: 7"],
    [{ measured: 1, pass: true }, "the check returned no expected, tolerance: "],
    [{ measured: 1, expected: 1, tolerance: "none" }, "the check returned no pass: "],
  ];
  for (const [value, text] of returned) {
    const [row] = await runClaims([claim("C1", () => value as CheckResult)], "quick");
    assertEquals(row.pass, false);
    assertStringIncludes(String(row.measured), text);
  }
});

Deno.test("runClaims() takes no truth for true", async () => {
  for (const pass of [1, "true", {}]) {
    const odd = { ...agreeing, pass: pass as unknown as boolean };
    const [row] = await runClaims([claim("C1", () => odd)], "quick");
    assertEquals([row.pass, row.measured], [false, { x: 1 / 3 }]);
    assertStringIncludes(row.tolerance, "must say pass: true or false");
  }
});

Deno.test("runClaims() fails a claim that compares nothing, though it says pass", async () => {
  const empty: Partial<CheckResult>[] = [{ measured: {} }, { expected: {} }, { measured: [] }, {
    expected: { erf: {}, relu: [] },
  }];
  for (const part of empty) {
    const [row] = await runClaims([claim("C1", () => ({ ...agreeing, ...part }))], "quick");
    assertEquals([row.pass, row.tolerance], [false, "nothing was compared (abs 1e-3)"]);
  }
  const [row] = await runClaims([claim("C1", () => ({ ...agreeing, measured: 0 }))], "quick");
  assertEquals(row.pass, true);
});

Deno.test("runClaims() lets the reader's Interrupt through: it is no verdict", async () => {
  const interrupted = Object.assign(new Error("stopped"), { name: "Interrupted" });
  const rows: string[] = [];
  const run = runClaims(
    [good("C1"), claim("C2", () => Promise.reject(interrupted)), good("C3")],
    "quick",
    { onRow: ({ id }) => rows.push(id) },
  );
  await assertRejects(() => run, Error, "stopped");
  assertEquals(rows, ["C1"]);
});

Deno.test("runClaims() gives rows that JSON keeps as they are", async () => {
  const measured = { a: [NaN, -Infinity], b: new Float64Array([1, 2]) } as never;
  const odd = claim("C1", () => ({ measured, expected: NaN, tolerance: "none", pass: false }));
  const rows = await runClaims([odd], "quick");
  assertEquals(JSON.parse(JSON.stringify(rows)), rows as never);
  assertEquals(rows[0].measured, { a: ["NaN", "-Infinity"], b: [1, 2] });
  assertEquals(rows[0].expected, "NaN");
});

Deno.test("runClaims() checks only what is asked for and lists the ids it knows", async () => {
  const claims = [good("C1"), good("C2"), good("C10")];
  const rows = await runClaims(claims, "quick", { only: ["C10", "C1"] });
  assertEquals(rows.map((row) => row.id), ["C1", "C10"]);
  await assertRejects(
    () => runClaims(claims, "quick", { only: ["C3"] }),
    RangeError,
    'one of C1, C2, C10: current value is "C3"',
  );
  await assertRejects(() => runClaims([good("C1"), good("C1")], "quick"), RangeError, "differ");
  await assertRejects(() => runClaims(claims, "fast" as "full"), RangeError, "quick, full");
});

Deno.test("runClaims() refuses unknown options and values that mean nothing", async () => {
  const run = (options: object) => () => runClaims([good("C1")], "quick", options);
  await assertRejects(run({ sede: "1" }), TypeError, "only, seed, seeds, timeout");
  await assertRejects(run({ seed: 7 }), TypeError, "seed must be a string: current value is 7");
  await assertRejects(run({ seeds: -1 }), RangeError, "seeds must be an integer >= 0");
  await assertRejects(run({ seeds: 1.5 }), RangeError, "seeds must be an integer >= 0");
  await assertRejects(run({ timeout: 0 }), RangeError, "timeout must be a finite number > 0");
});

Deno.test("runClaims() tells the check its seed, and of none when none was asked for", async () => {
  const seen: unknown[] = [];
  const one = claim("C1", (_, context) => {
    seen.push("seed" in context ? context.seed : "none");
    return agreeing;
  });
  const [own] = await runClaims([one], "quick");
  const [other] = await runClaims([one], "quick", { seed: "11" });
  assertEquals(seen, ["none", "11"]);
  assertEquals(["seed" in own, other.seed], [false, "11"]);
});

Deno.test("runClaims() stops between two claims when its signal is aborted", async () => {
  const controller = new AbortController();
  const stop = claim("C1", () => {
    controller.abort(new Error("enough"));
    return agreeing;
  });
  const never = claim("C2", () => {
    throw new Error("must not run");
  });
  const seen: string[] = [];
  const options = { signal: controller.signal, onRow: (row: { id: string }) => seen.push(row.id) };
  await assertRejects(() => runClaims([stop, never], "quick", options), Error, "enough");
  assertEquals(seen, ["C1"]);
});

Deno.test("runClaims() stops a check that never ends when its signal is aborted", async () => {
  const controller = new AbortController(), { check, signals } = endless();
  const run = runClaims([claim("C1", check)], "quick", { signal: controller.signal });
  setTimeout(() => controller.abort(new Error("enough")), 20);
  await assertRejects(() => run, Error, "enough");
  assertEquals(signals.map(({ aborted }) => aborted), [true]);
});

Deno.test("runClaims() fails a check after its timeout, tells it, and goes on", async () => {
  const { check, signals } = endless();
  const late = claim("C2", async () => {
    await new Promise((resolve) => setTimeout(resolve, 60));
    throw new Error("nobody listens");
  });
  const rows = await runClaims([claim("C1", check), late, good("C3")], "quick", { timeout: 0.03 });
  assertEquals(rows.map(({ pass }) => pass), [false, false, true]);
  assertEquals(rows[0].measured, "no verdict within the timeout of 0.03 s");
  assertEquals(rows[1].measured, "no verdict within the timeout of 0.03 s");
  assert(rows[0].seconds >= 0.025 && rows[0].seconds < 1);
  assertEquals(signals[0].aborted, true);
  await new Promise((resolve) => setTimeout(resolve, 60)); // the late rejection must not surface
});

Deno.test("runClaims() judges a check that cannot be stopped when it ends", async () => {
  const busy = claim("C1", () => {
    for (const end = performance.now() + 30; performance.now() < end;);
    return agreeing;
  });
  const [late] = await runClaims([busy], "quick", { timeout: 0.01 });
  assertEquals([late.pass, late.measured], [false, "no verdict within the timeout of 0.01 s"]);
  const [row] = await runClaims([busy], "quick", { timeout: 10 });
  assertEquals(row.pass, true);
});

Deno.test("runClaims() refuses a claim without source, falsifier or evidence", async () => {
  const run = (more: object) => () => runClaims([good("C1", more)], "quick");
  await assertRejects(run({ falsifier: " " }), RangeError, "falsifier of claim C1");
  await assertRejects(run({ falsifier: undefined }), TypeError, "falsifier of claim C1");
  await assertRejects(run({ source: "ours" }), TypeError, "source.whose of claim C1");
  await assertRejects(run({ source: { whose: "them" } }), RangeError, "one of paper, ours");
  await assertRejects(run({ source: { whose: "paper" } }), TypeError, "source.where of claim C1");
  await assertRejects(run({ source: { whose: "paper", where: "" } }), RangeError, "source.where");
  await assertRejects(run({ evidence: undefined }), TypeError, "evidence.sizes of claim C1");
  const evidence = { seeds: 1, sizes: "x", draws: "seed" };
  await assertRejects(run({ evidence: { ...evidence, draws: "dice" } }), RangeError, "nothing, ");
  await assertRejects(run({ evidence: { ...evidence, seeds: 0 } }), RangeError, ">= 1");
  await assertRejects(run({ evidence: { ...evidence, seeds: [] } }), RangeError, ">= 1");
  await assertRejects(run({ evidence: { ...evidence, draws: "nothing" } }), RangeError, "from 0");
  await runClaims([good("C1", { evidence: { ...evidence, draws: "seed" } })], "quick");
});
