/**
 * How the cells of a sweep are worked off: a queue, the lanes that take from it, and what becomes of a
 * cell that fails, hangs or loses its worker.
 *
 * @module
 */
import { isInterrupt } from "../notebook/interrupt.ts";
import type { Row } from "../table/row.ts";
import { asError } from "./_error.ts";
import type { Lane } from "./_lane.ts";
import type { Place } from "./plan.ts";
import { type CellStore, StoreError } from "./store.ts";

/** One computation and how far it is; cells that occur twice share it. */
export interface Job extends Place {
  /** The rows, unless the store has them. */
  rows?: readonly Row[];
  /** Whether a store that outlives the process has a file of it; it is read when it is wanted. */
  kept?: boolean;
  /** Why there are none. */
  failure?: Error;
  /** Resolves when there are rows or a failure; made when somebody waits. */
  settled?: PromiseWithResolvers<void>;
}

/** A cell that has no rows: the cause first, then the sweep and the label of the cell. */
export function cellError(name: string, label: string, error: unknown): Error {
  const where = [`sweep "${name}"`, label && `cell ${label}`].filter((part) => part !== "");
  return new Error(`${asError(error).message} (${where.join(", ")})`, { cause: error });
}

/** A cell that took longer than it may. */
class TimeoutError extends Error {
  override name = "TimeoutError";
}

/** The promise, or a rejection when it takes longer than `seconds`. */
async function within<T>(work: Promise<T>, seconds: number | undefined): Promise<T> {
  if (seconds === undefined) return await work;
  const { promise, reject } = Promise.withResolvers<never>();
  const late = () => reject(new TimeoutError(`a cell took longer than ${seconds} s (timeout)`));
  const timer = setTimeout(late, 1000 * seconds);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** The jobs that are left, in grid order, shared by the lanes. */
export class Queue {
  #jobs: readonly Job[];
  #at = 0;

  constructor(jobs: readonly Job[]) {
    this.#jobs = jobs;
  }

  next(): Job | undefined {
    return this.#jobs[this.#at++];
  }

  /** Goes on in the middle of what is left: another process works at the same place. */
  jump(): void {
    const rest = this.#jobs.slice(this.#at), half = rest.length >> 1;
    this.#jobs = [...rest.slice(half), ...rest.slice(0, half)];
    this.#at = 0;
  }
}

/** What a sweep in progress consists of. */
export interface Engine {
  readonly name: string;
  readonly store: CellStore;
  readonly timeout?: number;
  /** Whether nobody wants the rest. */
  readonly stopped: boolean;
  open(): Lane;
  /** Names a job in a few words. */
  label(job: Job): string;
  /** Tells of a job that has rows or a failure. */
  settle(job: Job): void;
}

/**
 * Takes the next job as long as there is one; the lanes share the queue. With a store that keeps
 * failures, a cell that fails does not stop the others, and a lane that ended is replaced; a worker
 * that ended once may have been stopped from outside, so its cell gets a second worker.
 */
export async function drain(engine: Engine, queue: Queue, lanes: Set<Lane>): Promise<void> {
  const { store, timeout } = engine,
    open = () => {
      const lane = engine.open();
      lanes.add(lane);
      return lane;
    };
  const close = (lane: Lane) => {
    lanes.delete(lane);
    lane[Symbol.dispose]();
  };
  let lane = open();
  for (let job = queue.next(); job && !engine.stopped; job = queue.next()) {
    const { hash } = job;
    if (hash && store.identify && store.has?.(hash)) { // another process has finished it meanwhile
      engine.settle(job);
      queue.jump();
      continue;
    }
    for (let attempt = 1;; attempt++) {
      await lane.turn();
      const start = performance.now();
      try {
        const rows = await within(lane.run(job), timeout);
        if (hash) await store.set(hash, rows, (performance.now() - start) / 1000);
        if (!hash || !store.identify) job.rows = rows;
        engine.settle(job);
      } catch (error) {
        // A stop from outside, or the reader's Interrupt, is no failure of the cell.
        if (engine.stopped || isInterrupt(error)) throw error;
        const late = error instanceof TimeoutError;
        const ended = lane.ended !== undefined;
        if (late || ended) {
          close(lane);
          lane = open();
        }
        if (ended && !late && store.fail && attempt === 1) continue;
        job.failure = cellError(engine.name, engine.label(job), error);
        if (!store.fail || !hash || error instanceof StoreError) throw job.failure;
        const { message, stack } = asError(error);
        await store.fail(hash, { cell: engine.label(job), message, stack });
        engine.settle(job);
      }
      break;
    }
  }
  close(lane);
}
