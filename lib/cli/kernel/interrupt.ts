/**
 * Interrupt for cells that wait. The kernel can stop running code by itself, but a cell that waits
 * at an `await` runs no code. This module, loaded into every kernel by `child.py`, knows the
 * `await` of a cell at which the kernel waits and makes it throw.
 *
 * How: `await p` reads `p.constructor`, and when that is not `Promise` it calls `p.then(resolve,
 * reject)`. So a getter sees every `await`; for those written at the top level of a cell it answers
 * with a stand-in and so comes to hold `reject`. All other code gets the usual answer.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";

/** What the `await` of an interrupted cell throws. */
export class Interrupted extends Error {
  override name = "Interrupted";

  /** An error that shows no calls: they would be those of this module. */
  constructor() {
    super("the cell was interrupted");
    this.stack = `${this.name}: ${this.message}`;
  }
}

interface Waiting {
  readonly reject: (reason: unknown) => void;
}

type Then = (resolve?: (value: unknown) => unknown, reject?: (reason: unknown) => unknown) => void;

const NativePromise = Promise;
const StandIn = new Proxy(Promise, {});
const nativeThen = Promise.prototype.then;

/** Identity of an evaluation, inherited by all asynchronous work that it starts. */
const evaluations = new AsyncLocalStorage<symbol>();
const interrupted = new Set<symbol>();
let latest: symbol | undefined;

/** The `await` at the top level of a cell that has not ended yet. */
let waiting: Waiting | undefined;

/** Code of a cell outside of all named functions. */
const CELL = /^\s*at <anonymous>:\d+:\d+$/;

/** Code of the runtime itself. */
const RUNTIME = /[( ](ext|node|deno):/;

/** Calls that led to the getter, innermost first, at most `limit`. */
function callers(limit: number): string[] {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = limit;
  const trace: { stack?: string } = {};
  Error.captureStackTrace(trace, getConstructor as () => unknown);
  const lines = (trace.stack ?? "").split("\n").slice(1);
  Error.stackTraceLimit = before;
  // What is left is the chain of calls since the runtime has handed over.
  while (lines.length > 1 && RUNTIME.test(lines.at(-1)!)) lines.pop();
  return lines;
}

/** Makes the next `promise.then(resolve, reject)`, which is the one of an `await`, call `then`. */
function divert(promise: Promise<unknown>, then: Then): PromiseConstructor {
  if (!Object.isExtensible(promise)) return NativePromise;
  Object.defineProperty(promise, "then", {
    configurable: true,
    value: (...callbacks: Parameters<Then>) => {
      delete (promise as { then?: unknown }).then;
      then(...callbacks);
    },
  });
  return StandIn;
}

/** Gives the work that is being done a new identity. */
function enter(): void {
  latest = Symbol("evaluation");
  evaluations.enterWith(latest);
}

function getConstructor(this: Promise<unknown>): PromiseConstructor {
  const quick = waiting !== undefined && interrupted.size === 0;
  if (quick || this === NativePromise.prototype) return NativePromise;
  const evaluation = evaluations.getStore();
  if (evaluation !== undefined && interrupted.has(evaluation)) {
    const stack = callers(Infinity);
    if (RUNTIME.test(stack[0])) return NativePromise;
    if (!CELL.test(stack.at(-1) ?? "")) {
      return divert(this, (_, reject) => reject!(new Interrupted()));
    }
    // The kernel starts each cell in the context that the last one has left; this is a new one.
    enter();
  }
  if (waiting !== undefined) return NativePromise;
  const stack = callers(2);
  if (RUNTIME.test(stack[0])) return NativePromise;
  if (evaluation === undefined) enter();
  if (stack.length !== 1 || !CELL.test(stack[0])) return NativePromise;
  return divert(this, (resolve, reject) => {
    const entry = { reject: reject! };
    const end = () => {
      if (waiting === entry) waiting = undefined;
    };
    waiting = entry;
    nativeThen.call(this, (value) => {
      end();
      resolve!(value);
    }, (reason) => {
      end();
      reject!(reason);
    });
  });
}

/** Stops the cell that is waiting, if one is, and all that cells have started. */
function interrupt(): void {
  if (latest !== undefined) interrupted.add(latest);
  if (waiting === undefined) {
    // A cell whose code was stopped after an `await` never answers; the kernel ends it when its
    // promise has been collected.
    (globalThis as { gc?: () => void }).gc?.();
    return;
  }
  const { reject } = waiting;
  waiting = undefined;
  reject(new Interrupted());
}

/** Watches the awaits of cells, and interrupts on SIGINT after telling process `launcher`. */
export function install(launcher: number): void {
  Object.defineProperty(NativePromise.prototype, "constructor", {
    configurable: true,
    get: getConstructor,
    set(value) {
      Object.defineProperty(this, "constructor", { configurable: true, writable: true, value });
    },
  });
  Deno.addSignalListener("SIGINT", () => {
    Deno.kill(launcher, "SIGUSR1");
    // Not at once: the cell may be on its way from one `await` to the next in this very turn.
    setTimeout(interrupt, 0);
  });
}
