/**
 * One notebook on its way through the kernel: the process that drives it, and what it reports.
 *
 * @module
 */
import { basename } from "node:path";
import { TextLineStream } from "./lines.ts";
import { inRoot, PYTHON } from "./paths.ts";

/** One element of the array that `reproduce --json` prints. */
export interface Outcome {
  /** Name of the notebook without `.ipynb`. */
  notebook: string;
  /** Number of code cells. */
  cells: number;
  /** Claims that the notebook has shown. */
  claims: { passed: number; total: number };
  /** Figures in the notebook's output folder. */
  figures: number;
  /** Wall-clock time. */
  seconds: number;
  /** Whether every cell ran and every claim held. */
  ok: boolean;
  /** What went wrong, if anything did. */
  error?: { message: string; cell?: number; source?: string; traceback?: string };
}

/** A code cell that is being run. */
export interface RunningCell {
  /** Number of the code cell, from 1. */
  readonly cell: number;
  /** The heading above the cell. */
  readonly heading: string;
  /** The cell's first line. */
  readonly line: string;
  /** When it was started, `performance.now()`. */
  readonly since: number;
}

/** A notebook, before, while and after it runs. */
export class NotebookRun {
  /** Name of the notebook without `.ipynb`. */
  readonly name: string;
  /** Number of code cells, once known. */
  cells = 0;
  /** The cell that runs now. */
  current?: RunningCell;
  /** When the run was started, `performance.now()`. */
  started?: number;

  #child?: Deno.ChildProcess;
  #deadline?: ReturnType<typeof setTimeout>;

  /** A run of the notebook at `path` whose results go to `<out>/<name>/`. */
  constructor(
    readonly path: string,
    readonly out: string,
    readonly environment: Record<string, string>,
  ) {
    this.name = basename(path, ".ipynb");
  }

  /** Ends the run; its kernel is shut down. */
  stop(): void {
    const child = this.#child;
    if (child === undefined) return;
    signal(child, "SIGTERM");
    this.#deadline ??= setTimeout(() => signal(child, "SIGKILL"), 10_000);
  }

  /** Runs the notebook; failures are part of the outcome, never thrown. */
  async execute(): Promise<Outcome> {
    this.started = performance.now();
    const outcome: Outcome = {
      notebook: this.name,
      cells: 0,
      claims: { passed: 0, total: 0 },
      figures: 0,
      seconds: 0,
      ok: false,
    };
    const child = this.#child = new Deno.Command(PYTHON, {
      args: ["-I", inRoot("lib", "cli", "execute.py"), "run", this.path, this.out],
      env: this.environment,
      // Its standard input stays open as long as this process lives: the driver ends with it.
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      // A Ctrl-C reaches the driver through `stop()` alone, and once.
      detached: true,
    }).spawn();
    const complaints = new Response(child.stderr).text();
    let ended = false;
    for await (
      const line of child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(
        new TextLineStream(),
      )
    ) {
      ended = this.#read(JSON.parse(line), outcome) || ended;
    }
    const { code, signal: killed } = await child.status;
    clearTimeout(this.#deadline);
    this.#child = undefined;
    this.current = undefined;
    if (!ended) {
      const tail = (await complaints).trim().split("\n").slice(-15).join("\n");
      outcome.error = { message: `the driver ended with ${killed ?? `code ${code}`}\n${tail}` };
    }
    outcome.cells = this.cells;
    outcome.seconds = Math.round((performance.now() - this.started) / 100) / 10;
    return outcome;
  }

  /** Takes one report of the driver; whether it was the last one. */
  // deno-lint-ignore no-explicit-any -- the lines of execute.py, which lies beside this file
  #read(message: any, outcome: Outcome): boolean {
    const { event, ...details } = message;
    if (event === "start") this.cells = details.cells;
    if (event === "cell") this.current = { ...details, since: performance.now() };
    if (event === "done") {
      const { passed, failed } = details as { passed: string[]; failed: string[] };
      outcome.claims = { passed: passed.length, total: passed.length + failed.length };
      outcome.figures = details.figures;
      outcome.ok = failed.length === 0;
      if (!outcome.ok) outcome.error = { message: `claims that fail: ${failed.join(", ")}` };
    }
    if (event === "error") {
      const { message, cell, source, traceback } = details;
      outcome.error = { message, cell, source, traceback };
    }
    if (event === "interrupted") outcome.error = { message: "interrupted" };
    return event === "done" || event === "error" || event === "interrupted";
  }
}

function signal(child: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    child.kill(name);
  } catch { /* it has ended by itself */ }
}
