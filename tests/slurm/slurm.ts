/**
 * `deno task test:slurm`: sweeps on a real cluster of one node, which the test starts by itself.
 * Without Slurm, or without the rights of root, it says that it is skipped.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { end, run, start } from "../cli/_tasks.ts";
import { startCluster, whyNot } from "./_cluster.ts";

const FILE = new URL("./_sweep.ts", import.meta.url).pathname;
const CELLS = 24;

const reason = await whyNot();
if (reason) console.log(`test:slurm is skipped: ${reason}`);

/** Finished cells of a folder, with the time at which each was written. */
function finished(folder: string): Map<string, number> {
  const found = new Map<string, number>();
  try {
    for (const shard of Deno.readDirSync(folder)) {
      if (!shard.isDirectory || shard.name.length > 1) continue;
      for (const { name } of Deno.readDirSync(`${folder}/${shard.name}`)) {
        if (!name.endsWith(".jsonl")) continue;
        found.set(name, Deno.statSync(`${folder}/${shard.name}/${name}`).mtime!.getTime());
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}

async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 90_000; performance.now() < end;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited 90 s in vain until ${what}`);
}

Deno.test({
  name: "sweeps on a cluster of Slurm",
  ignore: reason !== undefined,
  async fn(t) {
    const folder = await Deno.makeTempDir();
    await using cluster = await startCluster();
    const sweep = (name: string, ...args: string[]) =>
      run("sweep", [FILE, "--folder", `${folder}/${name}`, ...args], cluster.env);
    const slurm = (name: string, ...args: string[]) => sweep(name, "--engine", "slurm", ...args);
    const queue = () => cluster.call("squeue", "--noheader", "--array", "--format=%T");
    const jobs = (name: string) =>
      Deno.readTextFileSync(`${folder}/${name}/slurm/jobs`).trim().split("\n");

    /** Nothing that was finished may have been written again. */
    const assertKept = (name: string, before: Map<string, number>) => {
      const now = finished(`${folder}/${name}`);
      for (const [cell, time] of before) assertEquals(now.get(cell), time, `${cell} was rewritten`);
    };
    const local = await sweep("local", "--workers", "2", "--collect", `${folder}/local.csv`);
    assertEquals(local.code, 0, local.stderr);
    const table = Deno.readTextFileSync(`${folder}/local.csv`);
    const assertComplete = async (name: string) => {
      const { code, stdout } = await sweep(name, "--status", "--collect", `${folder}/${name}.csv`);
      assertEquals(code, 0);
      assertStringIncludes(stdout, `draws: ${CELLS} of ${CELLS} finished, 0 failed, 0 missing`);
      assertEquals(Deno.readTextFileSync(`${folder}/${name}.csv`), table);
    };

    await t.step("arrays split above MaxArraySize give the bits of workers", async () => {
      const { code, stdout, stderr } = await slurm("whole", "--chunk", "3");
      assertEquals(code, 0, stderr);
      // 24 cells, 3 a task: 8 tasks, of which the cluster takes 6 in one array.
      assertEquals(jobs("whole").length, 2, stdout);
      await assertComplete("whole");
      const before = finished(`${folder}/whole`);
      assertEquals((await slurm("whole", "--chunk", "3")).code, 0);
      assertKept("whole", before);
      assertEquals(jobs("whole").length, 2, "nothing was missing, so nothing may be submitted");
    });

    await t.step("an array that scancel ends is resumed, nothing is computed twice", async () => {
      const submitted = await slurm("cancel", "--chunk", "4", "--throttle", "1", "--no-wait");
      assertEquals(submitted.code, 0, submitted.stderr);
      await eventually("three cells are finished", () => finished(`${folder}/cancel`).size >= 3);
      await cluster.call("scancel", ...jobs("cancel"));
      await eventually("the queue is empty", async () => await queue() === "");
      const before = finished(`${folder}/cancel`);
      assert(before.size < CELLS, "the array was through before it was cancelled");
      const resumed = await slurm("cancel", "--chunk", "4", "--resume");
      assertEquals(resumed.code, 0, resumed.stderr);
      assertKept("cancel", before);
      await assertComplete("cancel");
    });

    await t.step(
      "a node drained in mid-run ends its tasks; back again, it ends the rest",
      async () => {
        const change = (...words: string[]) =>
          cluster.call("scontrol", "update", `NodeName=${cluster.node}`, ...words);
        const driver = end(
          start(
            "sweep",
            [
              FILE,
              "--folder",
              `${folder}/drain`,
              "--engine",
              "slurm",
              "--chunk",
              "4",
              "--throttle",
              "1",
            ],
            cluster.env,
          ),
        );
        await eventually("two cells are finished", () => finished(`${folder}/drain`).size >= 2);
        await change("State=DRAIN", "Reason=test");
        await eventually("no task runs", async () => !(await queue()).includes("RUNNING"));
        const before = finished(`${folder}/drain`);
        assert(before.size < CELLS, "the array was through before the node was drained");
        const status = await sweep("drain", "--status");
        assertStringIncludes(status.stdout, "tasks pending");
        await change("State=RESUME");
        const { code, stderr } = await driver;
        assertEquals(code, 0, stderr);
        assertKept("drain", before);
        await assertComplete("drain");
      },
    );

    await t.step(
      "a driver killed while it waits leaves its jobs; the next waits for them",
      async () => {
        const args = [FILE, "--folder", `${folder}/driver`, "--engine", "slurm", "--chunk", "4"];
        const driver = start("sweep", args, cluster.env), ended = end(driver);
        await eventually("two cells are finished", () => finished(`${folder}/driver`).size >= 2);
        driver.kill("SIGKILL");
        await ended;
        const next = await slurm("driver", "--chunk", "4", "--resume");
        assertEquals(next.code, 0, next.stderr);
        assertEquals(jobs("driver").length, 1, "cells in the queue may not be submitted again");
        await assertComplete("driver");
      },
    );
    await Deno.remove(folder, { recursive: true });
  },
});
