import { checkFinite, checkInteger, checkPositive } from "../../check.ts";
import { canonicalJson, cellHash, parameterColumns } from "./cell.ts";
import { cellError, drain, type Engine, type Job, Queue } from "./_drain.ts";
import { onInterrupt } from "../notebook/interrupt.ts";
import { isLane } from "../../platform/mod.ts";
import { type Lane, localLane, workerLane } from "./_lane.ts";
import { FolderStore } from "./folder_store.ts";
import { progress } from "../notebook/progress.ts";
import type { Row } from "../table/row.ts";
import { settings } from "../settings.ts";
import type { CellStore } from "./store.ts";
import { DEFAULT_SEED, isTask, type Run, type Seed, type Task } from "./task.ts";

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
  /**
   * Where finished cells are kept: a folder (see `FolderStore`) for good, or a store. By default
   * the folder `cache` of `settings()`, else a memory that lives as long as the process.
   */
  readonly store?: CellStore | string | URL;
  /** Longest time for a cell, in seconds; then it has failed. The cells then run in workers. */
  readonly timeout?: number;
  /** Whether cells that failed before are tried again (`false`: their error is reported again). */
  readonly retry?: boolean;
}

/** One place in grid order. */
interface Slot {
  readonly cell: object;
  readonly seed?: Seed;
  readonly job: Job;
}

const memory: CellStore = new Map<string, readonly Row[]>();

function checkSeeds(seeds: readonly Seed[]): void {
  seeds.forEach((seed, i) => {
    if (typeof seed !== "string") checkFinite("run the sweep", `seeds[${i}]`, seed);
  });
  if (new Set(seeds.map(String)).size < seeds.length) {
    throw new RangeError(`Cannot run the sweep as seeds must differ: current value is ${seeds}`);
  }
}

/** Every cell with every seed in grid order; equal cells of a task share one job. */
function plan(
  run: Run<never, Row>,
  cells: readonly object[],
  seeds: readonly Seed[] | undefined,
  code: string | undefined,
): Slot[] {
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
      const hash = isTask(run) ? cellHash(run, text, name ?? DEFAULT_SEED, code) : undefined;
      const job = jobs.get(hash ?? "") ?? { cell, seed: name, hash };
      if (hash) jobs.set(hash, job);
      return { cell, seed, job };
    });
  });
}

