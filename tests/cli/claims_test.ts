import { assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "./_tasks.ts";

const KEYS = [
  ...["expected", "id", "measured", "paper", "pass", "preset", "seconds", "source"],
  ...["statement", "tolerance"],
];

Deno.test("claims --json prints one array of rows with the agreed keys, and nothing else", async () => {
  const args = ["pre-training-hurts", "--preset", "quick", "--only", "C2,C1", "--json"];
  const { code, stdout, stderr } = await run("claims", args);
  assertEquals(code, 0);
  const rows = JSON.parse(stdout);
  assertEquals(rows.map(({ id }: { id: string }) => id), ["C1", "C2"]);
  for (const row of rows) {
    assertEquals(Object.keys(row).sort(), KEYS);
    assertEquals([row.paper, row.preset, row.pass], ["pre-training-hurts", "quick", true]);
  }
  assertStringIncludes(stderr, "2 of 2 claims hold");
});

Deno.test("claims without --json is for people", async () => {
  const args = ["pre-training-hurts", "--preset", "quick", "--only", "C1"];
  const { code, stdout } = await run("claims", args);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "C1   pass  ");
  assertStringIncludes(stdout, "1 of 1 claims hold");
});

const mistakes: [string[], string][] = [
  [
    ["no-such"],
    "notebook must be one of convergence-rate, gradient-flow-mf, lazy-vs-feature, lora-one, pre-training-hurts",
  ],
  [["--only", "C99"], "--only must be one of C1, C2"],
  [["--preset", "x"], "--preset must be one of quick, full"],
  [["--jsn"], "Unknown option '--jsn'"],
];
for (const [args, message] of mistakes) {
  Deno.test(`claims ${args.join(" ")} ends with code 2`, async () => {
    const { code, stderr } = await run("claims", args);
    assertEquals(code, 2);
    assertStringIncludes(stderr, message);
  });
}
