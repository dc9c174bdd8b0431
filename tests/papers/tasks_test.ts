import { assert, assertEquals, assertGreater } from "@std/assert";
import { filesBelow } from "../../lib/cli/files.ts";
import { inRoot, ROOT } from "../../lib/cli/paths.ts";
import { codeIdentity } from "../../lib/experiment/sweep/code/identity.ts";
import { isTask } from "../../lib/experiment/sweep/task.ts";

/** The tasks that the papers export, each with the files that determine what it computes. */
const tasks = await Array.fromAsync(
  filesBelow("lib/papers", /\.ts$/).filter((path) => path.includes("/simulation/")),
  async (path) => {
    const exports: Record<string, unknown> = await import(`file://${inRoot(path)}`);
    return Object.values(exports).filter(isTask);
  },
).then((lists) => [...new Set(lists.flat())]);

const filesOf = (task: typeof tasks[number]) =>
  [...codeIdentity(task).files.keys()].map((href) => href.replace(`file://${ROOT}/`, ""));

Deno.test("every task of the papers can be kept, and hangs on nothing that shows its results", () => {
  assertGreater(tasks.length, 35);
  const shows =
    /figure\/|experiment\/(claims|notebook|parameters)|papers\/[^/]+\/(experiments|claims)/;
  for (const task of tasks) {
    const files = filesOf(task);
    assert(files.some((name) => name.endsWith("experiment/sweep/task.ts")), task.exportName);
    assertEquals(files.filter((name) => shows.test(name)), [], task.exportName);
  }
});

Deno.test("tasks on the digits are computed again when the digits change", () => {
  const lists = tasks.map(filesOf).filter((files) => files.includes("lib/nn/digits.ts"));
  assertGreater(lists.length, 3);
  for (const files of lists) assert(files.includes("data/digits.csv.gz"), files[0]);
});
