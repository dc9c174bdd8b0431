/**
 * One notebook on its way through the kernel: the process that drives it, and what it reports.
 *
 * @module
 */
import { basename, resolve } from "node:path";
import { TextLineStream } from "../lines.ts";
import { inRoot, PYTHON } from "../paths.ts";
import type { Part } from "./partial.ts";

/** A code cell among the others. */
export interface CellTitle {
  /** Number of the code cell, from 1. */
  readonly cell: number;
  /** The heading above the cell. */
  readonly heading: string;
  /** The cell's first line. */
  readonly line: string;
}

/** One element of the array that `reproduce --json` prints. */
export interface Outcome {
  /** Name of the notebook without `.ipynb`. */
  notebook: string;
  /** Number of code cells that were to run. */
  cells: number;
  /** Number of code cells that have run to their end. */
  ran: number;
  /** Claims that the notebook has shown. */
  claims: { passed: number; total: number };
  /** Figures that this run has written. */
  figures: number;
  /** Wall-clock time. */
  seconds: number;
  /** The cells that took longest, the longest first. */
  slowest: (CellTitle & { seconds: number })[];
  /** Path of the executed notebook; its page lies beside it. */
  copy?: string;
  /** Whether every cell ran and every claim held. */
  ok: boolean;
  /** Whether the run was stopped from outside. */
  interrupted: boolean;
  /** What went wrong, if anything did, and in which cell. */
  error?:
    & { message: string; source?: string; traceback?: string }
    & { [K in keyof CellTitle]?: CellTitle[K] };
}

/** A code cell that is being run. */
export interface RunningCell extends CellTitle {
  /** When it was started, `performance.now()`. */
  readonly since: number;
}

/** How a notebook is to be run. */
export interface RunOptions {
  /** Folder of all results. */
  readonly out: string;
  /** Environment of the kernel, over that of this process. */
  readonly environment: Record<string, string>;
  /** The part to run; by default the whole. */
  readonly only?: Part;
}

/**
 * Longest time, in ms, that a stopped driver may take to shut its kernel down and to write what has run:
 * a second or two, and many times that on a computer with much else to do.
 */
const LONGEST_END = 60_000;

/** A notebook, before, while and after it runs. */
export class NotebookRun {
  /** Name of the notebook without `.ipynb`. */
  readonly name: string;
  /** Number of code cells that are to run, once known. */
  cells = 0;
  /** How many of them have been started. */
  begun = 0;
  /** The cell that runs now. */
  current?: RunningCell;
  /** When the run was started, `performance.now()`. */
  started?: number;

  #child?: Deno.ChildProcess;
  #deadline?: ReturnType<typeof setTimeout>;

  /** A run of the notebook at `path` whose results go to `<out>/<name>/`. */
  constructor(readonly path: string, readonly options: RunOptions) {
    this.name = basename(path, ".ipynb");
  }

  /** Ends the run; its kernel is shut down. */
  stop(): void {
    const child = this.#child;
    if (child === undefined) return;
    signal(child, "SIGTERM");
    this.#deadline ??= setTimeout(() => signal(child, "SIGKILL"), LONGEST_END);
  }

  /** Runs the notebook; failures are part of the outcome, never thrown. */
  async execute(): Promise<Outcome> {
    this.started = performance.now();
    const outcome: Outcome = {
      notebook: this.name,
      cells: 0,
      ran: 0,
      claims: { passed: 0, total: 0 },
      figures: 0,
      seconds: 0,
      slowest: [],
      ok: false,
      interrupted: false,
    };
    const { out, environment, only = null } = this.options;
    const child = this.#child = driver(
      ["run", JSON.stringify({ notebook: this.path, out, only })],
      {
        env: { ...environment, JPY_SESSION_NAME: resolve(this.path) },
        // Its standard input stays open as long as this process lives: the driver ends with it.
        stdin: "piped",
        // A Ctrl-C reaches the driver through `stop()` alone, and once.
        detached: true,
      },
    ).spawn();
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
    if (event === "cell") {
      this.begun++;
      this.current = { ...details, since: performance.now() };
    }
    if (event !== "end") return false;
    const { passed = [], failed = [], ...rest } = details as {
      passed?: string[];
      failed?: string[];
    };
    Object.assign(outcome, rest);
    outcome.claims = { passed: passed.length, total: passed.length + failed.length };
    if (failed.length > 0) outcome.error ??= { message: `claims that fail: ${failed.join(", ")}` };
    outcome.ok = outcome.error === undefined;
    return true;
  }
}

/**
 * Throws unless files can be written to the folder.
 *
 * @throws {Error} If they cannot; the message says why.
 */
export async function checkFolder(out: string): Promise<void> {
  const { stdout, success } = await driver(["check", out], { stdin: "null" }).output();
  if (success) return;
  const { error } = JSON.parse(new TextDecoder().decode(stdout));
  throw new Error(
    `Cannot run reproduce as --out must be a folder that can be written: ${error.message}`,
  );
}

/** The Python program that talks to the kernel; neither user nor environment adds to its path. */
function driver(args: string[], options: Deno.CommandOptions): Deno.Command {
  const program = inRoot("lib", "cli", "reproduce", "execute.py");
  return new Deno.Command(PYTHON, {
    args: ["-B", "-E", "-s", program, ...args],
    stdout: "piped",
    stderr: "piped",
    ...options,
  });
}

function signal(child: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    child.kill(name);
  } catch { /* it has ended by itself */ }
}
