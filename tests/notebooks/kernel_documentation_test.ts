import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { INDEX } from "../../lib/cli/paths.ts";
import { makeIndex } from "../../lib/cli/kernel/index.ts";
import { optionsOf, wrapped } from "../../lib/cli/kernel/entries.ts";
import { RawClient } from "./raw_client.ts";

// Set-up makes it for readers, not for the tests.
await makeIndex();

const imports = `import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
  import { save, show as display, type Figure } from "lora-dynamics/figure/mod.ts";
  import { ode } from "lora-dynamics";
  const { modes: modesOf } = mf;`;

/** What is shown at the mark `|` of a cell. */
async function shown(client: RawClient, cell: string) {
  const cursor_pos = [...cell.slice(0, cell.indexOf("|"))].length;
  const content = { code: cell.replace("|", ""), cursor_pos };
  return (await client.ask("inspect_request", { content })).reply;
}

// The documentation of each begins with its name and module; a sentence of it is looked for.
const names: Record<string, [start: RegExp, part: string]> = {
  "mf.cour|ses": [/^\*\*courses\*\* .*gradient_flow_mf/, "scales α of the starts. Default"],
  "await save|(": [/^\*\*save\*\* .*figure/, "- `id`: Name of the figure"],
  "display|(figure)": [/^\*\*show\*\*/, "- `RangeError`: As `svg` does."],
  "ode.solveOde|": [/^\*\*solveOde\*\* .*ode/, "**Example**"],
  "modesOf|(problem)": [/^\*\*modes\*\*/, "function modes(like: ProblemLike): ModesReport"],
  "const x: Fig|ure = y": [/^\*\*Figure\*\*/, "- `caption`: "],
  // Inside of a call: what is called. Brackets in texts and comments are none.
  'const 𝒦 = await mf.courses({ alpha: [1e-2], starts: [")"], // )\n  r|': [/^\*\*courses\*\*/, ""],
};

Deno.test("Shift-Tab shows signature, documentation, parameters, errors and example of a name", async () => {
  await using client = await RawClient.start();
  await client.run(imports);
  for (const [cell, [start, part]] of Object.entries(names)) {
    const { status, found, data } = await shown(client, cell);
    assertEquals([cell, status, found], [cell, "ok", true]);
    assertMatch(data["text/markdown"], start, cell);
    assertStringIncludes(data["text/markdown"], part, cell);
    assertStringIncludes(data["text/markdown"], "```ts\n");
    assert(!/```|\*\*/.test(data["text/plain"]), cell);
  }
  // Not the library's: Deno knows nothing about it either.
  for (const cell of ["consol|e", "unknown|", "|", "1 + |"]) {
    const { status, found } = await shown(client, cell);
    assertEquals([cell, status, found], [cell, "ok", false]);
  }
  // The imports of the cell itself count before it has run.
  const own = 'import { findRoot } from "../../../lib/ode/mod.ts";\nfindRoot|';
  assertEquals((await shown(client, own)).found, true);
});

Deno.test("a cell like name? shows the same, and counts like any other", async () => {
  await using client = await RawClient.start();
  await client.run(imports);
  const asked = await client.run("mf.courses?");
  assertEquals(asked.of("execute_input"), [{ code: "mf.courses?", execution_count: 2 }]);
  const [{ source, data }] = asked.reply.payload;
  assertEquals([asked.reply.status, source], ["ok", "page"]);
  assertStringIncludes(data["text/markdown"], "Loss with its parts");
  const [{ data: nothing }] = (await client.run("?nobody")).reply.payload;
  assertEquals(nothing, { "text/plain": "Nothing is known about nobody." });
  assertEquals((await client.run("1 + 1")).of("execute_result")[0].execution_count, 4);
});

Deno.test("Tab completes the parameters of an experiment and the options of a function", async () => {
  await using client = await RawClient.start();
  await client.run(imports);
  const complete = async (code: string) => {
    const { reply } = await client.ask("complete_request", { content: { code } });
    return [reply.matches, reply.cursor_start, reply.cursor_end];
  };
  assertEquals(await complete("mf.courses({ alp"), [["alpha"], 13, 16]);
  const [rest] = await complete("mf.courses({ alpha: [1], starts: ['zeroB'], ");
  assert(rest.includes("copies") && !rest.includes("alpha") && !rest.includes("starts"));
  assertEquals((await complete('save("F1", figure, { out: "x", sl'))[0], ["slug"]);
  // Values are Deno's to complete.
  assertEquals((await complete("mf.courses({ alpha: Infin"))[0], ["Infinity"]);
  assertEquals((await complete("const y = { con"))[0], ["confirm", "console", "constructor"]);
});

Deno.test("an import of a name that its module lacks is said, with the name that was meant", async () => {
  await using client = await RawClient.start();
  const said = async (code: string) =>
    (await client.run(code)).of("stream").map(({ name, text }) => [name, text]);
  const figure = "lora-dynamics/figure/mod.ts";
  // Deno itself says nothing: this is the fault.
  const lacking = `import {
    show, // it's there
    savee as keep, type Row,
  } from "${figure}"; typeof keep`;
  const warning = `Warning: ${figure} has no savee, which is undefined here; it has save\n`;
  assertEquals(await said(lacking), [["stderr", warning]]);
  const local = 'import fig, { nobody } from "../../../lib/figure/mod.ts";';
  assertEquals(await said(local), [[
    "stderr",
    ["nobody", "default"].map((name) =>
      `Warning: ${figure} has no ${name}, which is undefined here\n`
    ).join(""),
  ]]);
  assertEquals(await said(`// import { nobody } from "${figure}"\n"from"`), []);
  assertEquals(await said(imports.replace("const {", "var {")), []);
});

Deno.test("what a module has at run time is in the index: no warning is false", async () => {
  const { modules } = JSON.parse(await Deno.readTextFile(INDEX));
  for (const [name, known] of Object.entries<object>(modules)) {
    const names = Object.keys(await import(name));
    assertEquals(names.filter((each) => !(each in known)), [], name);
  }
});

Deno.test("wrapped() gives each parameter of a long signature a line", () => {
  const short = "function f(a: number): number";
  assertEquals(wrapped(short), short);
  const long =
    "function f(first: (x: number, y: number) => Map<string, number>, second: { a: number; b: string }): Promise<void>";
  assertEquals(wrapped(long).split("\n"), [
    "function f(",
    "  first: (x: number, y: number) => Map<string, number>,",
    "  second: { a: number; b: string }",
    "): Promise<void>",
  ]);
});

Deno.test("optionsOf() of what is neither function nor experiment is nothing", () => {
  assertEquals(optionsOf([], 3, new Map()), []);
  assertEquals(optionsOf([], undefined, new Map()), []);
});