/** The rows of a slot with the scalar parameters and the seed as their first columns. */
function merge({ cell, seed }: Slot, rows: readonly Row[]): Row[] {
  const columns = parameterColumns(cell, seed);
  return rows.map((row) => {
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
  if (isLane()) return 0;
  return settings().workers ?? Math.min(navigator.hardwareConcurrency, 4);
}

function openStore(store: SweepOptions<never, never>["store"]): CellStore {
  const place = store ?? (isLane() ? undefined : settings().cache);
  if (place === undefined) return memory;
  return typeof place === "string" || place instanceof URL ? new FolderStore(place) : place;
}

/** Cells of a sweep that failed while the others were finished and kept. */
export class SweepError extends Error {
  /** `"SweepError"`. */
  override name = "SweepError";
  /** One error per failed cell, each naming it. */
  readonly failures: readonly Error[];

  /** `failures` is not empty. */
  constructor(name: string, failures: readonly Error[], total: number) {
    super(
      `Cannot finish sweep "${name}" as ${failures.length} of ${total} cells failed; the others are kept, ` +
        `and retry: true tries again. First: ${failures[0].message}`,
      { cause: failures[0] },
    );
    this.failures = failures;
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
  const rows: Row[] = [];
  for await (const row of sweepRows(options as never)) rows.push(row);
  return rows;
}

/**
 * The rows of {@linkcode sweep} one by one, in grid order, each as soon as it and all before it are
 * there. With a folder as the store no rows are held in memory. Leaving the loop stops the sweep.
 *
 * @param options As for `sweep`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { grid, sweepRows } from "lora-dynamics/experiment/mod.ts";
 *
 * const run = ({ x }: { x: number }) => ({ square: x * x });
 * const seen = [];
 * for await (const row of sweepRows({ name: "squares", run, cells: grid({ x: [1, 2, 3] }) })) {
 *   seen.push(row.square);
 *   if (row.square === 4) break;
 * }
 * assertEquals(seen, [1, 4]);
 * ```
 */
export function sweepRows<P extends object, R extends Row, S extends Seed = never>(
  options: SweepOptions<P, S> & { readonly run: Run<P, R> & { readonly module?: never } },
): AsyncGenerator<SweepRow<P, R, S>, void>;
/** The same for a task, which knows the type of its cells. */
export function sweepRows<P extends object, R extends Row, S extends Seed = never>(
  options: SweepOptions<NoInfer<P>, S> & { readonly run: Task<P, R> },
): AsyncGenerator<SweepRow<P, R, S>, void>;
export async function* sweepRows<P extends object, S extends Seed>(
  options: SweepOptions<P, S> & { readonly run: Run<P, Row> },
): AsyncGenerator<Row, void> {
  const { name, run, cells, seeds, workers, timeout, retry = false } = options;
  // After an Interrupt, the kernel's listener knows a new cell by its first `await` of a promise.
  await Promise.resolve();
  if (workers !== undefined) checkInteger("run the sweep", "workers", workers, 0);
  if (timeout !== undefined) checkPositive("run the sweep", "timeout", timeout);
  const store = openStore(options.store), code = isTask(run) ? store.identify?.(run) : undefined;
  const slots = plan(run, cells, seeds, code);
  const jobs = [...new Set(slots.map((slot) => slot.job))];
  for (const job of jobs) {
    if (!job.hash) continue;
    // A file is read once, when its rows are wanted: neither memory nor time for a second look.
    if (store.identify && store.has) job.kept = store.has(job.hash);
    else job.rows = await store.get(job.hash) || undefined;
    if (retry || job.kept || job.rows) continue;
    const before = store.failure?.(job.hash);
    if (before) job.failure = cellError(name, job, new Error(before.message));
  }
  const missing = jobs.filter((job) => !job.kept && !job.rows && !job.failure);

  using interrupt = onInterrupt();
  const signal = AbortSignal.any([options.signal ?? [], interrupt.signal].flat());
  signal.throwIfAborted();
  using bar = progress(options.label ?? name, missing.length);
  const lanes = new Set<Lane>();
  const pending = new Set(missing);
  const settle = (job: Job) => {
    pending.delete(job);
    job.settled?.resolve();
    bar.tick();
  };
  const queue = new Queue(missing);
  const wanted = Math.min(workers ?? defaultWorkers(), missing.length);
  const count = isTask(run) ? timeout === undefined ? wanted : Math.max(1, wanted) : 1;
  const inWorkers = isTask(run) && (count > 1 || timeout !== undefined);
  const open = () => inWorkers ? workerLane(run, code) : localLane(run as never, signal);
  let over = false;
  const engine: Engine = {
    ...{ name, store, settle, open },
    ...(timeout === undefined ? {} : { timeout }),
    get stopped() {
      return over || signal.aborted;
    },
  };
  using _ = {
    [Symbol.dispose]() {
      over = true;
      lanes.forEach((lane) => lane[Symbol.dispose]());
    },
  };
  const work = missing.length === 0 ? Promise.resolve() : untilAborted(
    Promise.all(Array.from({ length: Math.max(1, count) }, () => drain(engine, queue, lanes))),
    signal,
  );
  work.catch(() => {}); // it is awaited below; a consumer that left need not hear of it

  const failures = new Set<Error>();
  for (const slot of slots) {
    const { job } = slot;
    if (pending.has(job)) {
      job.settled ??= Promise.withResolvers();
      await Promise.race([job.settled.promise, work]);
    }
    let rows = job.failure ? undefined : job.rows ?? await store.get(job.hash!);
    if (!rows && !job.failure) { // its file was damaged, or has gone: computed again
      await untilAborted(drain(engine, new Queue([job]), lanes), signal);
      if (!job.failure) rows = job.rows ?? await store.get(job.hash!) ?? lost(name, job);
    }
    if (rows) yield* merge(slot, rows);
    else failures.add(job.failure!);
  }
  await work;
  bar.done();
  if (failures.size > 0) throw new SweepError(name, [...failures], jobs.length);
}

/** A cell that was computed again and whose file has gone once more: somebody else removes files. */
function lost(name: string, job: Job): never {
  throw cellError(
    name,
    job,
    new Error("its kept result has gone or was damaged; run the sweep again"),
  );
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
