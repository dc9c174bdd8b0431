/**
 * `deno task test`: types of modules and of notebook cells, all tests with the examples of the
 * documentation, and every notebook through the kernel at the quick preset. The last line says
 * `N passed, N failed`.
 *
 * @module
 */
import { type Arguments, runTask } from "./args.ts";
import { checkTogether } from "./cells.ts";
import { exampleTests } from "./examples.ts";
import { filesBelow, notebooksIn } from "./files.ts";
import { DENO, DENO_DIR, inRoot, NOTEBOOKS, ROOT } from "./paths.ts";
import type { Outcome } from "./reproduce/notebook_run.ts";
import { existing, USAGES } from "./usages.ts";

/** Counts of one part of the tests. */
interface Counts {
  passed: number;
  failed: number;
}

/** Passes whole lines on, so that the lines of two programs never mix. */
function lineWriter(name: "stdout" | "stderr"): (text: string) => Promise<void> {
  let rest = "";
  return async (text) => {
    const end = text === "" ? rest.length : (rest + text).lastIndexOf("\n") + 1;
    const lines = (rest + text).slice(0, end);
    rest = (rest + text).slice(end);
    const bytes = new TextEncoder().encode(lines);
    for (let done = 0; done < bytes.length;) done += await Deno[name].write(bytes.subarray(done));
  };
}

/** Runs the pinned Deno in the project folder; its output is passed on and returned. */
async function runDeno(
  args: string[],
  pass: ("stdout" | "stderr")[],
  env: Record<string, string> = {},
): Promise<[boolean, string]> {
  const child = new Deno.Command(DENO, {
    args,
    cwd: ROOT,
    env: { DENO_DIR, NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const copy = async (name: "stdout" | "stderr") => {
    const write = pass.includes(name) ? lineWriter(name) : () => {};
    let text = "";
    for await (const part of child[name].pipeThrough(new TextDecoderStream())) {
      text += part;
      await write(part);
    }
    await write("");
    return text;
  };
  const [stdout] = await Promise.all([copy("stdout"), copy("stderr")]);
  return [(await child.status).success, stdout];
}

/** Type checks of all modules with their examples, and of the cells of every notebook. */
export async function checkTypes(): Promise<Counts> {
  const modules = ["lib", "tests"].flatMap((folder) => filesBelow(folder, /\.ts$/))
    .filter((path) => !path.startsWith("lib/kernels/assembly/"));
  const texts = [...filesBelow("lib", /\.md$/), "README.md"];
  const examples = { name: "lib, tests and examples", files: ["--doc", ...modules, ...texts] };
  const notebooks = notebooksIn(NOTEBOOKS).map((name) => `notebooks/${name}.ipynb`);
  const checks = await checkTogether(
    examples,
    [...notebooks, "lib/cli/template/notebook.ipynb"].map((name) => ({ name, path: inRoot(name) })),
  );
  for (const { name, ok, output } of checks) {
    console.log(`types of ${name} ... ${ok ? "ok" : "FAILED"}`);
    if (!ok) console.log(output);
  }
  const passed = checks.filter(({ ok }) => ok).length;
  return { passed, failed: checks.length - passed };
}

/** Says to the tests of claims that the notebooks check them all: each then runs once. */
const CLAIMS_BY_NOTEBOOKS = { LORA_DYNAMICS_CLAIMS: "notebooks" };

/** All tests and the examples of the documentation. */
async function runTests(paths: string[], env: Record<string, string> = {}): Promise<Counts> {
  const options = ["--quiet", "--no-check", "-P=test", "--parallel", "--frozen", "--cached-only"];
  options.push("--preload", "tests/one_core.ts");
  const modules = [...exampleTests(paths), ...paths.filter((path) => !path.endsWith(".md"))];
  const [success, output] = await runDeno(
    ["test", ...options, ...modules],
    ["stdout", "stderr"],
    env,
  );
  const summary = output.match(/\| (\d+) passed.*?\| (\d+) failed/g)?.at(-1);
  const [passed, failed] = summary?.match(/\d+ (?=passed|failed)/g)?.map(Number) ?? [0, 0];
  // An error outside of any test, such as a module that cannot be loaded, is in no count.
  return { passed, failed: success ? failed : Math.max(failed, 1) };
}

/** Every notebook through the kernel; a notebook and each of its claims counts as one. */
async function runNotebooks(): Promise<Counts> {
  const out = inRoot(".deno", "test", "figures");
  const task = ["run", "--quiet", "-P=reproduce", "--frozen", "--cached-only"];
  const [, stdout] = await runDeno(
    [...task, "lib/cli/reproduce.ts", "--preset", "quick", "--out", out, "--json"],
    ["stderr"],
  );
  const counts = { passed: 0, failed: 0 };
  let outcomes: Outcome[] = [];
  try {
    outcomes = JSON.parse(stdout);
  } catch {
    counts.failed++;
  }
  for (const { ok, claims } of outcomes) {
    counts[ok ? "passed" : "failed"]++;
    counts.passed += claims.passed;
    counts.failed += claims.total - claims.passed;
  }
  return counts;
}

/** Rooms of tests that start kernels, browsers and tasks, and wait for them; long ones first. */
const STARTING = ["tests/site", "tests/notebooks", "tests/cli", "tests/platform"];

/** All other tests, with the examples. */
function computing(): string[] {
  const tests = Array.from(Deno.readDirSync(inRoot("tests")))
    .filter(({ name, isDirectory }) => isDirectory || name.endsWith("_test.ts"))
    .map(({ name }) => `tests/${name}`).filter((path) => !STARTING.includes(path)).sort();
  return ["lib", ...tests, "README.md"];
}

async function test(args: Arguments): Promise<number> {
  const total = { passed: 0, failed: 0 };
  const part = async (name: string, run: () => Promise<Counts>) => {
    const start = performance.now();
    console.log(`\n# ${name}`);
    const { passed, failed } = await run();
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`# ${name}: ${passed} ok, ${failed} not, ${seconds} s`);
    total.passed += passed;
    total.failed += failed;
  };
  if (args.words.length > 0) {
    await part("tests", () => runTests(args.words.map((word) => existing(word)!)));
  } else {
    // What waits for programs leaves the cores to what computes beside it.
    await Promise.all([
      part("tests that compute", () => runTests(computing(), CLAIMS_BY_NOTEBOOKS)),
      part("types", checkTypes)
        .then(() => part("tests that start programs", () => runTests(STARTING, { DENO_JOBS: "2" })))
        .then(() => part("notebooks, quick preset", runNotebooks)),
    ]);
  }
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed > 0 ? 1 : 0;
}

if (import.meta.main) await runTask("test", USAGES.test, test);
