import { assert, assertEquals, assertMatch } from "@std/assert";
import { runClaims } from "lora-dynamics/experiment/mod.ts";
import { claims } from "lora-dynamics/papers/convergence_rate/mod.ts";

const IDS = Array.from({ length: 35 }, (_, i) => `C${i + 1}`);
/** Statements that the paper makes; all others are ours. */
const PAPER = ["C1", "C2", "C5"];

Deno.test("claims are the 35 rows of the table, in order, with a statement and a source", () => {
  assertEquals(claims.map(({ id }) => id), IDS);
  for (const { id, paper, statement, source } of claims) {
    assertEquals([paper, source], ["convergence-rate", PAPER.includes(id) ? "paper" : "ours"]);
    assertMatch(statement, /^\S.{20,260}[^\s.]$/);
  }
  assertEquals(new Set(claims.map(({ statement }) => statement)).size, IDS.length);
});

for (const claim of claims) {
  Deno.test(`${claim.id}: ${claim.statement}`, async () => {
    const [row] = await runClaims([claim], "quick", { progress: false });
    const { measured, expected, tolerance } = row;
    assert(row.pass, JSON.stringify({ measured, expected, tolerance }, undefined, 2));
  });
}
