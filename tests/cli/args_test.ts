import { assertEquals, assertThrows } from "@std/assert";
import { readArguments, type Usage, UsageError } from "../../lib/cli/args.ts";

const usage: Usage = {
  task: "example",
  line: "deno task example",
  options: { preset: { type: "string" }, jobs: { type: "string", short: "j" } },
};

Deno.test("readArguments() understands options in any order, words and short names", () => {
  const args = readArguments({ ...usage, words: true }, ["a", "--preset=full", "-j", "3", "b"]);
  assertEquals(args.words, ["a", "b"]);
  assertEquals(args.oneOf("preset", ["quick", "full"], "quick"), "full");
  assertEquals(args.integer("jobs", 1, 8), 3);
  assertEquals(args.text("none"), undefined);
});

Deno.test("readArguments() names an unknown option and lists those it knows", () => {
  const message = "Unknown option '--prest'; known options: --preset, --jobs";
  assertThrows(() => readArguments(usage, ["--prest", "x"]), UsageError, message);
});

Deno.test("readArguments() wants a value where there has to be one, and no stray words", () => {
  assertThrows(() => readArguments(usage, ["--preset"]), UsageError, "argument missing");
  assertThrows(() => readArguments(usage, ["x"]), UsageError, "unexpected argument 'x'");
});

Deno.test("values of options are checked, and the message says what was wanted", () => {
  const args = readArguments(usage, ["--preset", "fast", "-j", "0"]);
  assertThrows(
    () => args.oneOf("preset", ["quick", "full"], "quick"),
    UsageError,
    'Cannot run example as --preset must be one of quick, full: current value is "fast"',
  );
  assertThrows(
    () => args.integer("jobs", 1, 256),
    UsageError,
    'Cannot run example as --jobs must be an integer from 1 to 256: current value is "0"',
  );
});
