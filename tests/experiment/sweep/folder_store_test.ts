import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertRejects,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import {
  FolderStore,
  type Row,
  StoreError,
  sweep,
  SweepError,
  sweepRows,
} from "lora-dynamics/experiment/mod.ts";
import { decodeResult, encodeResult } from "../../../lib/experiment/sweep/_encode.ts";
import { inFolder, write } from "./_folder.ts";
import { busy, odd } from "./_sweep_tasks.ts";

/** All files below a folder, relative. */
function filesOf(folder: string, below = ""): string[] {
  return Array.from(Deno.readDirSync(`${folder}/${below}`)).flatMap((entry) =>
    entry.isDirectory ? filesOf(folder, `${below}${entry.name}/`) : [below + entry.name]
  ).sort();
}

const cells = (count: number, ms = 0) => Array.from({ length: count }, (_, i) => ({ i, ms }));
const run = (store: FolderStore, count: number, workers = 0) =>
  sweep({ name: "kept", run: busy, cells: cells(count), seeds: ["1"], store, workers });

const scalar = fc.oneof(
  fc.double(),
  fc.constantFrom(NaN, -0, Infinity, -Infinity, 5e-324),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
);

Deno.test("a result on disk keeps every bit, and every single damaged bit is noticed", () => {
  const rows = fc.array(
    fc.dictionary(fc.string({ minLength: 1 }), scalar, { noNullPrototype: true }),
    {
      maxLength: 3,
    },
  );
  fc.assert(
    fc.property(rows, fc.nat(), fc.integer({ min: 0, max: 6 }), (rows, place, bit) => {
      const text = encodeResult("ab", rows as Row[], 1.5);
      assertEquals(decodeResult("ab", text), { rows: rows as Row[], seconds: 1.5 });
      assertEquals(decodeResult("cd", text), undefined);
      const bytes = new TextEncoder().encode(text);
      bytes[place % bytes.length] ^= 1 << bit;
      const damaged = decodeResult("ab", new TextDecoder().decode(bytes));
      // The seconds are a note beside the result: a damaged digit there is still a number.
      if (damaged) assertEquals(damaged.rows, rows as Row[]);
      if (text.length > 1) assertEquals(decodeResult("ab", text.slice(0, -1)), undefined);
    }),
    { seed: 7, numRuns: 200 },
  );
});

Deno.test("a finished cell is never computed again, in this process or the next", () =>
  inFolder(async (folder) => {
    const first = await run(new FolderStore(folder), 6);
    const files = filesOf(folder), times = files.map((f) => Deno.statSync(`${folder}/${f}`).mtime);
    assertEquals(files.length, 6);
    assertEquals(await run(new FolderStore(folder), 6, 2), first);
    assertEquals(filesOf(folder).map((f) => Deno.statSync(`${folder}/${f}`).mtime), times);
    assertEquals((await run(new FolderStore(folder), 8)).slice(0, 12), first);
    assertEquals(filesOf(folder).length, 8);
  }));

Deno.test("a result knows how many seconds its cell took", () =>
  inFolder(async (folder) => {
    const start = performance.now();
    await sweep({ name: "kept", run: busy, cells: cells(1, 200), store: folder, workers: 0 });
    const most = (performance.now() - start) / 1000;
    const [hash] = filesOf(folder).map((name) => name.slice(2, -6));
    const seconds = new FolderStore(folder).seconds(hash)!;
    assert(seconds >= 0.2 && seconds <= most, `${seconds} of ${most}`);
  }));

Deno.test("results in a folder are the same with 0, 1, 2 and 8 workers", () =>
  inFolder(async (folder) => {
    const of = (workers: number) => run(new FolderStore(`${folder}/${workers}`), 12, workers);
    const expected = await of(0);
    for (const workers of [1, 2, 8]) assertEquals(await of(workers), expected);
    assertEquals(filesOf(`${folder}/8`), filesOf(`${folder}/0`));
  }));

