/**
 * Errors of cells as readers see them: with the cell and its line, without the machinery.
 *
 * @module
 */
import { CellSyntaxError } from "../script.ts";
import type { Ended } from "./protocol.ts";

/** Name under which a cell's frames appear in a stack. */
export const fileOf = (count: number) => `cell-${count}.ts`;

/** A frame of a cell: the script begins one line before it. */
function inCell(line: string): string | undefined {
  const place = /cell-(\d+)\.ts(?:, <anonymous>)?:(\d+)(?::(\d+))?/.exec(line);
  if (!place) return undefined;
  const [, cell, row, column] = place;
  const name = /^\s*at (?:async )?([\w$.]+) \(/.exec(line)?.[1] ?? /^([\w$.]+)@/.exec(line)?.[1];
  const where = `cell ${cell}, line ${Number(row) - 1}${column ? `:${column}` : ""}`;
  return `    at ${name && name !== "eval" ? `${name} (${where})` : where}`;
}

/** A frame of the library, by the name of its file. */
function inLibrary(line: string): string | undefined {
  const place = /((?:part-|lib\.)[\w.-]+\.js):(\d+:\d+)/.exec(line);
  const name = /^\s*at (?:async )?([\w$.<>]+) \(/.exec(line)?.[1] ?? /^([\w$.]+)@/.exec(line)?.[1];
  return place && name ? `    at ${name} (${place[1]}:${place[2]})` : undefined;
}

/** The stack of an error: its text, then frames of cells and of the library. */
export function stackOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [`Uncaught ${String(error)}`];
  const lines = (error.stack ?? "").split("\n");
  const frames = lines.flatMap((line) => inCell(line) ?? inLibrary(line) ?? []);
  const last = frames.findLastIndex((frame) => /\bcell \d+, line/.test(frame));
  const cause = error.cause === undefined ? [] : stackOf(error.cause);
  return [
    `${error.name}: ${error.message}`,
    ...frames.slice(0, last < 0 ? 8 : last + 1),
    ...cause.map((line, i) => i === 0 ? `Caused by ${line}` : line),
  ];
}

/** An error as the end of a cell. */
export function failed(error: unknown, count: number): Ended {
  const isError = error instanceof Error;
  const traceback = error instanceof CellSyntaxError
    ? [`SyntaxError: ${error.message.replace("(line", `(cell ${count}, line`)}`, error.excerpt]
    : stackOf(error);
  return {
    status: "error",
    ename: isError ? error.name : typeof error,
    evalue: isError ? error.message : String(error),
    traceback,
  };
}
