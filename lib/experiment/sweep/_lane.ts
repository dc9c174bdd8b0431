/**
 * Where cells are computed: a lane computes one cell at a time, in process or in a worker.
 *
 * @module
 */
import type { Row } from "../table/row.ts";
import { type CellToRun, runCell } from "./_run_cell.ts";
import {
  enter,
  giveBack,
  keepsWorkers,
  laterOnesAsk,
  leave,
  SweepWorker,
  takeWorker,
} from "./workers.ts";
import { copyCell } from "./cell.ts";
import type { Run, Task } from "./task.ts";

/** Computes one cell at a time; disposing it ends what runs. */
export interface Lane extends Disposable {
  /** Computes a cell, after {@linkcode turn}. */
  run(cell: CellToRun): Promise<Row[]>;
  /** Waits for the next turn, where sweeps that run at the same time share the cores. */
  turn(): Promise<void>;
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
    turn: async () => {},
    ended: undefined,
    [Symbol.dispose]() {},
  };
}

/**
 * Cells computed by one module worker, which is taken when the first of them comes.
 *
 * @param sweep Number of the sweep, in the order in which sweeps began.
 * @param most Workers that sweeps may have at the same time for this one to join them.
 * @param files Marks of the files that the worker must find, when results outlive the process: such a
 * worker is a new one, since it must not know an older state of the code.
 */
export function workerLane(
  { module, exportName }: Task<never, Row>,
  sweep: number,
  most: number,
  files?: ReadonlyMap<string, string>,
): Lane {
  let worker: SweepWorker | undefined, over = false;
  const open = async () => {
    await enter(most, sweep);
    if (over) {
      leave();
      throw new Error("the sweep is over");
    }
    worker = files ? new SweepWorker() : takeWorker();
    worker.begin({ module, exportName, files });
    return worker;
  };
  return {
    get ended() {
      return worker?.ended;
    },
    run: async ({ cell, seed, columns }) => await worker!.run({ cell, seed, columns }),
    async turn() {
      // A sweep lets those that began later in between its cells, unless that costs a new worker: one
      // that must know the present state of the code would have to load all of it.
      if (worker && !worker.ended && !files && keepsWorkers() && laterOnesAsk(sweep)) {
        giveBack(worker);
        worker = undefined;
        leave();
      }
      worker ??= await open();
    },
    [Symbol.dispose]() {
      if (over) return;
      over = true;
      if (!worker) return;
      if (files) worker.stop();
      else giveBack(worker);
      leave();
    },
  };
}