Deno.test("truncated, flipped and foreign files are set aside and computed again", () =>
  inFolder(async (folder) => {
    const expected = await run(new FolderStore(folder), 5), files = filesOf(folder);
    const path = (i: number) => `${folder}/${files[i]}`;
    Deno.writeTextFileSync(path(0), Deno.readTextFileSync(path(0)).slice(0, -9));
    const bytes = Deno.readFileSync(path(1));
    bytes[bytes.length - 12] ^= 4;
    Deno.writeFileSync(path(1), bytes);
    Deno.writeTextFileSync(path(2), "");
    Deno.copyFileSync(path(4), path(3));
    assertEquals(await run(new FolderStore(folder), 5), expected);
    const now = filesOf(folder);
    assertEquals(now.filter((name) => name.startsWith("damaged/")).length, 4);
    assertEquals(now.filter((name) => !name.startsWith("damaged/")), files);
  }));

Deno.test("cells that fail, hang or end their worker leave their error; the others are kept", () =>
  inFolder(async (folder) => {
    const hows = ["throw", "fine", "spin", "fine", "wait", "exit", "NaN", "leak"];
    const options = {
      name: "odd",
      run: odd,
      cells: hows.map((how, n) => ({ how, n })),
      workers: 2,
      timeout: 3, // the start of a worker counts, on a crowded machine too
    };
    const fails = () =>
      assertRejects(() => sweep({ ...options, store: new FolderStore(folder) }), SweepError);
    const error = await fails() as SweepError;
    assertEquals(error.failures.length, 4);
    const text = error.failures.map(({ message }) => message).join("\n");
    for (
      const part of [
        'mu must lie in (0, 1) (sweep "odd", cell how = throw, n = 0)',
        'a cell took longer than 3 s (timeout) (sweep "odd", cell how = spin, n = 2)',
        'a cell took longer than 3 s (timeout) (sweep "odd", cell how = wait, n = 4)',
        'the worker ended (sweep "odd", cell how = exit, n = 5)',
      ]
    ) assert(text.includes(part), `${part} in ${text}`);
    const files = filesOf(folder);
    assertEquals(files.filter((name) => name.endsWith(".jsonl")).length, 4);
    assertEquals(files.filter((name) => name.endsWith(".error.json")).length, 4);
    // Without retry the same errors come back at once, and nothing is computed.
    const start = performance.now(), again = await fails() as SweepError;
    assertLess(performance.now() - start, 900);
    assertEquals(
      again.failures.map(({ message }) => message),
      error.failures.map((e) => e.message),
    );
    const rows: Row[] = [];
    await assertRejects(async () => {
      for await (const row of sweepRows({ ...options, store: folder, retry: true })) rows.push(row);
    }, SweepError);
    assertEquals(rows.map(({ n }) => n), [1, 3, 6, 7]);
  }));

Deno.test("a cell that failed succeeds on retry, and its error is forgotten", () =>
  inFolder(async (folder) => {
    const store = new FolderStore(folder);
    await run(store, 1);
    const [file] = filesOf(folder), hash = file.slice(2, -6);
    Deno.removeSync(`${folder}/${file}`);
    new FolderStore(folder).fail(hash, { cell: "{}", message: "out of luck" });
    const error = await assertRejects(() => run(new FolderStore(folder), 1), SweepError);
    assert((error as Error).message.includes("out of luck"));
    await sweep({
      ...{ name: "kept", run: busy, cells: cells(1), seeds: ["1"] },
      store: new FolderStore(folder),
      retry: true,
    });
    assertEquals(filesOf(folder), [file]);
  }));

