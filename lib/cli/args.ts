/**
 * Command lines of the tasks: one parser, one form of help and message, exit code 2 for a wrong one.
 *
 * Node's own parser, because help and messages come before set-up, when no package is there yet.
 *
 * @module
 */
import { parseArgs } from "node:util";

/** A command line that cannot be understood; the task ends with exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** One option of a task. */
export interface Option {
  /** What it does, in half a sentence, or in a few lines. */
  readonly meaning: string;
  /** How the help calls its value; an option without a value is on or off. */
  readonly value?: string;
  /** A letter that may be used in place of the name. */
  readonly short?: string;
  /** The values that it may have. */
  readonly choices?: readonly string[];
  /** Least and greatest value of an integer. */
  readonly range?: readonly [number, number];
  /** Whether it is for the tasks themselves and not for people. */
  readonly internal?: true;
}

/** The words of a command line that are no option. */
export interface Words {
  /** What a word is: `"notebook"`. */
  readonly name: string;
  /** What it does, in half a sentence. */
  readonly meaning: string;
  /** Least and greatest number of words; by default none has to be there, and any number may. */
  readonly count?: readonly [0, number] | readonly [1, 1];
  /** What a word must be, if it is not: `"one of a, b"`. */
  wrong?(word: string, args: Arguments): string | undefined;
}

/** What a task accepts. */
export interface Usage {
  /** What it does, in a sentence or two. */
  readonly about: string;
  /** The words that are no option, if there may be any. */
  readonly words?: Words;
  /** Options by name. */
  readonly options?: Readonly<Record<string, Option>>;
  /** More that the help has to say. */
  readonly notes?: string;
  /** What follows `deno task` in the examples of the help. */
  readonly examples: readonly string[];
}

/** A command line that was understood. */
export interface Arguments {
  /** The words that are no option, in their order. */
  readonly words: string[];
  /** Whether an option without value was given. */
  flag(name: string): boolean;
  /** Value of an option, if it was given. */
  text(name: string): string | undefined;
  /** Value of an option with choices, or what holds otherwise. */
  oneOf<T extends string>(name: string, known: readonly T[], otherwise: T): T;
  /** Value of an option that lists things, `a,b`, if it was given. */
  list(name: string): string[] | undefined;
  /** Value of an option with a range, if it was given. */
  integer(name: string): number | undefined;
}

/**
 * Reads the command line of a task.
 *
 * @throws {UsageError} If an option is unknown, lacks its value or has one that is not accepted, or
 * a word is.
 */
export function readArguments(task: string, usage: Usage, args: readonly string[]): Arguments {
  const { options = {}, words } = usage;
  const { values, positionals } = parse(task, options, args);
  for (const [name, option] of Object.entries(options)) {
    const wanted = wrongValue(option, values[name]);
    if (wanted) throw wrong(task, `--${name}`, wanted, values[name]);
  }
  const parsed: Arguments = {
    words: positionals,
    flag: (name) => values[name] === true,
    text: (name) => values[name] as string | undefined,
    oneOf: (name, known, otherwise) => known.find((item) => item === values[name]) ?? otherwise,
    list: (name) => parsed.text(name)?.split(",").map((item) => item.trim()),
    integer: (name) => values[name] === undefined ? undefined : Number(values[name]),
  };
  const [least, most] = countOf(words), count = positionals.length;
  if (count > 0 && most === 0) {
    throw new UsageError(`Cannot run ${task}: unexpected argument '${positionals[0]}'`);
  }
  if (count < least || count > most) {
    const wanted = least === most ? "exactly one" : `at most ${most}`;
    throw new UsageError(`Cannot run ${task} as it needs ${wanted} ${words!.name}: got ${count}`);
  }
  for (const word of positionals) {
    const wanted = words?.wrong?.(word, parsed);
    if (wanted) throw wrong(task, words!.name, wanted, word);
  }
  return parsed;
}

type Values = Record<string, string | boolean | undefined>;

