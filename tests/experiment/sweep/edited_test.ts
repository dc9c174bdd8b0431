import { assert, assertEquals, assertStringIncludes } from "@std/assert";

const MODULE = import.meta.resolve("../../../lib/experiment/mod.ts");

/** A task that takes 20 ms and multiplies by what another file says. */
const TASK = `
import { task, sweepRows } from ${JSON.stringify(MODULE)};
import { factor } from "./factor.ts";
export const scaled = task(import.meta.url, "scaled", async ({ i }) => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  if (Deno.args[1] === "hang" && (i === 30 || i === 31)) await new Promise(() => {});
  return { y: i * factor };
});
if (import.meta.main) {
  const cells = Array.from({ length: 60 }, (_, i) => ({ i }));
  const options = { name: "edited", run: scaled, cells, workers: 2, store: Deno.args[0] };
  const timeout = Deno.args[1] === "hang" ? { timeout: 1 } : {};
  let n = 0;
  try {
    for await (const { i, y } of sweepRows({ ...options, ...timeout })) {
      console.log(i, y);
      if (++n === 4) {
        Deno.writeTextFileSync(new URL("./factor.ts", import.meta.url), "export const factor = 3;\\n");
      }
    }
  } catch (error) {
    console.log(error.failures.map(({ message }) => message).join("\\n"));
  }
}
`;

Deno.test("code that is edited in the middle of a run never mixes with what was loaded", async () => {
  for (const how of ["run", "hang"]) {
    const folder = await Deno.makeTempDir(), path = (name: string) => `${folder}/${name}`;
    Deno.writeTextFileSync(path("factor.ts"), "export const factor = 2;\n");
    Deno.writeTextFileSync(path("task.ts"), TASK);
    for (const name of ["factor.ts", "task.ts"]) Deno.utimeSync(path(name), 1e9, 1e9);
    const run = async () => {
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "-A", "--quiet", "--no-check", "--cached-only"],
          ...["--config", new URL("../../../deno.json", import.meta.url).pathname],
          ...[path("task.ts"), path("results"), how],
        ],
      }).output();
      const text = new TextDecoder();
      assertEquals(text.decode(stderr), "");
      return text.decode(stdout).trim().split("\n");
    };
    const first = await run(), rows = first.filter((line) => /^\d+ \d+$/.test(line));
    assert(rows.length >= 30, first.join("\n"));
    for (const row of rows) {
      const [i, y] = row.split(" ").map(Number);
      assertEquals(y, 2 * i, "a result of the edited code under the name of the old one");
    }
    // A worker that starts after the edit would load the new code: it refuses.
    if (how === "hang") {
      assertStringIncludes(first.join("\n"), "its code changed during the sweep");
      await Deno.remove(folder, { recursive: true });
      continue;
    }
    assertEquals(rows.length, 60);
    // Set back to before the next process begins, as a reader's edit of a minute ago is.
    Deno.utimeSync(path("factor.ts"), 1.1e9, 1.1e9);
    const second = await run();
    assertEquals(second, Array.from({ length: 60 }, (_, i) => `${i} ${3 * i}`));
    await Deno.remove(folder, { recursive: true });
  }
});
