/**
 * What `reproduce` shows while notebooks run: on a terminal a line per notebook, updated in place;
 * elsewhere a line at the start, on cells that take long, and at the end.
 *
 * @module
 */
import { relative } from "node:path";
import { userFolder } from "../paths.ts";
import type { NotebookRun, Outcome } from "./notebook_run.ts";

const LONG_CELL = 10_000;
const REPEAT = 30_000;

/** Live progress of several notebooks. */
export class Board {
  readonly #runs: NotebookRun[];
  readonly #json: boolean;
  readonly #out: string;
  readonly #live: boolean;
  readonly #width: number;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #told = new Map<NotebookRun, { cell: number; next: number }>();
  readonly #announced = new Set<NotebookRun>();
  readonly #finished = new Set<NotebookRun>();
  #drawn = 0;

  /** With `json`, all text for people goes to standard error; `out` is the folder of the results. */
  constructor(runs: NotebookRun[], { json, out }: { json: boolean; out: string }) {
    this.#runs = runs;
    this.#json = json;
    this.#out = out;
    this.#live = Deno.stderr.isTerminal();
    this.#width = Math.max(12, ...runs.map(({ name }) => name.length));
    this.#timer = setInterval(() => this.#tick(), this.#live ? 200 : 500);
    this.#tick();
  }

  /** Prints a notebook's summary, and what went wrong in it. */
  finish(run: NotebookRun, outcome: Outcome): void {
    this.#finished.add(run);
    this.#erase();
    this.#print(this.#summary(outcome));
    if (outcome.error && !outcome.interrupted) console.error(failure(run.path, outcome));
    this.#tick();
  }

  /** Prints a line above the live ones. */
  note(text: string): void {
    this.#erase();
    console.error(text);
  }

  /** Ends the live display and says where the results are. */
  close(outcomes: readonly Outcome[], interrupted: boolean): void {
    clearInterval(this.#timer);
    this.#erase();
    const figures = outcomes.reduce((sum, one) => sum + one.figures, 0);
    const where = `${count(figures, "figure")} in ${short(this.#out)}/<notebook>/`;
    if (interrupted) {
      const whole = outcomes.filter(({ ok }) => ok).length;
      const of = count(this.#runs.length, "notebook");
      console.error(`interrupted: ${whole} of ${of} finished; ${where}`);
    } else {
      this.#print(`results: ${where}, beside the executed notebooks and their pages (.html)`);
    }
  }

  #print(text: string): void {
    if (this.#json) console.error(text);
    else console.log(text);
  }

  #summary(outcome: Outcome): string {
    const { notebook, cells, ran, claims, figures, seconds, ok, interrupted } = outcome;
    const state = ok ? "ok" : interrupted ? "interrupted" : "FAILED";
    const counts = [
      ran === cells ? count(cells, "cell") : `${ran} of ${count(cells, "cell")}`,
      `${claims.passed} of ${claims.total} claims`,
      count(figures, "figure"),
      `${seconds.toFixed(1)} s`,
    ];
    return `${notebook.padEnd(this.#width)}  ${state}  ${counts.join(", ")}`;
  }

  #tick(): void {
    const running = this.#runs.filter((run) => run.started && !this.#finished.has(run));
    if (this.#live) this.#draw(running);
    else for (const run of running) this.#tell(run);
  }

  /** Not a terminal: few lines, each saying something new. */
  #tell(run: NotebookRun): void {
    const now = performance.now();
    if (!this.#announced.has(run) && run.cells > 0) {
      this.#announced.add(run);
      console.error(`${run.name.padEnd(this.#width)}  started, ${count(run.cells, "cell")}`);
    }
    const { current } = run;
    if (current === undefined) return;
    const told = this.#told.get(run);
    const next = told?.cell === current.cell ? told.next : current.since + LONG_CELL;
    if (now < next) return;
    this.#told.set(run, { cell: current.cell, next: now + REPEAT });
    console.error(`${run.name.padEnd(this.#width)}  ${position(run, now)}`);
  }

  #erase(): void {
    if (this.#drawn === 0) return;
    write(`\x1b[${this.#drawn}A\x1b[J`);
    this.#drawn = 0;
  }

  #draw(running: NotebookRun[]): void {
    const now = performance.now();
    let columns = 80;
    try {
      columns = Deno.consoleSize().columns;
    } catch { /* standard output is no terminal */ }
    const lines = running.map((run) => `${run.name.padEnd(this.#width)}  ${position(run, now)}`);
    const text = lines.map((line) => `${line.slice(0, columns - 1)}\n`).join("");
    const up = this.#drawn > 0 ? `\x1b[${this.#drawn}A` : "";
    write(`${up}\x1b[J${text}`);
    this.#drawn = lines.length;
  }
}

/** Which cell runs, for how long, and what it is about. */
function position({ cells, begun, current, started }: NotebookRun, now: number): string {
  const total = `${((now - started!) / 1000).toFixed(0).padStart(4)} s`;
  if (current === undefined) return `${total}  starting the kernel`;
  const seconds = ((now - current.since) / 1000).toFixed(0);
  return `${total}  cell ${begun}/${cells} (${seconds} s)  ${about(current)}`;
}

/** Heading and first line of a cell. */
function about({ heading = "", line = "" }: { heading?: string; line?: string }): string {
  return [heading, line].filter((text) => text !== "").join(" | ");
}

/** What went wrong: cell, heading, first line, where the executed copy is, source and traceback. */
function failure(path: string, { error, copy }: Outcome): string {
  const { message, cell, source, traceback, ...title } = error!;
  const place = cell === undefined ? "" : `, cell [${cell}] (${about(title)})`;
  const lines = [`  ${short(path)}${place}: ${message}`];
  if (copy !== undefined) lines.push(`  what was executed: ${short(copy)}`);
  const indented = (text: string) => text.replaceAll(/^/gm, "    ");
  if (source) lines.push("  source of the cell:", indented(source));
  // The driver's traceback repeats the source above a rule; what follows is the kernel's own.
  const own = traceback?.split(/^-{18}$/m).at(-1)?.trim();
  if (own) lines.push("  traceback:", indented(own));
  return lines.join("\n");
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** A path as the user would type it. */
function short(path: string): string {
  const inside = relative(userFolder(), path);
  return inside === "" ? "." : inside.startsWith("..") ? path : inside;
}

function write(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
