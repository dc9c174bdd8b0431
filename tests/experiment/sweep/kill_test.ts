import { assert, assertEquals } from "@std/assert";
import { FolderStore, sweep } from "lora-dynamics/experiment/mod.ts";
import { type Stream, stream } from "lora-dynamics/random/mod.ts";
import { busy } from "./_sweep_tasks.ts";

const COUNT = 2000, MS = 3, ROUNDS = 25;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * A moment to kill: at any time from the start on in every third round, else when another cell has
 * been finished, however long the machine takes to come so far, or nothing is left to do.
 */
async function moment(folder: string, round: number, rng: Stream, cells: number): Promise<void> {
  const before = finished(folder).size, end = performance.now() + 30_000;
  const waiting = () => finished(folder).size === before && before < cells;
  while (round % 3 > 0 && waiting() && performance.now() < end) await pause(5);
  await pause((round % 3 > 0 ? 200 : 1000) * rng.uniform());
}

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
      await moment(folder, round, rng, COUNT);
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
  assert(working >= ROUNDS / 2, `only ${working} rounds lived long enough to finish a cell`);
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

Deno.test("kills of the whole process group lose nothing and leave no process behind", async () => {
  const folder = await Deno.makeTempDir(), rng = stream("7", "groups");
  const program = import.meta.resolve("./_sweep_tasks.ts");
  const deno = `"${Deno.execPath()}" run -A --quiet --cached-only "${program}" "${folder}" 400 5`;
  let before = new Set<string>();
  for (let round = 0; round < 8; round++) {
    // setsid makes the shell the leader of a group with its two drivers in it.
    const shell = new Deno.Command("setsid", {
      args: ["sh", "-c", `${deno} & ${deno} & wait`],
      ...{ stdin: "null", stdout: "null", stderr: "null" },
    }).spawn();
    await moment(folder, round, rng, 400);
    const sh = async (command: string) => {
      const { stdout } = await new Deno.Command("sh", { args: ["-c", command] }).output();
      return new TextDecoder().decode(stdout).trim();
    };
    await sh(`kill -KILL -${shell.pid}`);
    await shell.status;
    // Those that are dead and wait to be buried do not count.
    const alive = () => sh(`ps -eo pgid=,stat= | grep -E "^ *${shell.pid} +[^Z]"`);
    for (let turn = 0; turn < 50 && await alive() !== ""; turn++) {
      await pause(20);
    }
    assertEquals(await alive(), "", "a process of the group lives on");
    const now = finished(folder);
    for (const name of before) assert(now.has(name), `${name} was lost in round ${round}`);
    before = now;
  }
  assert(before.size > 0, "no round lived long enough to finish a cell");
  const cells = Array.from({ length: 400 }, (_, i) => ({ i, ms: 5 }));
  const options = { name: "driver", run: busy, cells, seeds: ["1"], workers: 2 };
  const rows = await sweep({ ...options, store: new FolderStore(folder) });
  const expected = cells.flatMap(({ i, ms }) =>
    (busy({ i, ms: 0 }, { seed: "1" }) as { t: number; y: number }[])
      .map((row) => ({ i, ms, seed: "1", ...row }))
  );
  assertEquals(rows, expected);
  assertEquals(finished(folder).size, 400);
  await Deno.remove(folder, { recursive: true });
});
