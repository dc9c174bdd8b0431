import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parquetReadObjects } from "hyparquet";
import { parquet, writeTable } from "../../lib/cli/table_file.ts";
import { clustersOf, jobOf, logOf, quote, shellWords, submissions } from "../../lib/cli/slurm.ts";
import { cellsPerTask, isPatient, meanSeconds, pauseAfter } from "../../lib/cli/sweep_slurm.ts";
import { DENO, DENO_DIR, ROOT } from "../../lib/cli/paths.ts";
import { FolderStore } from "../../lib/experiment/sweep/folder_store.ts";
import type { Row } from "../../lib/experiment/table/row.ts";
import { csv } from "../../lib/figure/csv.ts";
import { run } from "./_tasks.ts";

const FILE = new URL("./_sweep.ts", import.meta.url).pathname;

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("sweep computes what is missing, keeps failures, and collects a table", () =>
  inFolder(async (folder) => {
    const sweep = (...args: string[]) => run("sweep", [FILE, "--folder", `${folder}/r`, ...args]);
    const first = await sweep("--workers", "2", "--collect", `${folder}/out.csv`);
    assertEquals(first.code, 1);
    assertStringIncludes(first.stdout, "decay of modes: 5 of 6 finished, 1 failed, 0 missing");
    assertStringIncludes(
      first.stderr,
      'rate 3 is not allowed here (sweep "decay of modes", cell rate = 3, seed 2)',
    );
    const table = (await Deno.readTextFile(`${folder}/out.csv`)).trim().split("\n");
    assertEquals(table.slice(0, 3), ["rate,ms,seed,t,y", "1,0,1,0,1", `1,0,1,1,${Math.exp(-1)}`]);
    assertEquals(table.length, 11);
    const parquetFile = `${folder}/out.parquet`;
    await sweep("--status", "--collect", parquetFile);
    assertEquals(
      (await parquetReadObjects({ file: (await Deno.readFile(parquetFile)).buffer })).length,
      10,
    );
    const status = await sweep("--status");
    assertEquals(status.code, 0);
    assertStringIncludes(status.stdout, "5 of 6 finished");
    const again = await sweep("--resume", "--workers", "0");
    assertStringIncludes(again.stdout, "5 of 6 finished, 1 failed");
  }));

Deno.test("a sweep's folder says what lies in it, with sums that another program confirms", () =>
  inFolder(async (folder) => {
    const sweep = (...args: string[]) => run("sweep", [FILE, "--folder", `${folder}/r`, ...args]);
    const read = async () => JSON.parse(await Deno.readTextFile(`${folder}/r/manifest.json`));
    await sweep("--workers", "0");
    const { sweep: name, code, of, cells } = await read();
    assertEquals([name, of, cells.length, code.length], ["decay of modes", 6, 5, 64]);
    assertEquals([cells[0].parameters, cells[0].seed], [{ ms: 0, rate: 1 }, "1"]);
    const list = cells.map(({ sha256, file }: Record<string, string>) => `${sha256}  ${file}\n`);
    await Deno.writeTextFile(`${folder}/r/sums`, list.join(""));
    const check = () =>
      new Deno.Command("sha256sum", { args: ["-c", "--quiet", "sums"], cwd: `${folder}/r` })
        .output();
    assertEquals((await check()).code, 0);
    // A file that is damaged is computed again, and its sum is a new one.
    const first = `${folder}/r/${cells[0].file}`, whole = await Deno.readTextFile(first);
    await Deno.writeTextFile(first, whole.replace(/\d\}$/m, "9}"));
    assertEquals((await check()).code, 1);
    await sweep("--workers", "0", "--collect", `${folder}/out.csv`);
    const sums = new Map(
      (await read()).cells.map((cell: Record<string, string>) => [cell.file, cell.sha256]),
    );
    const text = await Deno.readFile(first);
    const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", text)).toHex();
    assertEquals([sums.get(cells[0].file), sums.size], [sum, 5]);
  }));

