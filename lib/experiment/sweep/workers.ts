/**
 * Module workers of sweeps. In a notebook, and while claims are checked, they wait for the next sweep:
 * what they have loaded and compiled is worth about as much time as a quick experiment.
 *
 * @module
 */
import { platform } from "../../platform/mod.ts";
import type { Row } from "../table/row.ts";
import type { CellToRun } from "./_run_cell.ts";
import type { Orders, Reply } from "./_worker.ts";

/** Longest time, in ms, for which a worker waits in a notebook: then it gives its memory back. */
const WAIT = 60_000;

/** The error of a worker with its name and stack, as the cause of ours. */
function revive({ name, message, stack }: { name: string; message: string; stack?: string }) {
  return Object.assign(new Error(message), { name, stack });
}

/**
 * Whether there are module workers here: Node has none, and a bundle that somebody else made of the
 * library has no modules that they could load.
 */
export function thereAreWorkers(): boolean {
  return "Worker" in globalThis && /\/sweep\/workers\.[jt]s$/.test(import.meta.url);
}

/** One worker, which computes one cell at a time. One that ends by itself is an error, never a hang. */
export class SweepWorker {
  readonly #worker = new Worker(new URL("./_worker.ts", import.meta.url), { type: "module" });
  readonly #port: MessagePort;
  #pending: PromiseWithResolvers<Row[]> | undefined;
  #ended: Error | undefined;

  constructor() {
    const { port1, port2 } = new MessageChannel(), port = this.#port = port1;
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#end(`the worker stopped: ${event.message}`);
    });
    // The port closes with the worker, however it ends: this alone tells of close() and Deno.exit().
    port.addEventListener("close", () => this.#end("the worker ended"));
    port.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
      const pending = this.#pending;
      this.#pending = undefined;
      if ("rows" in data) pending?.resolve(data.rows);
      else pending?.reject(revive(data.error));
    });
    port.start();
    // A browser may hand over what is sent before the worker listens, to nobody: it says when it does.
    const handOver = () => this.#worker.postMessage(undefined, [port2]);
    this.#worker.addEventListener("message", handOver, { once: true });
  }

  #end(reason: string): void {
    this.#ended ??= new Error(reason);
    this.#pending?.reject(this.#ended);
    forget(this);
  }

  /** Why it can compute no more cells. */
  get ended(): Error | undefined {
    return this.#ended;
  }

  /** Whether it is in the middle of a cell. */
  get busy(): boolean {
    return this.#pending !== undefined;
  }

  /** Says which task the next cells are of. */
  begin(orders: Orders): void {
    this.#port.postMessage(orders);
  }

  /** The rows of a cell. */
  run(cell: CellToRun): Promise<Row[]> {
    const pending = this.#pending = Promise.withResolvers();
    if (this.#ended) pending.reject(this.#ended);
    this.#port.postMessage(cell);
    return pending.promise;
  }

  /** Ends it, in the middle of a cell too. */
  stop(): void {
    this.#end("the sweep is over");
    this.#worker.terminate();
    this.#port.close();
  }
}

/** Workers that wait, each with the timer that will end it. */
const waiting = new Map<SweepWorker, ReturnType<typeof setTimeout>>();
let keepers = 0;

function forget(worker: SweepWorker): void {
  clearTimeout(waiting.get(worker));
  waiting.delete(worker);
}

/** Who waits until fewer than `most` workers are in the middle of sweeps. */
interface Asking {
  readonly most: number;
  /** Number of the sweep, counted in the order in which they began. */
  readonly sweep: number;
  readonly go: () => void;
}

/** Workers in the middle of sweeps. */
let taken = 0;
let asking: Asking[] = [];

/**
 * Waits until fewer than `most` workers are in the middle of sweeps: sweeps that run at the same time
 * share the cores. Whoever asks gives the place back by {@linkcode leave}.
 */
export async function enter(most: number, sweep: number): Promise<void> {
  if (taken >= most) {
    const { promise, resolve } = Promise.withResolvers<void>();
    asking.push({ most, sweep, go: resolve });
    return await promise;
  }
  taken++;
}

/** Whether a sweep that began later than this one waits for a place. */
export function laterOnesAsk(sweep: number): boolean {
  return asking.some((one) => one.sweep > sweep);
}

/**
 * Gives a place back: to the sweep that has begun last, as that is the one which the reader has just asked
 * for, and within it to whoever has waited longest.
 */
export function leave(): void {
  taken--;
  const able = asking.filter(({ most }) => taken < most);
  const last = Math.max(...able.map(({ sweep }) => sweep));
  const next = able.find(({ sweep }) => sweep === last);
  if (!next) return;
  asking = asking.filter((one) => one !== next);
  taken++;
  next.go();
}

/** The worker that has waited least, which still knows the code of the last sweep, or a new one. */
export function takeWorker(): SweepWorker {
  const worker = [...waiting.keys()].at(-1);
  if (!worker) return new SweepWorker();
  forget(worker);
  return worker;
}

/** Whether a worker that has nothing to do waits for the next sweep. */
export function keepsWorkers(): boolean {
  return keepers > 0 || platform.notebook.broadcast !== undefined;
}

/** Lets a worker wait for the next sweep where there may be one, and ends it elsewhere. */
export function giveBack(worker: SweepWorker): void {
  if (!keepsWorkers() || worker.busy || worker.ended) return worker.stop();
  waiting.set(worker, setTimeout(() => worker.stop(), WAIT));
}

/** Keeps workers from sweep to sweep, also outside of notebooks, until it is disposed. */
export function keepWorkers(): Disposable {
  keepers++;
  return {
    [Symbol.dispose]() {
      if (--keepers > 0 || platform.notebook.broadcast) return;
      for (const worker of [...waiting.keys()]) worker.stop();
    },
  };
}
