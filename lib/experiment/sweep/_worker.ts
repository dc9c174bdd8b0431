/**
 * Module worker of a sweep: receives a port, then computes one cell per message on it.
 *
 * @module
 */
import { becomeLane } from "../../platform/mod.ts";
import { codeIdentity } from "./_code.ts";
import { runCell } from "./_run_cell.ts";
import { completeContext, isTask } from "./task.ts";
import type { Task } from "./task.ts";
import type { Row } from "../table/row.ts";

/** A cell to compute. */
export interface Request {
  module: string;
  exportName: string;
  cell: unknown;
  seed: string;
  /** Hash of the code that is expected, when results outlive the process. */
  code?: string;
}

/** Its rows, or why there are none. */
export type Reply =
  | { rows: Row[] }
  | { error: { name: string; message: string; stack?: string } };

becomeLane();

const checked = new Set<string>();

/** Throws unless the code on disk, before and after it was imported, is the one that is expected. */
function checkCode({ module, code }: Request): void {
  if (code === undefined || codeIdentity(module).hash === code) return;
  throw new Error("its code changed during the sweep: run it again, after a restart of the kernel");
}

async function load(request: Request): Promise<Task<unknown, Row>> {
  const { module, exportName } = request, first = !checked.has(module);
  if (first) checkCode(request);
  const found = (await import(module))[exportName];
  if (!isTask(found) || found.exportName !== exportName) {
    throw new TypeError(
      `Cannot load the task as its module must export task(import.meta.url, "${exportName}", ...) ` +
        `under the name ${exportName}: found ${isTask(found) ? found.exportName : typeof found}`,
    );
  }
  if (first) checkCode(request);
  checked.add(module);
  return found;
}

async function answer(request: Request): Promise<Reply> {
  try {
    const context = completeContext({ seed: request.seed });
    return { rows: await runCell(await load(request), request.cell, context) };
  } catch (error) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    return { error: { name, message, stack } };
  }
}

globalThis.addEventListener("message", (event) => {
  const port = (event as MessageEvent).ports[0];
  port.onmessage = async ({ data }: MessageEvent<Request>) => port.postMessage(await answer(data));
}, { once: true });
