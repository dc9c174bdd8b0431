import { assertEquals, assertStringIncludes } from "@std/assert";
import { type CheckResult, type Claim, runClaims } from "lora-dynamics/experiment/mod.ts";
import { agreeing, claim, disagreeing, good, SEEDED } from "./_claims.ts";

/** Number of another seed, from its name; 0 for the paper's own. */
const number = (seed?: string) => Number(seed?.split("/").at(-1) ?? 0);

/** A claim that fails at the first of the other seeds, with a control that passes at some. */
function partly(failing: number, control?: (n: number) => CheckResult): Claim {
  return claim("C1", (_, { seed }) => {
    const n = number(seed);
    return n > 0 && n <= failing ? disagreeing : agreeing;
  }, {
    evidence: SEEDED,
    ...control && { control: (_, { seed }) => control(number(seed)) },
  });
}

async function others(one: Claim, seeds: number) {
  return (await runClaims([one], "quick", { seeds }))[0].others;
}

Deno.test("other seeds are named after the seed and their number, and differ from it", async () => {
  const seen: (string | undefined)[] = [];
  const one = claim("C1", (_, { seed }) => {
    seen.push(seed);
    return agreeing;
  }, { evidence: SEEDED });
  const [row] = await runClaims([one], "quick", { seeds: 2 });
  const [based] = await runClaims([one], "quick", { seed: "5", seeds: 2 });
  assertEquals(seen, [undefined, "other/1", "other/2", "5", "5/other/1", "5/other/2"]);
  assertEquals(row.others!.seeds.map(({ seed }) => seed), ["other/1", "other/2"]);
  assertEquals(based.others!.seeds.map(({ seed }) => seed), ["5/other/1", "5/other/2"]);
});

Deno.test("a claim needs 95 % of the other seeds: 19 of 20 do, 18 do not", async () => {
  for (const [failing, count, pass] of [[1, 20, true], [2, 20, false], [1, 10, false]] as const) {
    const found = (await others(partly(failing), count))!;
    assertEquals([found.holds, found.pass], [count - failing, pass]);
    assertEquals("controlFails" in found, false);
  }
});

Deno.test("a control must fail at 95 % of the other seeds", async () => {
  for (const [passing, pass] of [[0, true], [1, true], [2, false]] as const) {
    const found = (await others(partly(0, (n) => n <= passing ? agreeing : disagreeing), 20))!;
    assertEquals([found.holds, found.controlFails, found.pass], [20, 20 - passing, pass]);
    assertEquals(found.seeds[19].control, {
      measured: { x: 1.5 },
      tolerance: "abs 1e-3",
      fails: true,
    });
  }
});

Deno.test("a control that throws, or compares nothing, has refuted nothing", async () => {
  const broken: (() => CheckResult)[] = [
    () => {
      throw new Error("broken control");
    },
    () => ({ ...disagreeing, measured: {} }),
    () => undefined as unknown as CheckResult,
  ];
  for (const control of broken) {
    const found = (await others(partly(0, control), 1))!;
    assertEquals([found.controlFails, found.pass], [0, false]);
  }
  const found = (await others(partly(0, broken[0]), 1))!;
  assertEquals(found.seeds[0].control!.measured, "Error: broken control");
});

Deno.test("an exception at another seed counts against the claim", async () => {
  const one = claim("C1", (_, { seed }) => {
    if (seed) throw new Error("no such seed");
    return agreeing;
  }, { evidence: SEEDED });
  const [row] = await runClaims([one], "quick", { seeds: 1 });
  assertEquals([row.pass, row.others!.holds, row.others!.pass], [true, 0, false]);
  assertStringIncludes(String(row.others!.seeds[0].measured), "no such seed");
});

Deno.test("only claims that follow the seed are repeated", async () => {
  const draws = ["nothing", "instance", "closed seed", "seed"] as const;
  const claims = draws.map((kind, i) =>
    good(`C${i}`, { evidence: { seeds: i > 0 ? 1 : 0, sizes: "one", draws: kind } })
  );
  const rows = await runClaims(claims, "quick", { seeds: 3 });
  assertEquals(rows.map((row) => row.others?.holds), [undefined, undefined, undefined, 3]);
  assertEquals((await runClaims(claims, "quick"))[3].others, undefined);
});

Deno.test("the wall time of a row is that of the paper's seed alone", async () => {
  const slow = claim("C1", async (_, { seed }) => {
    await new Promise((resolve) => setTimeout(resolve, seed ? 200 : 0));
    return agreeing;
  }, { evidence: SEEDED });
  const [row] = await runClaims([slow], "quick", { seeds: 1 });
  assertEquals(row.seconds < 0.15, true);
});
