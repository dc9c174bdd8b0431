import { assert, assertEquals, assertMatch } from "@std/assert";
import { runClaims } from "lora-dynamics/experiment/mod.ts";
import { claims } from "lora-dynamics/papers/pre_training_hurts/mod.ts";

Deno.test("claims are C1 to C28, each once and in order, with a statement and a source", () => {
  assertEquals(claims.map(({ id }) => id), Array.from({ length: 28 }, (_, i) => `C${i + 1}`));
  for (const { id, paper, statement, source } of claims) {
    assertEquals(paper, "pre-training-hurts");
    assert(source.whose === "paper" || source.whose === "ours", id);
    assertMatch(statement, /^\S.{20,200}[^\s.]$/);
  }
  assertEquals(new Set(claims.map(({ statement }) => statement)).size, 28);
});

for (const claim of claims) {
  Deno.test(`${claim.id}: ${claim.statement}`, async () => {
    const [row] = await runClaims([claim], "quick", { progress: false });
    const { measured, expected, tolerance } = row;
    assert(row.pass, JSON.stringify({ measured, expected, tolerance }, undefined, 2));
  });
}
