import { assertEquals, assertStringIncludes } from "@std/assert";
import { parquetReadObjects } from "hyparquet";
import { parquet } from "../../lib/cli/table_file.ts";
import { quote, submissions } from "../../lib/cli/slurm.ts";
import { DENO, DENO_DIR, ROOT } from "../../lib/cli/paths.ts";
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
      '{"rate":3,"ms":0} with seed 2 failed: rate 3 is not allowed',
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

const mistakes: [string[], string][] = [
  [[], "it needs exactly one file: got 0"],
  [[FILE, "--engine", "pbs"], "--engine must be one of local, slurm, dry"],
  [[FILE, "--workers", "x"], "--workers must be an integer"],
  [[FILE, "--folder", "no-such-results", "--resume"], "--resume must find results"],
  [
    [FILE, "--status", "--folder", "no-such-results", "--collect", "out.xlsx"],
    "must end in .csv or .parquet",
  ],
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
