import { assertLess } from "@std/assert";

Deno.test("sweeps cost a fraction of a millisecond per cell, and hold no rows in memory", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--quiet", "--cached-only", "--v8-flags=--expose-gc"],
      import.meta.resolve("./_sweep_costs.ts"),
    ],
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(text.decode(stderr));
  const costs = JSON.parse(text.decode(stdout));
  // CPU time, so that other work on the machine counts little: ms per cell, ms per 10 000 cells.
  assertLess(costs.local, 0.3);
  assertLess(costs.workers, 1);
  assertLess(costs.kept, 1000);
  // Bytes per cell of 100 rows, which alone would need several kilobytes.
  assertLess(costs.perCell, 2000);
});
