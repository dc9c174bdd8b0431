import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DENO, inRoot, ROOT } from "../../lib/cli/paths.ts";
import { USAGES } from "../../lib/cli/usages.ts";
import { copyTasks, end, type Ended, FIXTURES, until } from "./_tasks.ts";

const TASKS: Record<string, { command: string }> =
  JSON.parse(Deno.readTextFileSync(inRoot("deno.json"))).tasks;

/** Starts what `deno.json` says about a task, as `deno task` does, in the project or a copy of it. */
function start(task: string, args: string[], cwd = ROOT): Deno.ChildProcess {
  const words = TASKS[task].command.split(" ");
  return new Deno.Command(DENO, {
    args: [...words.slice(words.indexOf("deno") + 1), ...args],
    cwd,
    env: { DENO_DIR: ".deno/cache", NO_COLOR: "1", INIT_CWD: cwd },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Tasks as they are in a fresh clone, where nothing is set up. */
async function inFreshClone(
  test: (run: (task: string, ...args: string[]) => Promise<Ended>) => Promise<void>,
): Promise<void> {
  const clone = await Deno.makeTempDir();
  try {
    await copyTasks(clone);
    await Deno.symlink(inRoot("lib", "papers"), `${clone}/lib/papers`);
    await Deno.symlink(inRoot("notebooks"), `${clone}/notebooks`);
    await test((task, ...args) => end(start(task, args, clone)));
    const left = Array.from(Deno.readDirSync(clone), ({ name }) => name).sort();
    assert(!left.includes(".venv"), "something was set up");
  } finally {
    await Deno.remove(clone, { recursive: true });
  }
}

Deno.test("every task of deno.json has a help with options and an example, before set-up", () =>
  inFreshClone(async (run) => {
    assertEquals(Object.keys(TASKS).sort(), Object.keys(USAGES).sort());
    await Promise.all(
      Object.keys(TASKS).map(async (task) => {
        const { code, stdout, stderr } = await run(task, "--help");
        assertEquals([code, stderr], [0, ""], task);
        assertStringIncludes(stdout, `Usage: deno task ${task}`);
        assertStringIncludes(stdout, `\n  deno task ${task}`, "there is no example");
        const widest = Math.max(...stdout.split("\n").map((line) => line.length));
        assert(widest <= 100, `${task}: a line of ${widest} characters`);
      }),
    );
  }));

Deno.test("with DENO_DIR a task needs no home folder and no network, from `deno task` on", async () => {
  const { code, stdout, stderr } = await new Deno.Command(DENO, {
    args: ["task", "--quiet", "claims", "--help"],
    cwd: ROOT,
    clearEnv: true,
    env: {
      ...{ PATH: `${inRoot(".deno")}:/usr/bin:/bin`, DENO_DIR: inRoot(".deno", "cache") },
      ...{ HOME: "/proc/none", HTTPS_PROXY: "http://127.0.0.1:9", NO_COLOR: "1" },
    },
  }).output();
  const [out, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals([code, errors], [0, ""]);
  assertStringIncludes(out, "Usage: deno task claims");
});

const mistakes: [string[], string][] = [
  [["kernels", "--chek"], "Unknown option '--chek'; known options: --check"],
  [["reproduce", "--prest", "quick"], "Unknown option '--prest'; known options: --preset"],
  [["reproduce", "lora"], "notebook must be one of "],
  [["claims", "--preset", "slow"], "--preset must be one of quick, full"],
  [["lab", "--port", "0"], "--port must be an integer from 1 to 65535"],
  [["test", "nosuch"], 'path must be an existing file or folder: current value is "nosuch"'],
  [["test:slurm", "x"], "Cannot run test:slurm: unexpected argument 'x'"],
  [["test:browser", "lora"], "notebook must be one of "],
  [["ok", "--fast"], "Unknown option '--fast'; known options: none"],
  [["sweep"], "it needs exactly one file: got 0"],
];

Deno.test("mistakes on the command line are answered before set-up, with code 2", () =>
  inFreshClone(async (run) => {
    await Promise.all(mistakes.map(async ([[task, ...args], message]) => {
      const { code, stdout, stderr } = await run(task, ...args);
      assertEquals([code, stdout], [2, ""], stderr);
      assertStringIncludes(stderr, message);
      assertStringIncludes(stderr, `Usage: deno task ${task}`);
    }));
  }));

Deno.test("a task ends with the code of its program, and passes signals on", async () => {
  const { code: fresh, stdout: nothing } = await end(start("kernels", ["--check"]));
  assertEquals([fresh, nothing], [0, ""]);
  const out = await Deno.makeTempDir();
  const child = start("reproduce", ["waits", "--notebooks", FIXTURES, "--out", out]);
  const waits = () => Array.from(Deno.readDirSync(out)).some(({ name }) => name === "pid");
  assert(await until(waits, 60), "the notebook did not start");
  child.kill("SIGTERM");
  const { code, stdout } = await end(child);
  await Deno.remove(out, { recursive: true });
  assertEquals(code, 143);
  assertStringIncludes(stdout, "interrupted");
});
