/** What others run for a reader: the workflow that publishes the site, Binder, the dev container. */
import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { dirname, join, relative } from "node:path";
import { readArguments } from "../../lib/cli/args.ts";
import { kernelFiles } from "../../lib/cli/kernel_spec.ts";
import { DENO, DENO_DIR, DENO_VERSION, inRoot, PYTHON, ROOT } from "../../lib/cli/paths.ts";
import { type TaskName, USAGES } from "../../lib/cli/usages.ts";
import { readYaml } from "../../lib/experiment/cite/cff.ts";

const read = (...path: string[]) => Deno.readTextFileSync(inRoot(...path));

/** The words of a shell line, with quoted ones whole and what a workflow puts in as `x`. */
function words(line: string): string[] {
  const filled = line.replaceAll(/\$\{\{[^}]*\}\}/g, "x");
  return Array.from(filled.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, plain]) => quoted ?? plain);
}

/** Fails unless a line calls a task with arguments that it takes; returns its arguments. */
function taskOf(line: string): string[] {
  const [, name, rest] = /^(?:npx -y deno@\S+|deno) task (\S+) ?(.*)$/.exec(line) ?? [];
  assert(name in USAGES, `no task: ${line}`);
  const args = words(rest);
  readArguments(name, USAGES[name as TaskName], args);
  return args;
}

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
}

interface Workflow {
  readonly on: { readonly push: { readonly tags: string } };
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly Step[]; readonly needs?: string }>
  >;
}

const workflows = Array.from(Deno.readDirSync(inRoot(".github", "workflows")), ({ name }) => name);
const workflow = (name: string) =>
  readYaml(read(".github", "workflows", name)) as unknown as Workflow;

for (const name of workflows) {
  Deno.test(`${name} runs tasks that there are, with options that they take, and pinned actions`, () => {
    const { jobs, permissions } = workflow(name);
    // What a job may write, it says itself.
    assertEquals(permissions, { contents: "read" });
    const steps = Object.values(jobs).flatMap(({ steps }) => steps);
    assertGreater(steps.length, 0);
    for (const { run, uses } of steps) {
      assert((run === undefined) !== (uses === undefined));
      if (run !== undefined) taskOf(run);
      if (uses !== undefined) assertMatch(uses, /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    }
  });
}

Deno.test("the site that is published is the one that was built, in full, for a version's tag", () => {
  const { on, jobs } = workflow("site.yml");
  assertEquals(on.push.tags, '["v*"]');
  const { steps } = jobs.build;
  const built = steps.flatMap(({ run }) => run?.includes(" task site ") ? [taskOf(run)] : []);
  assertEquals(built, [["--preset", "full", "--out", "site", "--base", "/x/"]]);
  assertEquals(steps.at(-1)?.with, { path: "site" });
  assertEquals(jobs.deploy.needs, "build");
});

Deno.test("Binder installs what the project pins, sets it up, and offers its kernel", () => {
  const [listed, deno] = read(".binder", "requirements.txt").trim().split("\n");
  const requirements = join(inRoot(".binder"), listed.replace(/^-r /, ""));
  assert(Deno.statSync(requirements).isFile);
  assertEquals(deno, `deno==${DENO_VERSION}`);
  const lines = read(".binder", "postBuild").trim().split("\n").filter((line) =>
    !line.startsWith("#")
  );
  assertEquals(lines.slice(0, 2), [
    "set -euo pipefail",
    `export DENO_DIR=$PWD/${relative(ROOT, DENO_DIR)}`,
  ]);
  assertEquals(taskOf(lines[2]), []);
  const [, folder] = /^jupyter kernelspec install --sys-prefix --name deno (\S+)$/.exec(lines[3])!;
  assertEquals(lines.length, 4);
  // Where set-up writes the kernel's description.
  const spec = kernelFiles().find(({ path }) => path.endsWith("/kernel.json"))!;
  assertEquals(dirname(spec.path), inRoot(folder));
  assert((Deno.statSync(inRoot(".binder", "postBuild")).mode ?? 0o111) & 0o100, "it must run");
});

Deno.test("the dev container finds the pinned Deno and the Python that set-up makes", () => {
  const { build, postCreateCommand, containerEnv, customizations } = JSON.parse(
    read(".devcontainer", "devcontainer.json"),
  );
  assertMatch(read(".devcontainer", build.dockerfile), new RegExp(` deno==${DENO_VERSION}\n`));
  assertEquals(taskOf(postCreateCommand), []);
  const { extensions, settings } = customizations.vscode;
  const wanted = ["denoland.vscode-deno", "ms-python.python", "ms-toolsai.jupyter"];
  assertEquals(extensions, wanted);
  const place = (text: string) => text.replace("${containerWorkspaceFolder}", ROOT);
  assertEquals(place(settings["deno.path"]), DENO);
  assertEquals(place(settings["python.defaultInterpreterPath"]), PYTHON);
  assertEquals(place(containerEnv.DENO_DIR), DENO_DIR);
  assertEquals(settings["deno.enable"], true);
});