function parse(task: string, options: NonNullable<Usage["options"]>, args: readonly string[]) {
  const types = Object.entries(options).map(([name, { value, short }]) => [
    name,
    { type: value === undefined ? "boolean" : "string", ...(short && { short }) },
  ]);
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: Object.fromEntries(types),
      allowPositionals: true,
    });
    return { values: values as Values, positionals };
  } catch (error) {
    const known = people(options).map(([name]) => `--${name}`).join(", ") || "none";
    const found = String((error as Error).message).split(". ")[0];
    throw new UsageError(`Cannot run ${task}: ${found}; known options: ${known}`);
  }
}

/** What a value must be, if it is not. */
function wrongValue({ choices, range }: Option, value: Values[string]): string | undefined {
  if (typeof value !== "string") return undefined;
  if (choices && !choices.includes(value)) return `one of ${choices.join(", ")}`;
  if (range === undefined) return undefined;
  const [least, most] = range;
  const fits = /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most;
  return fits ? undefined : `an integer from ${least} to ${most}`;
}

function wrong(task: string, name: string, wanted: string, value: unknown): UsageError {
  return new UsageError(
    `Cannot run ${task} as ${name} must be ${wanted}: current value is "${value}"`,
  );
}

function countOf(words: Words | undefined): readonly [number, number] {
  return words === undefined ? [0, 0] : words.count ?? [0, Infinity];
}

function people(options: Usage["options"] = {}): [string, Option][] {
  return Object.entries(options).filter(([, { internal }]) => !internal);
}

/** The first line of the help. */
function usageLine(task: string, { words, options }: Usage): string {
  const [least, most] = countOf(words), many = most > 1 ? "..." : "";
  const word = words && (least > 0 ? `<${words.name}>${many}` : `[${words.name}${many}]`);
  const parts = [`deno task ${task}`, word, people(options).length > 0 ? "[options]" : undefined];
  return parts.filter(Boolean).join(" ");
}

/** The help of a task. */
export function help(task: string, usage: Usage): string {
  const rows = people(usage.options).map(([name, { meaning, value, short }]) => {
    const letter = short ? `-${short}, ` : "";
    return [`${letter}--${name}${value === undefined ? "" : ` ${value}`}`, meaning];
  });
  if (usage.words) rows.unshift([usage.words.name, usage.words.meaning]);
  rows.push(["--help", "this text"]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    `Usage: ${usageLine(task, usage)}`,
    "",
    usage.about,
    "",
    ...rows.map(([name, meaning]) =>
      `  ${name.padEnd(width)}  ${meaning.replaceAll("\n", `\n${" ".repeat(width + 4)}`)}`
    ),
    "",
    ...(usage.notes ? [usage.notes, ""] : []),
    usage.examples.length === 1 ? "Example:" : "Examples:",
    ...usage.examples.map((example) => `  deno task ${example}`),
  ].join("\n");
}

/** Tells what is wrong with a command line, and ends the process. */
function complain(task: string, usage: Usage, { message }: UsageError): never {
  console.error(`${message}\nUsage: ${usageLine(task, usage)}`);
  console.error(`More: deno task ${task} --help`);
  Deno.exit(2);
}

/**
 * Understands a command line or ends the process: with code 0 after `--help`, with code 2 and what
 * is wrong otherwise.
 */
export function argumentsOrExit(task: string, usage: Usage, args: readonly string[]): Arguments {
  if (args.some((arg) => arg === "--help" || arg === "-h")) {
    console.log(help(task, usage));
    Deno.exit(0);
  }
  try {
    return readArguments(task, usage, args);
  } catch (error) {
    if (error instanceof UsageError) complain(task, usage, error);
    throw error;
  }
}

/**
 * Runs the body of a task and ends the process with its exit code: 2 for a wrong command line, 1
 * for an error, otherwise what the body returns.
 */
export async function runTask(
  task: string,
  usage: Usage,
  body: (args: Arguments) => Promise<number> | number,
): Promise<never> {
  const args = argumentsOrExit(task, usage, Deno.args);
  try {
    Deno.exit(await body(args));
  } catch (error) {
    if (error instanceof UsageError) complain(task, usage, error);
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
