/** What sweeps cost, as a program: CPU time per cell, and memory that is held at the end of a loop. */
import process from "node:process";
import { FolderStore, type Row, sweep, sweepRows, task } from "lora-dynamics/experiment/mod.ts";

/** A cell that costs nothing, with as many rows as it says. */
export const free = task(
  import.meta.url,
  "free",
  ({ i, rows }: { i: number; rows: number }): Row[] =>
    Array.from({ length: rows }, (_, t) => ({ t, y: i / 3 + t })),
);

const cells = (count: number, rows: number) =>
  Array.from({ length: count }, (_, i) => ({ i, rows }));

/** Milliseconds of CPU time, of all threads. */
async function cost(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

if (import.meta.main) {
  // In memory where there is such a place: what is measured is the sweep, not a busy disk.
  const memory = Array.from(Deno.readDirSync("/dev")).some(({ name }) => name === "shm");
  const folder = Deno.makeTempDirSync(memory ? { dir: "/dev/shm" } : {});
  const run = (count: number, workers: number, store: string) =>
    cost(() =>
      sweep({
        ...{ name: "free", run: free, cells: cells(count, 1), seeds: ["1"] },
        workers,
        store: new FolderStore(`${folder}/${store}`),
      })
    );
  const least = async (work: (round: number) => Promise<number>) =>
    Math.min(await work(0), await work(1), await work(2));
  const local = await least((round) => run(1000, 0, `local${round}`)) / 1000;
  const workers = await least((round) => run(1000, 2, `workers${round}`)) / 1000;
  await run(10_000, 0, "kept");
  const kept = await least(() => run(10_000, 0, "kept"));

  /** Bytes in use after the last row, when nothing else than the sweep can hold any. */
  const held = async (count: number) => {
    let left = count * 100, bytes = 0;
    const options = { name: "held", run: free, cells: cells(count, 100), seeds: ["1"], workers: 0 };
    for await (const _ of sweepRows({ ...options, store: `${folder}/held` })) {
      if (--left > 0) continue;
      (globalThis as unknown as { gc(): void }).gc();
      bytes = Deno.memoryUsage().heapUsed;
    }
    return bytes;
  };
  await held(100);
  const few = await held(300), many = await held(3300);
  console.log(JSON.stringify({ local, workers, kept, perCell: (many - few) / 3000 }));
  Deno.removeSync(folder, { recursive: true });
}
