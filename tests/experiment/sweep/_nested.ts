/** A task that sweeps by itself. */
import { sweep, type Task, task } from "lora-dynamics/experiment/mod.ts";
import { place } from "./_tasks.ts";

/** Number of cells that its inner sweep computed in a worker. */
export const nested: Task<{ a: number }, { total: number }> = task(
  import.meta.url,
  "nested",
  async () => {
    const rows = await sweep({
      name: "inner",
      run: place,
      cells: [{ a: 1 }, { a: 2 }, { a: 3 }],
    });
    return { total: rows.filter((row) => row.worker).length };
  },
);
