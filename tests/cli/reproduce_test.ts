import {
  assert,
  assertEquals,
  assertFalse,
  assertGreater,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { inRoot, NOTEBOOKS, PYTHON } from "../../lib/cli/paths.ts";
import { endsWithin, processes } from "../notebooks/processes.ts";
import { FIXTURES, Listened, run, start, until } from "./_tasks.ts";

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
    await Deno.mkdir(`${out}/small`);
    for (const end of ["ipynb", "html"]) { // of a run that failed, and is made good now
      await Deno.writeTextFile(`${out}/small/small.failed.${end}`, "");
    }
    const { code, stdout } = await run("reproduce", [...fixtures, "small", "--out", out]);
    assertEquals(code, 0);
    const [summary, where] = stdout.split("\n");
    assertMatch(summary, /^small +ok {2}3 cells, 2 of 2 claims, 1 figure, \d+\.\d s$/);
    assertStringIncludes(where, `results: 1 figure in ${out}/<notebook>/`);
    assertEquals(names(`${out}/small`), ["F1.svg", "small.html", "small.ipynb"]);
    const notebook = JSON.parse(await Deno.readTextFile(`${out}/small/small.ipynb`));
    assertEquals(notebook.cells[1].outputs[0].data["text/plain"], ['"full"']);
    assertStringIncludes(await Deno.readTextFile(`${out}/small/small.html`), "passes");
    for (const { cell_type, metadata } of notebook.cells) {
      const times = Object.keys(metadata.execution ?? {});
      assertEquals(times.includes("iopub.status.idle"), cell_type === "code");
    }
  }));

