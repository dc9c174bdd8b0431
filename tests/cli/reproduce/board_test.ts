/** What `reproduce` shows while notebooks run, at times of a clock of its own. */
import { assertEquals } from "@std/assert";
import { Board } from "../../../lib/cli/reproduce/board.ts";
import type { NotebookRun, Outcome } from "../../../lib/cli/reproduce/notebook_run.ts";
import { userFolder } from "../../../lib/cli/paths.ts";

interface Stage {
  /** Lines on standard output, on standard error, and what is drawn in place. */
  readonly out: string[];
  readonly errors: string[];
  readonly drawn: string[];
  /** Milliseconds between two looks of the board. */
  every: number;
  /** Sets the clock, in seconds, and lets the board look. */
  at(seconds: number): void;
}

/** Runs `body` with a clock, a terminal or none, and everything that is written caught. */
function staged(live: boolean, body: (stage: Stage) => void): Stage {
  const { now } = performance, { log, error } = console, { setInterval } = globalThis;
  const { isTerminal, writeSync } = Deno.stderr, { consoleSize } = Deno;
  let time = 0, look = () => {};
  const stage: Stage = {
    ...{ out: [], errors: [], drawn: [], every: 0 },
    at(seconds) {
      time = 1000 * seconds;
      look();
    },
  };
  performance.now = () => time;
  console.log = (text) => void stage.out.push(text);
  console.error = (text) => void stage.errors.push(text);
  globalThis.setInterval = ((f: () => void, ms: number) => {
    [look, stage.every] = [f, ms];
    return setInterval(() => {}, 1e6);
  }) as typeof setInterval;
  const decoder = new TextDecoder();
  Deno.stderr.isTerminal = () => live;
  Deno.stderr.writeSync = (bytes) => {
    stage.drawn.push(decoder.decode(bytes));
    return bytes.length;
  };
  Deno.consoleSize = () => ({ columns: 44, rows: 10 });
  try {
    body(stage);
  } finally {
    Object.assign(performance, { now });
    Object.assign(console, { log, error });
    Object.assign(globalThis, { setInterval });
    Object.assign(Deno.stderr, { isTerminal, writeSync });
    Object.assign(Deno, { consoleSize });
  }
  return stage;
}

/** A notebook that runs, or will. */
const run = (name: string, more: Partial<NotebookRun> = {}) =>
  ({ name, path: `${userFolder()}/${name}.ipynb`, cells: 0, begun: 0, ...more }) as
    & NotebookRun
    & {
      -readonly [K in keyof NotebookRun]: NotebookRun[K];
    };

const outcome = (notebook: string, more: Partial<Outcome> = {}): Outcome => ({
  ...{ notebook, cells: 20, ran: 20, claims: { passed: 7, total: 7 }, figures: 1, seconds: 12.34 },
  ...{ slowest: [], ok: true, interrupted: false, ...more },
});

Deno.test("without a terminal a notebook is announced, told of in a long cell, and summed up", () => {
  const one = run("lora-one"), other = run("a-notebook-of-many-letters");
  const { out, errors, every } = staged(false, (stage) => {
    const board = new Board([one, other], { json: false, out: `${userFolder()}/results` });
    stage.at(1); // neither has started
    one.started = 1000;
    stage.at(2); // its cells are not known yet
    one.cells = 20;
    [one.begun, one.current] = [1, { cell: 1, heading: "Start", line: "x = 1", since: 2500 }];
    for (const time of [3, 12.4, 12.5, 13, 42.4, 42.5, 50]) stage.at(time);
    [one.begun, one.current] = [2, { cell: 2, heading: "", line: "y = 2", since: 50_000 }];
    for (const time of [59, 61]) stage.at(time);
    board.finish(one, outcome("lora-one"));
    stage.at(100); // what has finished is told of no more
    board.finish(other, outcome("other", { ok: false, interrupted: true, ran: 3, figures: 0 }));
    board.note("a note");
    board.close([outcome("lora-one"), outcome("other", { figures: 0 })], false);
  });
  assertEquals(every, 500);
  const name = "lora-one".padEnd(26);
  assertEquals(errors, [
    `${name}  started, 20 cells`,
    `${name}    12 s  cell 1/20 (10 s)  Start | x = 1`,
    `${name}    42 s  cell 1/20 (40 s)  Start | x = 1`,
    `${name}    60 s  cell 2/20 (11 s)  y = 2`,
    "a note",
  ]);
  assertEquals(out, [
    `${name}  ok  20 cells, 7 of 7 claims, 1 figure, 12.3 s`,
    `${"other".padEnd(26)}  interrupted  3 of 20 cells, 7 of 7 claims, 0 figures, 12.3 s`,
    "results: 1 figure in results/<notebook>/, beside the executed notebooks and their pages (.html)",
  ]);
});

Deno.test("on a terminal a line for each notebook that runs is drawn again in its place", () => {
  const one = run("one", { started: 1000 }), two = run("two");
  const { drawn, every } = staged(true, (stage) => {
    stage.at(1);
    const board = new Board([one, two], { json: true, out: "results" });
    [two.started, two.begun, two.cells] = [1000, 3, 9];
    const heading = "A heading that is longer than the line";
    two.current = { cell: 4, heading, line: "", since: 2000 };
    stage.at(3);
    board.finish(one, outcome("one"));
    board.close([outcome("one")], true);
  });
  assertEquals(every, 200);
  const first = `${"one".padEnd(12)}     0 s  starting the kernel\n`;
  const second = `${"two".padEnd(12)}     2 s  cell 3/9 (1 s)  A heading that is longer`;
  assertEquals(drawn, [
    `\x1b[J${first}`,
    `\x1b[1A\x1b[J${first.replace("0 s", "2 s")}${second.slice(0, 43)}\n`,
    "\x1b[2A\x1b[J",
    `\x1b[J${second.slice(0, 43)}\n`,
    "\x1b[1A\x1b[J",
  ]);
});

Deno.test("a failure names cell, copy, source and the kernel's own traceback", () => {
  const { out, errors } = staged(false, () => {
    const one = run("one"), board = new Board([one], { json: true, out: userFolder() });
    const rule = "-".repeat(18);
    const error = {
      ...{ message: "it broke", cell: 4, heading: "Fits", line: "fit()", source: "fit()\nmore()" },
      traceback: `fit()\n${rule}\nError: it broke\n  at 3\n`,
    };
    const copy = `${userFolder()}/out/one.ipynb`;
    board.finish(one, outcome("one", { ok: false, ran: 4, error, copy }));
    board.close([outcome("one", { ok: false }), outcome("two")], true);
  });
  assertEquals(out, []);
  assertEquals(errors, [
    "one           FAILED  4 of 20 cells, 7 of 7 claims, 1 figure, 12.3 s",
    [
      "  one.ipynb, cell [4] (Fits | fit()): it broke",
      "  what was executed: out/one.ipynb",
      "  source of the cell:",
      "    fit()",
      "    more()",
      "  traceback:",
      "    Error: it broke",
      "      at 3",
    ].join("\n"),
    "interrupted: 1 of 1 notebook finished; 2 figures in ./<notebook>/",
  ]);
});
