/**
 * The reader's Interrupt in a notebook, as sweeps and claims see it.
 *
 * @module
 */

import { platform } from "../../platform/mod.ts";

const NAME = "Interrupted";

/** Whether an error says that the reader interrupted the cell of the notebook. */
export function isInterrupt(error: unknown): boolean {
  return error instanceof Error && error.name === NAME;
}

/**
 * A signal that the notebook's Interrupt aborts: it ends the cell's own `await`, but not workers in
 * the middle of a cell. Elsewhere an interrupt ends the process, and the signal stays quiet.
 */
export function onInterrupt(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController(), { signal } = controller;
  const interrupted = Object.assign(new Error("the cell was interrupted"), { name: NAME });
  const stop = () => controller.abort(interrupted);
  return { signal, [Symbol.dispose]: platform.notebook.onInterrupt(stop) };
}
