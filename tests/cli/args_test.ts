import { assertEquals, assertThrows } from "@std/assert";
import { help, readArguments, type Usage, UsageError } from "../../lib/cli/args.ts";

const usage = {
  about: "Does something.",
  words: {
    name: "thing",
    meaning: "what to do it to",
    count: [0, 2],
    wrong: (word) => word.length === 1 ? undefined : "a letter",
  },
  options: {
    preset: { value: "quick|full", choices: ["quick", "full"], meaning: "how much" },
    jobs: { value: "N", short: "j", range: [1, 256], meaning: "how many at a time" },
    only: { value: "A,B", meaning: "only these" },
    json: { meaning: "as JSON,\none line each" },
    secret: { value: "N", internal: true, meaning: "not for people" },
  },
  examples: ["example a --jobs 2"],
} satisfies Usage;

const read = (...args: string[]) => readArguments("example", usage, args);

Deno.test("readArguments() understands options in any order, words and short names", () => {
  const args = read("a", "--preset=full", "-j", "3", "b", "--json", "--only", "x, y");
  assertEquals(args.words, ["a", "b"]);
  assertEquals(args.oneOf("preset", ["quick", "full"], "quick"), "full");
  assertEquals([args.integer("jobs"), args.flag("json")], [3, true]);
  assertEquals([args.text("only"), args.list("only")], ["x, y", ["x", "y"]]);
});

Deno.test("options that are not given have their defaults", () => {
  const args = read();
  assertEquals(args.oneOf("preset", ["quick", "full"], "quick"), "quick");
  for (const value of [args.text("only"), args.list("only"), args.integer("jobs")]) {
    assertEquals(value, undefined);
  }
  assertEquals([args.flag("json"), args.words], [false, []]);
});

const mistakes: [string[], string][] = [
  [["--prest", "x"], "Unknown option '--prest'; known options: --preset, --jobs, --only, --json"],
  [["--preset"], "argument missing"],
  [["--preset", "fast"], '--preset must be one of quick, full: current value is "fast"'],
  [["-j", "0"], '--jobs must be an integer from 1 to 256: current value is "0"'],
  [["-j", "1.5"], '--jobs must be an integer from 1 to 256: current value is "1.5"'],
  [["a", "bc"], 'thing must be a letter: current value is "bc"'],
  [["a", "b", "c"], "it needs at most 2 thing: got 3"],
];
for (const [args, message] of mistakes) {
  Deno.test(`readArguments() refuses ${args.join(" ")}, and says what it wants`, () => {
    assertThrows(() => read(...args), UsageError, `Cannot run example`);
    assertThrows(() => read(...args), UsageError, message);
  });
}

Deno.test("readArguments() takes no word where there may be none, and misses one that must be", () => {
  const none: Usage = { about: "", examples: [] };
  assertThrows(
    () => readArguments("example", none, ["x"]),
    UsageError,
    "Cannot run example: unexpected argument 'x'",
  );
  const one: Usage = { ...none, words: { name: "file", meaning: "", count: [1, 1] } };
  assertThrows(() => readArguments("example", one, []), UsageError, "exactly one file: got 0");
});

Deno.test("a number may be the least and the greatest of its range, and nothing beyond", () => {
  for (const jobs of ["1", "256"]) assertEquals(read("-j", jobs).integer("jobs"), Number(jobs));
  for (const jobs of ["0", "257", "1.5", "-1"]) {
    assertThrows(() => read(`--jobs=${jobs}`), UsageError, "an integer from 1 to 256");
  }
});

Deno.test("the first line of a help says how many words there may be", () => {
  const line = (count: readonly [0, number] | readonly [1, 1]) =>
    help("example", { about: "x", words: { name: "file", meaning: "a file", count }, examples: [] })
      .split("\n")[0];
  assertEquals(line([1, 1]), "Usage: deno task example <file>");
  assertEquals(line([0, 9]), "Usage: deno task example [file...]");
  assertEquals(line([0, 1]), "Usage: deno task example [file]");
});

Deno.test("help() shows usage, words, options with their meaning, and examples", () => {
  assertEquals(
    help("example", usage),
    `Usage: deno task example [thing...] [options]

Does something.

  thing                what to do it to
  --preset quick|full  how much
  -j, --jobs N         how many at a time
  --only A,B           only these
  --json               as JSON,
                       one line each
  --help               this text

Example:
  deno task example a --jobs 2`,
  );
});