/** Output of a program in the Python of set-up. */
async function python(code: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(PYTHON, {
    args: ["-I", "-c", code, ...args],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

const VALIDATE = `
import json, nbformat, sys
for path in sys.argv[1:]:
    with open(path) as file:
        nbformat.validate(json.load(file))
    print("valid")
`;

Deno.test("executed copies and our notebooks are notebooks for the format's own validator, also after a failure", () =>
  folder(async (out) => {
    await run("reproduce", [...fixtures, "small", "throws", "--out", out]);
    const executed = ["small/small", "throws/throws.failed"]
      .map((name) => `${out}/${name}.ipynb`);
    const own = [...Deno.readDirSync(NOTEBOOKS)].filter(({ name }) => name.endsWith(".ipynb"))
      .map(({ name }) => `${NOTEBOOKS}/${name}`);
    const paths = [...executed, ...own];
    assertEquals(await python(VALIDATE, ...paths), "valid\n".repeat(paths.length));
  }));

const PAGE = String.raw`
import pathlib, sys
sys.path.insert(0, sys.argv[1])
import executed
from nbformat import v4
svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9in" height="1in"/>'
data = {"image/svg+xml": svg, "text/plain": 'Figure (1 panel, column): loss < 1 & more'}
text = r"""<code>$x$</code> $a<b$

| a |
|-|
| $$y_1$$ $\wrong$ |
"""
cells = [v4.new_markdown_cell(r"# What $\alpha$ and $\sqrt d$ *cost*"), v4.new_code_cell("show(1)")]
cells.append(v4.new_markdown_cell(text))
cells[1].outputs = [v4.new_output("display_data", data)]
executed.keep(v4.new_notebook(cells=cells), pathlib.Path(sys.argv[2]), "n", False)
`;

Deno.test("the page of a run has a title, alternative texts, set formulas and nothing of another server", () =>
  folder(async (out) => {
    await python(PAGE, inRoot("lib", "cli", "reproduce"), out);
    const page = await Deno.readTextFile(`${out}/n.html`);
    assertStringIncludes(page, "<title>What α and √ d cost</title>");
    assertStringIncludes(page, 'alt="Figure (1 panel, column): loss &lt; 1 &amp; more"');
    assertStringIncludes(page, "max-width: 100%");
    const loaded = page.matchAll(/<(?:script|link|img|iframe)[^>]*(?:src|href)="(https?:[^"]*)"/g);
    assertEquals([...loaded], []);
    assertFalse(/require\.min\.js|mermaid\.esm|mathjax|cdnjs/i.test(page));
    const sources = page.matchAll(
      /<annotation encoding="application\/x-tex">([^]*?)<\/annotation>/g,
    );
    assertEquals([...sources].map(([, tex]) => tex), ["\\alpha", "\\sqrt d", "a&lt;b", "y_1"]);
    assertStringIncludes(page, "<code>$x$</code>");
    assertStringIncludes(page, "$\\wrong$"); // what is no formula stays as it was written
    assertFalse(/url\((?!data:)/.test(page.slice(page.lastIndexOf("@font-face"))));
  }));

/** The code cells of a notebook: the types of their outputs. */
async function outputs(path: string): Promise<string[][]> {
  const { cells } = JSON.parse(await Deno.readTextFile(path));
  const code = cells.filter((cell: { cell_type: string }) => cell.cell_type === "code");
  return code.map((cell: { outputs: { output_type: string }[] }) =>
    cell.outputs.map(({ output_type }) => output_type)
  );
}

/** The first cell of a notebook as text. */
async function opening(path: string): Promise<string> {
  return JSON.parse(await Deno.readTextFile(path)).cells[0].source.join("");
}

Deno.test("reproduce --only runs the cells that a figure needs, and touches no other figure", () =>
  folder(async (out) => {
    const mine = `${out}/figures`;
    await Deno.mkdir(mine);
    for (const name of ["F1.svg", "F2.svg", "figures.ipynb"]) {
      await Deno.writeTextFile(`${mine}/${name}`, "earlier");
    }
    const args = [...fixtures, "figures", "small", "--only", "F1, F3,F4-x", "--out", out, "--json"];
    const { code, stdout, stderr } = await run("reproduce", args);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "small: skipped, it has none of these figures");
    const [row, ...others] = JSON.parse(stdout);
    assertEquals(others, []);
    const copy = `${mine}/figures.partial.ipynb`;
    assertEquals([row.cells, row.ran, row.figures, row.copy], [7, 7, 3, copy]);
    const files = ["F1", "F3", "F4-x"].flatMap((id) =>
      [".csv", ".svg", "-page.svg"].map((end) => id + end)
    );
    const kept = ["F2.svg", "figures.ipynb"];
    const copies = ["figures.partial.html", "figures.partial.ipynb"];
    assertEquals(names(mine), [...files, ...kept, ...copies].sort());
    for (const name of kept) assertEquals(await Deno.readTextFile(`${mine}/${name}`), "earlier");
    assertEquals(await Deno.readTextFile(`${mine}/F1.csv`), "10,20");
    assertEquals(names(out), ["figures"]);
    assertStringIncludes(
      await opening(copy),
      "for F1, F3, F4-x. Of its 8 code cells these were to run: 1, 3-8.",
    );
    const counts = JSON.parse(await Deno.readTextFile(copy)).cells
      .filter((cell: { cell_type: string }) => cell.cell_type === "code")
      .map((cell: { execution_count: number | null }) => cell.execution_count);
    assertEquals(counts, [1, null, 2, 3, 4, 5, 6, 7]);
  }));

Deno.test("reproduce --only fails where a figure with a computed name was not saved after all", () =>
  folder(async (out) => {
    const args = [...fixtures, "figures", "--only", "F4-z,F2", "--out", out];
    const { code, stdout, stderr } = await run("reproduce", args);
    assertEquals(code, 1);
    assertMatch(stdout, /figures +FAILED {2}6 cells, 0 of 0 claims, 1 figure/);
    assertStringIncludes(stderr, "no cell that ran has saved F4-z");
    assertStringIncludes(stderr, "what was executed: " + `${out}/figures/figures.partial.ipynb`);
  }));

Deno.test("a failed run of some cells leaves the complete copies alone", () =>
  folder(async (out) => {
    await Deno.mkdir(`${out}/stops`);
    const kept = ["stops.ipynb", "stops.partial.ipynb"];
    for (const name of kept) await Deno.writeTextFile(`${out}/stops/${name}`, "earlier");
    const { code } = await run("reproduce", [...fixtures, "stops", "--only", "F1", "--out", out]);
    assertEquals(code, 1);
    const failed = ["stops.partial.failed.html", "stops.partial.failed.ipynb"];
    assertEquals(names(`${out}/stops`), [...kept, ...failed].sort());
    for (const name of kept) {
      assertEquals(await Deno.readTextFile(`${out}/stops/${name}`), "earlier");
    }
  }));

Deno.test("reproduce --json lists the slowest cells, and counts the figures of this run alone", () =>
  folder(async (out) => {
    await Deno.mkdir(`${out}/small`);
    await Deno.writeTextFile(`${out}/small/old.svg`, "");
    // As on clusters; with a list of programs in place of `"run": true` Deno would start none then.
    const env = { LD_LIBRARY_PATH: out };
    const { stdout } = await run("reproduce", [...fixtures, "small", "--out", out, "--json"], env);
    const [{ slowest, ran, figures }] = JSON.parse(stdout);
    assertEquals([slowest.length, ran, figures], [3, 3, 1]);
    const times = slowest.map(({ seconds }: { seconds: number }) => seconds);
    assertEquals(times, times.toSorted((a: number, b: number) => b - a));
    for (const { cell, heading, line, seconds } of slowest) {
      assert(cell >= 1 && cell <= 3 && seconds > 0 && seconds < 10);
      assertEquals(typeof line, "string");
      assertEquals(heading, cell === 1 ? "A notebook that passes" : "Claims");
    }
  }));

Deno.test("reproduce reports a failing cell with number, source and traceback, and goes on", () =>
  folder(async (out) => {
    await Deno.mkdir(`${out}/throws`);
    await Deno.writeTextFile(`${out}/throws/throws.ipynb`, "earlier");
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
    const place = "throws.ipynb, cell [2] (A cell that throws | function deep(): never {)";
    assertStringIncludes(stderr, `${place}: RangeError: Cannot go on`);
    assertGreater(rows[1].seconds, 0);
    const copies = rows.map((row: { copy: string }) => row.copy.slice(out.length + 1));
    assertEquals(copies, [
      "refuted/refuted.ipynb",
      "small/small.ipynb",
      "throws/throws.failed.ipynb",
    ]);
    assertStringIncludes(stderr, `what was executed: ${rows[2].copy}`);
    assertEquals(await outputs(rows[2].copy), [["execute_result"], ["error"], []]);
    assertStringIncludes(await opening(rows[2].copy), "stopped in code cell 2");
    const page = await Deno.readTextFile(`${out}/throws/throws.failed.html`);
    assertStringIncludes(page, "current value is 1");
    assertEquals(await Deno.readTextFile(`${out}/throws/throws.ipynb`), "earlier");
  }));

Deno.test("reproduce keeps what has run before a kernel ends, and names the cell", () =>
  folder(async (out) => {
    const { code, stdout } = await run("reproduce", [...fixtures, "dies", "--out", out, "--json"]);
    assertEquals(code, 1);
    const [{ ok, error }] = JSON.parse(stdout);
    assertEquals([ok, error.cell, error.source], [false, 2, 'Deno.kill(Deno.pid, "SIGKILL");']);
    assertStringIncludes(error.message, "the kernel ended unexpectedly");
    assertEquals(await outputs(`${out}/dies/dies.failed.ipynb`), [["execute_result"], ["error"]]);
  }));

for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
  Deno.test(`${signal} in the middle of reproduce leaves no process and keeps what is finished`, () =>
    folder(async (out) => {
      const child = start("reproduce", [...fixtures, "small", "waits", "--out", out]);
      const listened = new Listened(child);
      // The one is done when its line is there: its files come before. The other has begun to wait.
      const ready = () => /^small +ok/m.test(listened.stdout) && names(out).includes("pid");
      assert(await until(ready, 120), "the short notebook did not finish");
      const drivers = async () =>
        (await processes()).filter(({ command }) => command.includes("execute.py run "))
          .filter(({ command }) => command.includes(out));
      assertGreater((await drivers()).length, 0);
      child.kill(signal);
      const { code, stderr, stdout } = await listened.ended;
      if (signal !== "SIGKILL") {
        assertEquals(code, signal === "SIGINT" ? 130 : 143);
        assertStringIncludes(stderr, "interrupted: 1 of 2 notebooks finished; 2 figures in");
        assertMatch(stdout, /waits +interrupted {2}1 of 3 cells, 0 of 0 claims, 1 figure/);
      }
      // A driver whose parent was killed still writes what has run: as long as the computer needs.
      for (const driver of await drivers()) {
        assert(await endsWithin(driver.pid, 60), "a driver stays");
      }
      assertEquals(await drivers(), []);
      const kernel = Number(await Deno.readTextFile(`${out}/pid`));
      assert(await endsWithin(kernel, 60), "the kernel is an orphan");
      assertEquals(names(out), ["pid", "small", "waits"]);
      assertEquals(names(`${out}/small`), ["F1.svg", "small.html", "small.ipynb"]);
      const failed = ["waits.failed.html", "waits.failed.ipynb"];
      assertEquals(names(`${out}/waits`), ["F1.svg", ...failed]);
      const [first, second] = await outputs(`${out}/waits/waits.failed.ipynb`);
      assertEquals([first, second], [[], ["stream", "error"]]);
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
  [
    "an unknown notebook",
    ["no-such"],
    "notebook must be one of dies, figures, refuted, small, stops, throws",
  ],
  [
    "an unknown option",
    ["--fast"],
    "Unknown option '--fast'; known options: --preset, --only, --out",
  ],
  ["an unknown preset", ["--preset", "slow"], "--preset must be one of quick, full"],
  ["no jobs", ["-j", "0"], "--jobs must be an integer from 1 to 256"],
  ["an unknown figure", ["figures", "--only", "F9"], "figures: F1, F2, F3, F4-*"],
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
