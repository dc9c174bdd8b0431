import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { paperNames } from "../../lib/cli/files.ts";
import { inRoot } from "../../lib/cli/paths.ts";
import { type Ended, run } from "./_tasks.ts";

const KEYS = [
  ...["evidence", "expected", "falsifier", "id", "measured", "paper", "pass", "preset", "seconds"],
  ...["source", "statement", "tolerance"],
];

/** The task on claims made for these tests, with the permissions of the task. */
function tried(...args: string[]): Promise<Ended> {
  return run("tests/cli/_claims_task.ts", args, {}, "claims");
}

Deno.test("claims --json prints one array of rows with the agreed keys, and nothing else", async () => {
  const args = ["pre-training-hurts", "--preset", "quick", "--only", "C2,C1", "--json"];
  const { code, stdout, stderr } = await run("claims", args);
  assertEquals(code, 0);
  const rows = JSON.parse(stdout);
  assertEquals(rows.map(({ id }: { id: string }) => id), ["C1", "C2"]);
  for (const row of rows) {
    assertEquals(Object.keys(row).sort(), KEYS);
    assertEquals([row.paper, row.preset, row.pass], ["pre-training-hurts", "quick", true]);
  }
  assertStringIncludes(stderr, "2 of 2 claims hold");
});

Deno.test("claims without --json is for people, and ends with 0 if all hold", async () => {
  const { code, stdout, stderr } = await tried("good-paper", "--preset", "quick");
  assertEquals([code, stderr], [0, ""]);
  assertMatch(
    stdout,
    /^good-paper \(quick\)\nC1 {3}pass {4}0\.0 s {2}One is one \(paper, Eq\. \(1\)\)/,
  );
  assertStringIncludes(stdout, "           measured {x 1}\n           expected {x 1}  (abs 0)\n");
  assertMatch(stdout, /3 of 3 claims hold, \d+\.\d s\n$/);
});

Deno.test("claims ends with 1 if a claim does not hold, and names it", async () => {
  const { code, stdout } = await tried("--preset", "quick");
  assertEquals(code, 1);
  assertStringIncludes(stdout, "C1   FAIL");
  assertStringIncludes(stdout, "4 of 5 claims hold");
  assertStringIncludes(stdout, "failing: bad-paper C1\n");
});

Deno.test("claims --seeds repeats what follows the seed and says what it cannot repeat", async () => {
  const { code, stdout } = await tried("good-paper", "--seeds", "20");
  assertEquals(code, 0);
  assertStringIncludes(stdout, "pass: 19 of 20 other seeds hold, 20 of 20 controls fail");
  assertStringIncludes(stdout, "at other seeds: 1 of 1 statistical claims hold");
  assertStringIncludes(stdout, "not repeated, nothing is drawn: good-paper C1");
  assertStringIncludes(
    stdout,
    "not repeated, closed seed: cannot be tried at another one yet: good",
  );
});

Deno.test("claims --seeds ends with 1 if a claim holds at too few seeds", async () => {
  const { code, stdout } = await tried("bad-paper", "--only", "C2", "--seeds", "20");
  assertEquals(code, 1);
  assertStringIncludes(stdout, "FAIL: 18 of 20 other seeds hold, no control");
  assertStringIncludes(stdout, "without a control: bad-paper C2");
  assertStringIncludes(stdout, "failing: bad-paper C2\n");
  assertEquals((await tried("bad-paper", "--only", "C2", "--preset", "quick")).code, 0);
});

Deno.test("claims --json carries source, falsifier, evidence and every seed", async () => {
  const { code, stdout } = await tried("good-paper", "--json", "--seeds", "20", "--seed", "5");
  assertEquals(code, 0);
  const [c1, c2, c3] = JSON.parse(stdout);
  assertEquals(c1.source, { whose: "paper", where: "Eq. (1)" });
  assertEquals(c1.falsifier, "A one that is not one");
  assertEquals(c1.evidence, { seeds: 0, sizes: "one number", draws: "nothing" });
  assertEquals([c1.seed, c1.others, c3.others], ["5", undefined, undefined]);
  assertEquals([c2.others.holds, c2.others.controlFails, c2.others.pass], [19, 20, true]);
  assertEquals(c2.others.seeds.length, 20);
  assertEquals(c2.others.seeds[0], {
    seed: "5/other/1",
    measured: { x: 9 },
    expected: { x: 1 },
    tolerance: "abs 0",
    pass: false,
    control: { measured: { x: 2 }, tolerance: "abs 0", fails: true },
  });
});

Deno.test("claims --latex prints definitions alone, the same every time", async () => {
  const { code, stdout, stderr } = await tried("--latex", "--preset", "quick");
  assertEquals(code, 1);
  assertStringIncludes(stdout, "\\newcommand{\\goodPaperCOneX}{\\ensuremath{1}}\n");
  assertStringIncludes(stdout, "% bad-paper C1 (ours; quick; DISAGREES): Two is one\n");
  for (const line of stdout.trimEnd().split("\n")) {
    assertMatch(line, /^(%|\\newcommand\{\\[A-Za-z]+\})/);
  }
  assertStringIncludes(stderr, "4 of 5 claims hold");
  assertEquals((await tried("--latex", "--preset", "quick")).stdout, stdout);
});