Deno.test("leaving the loop over sweepRows() stops the workers and keeps what is finished", () =>
  inFolder(async (folder) => {
    const options = { name: "left", run: busy, cells: cells(200, 20), seeds: ["1"], workers: 2 };
    let seen = 0;
    for await (const _ of sweepRows({ ...options, store: folder })) if (++seen === 4) break;
    const kept = filesOf(folder).length;
    assert(kept >= 2 && kept < 60, `${kept} kept`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assertLess(filesOf(folder).length - kept, 3);
  }));

Deno.test("a sweep that is aborted keeps every finished cell and records no failure", () =>
  inFolder(async (folder) => {
    for (const workers of [0, 2]) {
      const controller = new AbortController(), place = `${folder}/${workers}`;
      let start = NaN;
      await assertRejects(
        async () => {
          const rows = sweepRows({
            ...{ name: "aborted", run: busy, cells: cells(500, 10), seeds: ["1"], workers },
            store: place,
            signal: controller.signal,
          });
          for await (const { i } of rows) {
            if (i < 3 || !Number.isNaN(start)) continue;
            start = performance.now();
            controller.abort(new Error("interrupted"));
          }
        },
        Error,
        "interrupted",
      );
      assertLess(performance.now() - start, 1000);
      const files = filesOf(place);
      assert(files.length > 2 && files.every((name) => name.endsWith(".jsonl")), files.join());
    }
  }));

Deno.test("two drivers on one folder: every cell once, all rows right", () =>
  inFolder(async (folder) => {
    const driver = () =>
      new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--quiet",
          "--cached-only",
          import.meta.resolve("./_sweep_tasks.ts"),
          folder,
          "60",
          "5",
        ],
        stdout: "piped",
      }).output();
    const outputs = await Promise.all([driver(), driver()]);
    assertEquals(outputs.map(({ stdout }) => new TextDecoder().decode(stdout).trim()), [
      "120",
      "120",
    ]);
    assertEquals(filesOf(folder).length, 60);
    const rows = await sweep({
      ...{ name: "driver", run: busy, cells: cells(60, 5), seeds: ["1"], workers: 0 },
      store: new Map(),
    });
    const kept = await sweep({
      ...{ name: "driver", run: busy, cells: cells(60, 5), seeds: ["1"], workers: 0 },
      store: folder,
    });
    assertEquals(kept, rows);
  }));

Deno.test("a clock that jumps changes nothing", () =>
  inFolder(async (folder) => {
    const now = Date.now;
    try {
      const expected = await run(new FolderStore(folder), 3);
      Date.now = () => now() - 1e10;
      assertEquals(await run(new FolderStore(folder), 3), expected);
      Date.now = () => now() + 1e10;
      assertEquals((await run(new FolderStore(folder), 5)).slice(0, 6), expected);
    } finally {
      Date.now = now;
    }
  }));

/** Texts of the modules of a task; old enough to be what the process has loaded. */
async function taskOf(folder: string, files: Record<string, string>) {
  write(folder, files);
  for (const name of filesOf(folder)) Deno.utimeSync(`${folder}/${name}`, 1e9, 1e9);
  return (await import(`file://${folder}/task.ts`)).read;
}

const READ = (options: string) =>
  `import { task } from "lora-dynamics/experiment/mod.ts";
   const name = "data.csv";
   export const read = task(import.meta.url, "read", () => ({
     text: Deno.readTextFileSync(new URL(name, import.meta.url)),
   })${options});\n`;

Deno.test("a task that reads what its text does not name is refused, with what to do", () =>
  inFolder(async (folder) => {
    const run = await taskOf(folder, { "task.ts": READ(""), "data.csv": "1" });
    const options = { name: "read", run, cells: [{}], workers: 0 };
    await assertRejects(
      () => sweep({ ...options, store: `${folder}/../results` }),
      TypeError,
      'task(import.meta.url, "read", run, { files: ["./data.csv"] }): current value is ' +
        "new URL(name, import.meta.url) in line 4 of",
    );
    assertEquals(await sweep({ ...options, store: new Map() }), [{ text: "1" }]);
  }));

Deno.test("a task that names its files is kept, and counts with their contents", () =>
  inFolder(async (folder) => {
    const code = READ(', { files: ["./data.csv"] }'), results = `${folder}/results`;
    const run = async (at: string, text: string) => {
      const task = await taskOf(`${folder}/${at}`, { "task.ts": code, "data.csv": text });
      return await sweep({
        name: "read",
        run: task,
        cells: [{}, { x: 1 }],
        workers: 2,
        store: results,
      });
    };
    assertEquals((await run("a", "1"))[0], { text: "1" });
    assertEquals((await run("b", "2"))[0], { text: "2" });
    assertEquals(filesOf(results).length, 4);
    await run("c", "1");
    assertEquals(filesOf(results).length, 4);
  }));

