import { isLane } from "../../platform/mod.ts";
import { onInterrupt } from "../notebook/interrupt.ts";
import { progress } from "../notebook/progress.ts";
import { settings } from "../settings.ts";
import type { Row } from "../table/row.ts";
import { cellLabels } from "./_label.ts";
import { cellError, drain, type Engine, type Job, Queue } from "./_drain.ts";
import { type Lane, localLane, workerLane } from "./_lane.ts";
import { keepsWorkers, thereAreWorkers } from "./workers.ts";
import { FolderStore } from "./folder_store.ts";
import { checkOptions, type SweepOptions, type SweepRow } from "./options.ts";
import { plan } from "./plan.ts";
import type { CellStore } from "./store.ts";
import { isTask, type Run, type Seed, type Task } from "./task.ts";

const memory: CellStore = new Map<string, readonly Row[]>();

/** Sweeps of tasks that are under way. */
let together = 0;

/** Sweeps that have begun. */
let begun = 0;

function defaultWorkers(): number {
  if (isLane() || !thereAreWorkers()) return 0;
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
      `${
        failures[0].message
      }; ${failures.length} of ${total} cells of "${name}" failed, the others are ` +
        "kept, and retry: true tries again",
      { cause: failures[0] },
    );
    this.failures = failures;
  }
}

/**
 * Computes `run` on every cell and returns the rows in grid order: cells, then seeds.
 *
 * A `task` runs in module workers, the next free worker taking the next cell; a plain closure, cells
 * that hold a function, or any run with `workers <= 1`, run in this process. The rows are the same
 * bit for bit. Finished cells of a task are remembered by a hash of module, export, cell and seed and
 * not computed again; those of a closure, or that hold a function, are not. A row has the parameters
 * of its cell as its first columns; one that is an object or an array is there as canonical JSON, if
 * cells differ in it.
 * A failing cell, or a worker that ends, rejects with an error naming the cell and stops the rest;
 * running out of memory ends the whole process, as everywhere in Deno.
 *
 * Needs `--allow-read` (workers import the module of the task by its URL) when workers are used.
 *
 * @param options What to compute; see {@linkcode SweepOptions}.
 * @throws {TypeError} If an option is not known or contradicts another, if a cell is not plain JSON
 * with finite numbers (the message names the key), or if a seed is no text.
 * @throws {Error} If a cell fails, also as its result is not made of scalars or repeats a parameter
 * with another value.
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
  const shares = isTask(options?.run) ? 1 : 0, number = ++begun;
  together += shares;
  using _left = {
    [Symbol.dispose]() {
      together -= shares;
    },
  };
  // After an Interrupt, the kernel's listener knows a new cell by its first `await` of a promise.
  await Promise.resolve();
  checkOptions(options as never);
  const { name, run, workers, timeout, retry = false, cost } = options;
  const store = openStore(options.store);
  const code = isTask(run) ? await store.identify?.(run) : undefined;
  // The folder of the settings holds what it can; one that is asked for here holds all, or says why.
  const mustTravel = timeout !== undefined || (options.store && store.identify) !== undefined;
  const { places, distinct, travels, rows: rowsOf } = plan(options, code?.hash, mustTravel);
  if (!travels && store.identify) {
    console.warn(`${name}: cells with a function, or a closure as run, are not kept in the folder`);
  }
  const jobs: readonly Job[] = distinct, label = cellLabels(distinct);
  const table = (job: Job, rows: readonly Row[]) => {
    try {
      return rowsOf(job, rows);
    } catch (error) {
      throw cellError(name, label(job), error);
    }
  };
  for (const job of jobs) {
    if (!job.hash) continue;
    // A file is read once, when its rows are wanted: neither memory nor time for a second look.
    if (store.identify && store.has) job.kept = store.has(job.hash);
    else job.rows = await store.get(job.hash) || undefined;
    if (retry || job.kept || job.rows) continue;
    const before = store.failure?.(job.hash);
    if (before) job.failure = cellError(name, label(job), new Error(before.message));
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
  const queue = new Queue(cost ? dearestFirst(missing, cost as (cell: object) => number) : missing);
  const wanted = Math.min(workers ?? defaultWorkers(), missing.length);
  const count = isTask(run) && travels ? Math.max(1, wanted) : 1;
  // A single cell goes to a worker that waits only if there are sweeps beside it, which it would hold up here.
  const beside = (workers ?? defaultWorkers()) > 1 && isTask(run) && travels &&
    together > 1 && keepsWorkers();
  const inWorkers = isTask(run) && (count > 1 || timeout !== undefined || beside);
  const most = beside ? workers ?? defaultWorkers() : count;
  const open = () =>
    inWorkers ? workerLane(run, number, most, code?.files) : localLane(run as never, signal);
  let over = false;
  const engine: Engine = {
    ...{ name, store, settle, open, label },
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
    Promise.all(Array.from({ length: count }, () => drain(engine, queue, lanes))),
    signal,
  );
  work.catch(() => {}); // it is awaited below; a consumer that left need not hear of it

  const failures = new Set<Error>();
  for (const job of places as readonly Job[]) {
    if (pending.has(job)) {
      job.settled ??= Promise.withResolvers();
      await Promise.race([job.settled.promise, work]);
    }
    let rows = job.failure ? undefined : job.rows ?? await store.get(job.hash!);
    if (!rows && !job.failure) { // its file was damaged, or has gone: computed again
      await untilAborted(drain(engine, new Queue([job]), lanes), signal);
      if (!job.failure) rows = job.rows ?? await store.get(job.hash!) ?? lost(name, label(job));
    }
    if (rows) yield* table(job, rows);
    else failures.add(job.failure!);
  }
  await work;
  bar.done();
  if (failures.size > 0) throw new SweepError(name, [...failures], jobs.length);
}

/** The jobs by falling cost of their cells; equal ones stay in order. */
function dearestFirst(jobs: readonly Job[], cost: (cell: object) => number): Job[] {
  const costs = new Map(jobs.map((job) => [job, cost(job.cell)]));
  return jobs.toSorted((a, b) => costs.get(b)! - costs.get(a)!);
}

/** A cell that was computed again and whose file has gone once more: somebody else removes files. */
function lost(name: string, label: string): never {
  throw cellError(
    name,
    label,
    new Error("the kept result has gone or was damaged; run the sweep again"),
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
