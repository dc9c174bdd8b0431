/** Tasks and a driver for the tests of what sweeps survive. */
import { FolderStore, type Row, sweep, type Task, task } from "lora-dynamics/experiment/mod.ts";

/** Keeps a core busy for some milliseconds; the result depends on the cell and the seed alone. */
export const busy: Task<{ i: number; ms: number }, Row> = task(
  import.meta.url,
  "busy",
  ({ i, ms }, { seed }) => {
    for (const end = performance.now() + ms; performance.now() < end;);
    return [{ t: 0, y: Math.sin(i + Number(seed)) }, { t: 1, y: [NaN, -0, Infinity][i % 3] }];
  },
);

/** Fails, hangs, ends its worker or leaks, as the cell says. */
export const odd: Task<{ how: string; n: number }, Row> = task(
  import.meta.url,
  "odd",
  async ({ how, n }) => {
    if (how === "throw") throw new RangeError("mu must lie in (0, 1)");
    if (how === "spin") { while (true); }
    if (how === "wait") await new Promise(() => {});
    if (how === "exit") Deno.exit(0);
    if (how === "leak") new Float64Array(1e6).fill(n);
    return { y: how === "NaN" ? NaN : n };
  },
);

// As a program: the sweep of so many cells into a folder, on two workers.
if (import.meta.main) {
  const [folder, count, ms, workers = "2"] = Deno.args;
  const cells = Array.from({ length: Number(count) }, (_, i) => ({ i, ms: Number(ms) }));
  const rows = await sweep({
    name: "driver",
    run: busy,
    cells,
    seeds: ["1"],
    workers: Number(workers),
    store: new FolderStore(folder),
  });
  console.log(rows.length);
}
