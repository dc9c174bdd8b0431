import { assert, assertEquals } from "@std/assert";
import { FolderStore, sweep } from "lora-dynamics/experiment/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { busy } from "./_sweep_tasks.ts";

const COUNT = 2000, MS = 3, ROUNDS = 25;

/** Names of the finished cells. */
function finished(folder: string): Set<string> {
  const names = new Set<string>();
  for (const shard of Deno.readDirSync(folder)) {
    if (!shard.isDirectory || shard.name === "damaged") continue;
    for (const { name } of Deno.readDirSync(`${folder}/${shard.name}`)) {
      if (name.endsWith(".jsonl")) names.add(name);
    }
  }
  return names;
}

Deno.test("fifty kills at random moments lose no finished cell, and make none wrong", async () => {
  const folder = await Deno.makeTempDir(), rng = stream("7", "kills");
  const driver = () =>
    new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", "--quiet", "--cached-only", import.meta.resolve("./_sweep_tasks.ts")],
        ...[folder, String(COUNT), String(MS)],
      ],
      stdout: "null",
      stderr: "null",
    }).spawn();
  let before = new Set<string>(), working = 0;
  for (let round = 0; round < ROUNDS; round++) {
    // Two drivers on one folder, each killed at a moment of its own.
    await Promise.all([driver(), driver()].map(async (child) => {
      await new Promise((resolve) => setTimeout(resolve, 300 + 800 * rng.uniform()));
      try {
        child.kill("SIGKILL");
      } catch { /* it was through already */ }
      await child.status;
    }));
    const now = finished(folder);
    for (const name of before) assert(now.has(name), `${name} was lost in round ${round}`);
    if (now.size > before.size) working++;
    before = now;
  }
  assert(working > 5, `only ${working} rounds lived long enough to finish a cell`);
  const cells = Array.from({ length: COUNT }, (_, i) => ({ i, ms: MS }));
  const options = { name: "driver", run: busy, cells, seeds: ["1"] };
  const rows = await sweep({ ...options, store: new FolderStore(folder), workers: 2 });
  assertEquals(finished(folder).size, COUNT);
  // What each cell must be, computed here without a store.
  const expected = cells.flatMap(({ i, ms }) =>
    (busy({ i, ms: 0 }, { seed: "1" }) as { t: number; y: number }[])
      .map((row) => ({ i, ms, seed: "1", ...row }))
  );
  assertEquals(rows, expected);
  await Deno.remove(folder, { recursive: true });
});
