import { assertEquals, assertThrows } from "@std/assert";
import { task } from "lora-dynamics/experiment/mod.ts";

Deno.test("task() called directly is the run, with seed 0 unless told otherwise", () => {
  const echo = task(
    import.meta.url,
    "echo",
    ({ x }: { x: number }, { seed, signal }) => ({ x, seed, aborted: signal.aborted }),
  );
  assertEquals(echo({ x: 1 }), { x: 1, seed: "0", aborted: false });
  assertEquals(echo({ x: 1 }, { seed: "9" }), { x: 1, seed: "9", aborted: false });
  assertEquals([echo.module, echo.exportName], [import.meta.url, "echo"]);
});

Deno.test("task() names files relative to its module", () => {
  const reads = task(import.meta.url, "reads", () => ({ x: 1 }), { files: ["d.csv", "../up/"] });
  assertEquals(reads.files, [import.meta.resolve("./d.csv"), import.meta.resolve("../up/")]);
  assertEquals("files" in task(import.meta.url, "none", () => ({ x: 1 })), false);
});

Deno.test("task() rejects what a worker could not import", () => {
  assertThrows(() => task("simulation.ts", "x", () => ({})), TypeError, "import.meta.url");
  assertThrows(() => task(import.meta.url, "", () => ({})), TypeError, "name of an export");
  const bad = (options: object) => () => task(import.meta.url, "x", () => ({}), options);
  assertThrows(bad({ file: [] }), TypeError, "no other keys than files");
  assertThrows(bad({ files: "data.csv" }), TypeError, "files must be a list of paths");
  assertThrows(bad({ files: [""] }), TypeError, 'such as ["./data.csv"]: current value is [""]');
});
