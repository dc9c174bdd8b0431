import { checkFinite, checkInteger } from "../check.ts";
import { canonicalJson, cellHash } from "./_cell.ts";
import { type Lane, localLane, workerLane } from "./_lane.ts";
import { progress } from "./progress.ts";
import type { Row } from "./row.ts";
import { settings } from "./settings.ts";
import { DEFAULT_SEED, isTask, type Run, type Seed, type Task } from "./task.ts";

/** Where the rows of finished cells are kept, by the hash of the cell. A `Map` is one. */
export interface CellStore {
  /** Rows of a finished cell. */
  get(hash: string): readonly Row[] | undefined | Promise<readonly Row[] | undefined>;
  /** Keeps the rows of a finished cell. */
  set(hash: string, rows: readonly Row[]): unknown;
}

/** The scalar parameters of a cell, which become columns of its rows. */
export type ScalarPart<P> = {
  [K in keyof P as P[K] extends Row[string] ? K : never]: P[K];
};

/** A row of a sweep: scalar parameters of the cell, its seed when there are seeds, the result. */
export type SweepRow<P, R extends Row, S extends Seed> =
  & ScalarPart<P>
  & ([S] extends [never] ? unknown : { seed: S })
  & R;

/** What `sweep` computes and how. */
export interface SweepOptions<P, S extends Seed> {
  /** What is computed, for messages. */
  readonly name: string;
  /** Plain JSON objects with finite numbers, e.g. from `grid`. */
  readonly cells: readonly P[];
  /** Every cell is computed once per seed; the rows get a column `seed`. */
  readonly seeds?: readonly S[];
  /** Module workers; 0 or 1: in this process. Default: `settings()`, else one per core up to 4. */
  readonly workers?: number;
  /** Text of the progress bar; the name by default. */
  readonly label?: string;
  /** Stops the sweep: it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Memory of finished cells; by default one that lives as long as the process. */
  readonly store?: CellStore;
}

/** One computation; cells that occur twice share it. */
interface Job {
  readonly cell: unknown;
  readonly seed?: string;
  readonly hash?: string;
  rows?: readonly Row[];
}

/** One place in grid order. */
interface Slot {
  readonly cell: object;
  readonly seed?: Seed;
  readonly job: Job;
}

const memory: CellStore = new Map<string, readonly Row[]>();

function describe({ cell, seed }: Job): string {
  const text = JSON.stringify(cell);
  return (text.length > 300 ? `${text.slice(0, 297)}...` : text) +
    (seed === undefined ? "" : ` with seed ${seed}`);
}

function checkSeeds(seeds: readonly Seed[]): void {
  seeds.forEach((seed, i) => {
    if (typeof seed !== "string") checkFinite("run the sweep", `seeds[${i}]`, seed);
  });
  if (new Set(seeds.map(String)).size < seeds.length) {
    throw new RangeError(`Cannot run the sweep as seeds must differ: current value is ${seeds}`);
  }
}

/** Every cell with every seed in grid order; equal cells of a task share one job. */
function plan(run: Run<never, Row>, cells: readonly object[], seeds?: readonly Seed[]): Slot[] {
  if (seeds) checkSeeds(seeds);
  const jobs = new Map<string, Job>();
  return cells.flatMap((cell, i) => {
    const text = canonicalJson(cell, `cells[${i}]`);
    if (!text.startsWith("{")) {
      throw new TypeError(`Cannot run the sweep as cells[${i}] must be an object: got ${text}`);
    }
    if (seeds && Object.hasOwn(cell, "seed")) {
      throw new TypeError(`Cannot run the sweep as cells[${i}] has a seed beside the seeds`);
    }
    return (seeds ?? [undefined]).map((seed) => {
      const name = seed === undefined ? undefined : String(seed);
      const hash = isTask(run) ? cellHash(run, text, name ?? DEFAULT_SEED) : undefined;
      const job = jobs.get(hash ?? "") ?? { cell, seed: name, hash };
      if (hash) jobs.set(hash, job);
      return { cell, seed, job };
    });
  });
}

