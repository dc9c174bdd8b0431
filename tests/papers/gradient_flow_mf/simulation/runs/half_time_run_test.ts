/** Half-times of modes: against the slow path and the closed form. */
import { assertAlmostEquals, assertEquals, assertLess, assertRejects } from "@std/assert";
import { sweep } from "lora-dynamics/experiment/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import { close, slowFlow } from "../../theory/_helpers.ts";

const problem = mf.factorization({ m: 5, n: 4, sigma: [1.2, 0.5], s: 1.4 });
const cell: mf.HalfTimeCell = {
  ...{ problem: mf.plainProblem(problem), start: "gauss", startedBy: "gauss", alpha: 0.02, r: 3 },
  ...{ modes: 2, horizon: 60 },
};
const rowsOf = (change: Partial<mf.HalfTimeCell> = {}, seed = "5") =>
  sweep({
    name: "half-times",
    run: mf.halfTimeRun,
    cells: [{ ...cell, ...change }],
    seeds: [seed],
  });

Deno.test("a half-time is where the model has learnt half of its mode, and the gap is that of the model", async () => {
  const rows = await rowsOf();
  const start = mf.startAdapters(problem, {
    start: "gauss",
    r: 3,
    alpha: 0.02,
    draws: portable(5),
  });
  rows.forEach(({ mode, half, gap }, j) => {
    const end = slowFlow(problem, start, half!, 3000), e = mf.error(problem, end).data;
    assertAlmostEquals(e[5 * j], [0.6, 0.25][j], 1e-8);
    const [pair] = mf.growthModes(problem).modes1;
    close(gap!, mf.misalignment(mf.stackOf(end.b1, end.a1), pair), 1e-6);
    assertEquals(mode, j + 1);
  });
  assertLess(rows[0].half!, rows[1].half!);
});

Deno.test("hidden directions that nothing sees are left out, two adapters and pairs of ranks are taken", async () => {
  const wide = mf.aligned({ s2: [1.3], s1: [0.4], target: [0.7], m: 3, h: 40, n: 4 });
  const change = { problem: mf.plainProblem(wide), r: [2, 3] as const, modes: 1, alpha: 1e-3 };
  const [{ half }] = await rowsOf(change);
  const start = mf.startAdapters(wide, {
    start: "gauss",
    r: [2, 3],
    alpha: 1e-3,
    draws: portable(5),
  });
  const flow = new mf.AdapterFlow(wide, start);
  assertAlmostEquals(flow.error(flow.solve([half!]).states[0]).data[0], 0.35, 1e-8);
});

Deno.test("a mode that does not come is null, and the first one is still there", async () => {
  const early = await rowsOf({ horizon: 4 });
  assertEquals(early.map(({ half }) => half !== null), [true, false]);
  assertEquals(early[1].gap, null);
  assertEquals(early[0].half, (await rowsOf())[0].half);
});

Deno.test("bad cells are refused by name", async () => {
  await assertRejects(() => rowsOf({ horizon: 0 }), Error, "horizon must be");
  await assertRejects(() => rowsOf({ modes: 0 }), Error, "modes must be");
  await assertRejects(() => rowsOf({ times: [1] } as never), Error, "no other keys");
});
