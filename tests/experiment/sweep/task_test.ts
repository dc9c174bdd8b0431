import { assertEquals, assertThrows } from "@std/assert";
import { task } from "lora-dynamics/experiment/mod.ts";

Deno.test("task() called directly is the run, with seed 0 unless told otherwise", () => {
  const echo = task(
    import.meta.url,
    "echo",
    ({ x }: { x: number }, { seed, signal }) => ({ x, seed, aborted: signal.aborted }),
  );
  assertEquals(echo({ x: 1 }), { x: 1, seed: "0", aborted: false });
  assertEquals(echo({ x: 1 }, { seed: "9" }), { x: 1, seed: "9", aborted: false });
  assertEquals([echo.module, echo.exportName], [import.meta.url, "echo"]);
});

Deno.test("task() rejects what a worker could not import", () => {
  assertThrows(() => task("simulation.ts", "x", () => ({})), TypeError, "import.meta.url");
  assertThrows(() => task(import.meta.url, "", () => ({})), TypeError, "name of an export");
});