/** The rows of a slot with the scalar parameters and the seed as their first columns. */
function merge({ cell, seed, job }: Slot): Row[] {
  const columns: Row = {};
  for (const [key, value] of Object.entries(cell)) {
    if (value === null || typeof value !== "object") columns[key] = value;
  }
  if (seed !== undefined) columns.seed = seed;
  return job.rows!.map((row) => {
    for (const [key, value] of Object.entries(columns)) {
      if (Object.hasOwn(row, key) && !Object.is(row[key], value)) {
        throw new TypeError(
          `Cannot name the column ${key} of the result as the cell has a parameter of this name ` +
            `with another value: ${value} in the cell, ${row[key]} in the row`,
        );
      }
    }
    return { ...columns, ...row };
  });
}

function defaultWorkers(): number {
  if ("WorkerGlobalScope" in globalThis) return 0;
  return settings().workers ?? Math.min(navigator.hardwareConcurrency, 4);
}

/** Takes the next job as long as there is one; the lanes share the queue. */
async function drain(
  lane: Lane,
  queue: Iterator<Job>,
  finish: (job: Job) => unknown,
  name: string,
): Promise<void> {
  for (let next = queue.next(); !next.done; next = queue.next()) {
    const job = next.value;
    try {
      job.rows = await lane.run(job.cell, job.seed ?? DEFAULT_SEED);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`Cannot finish sweep "${name}" as cell ${describe(job)} failed: ${reason}`, {
        cause: error,
      });
    }
    await finish(job);
  }
}

/**
 * Computes `run` on every cell and returns the rows in grid order: cells, then seeds.
 *
 * A `task` runs in module workers, the next free worker taking the next cell; a plain closure, or
 * any run with `workers <= 1`, runs in this process. The rows are the same bit for bit. Finished
 * cells of a task are remembered by a hash of module, export, cell and seed and not computed again.
 * A failing cell, or a worker that ends, rejects with an error naming the cell and stops the rest;
 * running out of memory ends the whole process, as everywhere in Deno.
 *
 * Needs `--allow-read` (workers import the module of the task by its URL) when workers are used.
 *
 * @param options What to compute; see {@linkcode SweepOptions}.
 * @throws {TypeError} If a cell is not plain JSON with finite numbers (the message names the key),
 * or if a result is not made of scalars or repeats a parameter with another value.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { grid, sweep } from "lora-dynamics/experiment/mod.ts";
 *
 * const rows = await sweep({
 *   name: "powers",
 *   run: ({ base, power }) => ({ value: base ** power }),
 *   cells: grid({ base: [2, 3], power: [1, 2] }),
 * });
 * assertEquals(rows.map((row) => row.value), [2, 4, 3, 9]);
 * assertEquals(rows[3], { base: 3, power: 2, value: 9 });
 * ```
 */
export function sweep<P extends object, R extends Row, S extends Seed = never>(
  options: SweepOptions<P, S> & { readonly run: Run<P, R> & { readonly module?: never } },
): Promise<SweepRow<P, R, S>[]>;
/** The same for a task, which knows the type of its cells. */
export function sweep<P extends object, R extends Row, S extends Seed = never>(
  options: SweepOptions<NoInfer<P>, S> & { readonly run: Task<P, R> },
): Promise<SweepRow<P, R, S>[]>;
export async function sweep<P extends object, S extends Seed>(
  options: SweepOptions<P, S> & { readonly run: Run<P, Row> },
): Promise<Row[]> {
  const { name, run, cells, seeds, workers, store = memory } = options;
  if (workers !== undefined) checkInteger("run the sweep", "workers", workers, 0);
  const slots = plan(run, cells, seeds);
  const jobs = [...new Set(slots.map((slot) => slot.job))];
  for (const job of jobs) job.rows = job.hash && await store.get(job.hash) || undefined;
  const missing = jobs.filter((job) => job.rows === undefined);

  const signal = options.signal ?? new AbortController().signal;
  signal.throwIfAborted();
  using bar = progress(options.label ?? name, missing.length);
  using lanes = new DisposableStack();
  const queue = missing.values();
  const finish = async (job: Job) => {
    if (job.hash) await store.set(job.hash, job.rows!);
    bar.tick();
  };
  const count = isTask(run) ? Math.min(workers ?? defaultWorkers(), missing.length) : 1;
  const open = () => count > 1 && isTask(run) ? workerLane(run) : localLane(run as never, signal);
  const working = Array.from({ length: Math.max(1, count) }, () => lanes.use(open()))
    .map((lane) => drain(lane, queue, finish, name));
  await untilAborted(Promise.all(working), signal);
  bar.done();
  return slots.flatMap(merge);
}

/** The promise, or a rejection with the signal's reason as soon as it is aborted. */
async function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
