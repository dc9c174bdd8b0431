/**
 * What no cell catches: an error in a timer, a promise that nobody awaits, and an end of the
 * process. Deno's event loop stands still after such an error until something else wakes it, up to
 * half a minute, and says nothing; here it is printed, and cells go on. This module is loaded into
 * every kernel by `child.py`.
 *
 * @module
 */
import process from "node:process";

/** Calls of the runtime, which say nothing to whoever wrote the cell. */
const RUNTIME = /^\s*at (.*[( ])?(ext|node|deno):/;

/** An error with the calls of its cell; of what is no error, what Deno shows of it. */
function told(what: string, reason: unknown): string {
  const stack = reason instanceof Error ? reason.stack : undefined;
  const text = stack === undefined ? Deno.inspect(reason) : stack;
  return `${what} ${text.split("\n").filter((line) => !RUNTIME.test(line)).join("\n")}\n`;
}

/** Whether an error is the end of work that an interrupt has stopped. */
const isInterrupt = (reason: unknown): boolean =>
  reason instanceof Error && reason.name === "Interrupted";

/** Prints errors that no cell catches, and refuses to end the kernel from a cell. */
export function install(): void {
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    // Of an error in a worker there is the message alone, which begins with the word itself.
    if (event.error === null || event.error === undefined) console.error(event.message);
    else console.error(told("Uncaught", event.error));
  });
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    if (!isInterrupt(event.reason)) console.error(told("Uncaught (in promise)", event.reason));
  });
  const refuse = (code?: number | string | null): never => {
    const given = code === undefined ? "" : `: current value of the exit code is ${code}`;
    throw new Error(`Cannot end the kernel from a cell as its variables would be lost${given}`);
  };
  const places = [[Deno, "exit"], [process, "exit"], [globalThis, "close"]] as const;
  for (const [place, name] of places) {
    Object.defineProperty(place, name, { configurable: true, writable: true, value: refuse });
  }
}
