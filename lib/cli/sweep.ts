/**
 * `deno task sweep <file>`: the sweep that a file declares, here, on workers, or on Slurm. What is
 * finished is kept beside the file and never computed again, whoever is killed when.
 *
 * @module
 */
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { canonicalJson, cellHash, parameterColumns } from "../experiment/cell.ts";
import {
  FolderStore,
  progress,
  type Row,
  SweepError,
  type SweepFile,
  sweepRows,
} from "../experiment/mod.ts";
import { isTask } from "../experiment/task.ts";
import { type Arguments, runTask, type Usage, UsageError } from "./args.ts";
import { userFolder } from "./paths.ts";
import { TABLE_ENDINGS, writeTable } from "./table_file.ts";
import { type ArrayPlan, maxArraySize, queued, submissions, submit } from "./slurm.ts";

const USAGE: Usage = {
  task: "sweep",
  line:
    "deno task sweep <file> [--engine local|slurm|dry] [--workers N] [--timeout SECONDS] [--retry] " +
    "[--resume] [--status] [--collect out.csv|out.parquet] [--folder DIR] [--throttle N] [--minutes N] " +
    "[--chunk N] [--sbatch='--partition=cpu --mem=2G'] [--no-wait]",
  options: {
    engine: { type: "string" },
    workers: { type: "string" },
    timeout: { type: "string" },
    retry: { type: "boolean" },
    resume: { type: "boolean" },
    status: { type: "boolean" },
    collect: { type: "string" },
    folder: { type: "string" },
    throttle: { type: "string" },
    minutes: { type: "string" },
    chunk: { type: "string" },
    sbatch: { type: "string" },
    "no-wait": { type: "boolean" },
    manifest: { type: "string" },
    task: { type: "string" },
  },
  words: true,
};

type AnyFile = SweepFile<Record<string, unknown>, Row, string | number>;

/** One cell with one seed, and its name in the store. */
interface Place {
  readonly cell: Record<string, unknown>;
  readonly seed?: string | number;
  readonly hash: string;
}

/** A file, its store and its cells in grid order. */
interface Loaded {
  readonly path: string;
  readonly file: AnyFile;
  readonly store: FolderStore;
  readonly places: readonly Place[];
  readonly code: string;
}

function absolute(path: string): string {
  return isAbsolute(path) ? path : resolve(userFolder(), path);
}

async function load(args: Arguments): Promise<Loaded> {
  const [word, ...rest] = args.words;
  if (word === undefined || rest.length > 0) {
    throw new UsageError(`Cannot run sweep as it needs exactly one file: got ${args.words.length}`);
  }
  const path = absolute(word);
  const { default: file } = await import(pathToFileURL(path).href) as { default?: AnyFile };
  if (!file || !isTask(file.run) || !Array.isArray(file.cells)) {
    throw new UsageError(
      `Cannot run sweep as ${
        basename(path)
      } must have sweepFile({ name, run, cells, seeds }) as its ` +
        `default export: found ${file === undefined ? "none" : typeof file}`,
    );
  }
  const folder = args.text("folder") ??
    join(dirname(path), `${basename(path).replace(/\.m?ts$/, "")}.sweep`);
  const store = new FolderStore(absolute(folder)), code = store.identify(file.run);
  const places = file.cells.flatMap((cell, i) =>
    (file.seeds ?? [undefined]).map((seed) => ({
      cell,
      ...(seed === undefined ? {} : { seed }),
      hash: cellHash(file.run, canonicalJson(cell, `cells[${i}]`), String(seed ?? "0"), code),
    }))
  );
  return { path, file, store, places, code };
}

/** How cells are computed. */
interface ComputeOptions {
  readonly workers?: number;
  readonly timeout?: number;
  readonly retry: boolean;
}

/** Runs part of a grid, or all of it; failures are kept, their number is returned. */
async function compute(
  { file: { name, run, timeout }, store }: Loaded,
  { cells, seeds }: Pick<AnyFile, "cells" | "seeds">,
  options: ComputeOptions,
): Promise<number> {
  try {
    const rows = sweepRows({ name, run, store, cells, seeds, timeout, ...options });
    for await (const _ of rows);
    return 0;
  } catch (error) {
    if (!(error instanceof SweepError)) throw error;
    for (const { message } of error.failures.slice(0, 3)) console.error(message);
    return error.failures.length;
  }
}

