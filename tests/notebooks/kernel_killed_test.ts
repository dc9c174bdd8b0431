import { assert, assertEquals, assertGreater } from "@std/assert";
import { sweep } from "lora-dynamics/experiment/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { busy } from "../experiment/sweep/_sweep_tasks.ts";
import { TestKernel } from "./kernel_driver.ts";
import { kill } from "./processes.ts";

/** How often the kernel is killed. */
const KILLS = Number(Deno.env.get("KILLS") ?? 4);

const TASKS = new URL("../experiment/sweep/_sweep_tasks.ts", import.meta.url).href;

/** Number of cells and milliseconds of each: enough for something to be left after most kills. */
const SIZES = ([[40, 5], [6, 200], [60, 10]] as const)
  .map(([count, ms]) => [Math.ceil(count * KILLS / 4), ms] as const);

const cellsOf = (count: number, ms: number) => Array.from({ length: count }, (_, i) => ({ i, ms }));

/** A notebook of sweeps without a word on where their cells are kept. */
const NOTEBOOK = [
  `const { sweep } = await import("lora-dynamics/experiment/mod.ts");
   const { save, simulation } = await import("lora-dynamics/figure/mod.ts");
   const { busy } = await import(${JSON.stringify(TASKS)});
   const run = async (count, ms) => await sweep({
     name: "s", run: busy, workers: 2, seeds: ["1"],
     cells: Array.from({ length: count }, (_, i) => ({ i, ms })),
   });`,
  ...SIZES.map(([count, ms], k) => `const rows${k} = await run(${count}, ${ms});`),
  `const rows = [...rows0, ...rows1, ...rows2];
   await save("F1", { rows, panels: { marks: [simulation(rows, { x: "i", y: "y" })] } }, { slug: "s" });`,
];

/** A cell that tells all rows to the bit. */
const HASH = `new Uint8Array(await crypto.subtle.digest(
  "SHA-256", new TextEncoder().encode(JSON.stringify(rows)),
)).toHex()`;

/** Finished cells, each with the time at which it was written. */
function finished(folder: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const shard of Deno.readDirSync(folder)) {
    if (!shard.isDirectory || shard.name.length > 1) continue;
    for (const { name } of Deno.readDirSync(`${folder}/${shard.name}`)) {
      if (!name.endsWith(".jsonl")) continue;
      found.set(name, Deno.statSync(`${folder}/${shard.name}/${name}`).mtime!.getTime());
    }
  }
  return found;
}

Deno.test(`a kernel killed at ${KILLS} moments of Run All loses nothing that was finished`, async () => {
  const folder = await Deno.makeTempDir(), rng = stream("7", "kernel kills");
  const cache = `${folder}/cache`, out = `${folder}/out`;
  await Deno.mkdir(cache);
  const env = { LORA_DYNAMICS: JSON.stringify({ cache, out }) };
  let before = finished(cache), working = 0;
  const assertKept = (round: number) => {
    const now = finished(cache);
    for (const [cell, time] of before) {
      assertEquals(now.get(cell), time, `${cell} was lost or computed again in round ${round}`);
    }
    if (now.size > before.size) working++;
    before = now;
  };
  for (let round = 0; round < KILLS; round++) {
    await using kernel = await TestKernel.start(env);
    // Not awaited: the answer of a killed kernel never comes.
    kernel.run(NOTEBOOK, { timeout: 60 }).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 500 + 2500 * rng.uniform()));
    await kill(kernel.kernel);
    kernel.driver.kill("SIGKILL"); // it would wait for answers
    assertKept(round);
  }
  await using kernel = await TestKernel.start(env);
  const answers = await kernel.run([...NOTEBOOK, HASH], { timeout: 120 });
  assertEquals(answers.map(({ status }) => status), NOTEBOOK.map(() => "ok").concat("ok"));
  assertKept(KILLS);
  assertEquals(before.size, SIZES.reduce((sum, [count]) => sum + count, 0));
  const direct = [];
  for (const [count, ms] of SIZES) {
    direct.push(
      ...await sweep({ name: "s", run: busy, cells: cellsOf(count, ms), seeds: ["1"], workers: 0 }),
    );
  }
  const hash = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(JSON.stringify(direct)),
  );
  assertEquals(answers.at(-1)!.outputs.at(-1)![1], `"${new Uint8Array(hash).toHex()}"`);
  const files = Array.from(Deno.readDirSync(`${out}/s`), ({ name }) => name);
  for (const ending of ["csv", "json", "pdf", "png", "svg"]) assert(files.includes(`F1.${ending}`));
  assertGreater(working, KILLS / 5, "too few rounds lived long enough to finish a cell");
  await Deno.remove(folder, { recursive: true });
});
