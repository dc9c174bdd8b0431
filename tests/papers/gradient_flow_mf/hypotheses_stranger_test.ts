/** What a first reader stumbled over: captions that follow the runs, errors that name the cause. */
import {
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { where } from "lora-dynamics/experiment/mod.ts";
import { transpose } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";

const cell = {
  ...{ preset: "quick", starts: ["zeroB"], alpha: [1e-3], copies: 2, points: 5 } as const,
};
const captionOf = async (changes: Parameters<typeof mf.courses>[0]) =>
  (await mf.courses({ ...cell, horizon: 10, ...changes })).figure().caption!;

Deno.test("the row of the notebook's table on a target of rank two runs as it is written", async () => {
  const text = await Deno.readTextFile(
    new URL("../../../notebooks/gradient-flow-mf.ipynb", import.meta.url),
  );
  const row = "`problem: mf.aligned({ s2: [1.3, 1.1], s1: [0.6, 0.5], target: [0.7, 0.4] }), r: 2`";
  assertStringIncludes(text, row);
  const problem = mf.aligned({ s2: [1.3, 1.1], s1: [0.6, 0.5], target: [0.7, 0.4] });
  assertStringIncludes(await captionOf({ problem, r: 2 }), "must have rank one: its rank is 2");
  await assertRejects(
    () => mf.courses({ ...cell, problem }),
    RangeError,
    "r must be at most the smallest size of its layer, 2: current value is 3",
  );
});

Deno.test("captions: one start where none is drawn, another problem for each start, the α without a line", async () => {
  assertStringIncludes(await captionOf({ starts: ["spectral"] }), "One start each.");
  const problem = (copy: number) => mf.problemQ({ delta: 0.4 + 0.1 * copy });
  assertStringIncludes(
    await captionOf({ problem }),
    "Problem Q, δ_w = 0.4, and one for each further start, r = 3",
  );
  assertStringIncludes(await captionOf({ alpha: [1, 1e-2] }), "No line of zeroB at α = 1, as");
});

Deno.test("LoRA+: 1 − cos ends where the caption says, as another direction grows", async () => {
  const run = await mf.courses({ ...cell, rates: { b1: 8, a1: 2 }, horizon: 40 });
  assertStringIncludes(run.figure().caption!, "at 1 − cos = 0.05132 from it");
  for (const { gap } of where(run.rows, "at", 40)) {
    assertLess(Math.abs(gap - (1 - 3 / Math.sqrt(10))), 1e-5);
  }
});

Deno.test("what rounding hides is compared with nothing", async () => {
  const run = await mf.courses({ ...cell, starts: ["spectral"], horizon: 60, points: 31 });
  assertLess(run.rows.at(-1)!.predicted!, 1e-80);
  const panels = [run.figure().panels].flat();
  const ratio = panels.find(({ title }) => title === "simulated / predicted loss")!;
  assertLess(Math.max(...ratio.y!.domain as number[]), 3);
});

Deno.test("layers exchanged: the same flow with the factors exchanged", () => {
  const problem = mf.problemQ({ delta: 1.5 }), other = mf.exchanged(problem);
  assertAlmostEquals(mf.modes(other).deltaW!, 1 / 1.5, 1e-12);
  const draws = portable(3);
  const { b1, a1, b2, a2 } = mf.startAdapters(problem, { start: "gauss", r: 2, alpha: 0.1, draws });
  const turned = {
    ...{ b1: transpose(a2!), a1: transpose(b2!), b2: transpose(a1), a2: transpose(b1) },
  };
  const losses = new mf.AdapterFlow(problem, { b1, a1, b2, a2 }).solve([1, 3]).losses;
  new mf.AdapterFlow(other, turned).solve([1, 3]).losses.forEach((loss, i) =>
    assertLess(Math.abs(loss / losses[i] - 1), 1e-9)
  );
  assertEquals(mf.exchanged(other).target, problem.target);
  assertThrows(() => mf.exchanged(mf.factorization({ m: 3 })), RangeError, "must have w1");
});

Deno.test("a hook, a start and data that are wrong are named", async () => {
  const bad = (changes: Parameters<typeof mf.courses>[0], words: string) =>
    assertRejects(() => mf.courses({ ...cell, horizon: 10, ...changes }), Error, words);
  await bad({
    eta: 0.1,
    hook: ({ velocity }) => {
      velocity.b1.data.fill(NaN);
    },
  }, "velocity 0 at the start must be finite");
  const gauss = mf.layerStart("gauss").factors;
  await bad(
    { starts: [{ name: "mine", random: false, factors: gauss }] },
    "random of the start mine",
  );
  const factors: mf.LayerStart["factors"] = (layer) => {
    const { b, a } = gauss(layer);
    return { b: { ...b, data: b.data.map(() => NaN) }, a };
  };
  await bad(
    { starts: [{ name: "mine", random: true, factors }] },
    "entry 0 of b1 of the start mine",
  );
  const data = { x: [[1, 2], [2, 1], [0, 1]], y: [0, 1, 1] };
  await assertRejects(
    () => mf.linearDigits({ preset: "quick", data: data as never }),
    Error,
    "before must be { x, y }",
  );
});