/** Runs single places of the grid: seed by seed, as a sweep has every cell with every seed. */
async function computePlaces(
  loaded: Loaded,
  places: readonly Place[],
  options: ComputeOptions,
): Promise<number> {
  const seeds = new Map<Place["seed"], Place["cell"][]>();
  for (const { cell, seed } of places) seeds.set(seed, [...(seeds.get(seed) ?? []), cell]);
  let failed = 0;
  for (const [seed, cells] of seeds) {
    failed += await compute(
      loaded,
      { cells, seeds: seed === undefined ? undefined : [seed] },
      options,
    );
  }
  return failed;
}

/** How many cells are finished, failed and missing. */
function count({ store, places }: Loaded): { done: number; failed: number; missing: number } {
  const done = places.filter(({ hash }) => store.has(hash)).length;
  const failed = places.filter(({ hash }) => !store.has(hash) && store.failure(hash)).length;
  return { done, failed, missing: places.length - done - failed };
}

function say(loaded: Loaded): { done: number; failed: number; missing: number } {
  const { done, failed, missing } = count(loaded);
  const total = loaded.places.length;
  console.log(
    `${loaded.file.name}: ${done} of ${total} finished, ${failed} failed, ${missing} missing`,
  );
  return { done, failed, missing };
}

/** The finished rows in grid order, with parameters and seed as their first columns. */
function* rowsOf({ store, places }: Loaded): Generator<Row> {
  for (const { cell, seed, hash } of places) {
    const columns = parameterColumns(cell, seed);
    for (const row of store.get(hash) ?? []) yield { ...columns, ...row };
  }
}

function checkTarget(target: string | undefined): void {
  if (target === undefined || TABLE_ENDINGS.some((ending) => target.endsWith(ending))) return;
  throw new UsageError(
    `Cannot run sweep as --collect must end in ${TABLE_ENDINGS.join(" or ")}: ` +
      `current value is "${target}"`,
  );
}

function collect(loaded: Loaded, target: string): void {
  const rows = [...rowsOf(loaded)];
  writeTable(absolute(target), rows);
  console.log(`${rows.length} rows in ${target}`);
}

/** Seconds of a cell: the mean of what is finished, else of one that is computed now. */
async function secondsOfCell(loaded: Loaded, missing: readonly Place[]): Promise<number> {
  const known = () =>
    loaded.places.slice(0, 200).flatMap(({ hash }) => loaded.store.seconds(hash) ?? []);
  if (known().length === 0) {
    console.log("one cell is computed here, to know how long it takes");
    await computePlaces(loaded, missing.slice(0, 1), { workers: 0, retry: true });
  }
  const all = known();
  return all.length > 0 ? all.reduce((sum, x) => sum + x) / all.length : 60;
}

/** Job ids that this folder has submitted, from `slurm/jobs`. */
function jobsOf({ store }: Loaded): string[] {
  try {
    return Deno.readTextFileSync(`${store.folder}/slurm/jobs`).split("\n").filter(Boolean);
  } catch {
    return [];
  }
}

async function slurm(loaded: Loaded, args: Arguments, dry: boolean): Promise<void> {
  const { store, file, code } = loaded;
  const wanted = ({ hash }: Place) =>
    !store.has(hash) && (args.flag("retry") || !store.failure(hash));
  if (!dry) await attach(loaded);
  let missing = loaded.places.filter(wanted);
  if (missing.length === 0) {
    if (dry) console.log("nothing to submit: no cell is missing");
    return;
  }
  const minutes = args.integer("minutes", 1, 1e6) ?? 5;
  const seconds = args.text("chunk") || dry ? NaN : await secondsOfCell(loaded, missing);
  missing = missing.filter(({ hash }) => !store.has(hash));
  const chunk = args.integer("chunk", 1, 1e9) ??
    (dry ? 1 : Math.max(1, Math.min(missing.length, Math.round(60 * minutes / seconds))));
  const name = dry ? "manifest-dry.json" : `manifest-${crypto.randomUUID().slice(0, 8)}.json`;
  const plan: ArrayPlan = {
    name: file.name,
    file: loaded.path,
    folder: store.folder,
    manifest: `${store.folder}/slurm/${name}`,
    cells: missing.length,
    chunk,
    throttle: args.integer("throttle", 1, 1e6) ?? 50,
    maxArray: dry ? 1000 : await maxArraySize(),
    options: args.text("sbatch")?.split(/\s+/).filter(Boolean) ?? [],
  };
  const parts = submissions(plan);
  if (dry) {
    for (const { args, script } of parts) {
      console.log(`sbatch ${args.join(" ")} <<'END'\n${script}END`);
    }
    console.log(
      `${missing.length} cells in ${parts.reduce((n, { tasks }) => n + tasks, 0)} array tasks`,
    );
    return;
  }
  Deno.mkdirSync(`${store.folder}/slurm`, { recursive: true });
  const index = new Map(loaded.places.map(({ hash }, i) => [hash, i]));
  Deno.writeTextFileSync(
    plan.manifest,
    JSON.stringify({ code, places: missing.map(({ hash }) => index.get(hash)) }),
  );
  const jobs: string[] = [];
  for (const part of parts) {
    const id = await submit(part);
    jobs.push(id);
    Deno.writeTextFileSync(`${store.folder}/slurm/jobs`, id + "\n", { append: true });
    console.log(`submitted job ${id}: ${part.tasks} tasks of ${chunk} cells`);
  }
  if (!args.flag("no-wait")) await wait(loaded, jobs, missing);
}

