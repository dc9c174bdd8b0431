/**
 * The page's side of the kernel: starts its worker, runs cells one after the other, interrupts.
 *
 * @module
 */
import type { Completion, Ended, FromKernel, Output, ToKernel } from "./kernel/protocol.ts";

/** What is used of a worker. */
export interface KernelWorker {
  onmessage: ((event: MessageEvent<FromKernel>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: ToKernel): void;
  terminate(): void;
}

/** What a client is made of. */
export interface ClientOptions {
  /** Starts a worker. */
  start(): KernelWorker;
  /** Takes an output. */
  onOutput(output: Output): void;
  /** Hears that a new worker stands in for one that was ended: it has no variables. */
  onLost(): void;
  /** Time in ms for the kernel to hear an interrupt; default: 1500. */
  patience?: number;
}

interface Running {
  readonly parent: unknown;
  end(content: Ended): void;
}

function stopped(evalue: string): Ended {
  return { status: "error", ename: "Interrupted", evalue, traceback: [`Interrupted: ${evalue}`] };
}

/** A kernel, whichever worker it runs in. */
export class KernelClient {
  readonly #options: ClientOptions;
  readonly #asked = new Map<string, (content: Completion) => void>();
  #worker: KernelWorker | undefined;
  #ready: PromiseWithResolvers<void> = Promise.withResolvers();
  #heard: PromiseWithResolvers<void> | undefined;
  #running: Running | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  /** The worker starts with the first cell. */
  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Whether a cell runs. */
  get busy(): boolean {
    return this.#running !== undefined;
  }

  /** Whether there is a kernel that was asked for something: a new one knows nothing. */
  get used(): boolean {
    return this.#worker !== undefined;
  }

  /** Starts the kernel before the first cell; resolves when it is up. */
  async open(): Promise<void> {
    this.#worker ??= this.#start();
    await this.#ready.promise;
  }

  /** Runs a cell behind those that wait; resolves with how it ended, after all its outputs. */
  execute(code: string, count: number, parent: unknown): Promise<Ended> {
    const run = this.#queue.then(async () => {
      const ended = Promise.withResolvers<Ended>();
      this.#running = { parent, end: ended.resolve };
      const worker = this.#worker ??= this.#start();
      this.#ready.promise.then(() => {
        if (this.#worker === worker) worker.postMessage({ type: "execute", code, count, parent });
      });
      const content = await ended.promise;
      this.#running = undefined;
      return content;
    });
    this.#queue = run;
    return run;
  }

  /**
   * Interrupts the cell that runs. A kernel that waits hears it, and keeps its variables; one that
   * does not answer is replaced.
   */
  async interrupt(): Promise<void> {
    const running = this.#running, worker = this.#worker;
    if (!running || !worker) return;
    this.#heard = Promise.withResolvers();
    worker.postMessage({ type: "interrupt" });
    const { promise: late, resolve } = Promise.withResolvers<"late">();
    const timer = setTimeout(() => resolve("late"), this.#options.patience ?? 1500);
    const answer = await Promise.race([this.#heard.promise, late]);
    clearTimeout(timer);
    if (answer !== "late" || this.#running !== running) return;
    this.restart(
      stopped("the cell did not listen, so its kernel was ended: all variables are gone"),
    );
  }

  /** Ends the worker and all variables; the cell that runs ends with `content`. */
  restart(content: Ended = stopped("the kernel was started anew")): void {
    this.#worker?.terminate();
    if (this.#worker) this.#worker.onmessage = this.#worker.onerror = null;
    this.#worker = undefined;
    this.#ready = Promise.withResolvers();
    for (const answer of this.#asked.values()) answer({ matches: [], start: 0, end: 0 });
    this.#asked.clear();
    this.#options.onLost();
    this.#running?.end(content);
  }

  /** Completes the name at a place from what exists; nothing while a cell keeps the kernel busy. */
  async complete(code: string, at: number): Promise<Completion> {
    const none = { matches: [], start: at, end: at };
    if (!this.#worker || this.#running) return none;
    const answer = Promise.withResolvers<Completion>(), id = crypto.randomUUID();
    this.#asked.set(id, answer.resolve);
    this.#worker.postMessage({ type: "complete", id, code, at });
    return await answer.promise;
  }

  #start(): KernelWorker {
    const worker = this.#options.start();
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault?.();
      const evalue = event.message ||
        "the kernel could not be loaded: is the page still online, and served by http?";
      this.restart(
        { ...stopped(evalue), ename: "Error", traceback: [`Error: ${evalue}`] } as Ended,
      );
    };
    return worker;
  }

  #receive(message: FromKernel): void {
    if (message.type === "ready") this.#ready.resolve();
    else if (message.type === "interrupting") this.#heard?.resolve();
    else if (message.type === "completed") {
      this.#asked.get(message.id)?.(message.content);
      this.#asked.delete(message.id);
    } else if (message.type === "done") this.#running?.end(message.content);
    else this.#options.onOutput(message);
  }
}
