import { assert, assertEquals, assertMatch } from "@std/assert";
import { claims } from "lora-dynamics/cli/template/mod.ts";
import { runClaims } from "lora-dynamics/experiment/mod.ts";

Deno.test("claims are numbered, belong to this paper and say what would refute them", () => {
  assertEquals(claims.map(({ id }) => id), claims.map((_, i) => `C${i + 1}`));
  for (const { paper, statement, falsifier } of claims) {
    assertEquals(paper, "new-paper");
    assertMatch(statement, /^\S.{20,260}[^\s.]$/);
    assert(falsifier);
  }
});

for (const claim of claims) {
  Deno.test(`${claim.id}: ${claim.statement}`, async () => {
    const [row] = await runClaims([claim], "quick", { progress: false });
    const { measured, expected, tolerance } = row;
    assert(row.pass, JSON.stringify({ measured, expected, tolerance }, undefined, 2));
  });
}

Deno.test("statistical claims hold at other seeds, and their controls fail", async () => {
  const rows = await runClaims(claims, "quick", { progress: false, seeds: 20 });
  const repeated = rows.filter(({ others }) => others !== undefined);
  assert(repeated.length > 0);
  for (const { id, others } of repeated) assert(others!.pass, `${id} ${JSON.stringify(others)}`);
});