/** Waits for jobs of an earlier driver that are still in the queue: their cells are not submitted twice. */
async function attach(loaded: Loaded): Promise<void> {
  const jobs = jobsOf(loaded);
  if ((await queued(jobs)).size === 0) return;
  console.log("jobs of an earlier run are still in the queue: waiting for them");
  await wait(loaded, jobs, loaded.places.filter(({ hash }) => !loaded.store.has(hash)));
}

/** Waits until the jobs have left the queue; results are files, so no accounting is needed. */
async function wait(
  loaded: Loaded,
  jobs: readonly string[],
  missing: readonly Place[],
): Promise<void> {
  using bar = progress(`${loaded.file.name} on Slurm`, missing.length);
  let seen = 0;
  for (let pause = 500;; pause = Math.min(5000, pause * 1.3)) {
    const states = await queued(jobs);
    const done = missing.filter(({ hash }) => loaded.store.has(hash)).length;
    const text = [...states].map(([state, n]) => `${n} ${state.toLowerCase()}`).join(", ");
    bar.tick(done - seen, text);
    seen = done;
    if (states.size === 0) return;
    await new Promise((wake) => setTimeout(wake, pause));
  }
}

/** The part of a manifest that one array task computes. */
async function arrayTask(loaded: Loaded, args: Arguments): Promise<number> {
  const manifest = JSON.parse(Deno.readTextFileSync(args.text("manifest")!)) as {
    code: string;
    places: number[];
  };
  if (manifest.code !== loaded.code) {
    throw new Error(
      `Cannot compute the cells as the code must be that of the submission: it has changed since; submit again`,
    );
  }
  const chunk = args.integer("chunk", 1, 1e9)!, task = args.integer("task", 0, 1e9)!;
  const places = manifest.places.slice(chunk * task, chunk * (task + 1)).map((i) =>
    loaded.places[i]
  );
  const failed = await computePlaces(loaded, places, {
    workers: args.integer("workers", 0, 256) ?? 0,
    retry: true,
  });
  return failed > 0 ? 1 : 0;
}

async function sweep(args: Arguments): Promise<number> {
  const engine = args.oneOf("engine", ["local", "slurm", "dry"], "local");
  const target = args.text("collect");
  checkTarget(target);
  const loaded = await load(args);
  if (args.text("manifest")) return await arrayTask(loaded, args);
  if (args.flag("resume") && count(loaded).done === 0 && jobsOf(loaded).length === 0) {
    throw new UsageError(
      `Cannot run sweep as --resume must find results: none in ${loaded.store.folder}`,
    );
  }
  if (args.flag("status")) {
    const states = jobsOf(loaded).length > 0 ? await queued(jobsOf(loaded)) : new Map();
    for (const [state, n] of states) console.log(`${n} tasks ${state.toLowerCase()}`);
  } else if (engine === "local") {
    const timeout = args.integer("timeout", 1, 1e6), workers = args.integer("workers", 0, 256);
    await compute(loaded, loaded.file, {
      retry: args.flag("retry") || args.flag("resume"),
      ...(timeout === undefined ? {} : { timeout }),
      ...(workers === undefined ? {} : { workers }),
    });
  } else {
    await slurm(loaded, args, engine === "dry");
    if (engine === "dry") return 0;
  }
  const { failed, missing } = say({ ...loaded, store: new FolderStore(loaded.store.folder) });
  if (target !== undefined) collect(loaded, target);
  return failed + missing > 0 && !args.flag("status") && !args.flag("no-wait") ? 1 : 0;
}

if (import.meta.main) await runTask(USAGE, sweep);
