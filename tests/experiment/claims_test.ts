import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { check, type CheckResult, type Claim, runClaims } from "lora-dynamics/experiment/mod.ts";

const claim = (id: string, body: () => CheckResult | Promise<CheckResult>): Claim => ({
  id,
  paper: "lora-one",
  statement: `Statement of ${id} with x < y & "quotes"`,
  source: "ours",
  check: body,
});
const good = (id: string) =>
  claim(id, () => ({ measured: 1 / 3, expected: 0.3333, tolerance: "abs 1e-3", pass: true }));

const shown = (value: object) =>
  (value as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]();

Deno.test("runClaims() runs one after the other in order and measures the time", async () => {
  const log: string[] = [];
  const slow = claim("C1", async () => {
    log.push("start C1");
    await new Promise((resolve) => setTimeout(resolve, 30));
    log.push("end C1");
    return { measured: 1, expected: 1, tolerance: "exact", pass: true };
  });
  const rows = await runClaims([slow, good("C2")], "quick", { onRow: (row) => log.push(row.id) });
  assertEquals(log, ["start C1", "end C1", "C1", "C2"]);
  assertEquals(rows.map((row) => [row.id, row.pass, row.preset]), [
    ["C1", true, "quick"],
    ["C2", true, "quick"],
  ]);
  assert(rows[0].seconds >= 0.02 && rows[1].seconds >= 0);
});

Deno.test("runClaims() turns an exception into a failing row that quotes it", async () => {
  const rows = await runClaims([
    claim("C1", () => {
      throw new RangeError("mu must lie in (0, 1)");
    }),
    claim("C2", () => Promise.reject("plain text")),
    claim("C3", () => undefined as unknown as CheckResult),
    claim("C4", () => ({ measured: 1, expected: 1, tolerance: "", pass: 1 as unknown as boolean })),
    good("C5"),
  ], "full");
  assertEquals(rows.map((row) => row.pass), [false, false, false, false, true]);
  assertEquals(rows[0].measured, "RangeError: mu must lie in (0, 1)");
  assertEquals(rows[1].measured, "plain text");
  assertStringIncludes(String(rows[2].measured), "TypeError");
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

Deno.test("runClaims() stops between two claims when its signal is aborted", async () => {
  const controller = new AbortController();
  const stop = claim("C1", () => {
    controller.abort(new Error("enough"));
    return { measured: 1, expected: 1, tolerance: "exact", pass: true };
  });
  const never = claim("C2", () => {
    throw new Error("must not run");
  });
  const seen: string[] = [];
  const options = { signal: controller.signal, onRow: (row: { id: string }) => seen.push(row.id) };
  await assertRejects(() => runClaims([stop, never], "quick", options), Error, "enough");
  assertEquals(seen, ["C1"]);
});

Deno.test("check() shows a table whose fields are escaped and whose verdict is a word", async () => {
  const table = await check([good("C1"), good("C2")], ["C2"], "quick");
  const bundle = shown(table);
  assertEquals(table.rows.map((row) => row.id), ["C2"]);
  assertStringIncludes(bundle["text/html"], "x &lt; y &amp; &quot;quotes&quot;");
  assertStringIncludes(bundle["text/html"], "</b> agrees (");
  assertStringIncludes(bundle["text/html"], ">0.333333<");
  assertStringIncludes(bundle["text/plain"], "agrees");
});

Deno.test("check() throws with id, measured, expected and tolerance of what disagrees", async () => {
  const bad = claim(
    "C7",
    () => ({ measured: 1.5, expected: 1, tolerance: "rel 0.1", pass: false }),
  );
  const error = await assertRejects(() => check([good("C1"), bad], ["C1", "C7"], "quick"), Error);
  assertStringIncludes(error.message, "1 of 2 claims disagree");
  assertStringIncludes(error.message, "C7: measured 1.5, expected 1 (rel 0.1)");
  assert(!error.message.includes("C1:"));
  await assertRejects(() => check([bad], ["C8"], "quick"), RangeError, "one of C7");
});
