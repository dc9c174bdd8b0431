import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { inRoot } from "../../lib/cli/paths.ts";
import { endsWithin, processes } from "../notebooks/processes.ts";
import { end, FIXTURES, run, start, until } from "./_tasks.ts";

const fixtures = ["--notebooks", FIXTURES];

async function folder(test: (out: string) => Promise<void>): Promise<void> {
  const out = await Deno.makeTempDir();
  try {
    await test(out);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
}

function names(path: string): string[] {
  return Array.from(Deno.readDirSync(path), ({ name }) => name).sort();
}

Deno.test("reproduce runs a notebook, writes it with its page, and sums it up in one line", () =>
  folder(async (out) => {
    const { code, stdout } = await run("reproduce", [...fixtures, "small", "--out", out]);
    assertEquals(code, 0);
    assertMatch(stdout, /^small +ok {2}3 cells, 2 of 2 claims, 1 figure, \d+\.\d s\n$/);
    assertEquals(names(`${out}/small`), ["F1.svg", "small.html", "small.ipynb"]);
    const notebook = JSON.parse(await Deno.readTextFile(`${out}/small/small.ipynb`));
    assertEquals(notebook.cells[1].outputs[0].data["text/plain"], ['"full"']);
    assertStringIncludes(await Deno.readTextFile(`${out}/small/small.html`), "passes");
  }));

Deno.test("reproduce works where libraries are found through LD_LIBRARY_PATH, as on clusters", () =>
  folder(async (out) => {
    // With a list of programs in place of `"run": true` Deno would refuse to start any.
    const env = { LD_LIBRARY_PATH: out };
    const { code, stderr } = await run("reproduce", [...fixtures, "small", "--out", out], env);
    assertEquals(code, 0, stderr);
  }));

Deno.test("reproduce reports a failing cell with number, source and traceback, and goes on", () =>
  folder(async (out) => {
    const args = [...fixtures, "small", "throws", "refuted", "--out", out, "--preset", "quick"];
    const { code, stdout, stderr } = await run("reproduce", [...args, "--json"]);
    assertEquals(code, 1);
    const rows = JSON.parse(stdout);
    const brief = rows.map((row: Record<string, unknown>) => [row.notebook, row.ok, row.cells]);
    assertEquals(brief, [["refuted", false, 1], ["small", true, 3], ["throws", false, 3]]);
    assertEquals(rows[0].claims, { passed: 1, total: 2 });
    assertEquals(rows[0].error.message, "claims that fail: X2");
    const { cell, message, source, traceback } = rows[2].error;
    assertEquals([cell, message.split(":")[0]], [2, "RangeError"]);
    assertStringIncludes(source, "function deep(): never {");
    assertStringIncludes(traceback, "at deep");
    assertStringIncludes(stderr, "throws.ipynb, cell [2]: RangeError: Cannot go on");
    assertGreater(rows[1].seconds, 0);
    assert(!names(out).includes("throws"), "a failed run has written something");
  }));

Deno.test("reproduce names the cell in which a kernel has ended", () =>
  folder(async (out) => {
    const { code, stdout } = await run("reproduce", [...fixtures, "dies", "--out", out, "--json"]);
    assertEquals(code, 1);
    const [{ ok, error }] = JSON.parse(stdout);
    assertEquals([ok, error.cell, error.source], [false, 2, "Deno.exit(3);"]);
    assertStringIncludes(error.message, "the kernel ended unexpectedly");
  }));

Deno.test("reproduce counts the figures of this run alone", () =>
  folder(async (out) => {
    await Deno.mkdir(`${out}/small`);
    await Deno.writeTextFile(`${out}/small/old.svg`, "");
    await Deno.utime(`${out}/small/old.svg`, 1e9, 1e9);
    const { stdout } = await run("reproduce", [...fixtures, "small", "--out", out, "--json"]);
    assertEquals(JSON.parse(stdout)[0].figures, 1);
  }));

Deno.test("a failed run keeps the finished outputs of an earlier one", () =>
  folder(async (out) => {
    await Deno.mkdir(`${out}/throws`);
    await Deno.writeTextFile(`${out}/throws/throws.ipynb`, "earlier");
    const { code } = await run("reproduce", [...fixtures, "throws", "--out", out]);
    assertEquals(code, 1);
    assertEquals(names(`${out}/throws`), ["throws.ipynb"]);
    assertEquals(await Deno.readTextFile(`${out}/throws/throws.ipynb`), "earlier");
  }));

for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
  Deno.test(`${signal} in the middle of reproduce leaves no process and keeps what is finished`, () =>
    folder(async (out) => {
      const child = start("reproduce", [...fixtures, "small", "waits", "--out", out]);
      const done = () => {
        try {
          return names(out).includes("pid") && names(`${out}/small`).includes("small.ipynb");
        } catch {
          return false;
        }
      };
      assert(await until(done, 60), "the short notebook did not finish");
      const drivers = async () =>
        (await processes()).filter(({ command }) => command.includes("execute.py run "))
          .filter(({ command }) => command.includes(out));
      assertGreater((await drivers()).length, 0);
      child.kill(signal);
      const { code, stderr, stdout } = await end(child);
      if (signal !== "SIGKILL") {
        assertEquals(code, signal === "SIGINT" ? 130 : 143);
        assertStringIncludes(stderr, "interrupted: 1 of 2 notebooks finished");
        assertMatch(stdout, /waits +interrupted/);
      }
      for (let i = 0; i < 60 && (await drivers()).length > 0; i++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      assertEquals(await drivers(), []);
      const kernel = Number(await Deno.readTextFile(`${out}/pid`));
      assert(await endsWithin(kernel, 5), "the kernel is an orphan");
      assertEquals(names(out), ["pid", "small"]);
      assertEquals(names(`${out}/small`), ["F1.svg", "small.html", "small.ipynb"]);
    }));
}

Deno.test("parameters of the user's LORA_DYNAMICS travel to the notebook beside the options", () =>
  folder(async (out) => {
    const env = { LORA_DYNAMICS: '{"preset": "quick", "parameters": {"d": 5}}' };
    const { code } = await run("reproduce", [...fixtures, "small", "--out", out], env);
    assertEquals(code, 0);
    const wrong = await run("reproduce", fixtures, { LORA_DYNAMICS: "[1]" });
    assertEquals(wrong.code, 2);
    assertStringIncludes(wrong.stderr, "LORA_DYNAMICS must be a JSON object: current value is [1]");
  }));

const mistakes: [string, string[], string][] = [
  ["an unknown notebook", ["no-such"], "notebook must be one of dies, refuted, small, throws"],
  [
    "an unknown option",
    ["--fast"],
    "Unknown option '--fast'; known options: --notebooks, --preset",
  ],
  ["an unknown preset", ["--preset", "slow"], "--preset must be one of quick, full"],
  ["no jobs", ["-j", "0"], "--jobs must be an integer from 1 to 256"],
];
for (const [name, args, message] of mistakes) {
  Deno.test(`reproduce with ${name} ends with code 2 and says what it knows`, async () => {
    const { code, stdout, stderr } = await run("reproduce", [...fixtures, ...args]);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, message);
    assertStringIncludes(stderr, "Usage: deno task reproduce");
  });
}

Deno.test("reproduce into a folder that cannot be written fails before any work", async () => {
  const start = performance.now();
  const out = inRoot("LICENSE", "below");
  const { code, stderr } = await run("reproduce", [...fixtures, "small", "--out", out]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "--out must be a folder that can be written");
  assert(!stderr.includes("started"));
  assert(performance.now() - start < 10_000);
});
