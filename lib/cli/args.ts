/**
 * Command lines of the tasks: one parser, one form of message, exit code 2 for a wrong one.
 *
 * @module
 */
import { parseArgs } from "node:util";
import type { ParseArgsOptionsConfig } from "node:util";

/** A command line that cannot be understood; the task ends with exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** What a task accepts. */
export interface Usage {
  /** Name of the task in `deno.json`. */
  readonly task: string;
  /** The line shown after an error and by `--help`. */
  readonly line: string;
  /** Options in the form of `node:util` `parseArgs`. */
  readonly options: ParseArgsOptionsConfig;
  /** What `--help` says below the line: options with their meaning, an example. */
  readonly help?: string;
  /** Whether words that are no option are accepted. */
  readonly words?: boolean;
}

/** A command line that was understood. */
export interface Arguments {
  /** The words that are no option, in their order. */
  readonly words: string[];
  /** Whether a boolean option was given. */
  flag(name: string): boolean;
  /** Value of a string option, if it was given. */
  text(name: string): string | undefined;
  /** Value of a string option that must be one of `known`. */
  oneOf<T extends string>(name: string, known: readonly T[], otherwise: T): T;
  /** Value of a string option that must be an integer from `least` to `most`. */
  integer(name: string, least: number, most: number): number | undefined;
}

/**
 * Reads the command line of a task.
 *
 * @throws {UsageError} If an option is unknown, lacks its value or has one that is not accepted.
 */
export function readArguments(usage: Usage, args: readonly string[]): Arguments {
  const what = `Cannot run ${usage.task}`;
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({
      args: [...args],
      options: { ...usage.options, help: { type: "boolean" } },
      allowPositionals: true,
    });
  } catch (error) {
    const known = Object.keys(usage.options).map((name) => `--${name}`).join(", ") || "none";
    const found = String((error as Error).message).split(". ")[0];
    throw new UsageError(`${what}: ${found}; known options: ${known}`);
  }
  const { values, positionals } = parsed;
  if (values.help) throw new UsageError("");
  if (positionals.length > 0 && !usage.words) {
    throw new UsageError(`${what}: unexpected argument '${positionals[0]}'`);
  }
  const text = (name: string) => values[name] as string | undefined;
  return {
    words: positionals,
    flag: (name) => values[name] === true,
    text,
    oneOf(name, known, otherwise) {
      const value = text(name) ?? otherwise;
      const found = known.find((item) => item === value);
      if (found !== undefined) return found;
      throw new UsageError(
        `${what} as --${name} must be one of ${known.join(", ")}: current value is "${value}"`,
      );
    },
    integer(name, least, most) {
      const value = text(name);
      if (value === undefined) return undefined;
      const number = Number(value);
      if (/^\d+$/.test(value) && number >= least && number <= most) return number;
      throw new UsageError(
        `${what} as --${name} must be an integer from ${least} to ${most}: ` +
          `current value is "${value}"`,
      );
    },
  };
}

/**
 * Runs the body of a task and ends the process with its exit code: 2 for a wrong command line, 1
 * for an error, otherwise what the body returns.
 */
export async function runTask(
  usage: Usage,
  body: (args: Arguments) => Promise<number> | number,
): Promise<never> {
  try {
    Deno.exit(await body(readArguments(usage, Deno.args)));
  } catch (error) {
    if (error instanceof UsageError) {
      if (error.message) console.error(`${error.message}\nUsage: ${usage.line}`);
      else console.log([usage.line, usage.help ?? []].flat().join("\n\n"));
      Deno.exit(error.message ? 2 : 0);
    }
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
