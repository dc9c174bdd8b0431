import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { experiment, jupyterDisplay, param, parameters } from "lora-dynamics/experiment/mod.ts";

/** The line of a parameter in a table of text, its fields apart. */
function fields(text: string, name: string): string[] {
  const line = text.split("\n").find((line) => line.startsWith(`${name} `));
  assert(line !== undefined, `${name} in\n${text}`);
  return line.split(/ {2,}/);
}

const plain = (values: Record<string, unknown>) =>
  parameters(values, { preset: "quick", parameters: {} })[jupyterDisplay]()["text/plain"];

Deno.test("a cell shows short lists whole, and long ones by their ends and length", () => {
  const eight = Array.from({ length: 8 }, (_, i) => i + 1);
  const text = plain({ eight, nine: [...eight, 9], sizes: { d: 2, k: [3, 4] }, name: "erf" });
  assertEquals(fields(text, "eight")[1], "[1, 2, 3, 4, 5, 6, 7, 8]");
  assertEquals(fields(text, "nine")[1], "[1, 2, … 9] (9)");
  assertEquals(fields(text, "sizes")[1], "{ d: 2, k: [3, 4] }");
  assertEquals(fields(text, "name")[1], '"erf"');
});

Deno.test("a cell shows a function by its text, from its first letter", () => {
  assertEquals(fields(plain({ law: (z: number) => z }), "law")[1], "(z)=>z");
});

Deno.test("a run says which seeds it has drawn from, or that it drew nothing", async () => {
  const draw = (parameters: { seed?: ReturnType<typeof param.seed> }) =>
    experiment({ ...{ name: "one", about: "One row." }, parameters, run: () => [{ x: 1 }] });
  const shown = async (run: ReturnType<typeof draw>) =>
    (await run())[jupyterDisplay]()["text/plain"];
  assertStringIncludes(await shown(draw({ seed: param.seed("5") })), '1 rows, seeds ["5"]');
  assertStringIncludes(await shown(draw({})), "1 rows, no seed");
});

Deno.test("a cell cuts a function after 80 signs, and what an object holds after 100", () => {
  const law = Object.assign(() => 0, { toString: () => `f${"x".repeat(90)}` });
  assertEquals(fields(plain({ law }), "law")[1], `f${"x".repeat(79)}`);
  const held = (n: number) => fields(plain({ at: { k: "y".repeat(n - 5) } }), "at")[1];
  assertEquals(held(100), `{ k: "${"y".repeat(95)}" }`);
  assertEquals(held(101), `{ k: "${"y".repeat(93)}… }`);
});