Deno.test("a Parquet table reads back with every number as it was", async () => {
  const rows = [
    { a: 1, b: NaN, text: "x", yes: true, mixed: 1 },
    { a: -0, b: -Infinity, text: null, yes: false, mixed: "two" },
    { a: 5e-324, b: 1 / 3, text: 'q"', yes: null, mixed: null },
  ];
  const read = await parquetReadObjects({ file: parquet(rows).buffer as ArrayBuffer });
  assertEquals(read.map(({ mixed: _, ...row }) => row), rows.map(({ mixed: _, ...row }) => row));
  assertEquals(read.map(({ mixed }) => mixed), ["1", "two", null]);
});

const ARROW = `
import sys, pyarrow.parquet as parquet
table = parquet.read_table(sys.argv[1])
print([(field.name, str(field.type)) for field in table.schema])
for row in table.to_pylist():
    print([repr(value) for value in row.values()])
`;

/** A Python that has pyarrow: that of PYARROW_PYTHON, or the system's. */
async function pythonWithArrow(): Promise<string | undefined> {
  for (const python of [Deno.env.get("PYARROW_PYTHON"), "python3"]) {
    if (python === undefined) continue;
    const look = new Deno.Command(python, {
      args: ["-c", "import pyarrow.parquet"],
      stderr: "null",
    });
    if (await look.output().then(({ success }) => success, () => false)) return python;
  }
  return undefined;
}

