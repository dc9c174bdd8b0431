import { assert, assertEquals, assertMatch } from "@std/assert";
import { runClaims } from "lora-dynamics/experiment/mod.ts";
import { claims } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";

const IDS = [
  ...["C1", "C2", "C3a", "C3b", "C4", "C5", "C5b", "C6", "C6b", "C6c", "C7", "C7b", "C7c"],
  ...["C8", "C8b", "C9", "C10", "C10b", "C10c", "C11", "C12", "C13", "C14", "C15", "C16"],
  ...["C17", "C17b", "C18", "C19", "C20"],
];

Deno.test("claims are the thirty rows of the table, in order, with a statement and a source", () => {
  assertEquals(claims.map(({ id }) => id), IDS);
  for (const { paper, statement, source } of claims) {
    assertEquals([paper, source], ["gradient-flow-mf", "ours"]);
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
