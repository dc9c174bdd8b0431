import { assert, assertEquals, assertMatch } from "@std/assert";
import { runClaims } from "lora-dynamics/experiment/mod.ts";
import { claims } from "lora-dynamics/papers/lora_one/mod.ts";

const IDS = Array.from({ length: 34 }, (_, i) => `C${i + 1}`);

Deno.test("claims are the 34 rows of the table, in order, with a statement and a source", () => {
  assertEquals(claims.map(({ id }) => id), IDS);
  for (const { paper, statement, source } of claims) {
    assertEquals(paper, "lora-one");
    assert(source.whose === "paper" || source.whose === "ours");
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