Deno.test("Arrow, which is not ours, reads the same numbers from a Parquet table", () =>
  inFolder(async (folder) => {
    const python = await pythonWithArrow();
    if (!python) return console.log("skipped: no python3 has pyarrow (PYARROW_PYTHON names one)");
    const rows: Row[] = [
      { a: 0.1, b: NaN, text: "ü", yes: true },
      { a: -0, b: -Infinity, text: null, yes: false },
      { a: 5e-324, b: 1 / 3, text: 'q"', yes: null },
      { a: null, b: 1e300, text: "", yes: true },
    ];
    writeTable(`${folder}/t.parquet`, rows);
    const { stdout, success, stderr } = await new Deno.Command(python, {
      args: ["-c", ARROW, `${folder}/t.parquet`],
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    assertEquals(new TextDecoder().decode(stdout).trim().split("\n"), [
      "[('a', 'double'), ('b', 'double'), ('text', 'string'), ('yes', 'bool')]",
      `['0.1', 'nan', "'ü'", 'True']`,
      "['-0.0', '-inf', 'None', 'False']",
      `['5e-324', '0.3333333333333333', '\\'q"\\'', 'None']`,
      `['None', '1e+300', "''", 'True']`,
    ]);
  }));

Deno.test("sweep --engine dry prints what would be submitted, as the golden file has it", () =>
  inFolder(async (folder) => {
    const { code, stdout } = await run("sweep", [
      ...[FILE, "--folder", `${folder}/r`, "--engine", "dry", "--chunk", "2", "--throttle", "4"],
      "--sbatch=--partition=cpu --mem=2G",
    ]);
    assertEquals(code, 0);
    const text = stdout.replaceAll(`${folder}/r`, "RESULTS").replaceAll(DENO_DIR, "CACHE")
      .replaceAll(DENO, "DENO").replaceAll(FILE, "FILE").replaceAll(ROOT, "PROJECT");
    assertEquals(
      text,
      await Deno.readTextFile(new URL("../golden/sweep-dry.txt", import.meta.url)),
    );
  }));

Deno.test("submissions() splits an array that is larger than the cluster takes, and loses no cell", () => {
  const plan = {
    ...{ name: "a b", file: "/f.ts", folder: "/r s", manifest: "/r s/m.json", options: [] },
    ...{ cells: 1003, chunk: 4, throttle: 7, maxArray: 100 },
  };
  const parts = submissions(plan);
  assertEquals(parts.map(({ offset, tasks }) => [offset, tasks]), [[0, 100], [100, 100], [
    200,
    51,
  ]]);
  assertEquals(parts[2].args.includes("--array=0-50%7"), true);
  assertStringIncludes(parts[2].script, '--task "$((SLURM_ARRAY_TASK_ID + 200))"');
  assertStringIncludes(parts[0].script, "--folder '/r s'");
  assertEquals(quote("it's"), `'it'\\''s'`);
});

Deno.test("a task holds the cells of its minutes, by the mean of the times that are known", () => {
  assertEquals([meanSeconds([1, 2, 6]), meanSeconds([])], [3, 60]);
  assertEquals(cellsPerTask(1000, 5, 2), 150);
  assertEquals(cellsPerTask(1000, 5, 1.99), 151);
  assertEquals(cellsPerTask(40, 5, 2), 40);
  assertEquals(cellsPerTask(1000, 5, 4000), 1);
});

Deno.test("a queue is asked ever more rarely, and a silent scheduler for half an hour", () => {
  let pause = 500, time = 0, count = 0;
  for (; time < 60_000; count++) [time, pause] = [time + pause, pauseAfter(pause, true)];
  // 500 · 1.3^n reaches 5 s after nine steps, which take 16 s; then every 5 s.
  assertEquals([pause, count], [5000, 18]);
  for (let i = 0; i < 20; i++) pause = pauseAfter(pause, false);
  assertEquals([pause, pauseAfter(pause, true), pauseAfter(1000, false)], [60_000, 5000, 1300]);
  assertEquals([0, 1_799_999, 1_800_000, 1_800_001].map(isPatient), [true, true, true, false]);
});

const mistakes: [string[], string][] = [
  [[FILE, "--collect", "nowhere/x.csv"], "the folder of --collect must exist"],
  [
    ["nosuch.ts"],
    `nosuch.ts must be a file: there is none in ${ROOT}, where the command was given`,
  ],
  [[], "it needs exactly one file: got 0"],
  [[FILE, "--engine", "pbs"], "--engine must be one of local, slurm, dry"],
  [[FILE, "--workers", "x"], "--workers must be an integer"],
  [[FILE, "--folder", "no-such-results", "--resume"], "--resume must find results"],
  [
    [FILE, "--status", "--folder", "no-such-results", "--collect", "out.xlsx"],
    "must end in .csv or .parquet",
  ],
  [["tests"], "tests must be a file: it is a folder"],
  [[FILE, "--sbatch=--time=10"], "--sbatch needs --engine slurm or dry"],
  [[FILE, "--no-wait"], "--no-wait needs --engine slurm or dry"],
  [[FILE, "--engine", "dry", "--workers", "4"], "--workers needs --engine local"],
  ...["--array=0-4", "-a 0-4", "--time=10 -o x.log", "--wrap=ls"].map((options) =>
    [
      [FILE, "--engine", "dry", `--sbatch=${options}`],
      "--sbatch must leave out what the sweep sets itself",
    ] as [string[], string]
  ),
  [[FILE, "--engine", "dry", "--sbatch=time=10"], "--sbatch must begin with an option"],
  [[FILE, "--engine", "dry", "--sbatch=--comment=it's"], "every quote must be closed"],
  [[new URL("./_tasks.ts", import.meta.url).pathname], "as its default export: found none"],
];
for (const [args, message] of mistakes) {
  const words = args.map((arg) => arg.split("/").at(-1)).join(" ");
  Deno.test(`sweep ${words} ends with code 2 and says why`, async () => {
    const { code, stderr } = await run("sweep", args);
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, message);
  });
}

Deno.test("sweep says that Slurm is missing where it is", () =>
  inFolder(async (folder) => {
    const found = await new Deno.Command("sh", { args: ["-c", "command -v scontrol"] }).output();
    if (found.success) return console.log("skipped: Slurm is installed here");
    const { code, stderr } = await run("sweep", [FILE, "--folder", folder, "--engine", "slurm"]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "Cannot use Slurm as scontrol must be installed");
  }));

Deno.test("options of sbatch are split as a shell does, and name their cluster", () => {
  assertEquals(
    shellWords(`--comment="two words" -A 'it''s' a\\ b  --x=""`),
    ["--comment=two words", "-A", "its", "a b", "--x="],
  );
  assertEquals(shellWords("  "), []);
  assertEquals([shellWords("a\\ "), shellWords("a\\")], [["a "], ["a\\"]]);
  assertThrows(() => shellWords("--comment='x"), RangeError, "every quote must be closed");
  assertEquals(
    [["--clusters=mpp2"], ["-M", "a,b"], ["-Mc"], ["--clusters", "d"], ["--mem=2G"]].map(
      clustersOf,
    ),
    ["mpp2", "a,b", "c", "d", undefined],
  );
  assertEquals(jobOf("4711;mpp2\n"), { id: "4711", cluster: "mpp2" });
  assertEquals([jobOf("4711"), jobOf("error")], [{ id: "4711" }, undefined]);
  assertEquals(logOf("/r%u", "%A", "%a"), "/r%%u/slurm/%A_%a.log");
  assertEquals(logOf("/r%u", "7", 3), "/r%u/slurm/7_3.log");
});

/** Programs of a cluster that stand in for Slurm's: they answer as they are told. */
async function fakeSlurm(folder: string, programs: Record<string, string>): Promise<string> {
  const bin = `${folder}/bin`;
  await Deno.mkdir(bin);
  for (const [name, text] of Object.entries(programs)) {
    await Deno.writeTextFile(`${bin}/${name}`, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
  return `${bin}:${Deno.env.get("PATH")}`;
}

Deno.test("a job on another cluster is asked for there, and a scheduler that fails is asked again", () =>
  inFolder(async (folder) => {
    const PATH = await fakeSlurm(folder, {
      scontrol: `echo "$@" >> ${folder}/asked; echo "MaxArraySize = 10"`,
      sbatch: `printf '%s\\n' "$@" > ${folder}/options; echo "42;mpp2"`,
      // Twice no answer, then a task is running, then the queue is empty.
      squeue: `echo "$@" >> ${folder}/asked; n=$(grep -c noheader ${folder}/asked)
if [ "$n" -le 2 ]; then echo "Unable to contact slurm controller" >&2; exit 1; fi
if [ "$n" -eq 3 ]; then echo "CLUSTER: mpp2"; echo "43 42 RUNNING"; fi`,
    });
    const options = '--clusters=mpp2 --comment="two words"';
    const args = ["--folder", `${folder}/r`, "--engine", "slurm", "--chunk", "6"];
    const prelude = "--prelude=module load x";
    const { code, stdout, stderr } = await run("sweep", [
      FILE,
      ...args,
      `--sbatch=${options}`,
      prelude,
    ], {
      PATH,
    });
    assertEquals(code, 1, stderr); // nothing ran, so six cells are missing
    assertStringIncludes(stdout, "submitted job 42 on mpp2: 1 tasks of 6 cells");
    const asked = Deno.readTextFileSync(`${folder}/asked`).trim().split("\n");
    assertEquals(asked[0], "--clusters=mpp2 show config");
    assertEquals(asked.length, 5);
    assert(asked.slice(1).every((line) => line.startsWith("--clusters=mpp2 --noheader")), asked[1]);
    assertEquals(Deno.readTextFileSync(`${folder}/r/slurm/jobs`), "42;mpp2\n");
    const given = Deno.readTextFileSync(`${folder}/options`).split("\n");
    assert(given.includes("--comment=two words") && given.includes("--requeue"));
  }));

Deno.test("the log of a task that has not done its cells is named with its last line", () =>
  inFolder(async (folder) => {
    const PATH = await fakeSlurm(folder, {
      scontrol: 'echo "MaxArraySize = 10"',
      sbatch: `echo 42; echo "killed: out of memory" > ${folder}/r/slurm/42_1.log`,
      squeue: "true",
    });
    const args = ["--folder", `${folder}/r`, "--engine", "slurm", "--chunk", "3"];
    const { stderr } = await run("sweep", [FILE, ...args], { PATH });
    assertStringIncludes(stderr, `${folder}/r/slurm/42_1.log ends with "killed: out of memory"`);
  }));

Deno.test("a scheduler that does not answer: the status counts results, a submission takes Slurm's defaults", () =>
  inFolder(async (folder) => {
    const silent = 'echo "Unable to contact slurm controller" >&2; exit 1';
    const PATH = await fakeSlurm(folder, {
      scontrol: silent,
      sbatch: "echo 42",
      squeue: silent,
    });
    const args = [FILE, "--folder", `${folder}/r`], slurm = ["--engine", "slurm", "--chunk", "6"];
    const submitted = await run("sweep", [...args, ...slurm, "--no-wait"], { PATH });
    assertEquals([submitted.code, submitted.stderr], [0, ""]);
    const { code, stdout, stderr } = await run("sweep", [...args, "--status"], { PATH });
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, "0 of 6 finished, 0 failed, 6 missing");
    assertStringIncludes(
      stderr,
      'it says "Unable to contact slurm controller"; results are counted',
    );
  }));

Deno.test("a task raises its limit of addresses, or says that it cannot, instead of ending with a dump", async () => {
  const [{ script, args }] = submissions({
    ...{ name: "a", file: "/f.ts", folder: "/r", manifest: "/m", options: ["--mem=2G"] },
    ...{ cells: 1, chunk: 1, throttle: 1, maxArray: 10 },
  });
  assert(
    args.indexOf("--propagate=NONE") < args.indexOf("--mem=2G"),
    "a reader's option comes last",
  );
  const last = script.replace(/\nexec .*\n$/, "\nulimit -v\n");
  const shell = async (limit: string) => {
    const options = { args: ["-c", `ulimit ${limit} && exec sh -c "$1"`, "sh", last] };
    const { code, stdout, stderr } = await new Deno.Command("sh", options).output();
    return [code, ...[stdout, stderr].map((bytes) => new TextDecoder().decode(bytes))];
  };
  const hard = await new Deno.Command("sh", { args: ["-c", "ulimit -H -v"] }).output();
  assertEquals(await shell("-S -v 8000000"), [0, new TextDecoder().decode(hard.stdout), ""]);
  assertEquals(await shell("-v 8000000"), [
    1,
    "",
    "Cannot compute as Deno needs 40000000 kB of addresses: ulimit -v is 8000000\n",
  ]);
});

/** A sweep of a reader in a folder of its own. */
async function withFile(
  text: string,
  test: (sweep: (...args: string[]) => ReturnType<typeof run>, folder: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/mine.ts`,
      `import { grid, sweepFile, task } from "lora-dynamics/experiment/mod.ts";\n${text}`,
    );
    await Deno.utime(`${folder}/mine.ts`, 1e9, 1e9);
    await test((...args) => run("sweep", [`${folder}/mine.ts`, ...args]), folder);
  });
}

const SQUARES = `
export const square = task(import.meta.url, "square", ({ x }: { x: number; of?: object }) => {
  if (x === 4) throw new RangeError("4 is not allowed");
  return { y: x * x };
});
`;
const squares = (cells: string, more = "") =>
  `${SQUARES}export default sweepFile({ name: "squares", run: square, cells: ${cells}, ${more} });\n`;

Deno.test("a sweep that finishes ends with code 0, and so does one that has nothing left to do", () =>
  withFile(squares("grid({ x: [1, 2, 3] })"), async (sweep, folder) => {
    const first = await sweep("--workers", "0", "--collect", `${folder}/out.csv`);
    assertEquals([first.code, first.stderr], [0, ""]);
    assertStringIncludes(first.stdout, "squares: 3 of 3 finished, 0 failed, 0 missing");
    assertEquals(await Deno.readTextFile(`${folder}/out.csv`), "x,y\n1,1\n2,4\n3,9\n");
    const again = await sweep("--resume");
    assertEquals([again.code, again.stderr], [0, ""]);
    const dry = await sweep("--engine", "dry");
    assertEquals([dry.code, dry.stdout.split("\n")[0]], [
      0,
      "nothing to submit: no cell is missing",
    ]);
  }));

Deno.test("a sweep with a cell that fails ends with code 1; asking for its status does not", () =>
  withFile(squares("grid({ x: [3, 4] })"), async (sweep) => {
    assertEquals((await sweep("--workers", "0")).code, 1);
    assertEquals((await sweep("--workers", "0")).code, 1);
    const status = await sweep("--status");
    assertEquals([status.code, status.stdout], [
      0,
      "squares: 1 of 2 finished, 1 failed, 0 missing\n",
    ]);
  }));

Deno.test("equal cells are one task of a cluster, and objects that differ are columns", () =>
  withFile(
    squares(`[{ x: 1, of: { a: 1 } }, { of: { a: 1 }, x: 1 }, { x: 1, of: { a: 2 } }]`),
    async (sweep, folder) => {
      assertStringIncludes((await sweep("--engine", "dry")).stdout, "2 cells in 2 array tasks");
      const { code, stdout } = await sweep("--workers", "0", "--collect", `${folder}/out.csv`);
      assertEquals(code, 0);
      assertStringIncludes(stdout, "2 of 2 finished");
      assertEquals((await Deno.readTextFile(`${folder}/out.csv`)).split("\n"), [
        ...["x,of,y", '1,"{""a"":1}",1', '1,"{""a"":1}",1', '1,"{""a"":2}",1', ""],
      ]);
    },
  ));

Deno.test("a row that gives a parameter another value fails: never a table with one of the two", () =>
  withFile(
    `export const clash = task(import.meta.url, "clash", (_: { x: number }) => ({ x: 5 }));
     export default sweepFile({ name: "clash", run: clash, cells: [{ x: 2 }, { x: 5 }] });\n`,
    async (sweep, folder) => {
      const first = await sweep("--workers", "0");
      assertEquals(first.code, 1);
      assertStringIncludes(
        first.stderr,
        'another value: 2 in the cell, 5 in the row (sweep "clash", cell x = 2)',
      );
      const { stdout } = await sweep("--status", "--collect", `${folder}/out.csv`);
      assertStringIncludes(stdout, "1 of 2 finished, 1 failed");
      assertEquals(await Deno.readTextFile(`${folder}/out.csv`), "x\n5\n");
    },
  ));

Deno.test("a sweep refuses seeds that are numbers, cells with functions and unknown keys", async () => {
  const refused: [string, string][] = [
    [squares("grid({ x: [1] })", "seeds: [1] as never"), 'seeds[0] must be text, such as "7"'],
    [squares("[{ x: 1, of: { f: Math.sqrt } }]"), "cells[0].of.f must be JSON to travel"],
    [squares("[]", "seed: 1"), "no other keys than name, run, cells, seeds, timeout"],
    [squares("7 as never"), "cells must be an array"],
  ];
  for (const [text, message] of refused) {
    await withFile(text, async (sweep) => {
      const { code, stderr } = await sweep("--engine", "dry");
      assertEquals([code, stderr.split("\n").length], [1, 2], stderr);
      assertStringIncludes(stderr, message);
    });
  }
  await withFile(
    `grid({});\nexport default { run: () => 1, sweepFile, task };\n`,
    async (sweep) => {
      const { code, stderr } = await sweep();
      assertEquals(code, 2);
      assertStringIncludes(stderr, "as its default export: found object");
    },
  );
});

Deno.test("an array task computes its part of the manifest, and refuses edited code", () =>
  withFile(squares("grid({ x: [1, 2, 3, 4, 5] })"), async (sweep, folder) => {
    const results = `${folder}/mine.sweep`, manifest = `${folder}/manifest.json`;
    const identity = await new FolderStore(results).identify({
      module: `file://${folder}/mine.ts`,
      exportName: "square",
    });
    const write = (code: string) =>
      Deno.writeTextFile(manifest, JSON.stringify({ code, places: [4, 2, 0, 3] }));
    const part = (task: number) =>
      sweep("--manifest", manifest, "--chunk", "2", "--task", `${task}`);
    await write(identity.hash);
    const first = await part(0);
    assertEquals([first.code, first.stderr], [0, ""]);
    await sweep("--status", "--collect", `${folder}/out.csv`);
    assertEquals(await Deno.readTextFile(`${folder}/out.csv`), "x,y\n3,9\n5,25\n");
    const second = await part(1);
    assertEquals(second.code, 1);
    assertStringIncludes(second.stderr, '4 is not allowed (sweep "squares", cell x = 4)');
    assertStringIncludes((await sweep("--status")).stdout, "3 of 5 finished, 1 failed, 1 missing");
    await write("another");
    const { code, stderr } = await part(0);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "it has changed since; submit again");
  }));

Deno.test("a table has nothing where a row lacks a column, also when every object inherits its name", async () => {
  const rows: Row[] = [{ toString: 1 }, { b: 2 }];
  assertEquals(csv(rows), "toString,b\n1,\n,2\n");
  assertEquals(await parquetReadObjects({ file: parquet(rows).buffer as ArrayBuffer }), [
    { toString: 1, b: null } as never,
    { toString: null, b: 2 } as never,
  ]);
});
