import { assertEquals } from "@std/assert";
import { Documentation } from "../../../lib/site/live/documentation/documentation.ts";
import type { Index } from "../../../lib/site/live/documentation/names.ts";

const index: Index = {
  modules: {
    "lora-dynamics/papers/lora_one/mod.ts": {
      descend: {
        markdown: "**descend** (lora)\n\n```ts\nfunction descend()\n```\n\nGoes down. And on.",
        options: [{}, { rate: "Step size.", steps: "How many." }],
      },
      tune: { markdown: "**tune** (lora)\n\n```ts\nfunction tune()\n```\n\nTunes." },
    },
    "lora-dynamics": { loraOne: { module: "lora-dynamics/papers/lora_one/mod.ts" } },
  },
};

/** What is known where `|` stands, after these cells have run. */
async function ask(marked: string, ...ran: string[]) {
  const documentation = new Documentation(() => Promise.resolve(index));
  for (const cell of ran) documentation.ran(cell);
  const at = marked.indexOf("|"), code = marked.replace("|", "");
  const text = await documentation.at(code, at), fits = await documentation.suggest(code, at);
  return {
    name: text?.match(/^\*\*(\w+)/)?.[1],
    found: fits?.found.map(({ name }) => name),
    start: fits?.start,
    about: fits?.found[0].about,
  };
}

const IMPORT = 'import * as lo from "lora-dynamics/papers/lora_one/mod.ts";';

Deno.test("a name is known by each way in which a cell can import it", async () => {
  const module = "lora-dynamics/papers/lora_one/mod.ts";
  const ways: [string, string][] = [
    [IMPORT, "lo.desc|end"],
    [`import { descend } from "${module}";`, "|descend(1)"],
    [`import { tune, descend as go } from "${module}";`, "g|o(1)"],
    [`import { type Run, descend } from "../lib/papers/lora_one/mod.ts";`, "descend|"],
    [`const lo = await import("${module}");`, "lo.descend|"],
    [`const { descend: go } = await import("${module}");`, "go|"],
    [`${IMPORT}\nconst { descend } = lo;`, "descend|"],
    ['import * as lib from "lora-dynamics";', "lib.loraOne.descend|"],
  ];
  for (const [cell, code] of ways) assertEquals((await ask(code, cell)).name, "descend", cell);
  assertEquals((await ask("lo.descend|", 'import lo from "elsewhere";')).name, undefined);
});

Deno.test("imports of the cell itself count, before it has run", async () => {
  assertEquals((await ask(`${IMPORT}\nlo.tune|`)).name, "tune");
});

Deno.test("inside of a call the function is known, through strings, comments and brackets", async () => {
  assertEquals((await ask('lo.descend(f(1), ")", /* ) */ |', IMPORT)).name, "descend");
  assertEquals((await ask("lo.descend(run, { rate: |", IMPORT)).name, "descend");
  assertEquals((await ask("other(|", IMPORT)).name, undefined);
});

Deno.test("options of a call complete in their argument, without those that are given", async () => {
  const first = await ask("lo.descend(run, { |", IMPORT);
  assertEquals([first.found, first.about], [["rate", "steps"], "Step size."]);
  assertEquals((await ask("lo.descend(run, { rate: 1, st|", IMPORT)).found, ["steps"]);
  assertEquals((await ask("lo.descend({ |", IMPORT)).found, undefined);
  assertEquals((await ask("const x = { |", IMPORT)).found, undefined);
});

Deno.test("names of a module complete after its point, with their first sentence", async () => {
  const { found, start, about } = await ask("const y = lo.de|", IMPORT);
  assertEquals([found, start, about], [["descend"], 13, "Goes down."]);
  assertEquals((await ask("lo.|", IMPORT)).found, ["descend", "tune"]);
});

Deno.test("without an index nothing is known, and nothing fails", async () => {
  const documentation = new Documentation(() => Promise.reject(new Error("offline")));
  documentation.ran(IMPORT);
  assertEquals(await documentation.at("lo.descend", 5), undefined);
  assertEquals(await documentation.suggest("lo.d", 4), undefined);
});
