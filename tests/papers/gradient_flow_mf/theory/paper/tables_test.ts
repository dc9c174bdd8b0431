import { assert, assertEquals, assertMatch } from "@std/assert";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";

Deno.test("inconsistencies are numbered, ask a question, and name claims that exist", () => {
  assertEquals(
    mf.inconsistencies.map(({ number }) => number),
    Array.from({ length: 13 }, (_, i) => i + 1),
  );
  for (const { number, where, printed, found, question, shownBy } of mf.inconsistencies) {
    for (const text of [where, printed, found]) assert(text.length > 5, String(number));
    assertMatch(question, /\?$/, String(number));
    assertMatch(shownBy, /^(reading|P\d+(, P\d+)*(; reading)?)$/, String(number));
  }
});

Deno.test("relations name each of our statements T1 to T14 once", () => {
  const named = mf.relations.flatMap(({ ours }) => ours.match(/T\d+(?![a-z])/g) ?? []);
  const wanted = Array.from({ length: 14 }, (_, i) => `T${i + 1}`);
  assertEquals(new Set(named), new Set(wanted));
  assert(mf.relations.every(({ about, relation }) => about !== "" && relation !== ""));
});

Deno.test("paperStatements name functions of the library, and claims where there are any", () => {
  assertEquals(new Set(mf.paperStatements.map(({ name }) => name)).size, mf.paperStatements.length);
  for (const { name, says, runs, sharp, inCode, shownBy } of mf.paperStatements) {
    assertEquals(typeof (mf as Record<string, unknown>)[inCode], "function", name);
    assertMatch(shownBy, /^(—|[PC]\d+(, [PC]\d+)*)$/, name);
    for (const text of [says, runs, sharp]) assert(text !== "", name);
  }
});
