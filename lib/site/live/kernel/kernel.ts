/**
 * Runs cells one after the other and sends what comes out, each output with the cell that it is of.
 *
 * @module
 */
import { script } from "../script.ts";
import { failed, fileOf } from "./errors.ts";
import { inspect, logged } from "./inspect.ts";
import { Interruption } from "./interruption.ts";
import type { Bundle, Completion, Ended, FromKernel, Output, ToKernel } from "./protocol.ts";

/** What the kernel needs of its place. */
export interface Place {
  /** Sends a message to the page. */
  post(message: FromKernel): void;
  /** Imports a module by the name in a cell, and checks that it exports these names. */
  load(name: string, wanted?: readonly string[]): Promise<unknown>;
}

const DISPLAY = Symbol.for("Jupyter.display");

/** Drawings and pages made by libraries, such as Observable Plot, as they write themselves. */
function markup(value: unknown): Bundle | undefined {
  const { outerHTML } = Object(value) as { outerHTML?: unknown };
  if (typeof outerHTML !== "string") return undefined;
  return { [/^<svg\b/.test(outerHTML) ? "image/svg+xml" : "text/html"]: outerHTML };
}

/** A value as outputs by type; nothing for undefined. */
async function bundleOf(value: unknown): Promise<Bundle | undefined> {
  if (value === undefined) return undefined;
  const own = (value as { [DISPLAY]?: unknown } | null)?.[DISPLAY];
  if (typeof own === "function") return await own.call(value);
  return markup(value) ?? { "text/plain": inspect(value, typeof value === "string" ? 1 : 0) };
}

/** The kernel; names of cells are names of the global object. */
export class Kernel {
  readonly #place: Place;
  readonly #known = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #parent: unknown;
  #running: Interruption | undefined;
  #queue: Promise<void> = Promise.resolve();

  /** A kernel in this realm. */
  constructor(place: Place) {
    this.#place = place;
  }

  /** Sends an output of the cell that runs. */
  send(type: Output["type"], content: unknown): void {
    this.#place.post({ type, content, parent: this.#parent });
  }

  /** Shows a value, at once. */
  async display(value: unknown, { raw = false }: { raw?: boolean } = {}): Promise<void> {
    const data = raw ? value : await bundleOf(value) ?? { "text/plain": "undefined" };
    this.send("display_data", { data, metadata: {} });
  }

  /** Writes as `console` does. */
  print(name: "stdout" | "stderr", ...values: readonly unknown[]): void {
    this.send("stream", { name, text: `${logged(values)}\n` });
  }

  /** Calls `stop` when the reader interrupts, until the result is called. */
  onInterrupt(stop: () => void): () => void {
    this.#listeners.add(stop);
    return () => this.#listeners.delete(stop);
  }

  /** Does what the page asks. */
  receive(message: ToKernel): void {
    if (message.type === "execute") {
      this.#queue = this.#queue.then(() => this.#execute(message));
    } else if (message.type === "interrupt") {
      this.#place.post({ type: "interrupting" });
      for (const stop of [...this.#listeners]) stop();
      this.#running?.interrupt();
    } else {
      const { id, code, at } = message;
      this.#place.post({ type: "completed", id, content: complete(code, at) });
    }
  }

  async #execute({ code, count, parent }: ToKernel & { type: "execute" }): Promise<void> {
    this.#parent = parent;
    const running = this.#running = new Interruption();
    let content: Ended = { status: "ok" };
    try {
      const data = await Promise.race([this.#run(code, count, running), running.ended]);
      if (data) this.send("execute_result", { data, metadata: {}, execution_count: count });
    } catch (error) {
      content = failed(error, count);
    }
    this.#running = undefined;
    this.#place.post({ type: "done", content, parent });
  }

  async #run(cell: string, count: number, running: Interruption): Promise<Bundle | undefined> {
    const { declared, code } = script(cell);
    for (const name of declared) this.#declare(name);
    // Indirect, so that the cell sees the global names alone.
    const run = (0, eval)(`(${code})\n//# sourceURL=${fileOf(count)}`);
    const result = await run(this.#place.load, running.wait);
    return result && await bundleOf(result[0]);
  }

  /** A name of the global object, also one that the browser uses for something of its own. */
  #declare(name: string): void {
    if (this.#known.has(name)) return;
    this.#known.add(name);
    const empty = { value: undefined, writable: true, configurable: true, enumerable: true };
    Object.defineProperty(globalThis, name, empty);
  }
}

/** Names that begin like the one at a place, of what stands before its last point. */
function complete(code: string, at: number): Completion {
  const [, path, start] = /(?:([\w$]+(?:\.[\w$]+)*)\.)?([\w$]*)$/.exec(code.slice(0, at))!;
  const found = new Set<string>();
  try {
    let object: unknown = globalThis;
    for (const part of path?.split(".") ?? []) object = (object as Record<string, unknown>)[part];
    for (let o = Object(object); o && object != null; o = Object.getPrototypeOf(o)) {
      for (const name of Object.getOwnPropertyNames(o)) found.add(name);
    }
  } catch { /* a getter that throws: nothing is known */ }
  const matches = [...found].filter((name) => name.startsWith(start) && /^[\w$]+$/.test(name))
    .filter((name) => !name.startsWith("__")).sort().slice(0, 200);
  return { matches, start: at - start.length, end: at };
}