Deno.test("results do not lie in a folder that the code reads: each would change the next one's name", () =>
  inFolder(async (folder) => {
    const run = await taskOf(folder, { "task.ts": READ(', { files: ["."] }'), "data.csv": "1" });
    Deno.utimeSync(folder, 1e9, 1e9);
    await assertRejects(
      () => sweep({ name: "read", run, cells: [{}], store: `${folder}/deep/results` }),
      TypeError,
      "must lie outside of what the code reads",
    );
  }));

Deno.test("code that was edited since the process began is refused, with what to do", () =>
  inFolder(async (folder) => {
    const path = `${folder}/edited.ts`;
    Deno.writeTextFileSync(path, "export {};\n");
    const store = new FolderStore(`${folder}/results`);
    const task = { module: `file://${path}`, exportName: "edited" };
    await assertRejects(() => store.identify(task), Error, "restart the kernel");
    Deno.utimeSync(path, 1e9, 1e9);
    assertEquals((await store.identify(task)).hash.length, 64);
  }));

/** Mounts a small file system for a test that needs one; not everybody may. */
async function withMount(options: string, test: (folder: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const call = (program: string, ...args: string[]) =>
      new Deno.Command(program, { args, stderr: "null" }).output().catch(() => ({
        success: false,
      }));
    const { success } = await call("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder);
    if (!success) return console.log("skipped: mounting a file system needs the rights of root");
    try {
      await test(folder);
      if (options.includes("ro")) return;
    } finally {
      await call("umount", folder);
    }
  });
}

Deno.test("a full disk stops the sweep with a clear error; what was kept is whole", () =>
  withMount("size=128k", async (folder) => {
    const error = await assertRejects(() => run(new FolderStore(folder), 2000), Error);
    assert((error as Error).message.includes("must be a folder with room"), String(error));
    assertInstanceOf((error as Error).cause, StoreError);
    const files = filesOf(folder);
    assert(files.length > 5 && files.every((name) => name.endsWith(".jsonl")), `${files.length}`);
    const store = new FolderStore(folder);
    for (const file of files) assertEquals(store.get(file.slice(2, -6))?.length, 2);
  }));

Deno.test("a folder that cannot be written is an error that says so, and can still be read", () =>
  withMount("size=1m", async (folder) => {
    const expected = await run(new FolderStore(folder), 2);
    const remount = new Deno.Command("mount", { args: ["-o", "remount,ro", folder] });
    if (!(await remount.output()).success) return;
    assertEquals(await run(new FolderStore(folder), 2), expected);
    const error = await assertRejects(() => run(new FolderStore(folder), 3), Error);
    assert((error as Error).message.includes("that can be written"), String(error));
  }));

Deno.test("FolderStore names what is wrong with its folder", () =>
  inFolder((folder) => {
    assertThrows(
      () => new FolderStore(7 as unknown as string),
      TypeError,
      "folder must be a string",
    );
    Deno.writeTextFileSync(`${folder}/file`, "x");
    assertThrows(() => new FolderStore(`${folder}/file`), TypeError, "folder must be a folder");
    for (const place of ["", "https://example.org/x", new URL("https://example.org/x")]) {
      assertThrows(
        () => new FolderStore(place),
        TypeError,
        `folder must be a path or a file URL: current value is ${JSON.stringify(String(place))}`,
      );
    }
    assertThrows(
      () => new FolderStore(`${folder}/file/below`).set("ab", [{ x: 1 }]),
      StoreError,
      "must be a folder with room that can be written",
    );
    assertEquals(new FolderStore(`${folder}/file/below`).get("ab"), undefined);
    const same = [`${folder}/a b%20c`, new URL(`file://${folder}/a%20b%2520c`)];
    for (const place of [...same, String(same[1]), `${folder}/x/../a b%20c/`]) {
      assertEquals(new FolderStore(place).folder, same[0]);
    }
  }));
