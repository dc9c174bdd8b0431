import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  type CheckResult,
  type ClaimRow,
  latexNumbers,
  runClaims,
} from "lora-dynamics/experiment/mod.ts";
import { claim } from "./_claims.ts";

/** Nothing but comments and definitions of a number by a macro whose name is letters only. */
const LINE =
  /^(%[^\n\r]*|\\newcommand\{\\[A-Za-z]+\}\{\\ensuremath\{(-?\d+(\.\d+)?(\\times 10\^\{-?\d+\})?|-?10\^\{-?\d+\}|\\mathrm\{NaN\}|-?\\infty)\}\})$/;

async function rowsOf(...measured: CheckResult["measured"][]): Promise<ClaimRow[]> {
  const claims = measured.map((value, i) =>
    claim(`C${i + 1}`, () => ({ measured: value, expected: 0, tolerance: "none", pass: true }))
  );
  return await runClaims(claims, "quick", { progress: false });
}

/** Names and values of the macros. */
async function macros(...measured: CheckResult["measured"][]): Promise<Record<string, string>> {
  const lines = latexNumbers(await rowsOf(...measured)).trimEnd().split("\n");
  return Object.fromEntries(
    lines.filter((line) => !line.startsWith("%")).map((line) => {
      const [, name, value] = line.match(/^\\newcommand\{\\(\w+)\}\{\\ensuremath\{(.*)\}\}$/)!;
      return [name, value];
    }),
  );
}

Deno.test("a macro is named by paper, claim and the words of its key, in letters only", async () => {
  const measured = {
    "τ": 1,
    "λ⁽¹⁾, α = 0.1": 2,
    "‖V‖²": 3,
    "drift 1e-5": 4,
    "LoRA+": 5,
    "ĉ, |m| > 0.9": 6,
    "x/y": 7,
    "κ = −½": 8,
    "loss − floor": 9,
    "loss - gap": 10,
    "fine-tuning": 11,
  };
  assertEquals(Object.keys(await macros(measured)), [
    "loraOneCOneTau",
    "loraOneCOneLambdaOneAlphaZeroPointOne",
    "loraOneCOneNormVTwo",
    "loraOneCOneDriftOneEMinusFive",
    "loraOneCOneLoRAPlus",
    "loraOneCOneCHatAbsMAboveZeroPointNine",
    "loraOneCOneXOverY",
    "loraOneCOneKappaMinusOneOverTwo",
    "loraOneCOneLossMinusFloor",
    "loraOneCOneLossMinusGap",
    "loraOneCOneFineTuning",
  ]);
  assertEquals(await macros(7, { a: { b: 1 } }), { loraOneCOne: "7", loraOneCTwoAB: "1" });
});

Deno.test("numbers have four significant digits, integers all", async () => {
  const values: [number, string][] = [
    ...[[0, "0"], [-3, "-3"], [123456, "123456"], [4.828427, "4.828"], [0.5, "0.5"]] as const,
    ...[[-0.00012345, "-0.0001234"], [123456.7, "123500"], [1e-13, "10^{-13}"]] as const,
    ...[[-1e-13, "-10^{-13}"], [2.5e-7, "2.5\\times 10^{-7}"], [2e6, "2\\times 10^{6}"], [
      1.23456e-7,
      "1.235\\times 10^{-7}",
    ]] as const,
    ...[[0.99999, "1"], [9.99996e-8, "10^{-7}"], [NaN, "\\mathrm{NaN}"]] as const,
    ...[[-Infinity, "-\\infty"], [Infinity, "\\infty"]] as const,
  ].map(([x, text]) => [x, text]);
  for (const [x, text] of values) assertEquals((await macros(x)).loraOneCOne, text);
});

Deno.test("text and truths are not numbers", async () => {
  assertEquals(await macros({ a: "one law", b: true, c: null, d: 1 }), { loraOneCOneD: "1" });
});

Deno.test("two numbers with one name are an error that gives both", async () => {
  const rows = await rowsOf({ "a b": 1, "a, b": 2 });
  const error = assertThrows(() => latexNumbers(rows), RangeError);
  assertMatch(error.message, /lora-one C1 "a b" and lora-one C1 "a, b" are both \\loraOneCOneAB/);
});

Deno.test("every claim has a comment with its source and verdict, of one line", async () => {
  const [row] = await rowsOf(1);
  const odd = { ...row, statement: "first\n\\input{secret}\r\n% last", pass: false };
  const text = latexNumbers([odd]);
  assertEquals(
    text,
    "% lora-one C1 (ours; quick; DISAGREES): first \\input{secret} % last\n" +
      "\\newcommand{\\loraOneCOne}{\\ensuremath{1}}\n",
  );
});

Deno.test("whatever the keys are, only comments and definitions of numbers come out", async () => {
  const key = fc.string({ unit: "binary", maxLength: 12 });
  const numbers = fc.dictionary(key, fc.double(), { minKeys: 1, maxKeys: 4 });
  await fc.assert(
    fc.asyncProperty(numbers, key, async (measured, statement) => {
      const [row] = await rowsOf(measured);
      let text: string;
      try {
        text = latexNumbers([{ ...row, statement }]);
      } catch (error) {
        assert(error instanceof RangeError && error.message.includes("are both"));
        return;
      }
      for (const line of text.trimEnd().split("\n")) assertMatch(line, LINE);
      assertEquals(latexNumbers([{ ...row, statement }]), text);
    }),
    { seed: 7, numRuns: 300 },
  );
});

Deno.test("capital Greek letters have the names of the small ones", async () => {
  const names = Object.keys(await macros({ "Α": 1, "Λ": 2, "Σ": 3, "Ω": 4, "ω⋆": 5 }));
  assertEquals(names.map((name) => name.replace("loraOneCOne", "")), [
    ...["Alpha", "Lambda", "Sigma", "Omega", "OmegaStar"],
  ]);
});
