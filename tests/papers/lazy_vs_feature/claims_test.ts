import { assert, assertEquals, assertMatch } from "@std/assert";
import { runClaims } from "lora-dynamics/experiment/mod.ts";
import { claims } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";

Deno.test("claims are rows of the table, in order, with a statement and a source", () => {
  const numbers = claims.map(({ id }) => Number(id.slice(1)));
  assertEquals(numbers, [...new Set(numbers)].toSorted((a, b) => a - b));
  assert(numbers.every((n) => n >= 1 && n <= 37));
  for (const { paper, statement } of claims) {
    assertEquals(paper, "lazy-vs-feature");
    assertMatch(statement, /^\S.{20,260}[^\s.]$/);
  }
});

for (const claim of claims) {
  Deno.test(`${claim.id}: ${claim.statement}`, async () => {
    const [row] = await runClaims([claim], "quick", { progress: false });
    const { measured, expected, tolerance } = row;
    assert(row.pass, JSON.stringify({ measured, expected, tolerance }, undefined, 2));
  });
}
