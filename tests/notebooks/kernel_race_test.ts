import { assertEquals, assertLess } from "@std/assert";
import { TestKernel } from "./kernel_driver.ts";
import { RawClient } from "./raw_client.ts";

Deno.test("every result of a cell that waits arrives before the cell is idle, under its own cell", async () => {
  await using kernel = await TestKernel.start();
  const cells = 100;
  const code = Array.from(
    { length: cells },
    (_, i) => `await new Promise((done) => setTimeout(done, 5)); "result " + ${i}`,
  );
  const answers = await kernel.run(code, { timeout: 120 });
  for (const [i, { outputs, late, status }] of answers.entries()) {
    assertEquals({ i, status, outputs, late }, {
      i,
      status: "ok",
      outputs: [["execute_result", `"result ${i}"`]],
      late: [],
    });
  }
  assertEquals(answers.map(({ count }) => count), Array.from({ length: cells }, (_, i) => i + 1));
});

Deno.test("what a cell prints belongs to it, before and after it waits", async () => {
  await using kernel = await TestKernel.start();
  const code = Array.from(
    { length: 20 },
    (_, i) =>
      `console.log("a${i}"); await new Promise((done) => setTimeout(done, 2)); console.log("b${i}");`,
  );
  for (const [i, { outputs, late }] of (await kernel.run(code, { timeout: 60 })).entries()) {
    assertEquals(outputs.map(([, text]) => text).join(""), `a${i}\nb${i}\n`);
    assertEquals(late, []);
  }
});

Deno.test("syntax errors, failed imports and exceptions are shown", async () => {
  await using kernel = await TestKernel.start();
  const code = [
    "const = 1",
    'import "lora-dynamics/no_such_module.ts"',
    'throw new RangeError("r")',
  ];
  for (const source of code) {
    const [{ status, outputs }] = await kernel.run([source]);
    assertEquals(status, "error");
    assertEquals(outputs.map(([type]) => type), ["error"]);
  }
});

Deno.test("what stands between client and kernel adds less than 2 ms to a message", async () => {
  await using client = await RawClient.start();
  // A whole round trip through both, four messages with their status, is an upper bound for it.
  const milliseconds = Math.min(await client.latency(100), await client.latency(100));
  assertLess(milliseconds, 4);
});