Deno.test("claims --out writes a file and leaves standard output empty", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    for (const form of ["json", "latex"]) {
      const { stdout: text } = await tried("good-paper", "--only", "C1", `--${form}`);
      const args = ["good-paper", "--only", "C1", `--${form}`, "--out", `numbers.${form}`];
      const { code, stdout, stderr } = await run(
        inRoot("tests/cli/_claims_task.ts"),
        args,
        { INIT_CWD: folder },
        "claims",
      );
      assertEquals([code, stdout], [0, ""], stderr);
      const file = Deno.readTextFileSync(`${folder}/numbers.${form}`);
      const timeless = (json: string) => json.replace(/"seconds": .*/, "");
      assertEquals(timeless(file), timeless(text));
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

/** Whether a LaTeX is on this machine. */
function hasLatex(): boolean {
  try {
    return new Deno.Command("pdflatex", { args: ["--version"], stdout: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
}

Deno.test({
  name: "claims --latex is LaTeX: a paper takes the file and quotes its numbers",
  ignore: !hasLatex(),
  fn: async () => {
    const folder = Deno.makeTempDirSync();
    try {
      const { stdout } = await run("claims", [
        "lora-one",
        "--preset",
        "quick",
        "--only",
        "C2,C18",
        "--latex",
      ]);
      const names = Array.from(stdout.matchAll(/\\newcommand\{(\\\w+)\}/g), ([, name]) => name);
      assert(names.length >= 9);
      Deno.writeTextFileSync(`${folder}/numbers.tex`, stdout);
      Deno.writeTextFileSync(
        `${folder}/paper.tex`,
        "\\documentclass{article}\\begin{document}\\input{numbers.tex}\n" +
          names.map((name) => `${name}{} and $x = ${name}$\n\n`).join("") + "\\end{document}\n",
      );
      const { success, stdout: log } = await new Deno.Command("pdflatex", {
        args: ["-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"],
        cwd: folder,
        stdout: "piped",
      }).output();
      assert(success, new TextDecoder().decode(log));
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

Deno.test("claims --timeout ends a check that waits for ever", async () => {
  const { code, stdout } = await tried("endless-paper", "--timeout", "1");
  assertEquals(code, 1);
  assertStringIncludes(stdout, "measured no verdict within the timeout of 1 s");
});

Deno.test("claims --help names every option with its meaning, on standard output", async () => {
  const { code, stdout, stderr } = await run("claims", ["--help"]);
  assertEquals([code, stderr], [0, ""]);
  const options = ["preset", "only", "seed", "seeds", "timeout", "json", "latex", "out"];
  for (const name of options) assertMatch(stdout, new RegExp(`^  --${name}\\b.{10,}`, "m"));
  assertMatch(stdout, /Exit code: .*\n\nNames of LaTeX macros: /s);
});

Deno.test("claims in a terminal: the progress bar leaves every line whole", async () => {
  const { code, stdout } = await new Deno.Command("python3", {
    args: [inRoot("tests/cli/_terminal.py"), Deno.execPath(), "slow-paper"],
    cwd: inRoot(),
    env: { DENO_DIR: inRoot(".deno/cache"), NO_COLOR: "1" },
    stderr: "inherit",
  }).output();
  assertEquals(code, 0);
  const lines = new TextDecoder().decode(stdout).split("\n");
  // The bar has been seen, and what is left of it is its last line, below the verdicts.
  assert(lines.includes("drawn over: yes"), lines.join("\n"));
  const at = lines.findIndex((line) => line === "slow-paper (full)");
  const shape = lines.slice(at + 1, at + 13).map((line) => line.replace(/\d\.\d s/, "T s"));
  const block = (id: string) => [
    `${id}   pass    T s  Slow one is one (ours)`,
    "           measured {x 1}",
    "           expected {x 1}  (abs 0)",
  ];
  assertEquals(shape, ["C1", "C2", "C3", "C4"].flatMap(block));
});

const mistakes: [string[], string][] = [
  [["no-such"], `notebook must be one of ${paperNames().join(", ")}`],
  [["--only", "C99"], "--only must be one of C1, C2"],
  [["--preset", "x"], "--preset must be one of quick, full"],
  [["--seeds", "0"], "--seeds must be an integer from 1 to 1000"],
  [["--timeout", "soon"], "--timeout must be an integer from 1"],
  [["--json", "--latex"], "--json and --latex must not stand together"],
  [["--out", "x.tex"], "--out must come with --json or --latex"],
  [["--json", "--out", "no/such/x.json"], "--out must be a file that can be written"],
  [["--json", "--out", "lib"], "--out must be a file that can be written"],
  [["--jsn"], "Unknown option '--jsn'"],
];
for (const [args, message] of mistakes) {
  Deno.test(`claims ${args.join(" ")} ends with code 2`, async () => {
    const { code, stderr } = await run("claims", args);
    assertEquals(code, 2);
    assertStringIncludes(stderr, message);
  });
}
