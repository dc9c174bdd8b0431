/**
 * Where cells are computed: a lane computes one cell at a time, in process or in a worker.
 *
 * @module
 */
import type { Row } from "../table/row.ts";
import { type CellToRun, runCell } from "./_run_cell.ts";
import type { Orders, Reply } from "./_worker.ts";
import { copyCell } from "./cell.ts";
import type { Run, Task } from "./task.ts";

/** Computes one cell at a time; disposing it ends what runs. */
export interface Lane extends Disposable {
  run(cell: CellToRun): Promise<Row[]>;
  /** Why it can compute no more cells. */
  readonly ended: Error | undefined;
}

/** Longest time, in ms, for which a lane in process keeps the event loop to itself between cells. */
const YIELD_AFTER = 50;

/** Cells computed here, with a turn of the event loop now and then so that a signal can arrive. */
export function localLane(run: Run<never, Row>, signal: AbortSignal): Lane {
  let yielded = performance.now();
  return {
    async run({ cell, ...rest }) {
      if (performance.now() - yielded > YIELD_AFTER) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        yielded = performance.now();
      }
      signal.throwIfAborted();
      return await runCell(run, { cell: copyCell(cell), ...rest }, signal);
    },
    ended: undefined,
    [Symbol.dispose]() {},
  };
}

/** The error of a worker with its name and stack, as the cause of ours. */
function revive({ name, message, stack }: { name: string; message: string; stack?: string }) {
  return Object.assign(new Error(message), { name, stack });
}

/**
 * Cells computed by one module worker. A worker that ends by itself is an error, never a hang.
 *
 * @param files Marks of the files that the worker must find, when results outlive the process.
 */
export function workerLane(
  { module, exportName }: Task<never, Row>,
  files?: ReadonlyMap<string, string>,
): Lane {
  const worker = new Worker(new URL("./_worker.ts", import.meta.url), { type: "module" });
  const { port1: port, port2 } = new MessageChannel();
  let pending: PromiseWithResolvers<Row[]> | undefined;
  let ended: Error | undefined;
  const end = (reason: string) => {
    ended ??= new Error(reason);
    pending?.reject(ended);
  };
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    end(`the worker stopped: ${event.message}`);
  });
  // The port closes with the worker, however it ends: this alone tells of close() and Deno.exit().
  port.addEventListener("close", () => end("the worker ended"));
  port.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
    if ("rows" in data) pending?.resolve(data.rows);
    else pending?.reject(revive(data.error));
  });
  port.start();
  worker.postMessage({ module, exportName, files } satisfies Orders, [port2]);
  return {
    get ended() {
      return ended;
    },
    run({ cell, seed, columns }) {
      pending = Promise.withResolvers();
      if (ended) pending.reject(ended);
      port.postMessage({ cell, seed, columns } satisfies CellToRun);
      return pending.promise;
    },
    [Symbol.dispose]() {
      end("the sweep is over");
      worker.terminate();
      port.close();
    },
  };
}
