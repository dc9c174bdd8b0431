/**
 * What stands behind `deno task <name>`: the command line is understood first, so that help and
 * mistakes are answered at once; then set-up is brought up to date, and the pinned Deno runs the task
 * with the permissions that `deno.json` gives it.
 *
 * @module
 */
import { argumentsOrExit } from "./args.ts";
import { DENO, DENO_DIR } from "./paths.ts";
import { setUpOrExit } from "./setup.ts";
import { type TaskName, USAGES } from "./usages.ts";

/** What the pinned Deno is to do for a task, by the name of the task. */
const PROGRAMS: Readonly<Record<TaskName, readonly string[]>> = {
  setup: program("setup"),
  lab: program("lab"),
  reproduce: program("reproduce"),
  site: program("site"),
  claims: program("claims"),
  bench: program("bench", "tests/bench/bench.ts"),
  sweep: program("sweep"),
  test: program("test-runner", "lib/cli/test.ts"),
  "test:slurm": [
    ...["test", "--quiet", "--no-check", "-P=test", "--frozen", "--cached-only"],
    "tests/slurm/slurm.ts",
  ],
  "test:browser": [
    ...["test", "--quiet", "--no-check", "-P=test", "--frozen", "--cached-only"],
    ...["tests/browser/firefox.ts", "tests/browser/editions.ts", "tests/browser/lab.ts", "--"],
  ],
  "new-paper": program("new-paper", "lib/cli/new_paper.ts"),
  format: program("format"),
  npm: program("npm"),
  ok: program("ok"),
  kernels: program("kernels"),
};

function program(permissions: string, file = `lib/cli/${permissions}.ts`): readonly string[] {
  return ["run", "--quiet", `-P=${permissions}`, "--frozen", "--cached-only", file];
}

const [name, ...args] = Deno.args as [TaskName, ...string[]];
argumentsOrExit(name, USAGES[name], args);
await setUpOrExit({ reading: ["setup", "lab", "site"].includes(name) });
if (name !== "setup") {
  const child = new Deno.Command(DENO, {
    args: [...PROGRAMS[name], ...args],
    env: { DENO_DIR },
  }).spawn();
  const pass = (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch { /* it has ended by itself */ }
  };
  // Ctrl-C in a terminal reaches the task as well; other signals have to be passed on.
  Deno.addSignalListener("SIGINT", () => {
    if (!Deno.stdin.isTerminal()) pass("SIGINT");
  });
  Deno.addSignalListener("SIGTERM", () => pass("SIGTERM"));
  Deno.exit((await child.status).code);
}
