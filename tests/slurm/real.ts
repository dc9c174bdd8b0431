/**
 * `deno task test:slurm`: sweeps on a real Slurm, a cluster of one node that the test starts itself.
 * Without Slurm, or without the rights of root, it says so and passes nothing.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FolderStore, sweep } from "lora-dynamics/experiment/mod.ts";
import { end, run, start } from "../cli/_tasks.ts";
import file from "./_sweep.ts";

const FILE = new URL("./_sweep.ts", import.meta.url).pathname;

async function sh(command: string): Promise<string> {
  const { stdout, success, stderr } = await new Deno.Command("sh", { args: ["-c", command] })
    .output();
  const text = new TextDecoder();
  assert(success, `${command}: ${text.decode(stderr)}`);
  return text.decode(stdout).trim();
}

/** Why there is no cluster, or `undefined` when it runs. */
async function whyNot(): Promise<string | undefined> {
  if (Deno.uid() !== 0) return "starting a cluster needs the rights of root";
  try {
    await sh("command -v slurmctld slurmd munged sbatch");
  } catch {
    return "Slurm is not installed (Debian: slurm-wlm)";
  }
  try {
    await sh(`sh ${new URL("./cluster.sh", import.meta.url).pathname}`);
  } catch (error) {
    return `the cluster does not come up here: ${(error as Error).message}`;
  }
}

const reason = await whyNot();
if (reason) console.log(`test:slurm is skipped: ${reason}`);

// The cluster ends with the tests.
addEventListener("unload", () => {
  if (reason) return;
  for (const name of ["slurmd", "slurmctld", "munged"]) {
    new Deno.Command("pkill", { args: ["-x", name] }).outputSync();
  }
});

function test(name: string, body: (folder: string) => Promise<void>): void {
  Deno.test({
    name,
    ignore: reason !== undefined,
    async fn() {
      const folder = await Deno.makeTempDir();
      await body(folder);
      await Deno.remove(folder, { recursive: true });
    },
  });
}

const node = () => sh("hostname -s");
const slurm = (folder: string) => ["--folder", folder, "--engine", "slurm", "--chunk", "5"];

/** Waits until that many cells are finished. */
async function finished(folder: string, count: number): Promise<void> {
  for (let turn = 0; turn < 600; turn++) {
    const found = await sh(`find ${folder} -name '*.jsonl' | wc -l`);
    if (Number(found) >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the cells do not come");
}

async function expected() {
  const { name, run: task, cells, seeds } = file;
  return await sweep({ name, run: task, cells, seeds, workers: 2, store: new Map() });
}

test("an array job gives the rows of a run in process, bit for bit", async (folder) => {
  const { code, stdout } = await run("sweep", [FILE, ...slurm(folder)]);
  assertEquals(code, 0, stdout);
  assertStringIncludes(stdout, "8 tasks of 5 cells");
  const { name, run: task, cells, seeds } = file;
  const rows = await sweep({ name, run: task, cells, seeds, store: new FolderStore(folder) });
  assertEquals(rows, await expected());
});

test("a job that scancel ends is resumed, and what was finished stays", async (folder) => {
  const driver = start("sweep", [FILE, ...slurm(folder)]);
  await finished(folder, 8);
  await sh("scancel --me");
  const first = await end(driver);
  assertEquals(first.code, 1);
  const before = Number(await sh(`find ${folder} -name '*.jsonl' | wc -l`));
  assert(before >= 8 && before < 40, `${before} finished`);
  const second = await run("sweep", [FILE, ...slurm(folder), "--resume"]);
  assertEquals(second.code, 0, second.stdout + second.stderr);
  assertStringIncludes(second.stdout, "40 of 40 finished");
});

test("a driver that is killed finds its jobs again and submits nothing twice", async (folder) => {
  const driver = start("sweep", [FILE, ...slurm(folder)]);
  await finished(folder, 3);
  driver.kill("SIGKILL");
  await driver.output();
  const second = await run("sweep", [FILE, ...slurm(folder)]);
  assertEquals(second.code, 0, second.stdout + second.stderr);
  assertStringIncludes(second.stdout, "still in the queue");
  assert(!second.stdout.includes("submitted"), second.stdout);
});

test("a node that is drained in mid-run holds the sweep up, and loses nothing", async (folder) => {
  const driver = start("sweep", [FILE, ...slurm(folder)]);
  await finished(folder, 4);
  await sh(`scontrol update nodename=${await node()} state=drain reason=test`);
  await new Promise((resolve) => setTimeout(resolve, 6000));
  const status = await run("sweep", [FILE, "--folder", folder, "--status"]);
  assertStringIncludes(status.stdout, "pending");
  await sh(`scontrol update nodename=${await node()} state=resume`);
  const { code, stdout, stderr } = await end(driver);
  assertEquals(code, 0, stdout + stderr);
  assertStringIncludes(stdout, "40 of 40 finished");
});
