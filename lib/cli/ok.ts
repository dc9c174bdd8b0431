/**
 * `deno task ok`: the gate. Format, lint, documentation, all tests with the types, and what
 * `reproduce --preset quick` writes.
 *
 * @module
 */
import { runTask } from "./args.ts";
import { filesBelow } from "./files.ts";
import { DENO, inRoot, ROOT } from "./paths.ts";
import { USAGES } from "./usages.ts";

/** The commands of the gate, in order, each by its name. */
function commands(): [string, string[]][] {
  const task = (name: string, set: string, ...args: string[]): string[] => [
    ...["run", "--quiet", `-P=${set}`, "--frozen", "--cached-only"],
    `lib/cli/${name}.ts`,
    ...args,
  ];
  const out = inRoot(".deno", "test", "figures");
  return [
    ["format", task("format", "format", "--check")],
    ["lint", ["lint", "--quiet"]],
    ["documentation", ["doc", "--lint", "--quiet", ...filesBelow("lib", /^mod\.ts$/)]],
    ["test", task("test", "test-runner")],
    ["reproduce", task("reproduce", "reproduce", "--preset", "quick", "--out", out)],
  ];
}

async function ok(): Promise<number> {
  const failed: string[] = [];
  for (const [name, args] of commands()) {
    const start = performance.now();
    // The output of `deno doc` on success is the documentation itself.
    const stdout = name === "documentation" ? "null" : "inherit";
    const child = new Deno.Command(DENO, { args, cwd: ROOT, stdin: "null", stdout });
    const { success } = await child.spawn().status;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`ok: ${name} ${success ? "passes" : "FAILS"}, ${seconds} s`);
    if (!success) failed.push(name);
  }
  console.log(failed.length > 0 ? `ok: failing: ${failed.join(", ")}` : "ok: everything holds");
  return failed.length > 0 ? 1 : 0;
}

if (import.meta.main) await runTask("ok", USAGES.ok, ok);
