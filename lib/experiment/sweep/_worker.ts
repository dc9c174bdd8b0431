/**
 * Module worker of sweeps: says that it listens, receives a port, and by it a task, then computes one
 * cell per message until it is told of another task.
 *
 * @module
 */
import { becomeLane } from "../../platform/mod.ts";
import type { Row } from "../table/row.ts";
import { changed } from "./code/contents.ts";
import { asError } from "./_error.ts";
import { type CellToRun, runCell } from "./_run_cell.ts";
import { isTask, type Task } from "./task.ts";

/** The task of a worker. */
export interface Orders {
  readonly module: string;
  readonly exportName: string;
  /** Marks of the files that compute it, when results outlive the process. */
  readonly files?: ReadonlyMap<string, string>;
}

/** The rows of a cell, or why there are none. */
export type Reply =
  | { rows: Row[] }
  | { error: { name: string; message: string; stack?: string } };

becomeLane();

/** Throws unless the code on disk, before and after it was imported, is the one that is expected. */
function checkCode(files: Orders["files"]): void {
  const file = files && changed(files);
  if (file === undefined) return;
  throw new Error(
    `its code changed during the sweep (${file.split("/").slice(-2).join("/")}): run it again, ` +
      `after a restart of the kernel`,
  );
}

async function load({ module, exportName, files }: Orders): Promise<Task<never, Row>> {
  checkCode(files);
  const found = (await import(module))[exportName];
  if (!isTask(found) || found.exportName !== exportName) {
    throw new TypeError(
      `Cannot load the task as its module must export task(import.meta.url, "${exportName}", ...) ` +
        `under the name ${exportName}: found ${isTask(found) ? found.exportName : typeof found}`,
    );
  }
  checkCode(files);
  return found;
}

globalThis.addEventListener("message", (event) => {
  const { ports: [port] } = event as MessageEvent;
  let orders: Orders | undefined, task: Promise<Task<never, Row>> | undefined;
  port.onmessage = async ({ data }: MessageEvent<Orders | CellToRun>) => {
    if ("module" in data) {
      [orders, task] = [data, undefined];
      return;
    }
    try {
      const run = await (task ??= load(orders!));
      port.postMessage({ rows: await runCell(run, data) } satisfies Reply);
    } catch (thrown) {
      const { name, message, stack } = asError(thrown);
      port.postMessage({ error: { name, message, stack } } satisfies Reply);
    }
  };
}, { once: true });
(globalThis as unknown as { postMessage(ready: true): void }).postMessage(true);
