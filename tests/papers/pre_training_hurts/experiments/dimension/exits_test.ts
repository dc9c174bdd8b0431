import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { summary } from "lora-dynamics/experiment/mod.ts";
import {
  baselines,
  dimensionExitMeans,
  dimensionExits,
  dimensionExitTheory,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";

const SMALL = { preset: "quick", mu: [0.3], d: [1e3, 1e6], copies: 6, radius: 0.2 } as const;

Deno.test("dimensionExits() shares draws between dimensions, and its seed reaches them", async () => {
  const { rows, record } = await dimensionExits({ ...SMALL, seed: "11" });
  assertEquals(record.seeds, ["11/0"]);
  const at = (d: number) => rows.filter((row) => row.d === d).map(({ exit }) => exit!);
  const way = at(1e6).map((exit, i) => exit - at(1e3)[i]);
  // The difference is the same for all copies but for the size of the first overlap.
  assertLess(summary(way).sd, 0.05 * summary(at(1e3)).sd);
  const other = await dimensionExits({ ...SMALL, seed: "12" });
  assert(other.rows[0].exit !== rows[0].exit);
});

Deno.test("the means of dimensionExits() are those of its rows, beside theory of this run", async () => {
  const { rows, parameters } = await dimensionExits(SMALL);
  const [low] = dimensionExitMeans(rows, parameters);
  const own = summary(rows.filter(({ d }) => d === 1e3).map(({ exit }) => exit!));
  assertEquals([low.mean, low.sd, low.copies], [own.mean, own.sd, 6]);
  assertEquals(low.theory, dimensionExitTheory(parameters, 0.3, 1e3));
  assertLess(Math.abs(low.mean - low.theory!), 4 * own.se);
});

Deno.test("the caption of dimensionExits() follows the run", async () => {
  const { caption } = (await dimensionExits({ ...SMALL, batch: "2 d", step: 0.3 })).figure();
  for (
    const words of [
      "|m| = 0.2",
      "η = 0.3",
      "b = 2 d",
      "d = 10³ to 10⁶",
      "6 copies",
      "nothing fitted",
    ]
  ) {
    assertStringIncludes(caption ?? "", words);
  }
});

Deno.test("where its theory does not hold, dimensionExits() draws none and says why", async () => {
  for (
    const [change, why] of [
      [{ rule: "momentum" }, "plain SGD"],
      [{ start: "typical" }, "random starts"],
      [{ mu: [[0.3, 0.2]] }, "a frozen weight μω⋆"],
      [{ step: "0.2 / (1 + t / 100)" }, "do not change"],
      [{ sphere: false }, "on the sphere"],
    ] as const
  ) {
    const result = await dimensionExits({ ...SMALL, copies: 2, ...change } as never);
    const figure = result.figure(), [mean] = dimensionExitMeans(result.rows, result.parameters);
    assertStringIncludes(figure.caption ?? "", why);
    assertEquals([mean.theory, Object.keys(figure.rows).some((name) => name.includes("theory"))], [
      null,
      false,
    ]);
  }
});

Deno.test("copies that do not arrive are counted, not averaged", async () => {
  const { rows, parameters, figure } = await dimensionExits({ ...SMALL, maxSteps: 5 });
  assert(rows.every(({ exit, status }) => exit === null && status === "given up"));
  assert(Number.isNaN(dimensionExitMeans(rows, parameters)[0].mean));
  assertStringIncludes(figure().caption ?? "", "12 copies have not arrived");
});

Deno.test("a batch is a number or an expression in d, and nothing else", async () => {
  for (const batch of ["0.1 / d", 0.5, "x + 1"]) {
    await assertRejects(() => dimensionExits({ ...SMALL, batch }), Error, "batch must be");
  }
  const number = await dimensionExits({ ...SMALL, batch: 1000 });
  assertStringIncludes(number.figure().caption ?? "", "b = 1000");
});

Deno.test("baselines() takes any activation, and gives each way its time to one loss", async () => {
  const mine = {
    preset: "quick",
    students: ["tanh(z)", "x"],
    mu: [0.4],
    d: [1e3],
    loss: 1e-2,
    runs: [],
  } as const;
  const result = await baselines(mine), { rows } = result;
  const time = (student: string, way: string) =>
    rows.find((row) => row.student === student && row.way === way)!.time!;
  // Linear: L = (1 − s)²/2, so that a hundredth of the square of the labels is s = 0.9.
  assertAlmostEquals(time("x", "full fine-tuning"), Math.log(0.6 / 0.1), 1e-7);
  // From scratch L = 1 − m: the hundredth is m = 1 − 1/200.
  const m0 = Math.exp(-0.6351814227307391) / Math.sqrt(1000);
  assertAlmostEquals(time("x", "from scratch"), Math.atanh(0.995) - Math.atanh(m0), 1e-8);
  assertLess(time("tanh(z)", "full fine-tuning"), time("tanh(z)", "LoRA"));
  assertStringIncludes(result.figure().caption ?? "", "tanh(z) and linear targets");
});

Deno.test("a strong model that has the loss already takes no time", async () => {
  const { rows } = await baselines({ students: ["x"], mu: [0.95], d: [1e3], loss: 0.01, runs: [] });
  const times = rows.filter(({ mu }) => mu === 0.95).map(({ time }) => time);
  assertEquals(times, [0, 0]);
});

Deno.test("runs of LoRA in baselines() arrive near their flow", async () => {
  const mine = {
    students: ["x"],
    mu: [0.5],
    d: [1e3],
    runs: [1e3],
    copies: 16,
    batch: "20 d",
  } as const;
  const { rows } = await baselines(mine);
  const runs = rows.filter(({ way }) => way === "LoRA, SGD").map(({ time }) => time!);
  const flow = rows.find(({ way }) => way === "LoRA")!.time!, { mean, se } = summary(runs);
  // Finite steps grow by ln(1 + ηλ)/(ηλ) = 1.01 slower.
  assertLess(Math.abs(mean - flow), 4 * se + 0.02 * flow);
});
