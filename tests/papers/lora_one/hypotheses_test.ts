/** What readers ask of the notebook, with its imports and in its words. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { where } from "lora-dynamics/experiment/mod.ts";
import { svg } from "lora-dynamics/figure/mod.ts";
import { matrix } from "lora-dynamics/linalg/mod.ts";
import * as lo from "lora-dynamics/papers/lora_one/mod.ts";

/** A quick run: little training before, few steps, Adam. */
const small = { pretraining: 60, steps: 20, optimizers: ["Adam"], seeds: ["0"] } as const;

Deno.test("digits: a longer grid moves the best rates, and LoRA's distance to LoRA-One with them", async () => {
  const methods = ["LoRA", "LoRA-One"] as const, optimizers = ["Adam"] as const;
  const grid = (Adam: number[]) =>
    lo.digits({ preset: "quick", methods, optimizers, rates: { Adam } });
  const [short, long] = [await grid([0.01, 0.03]), await grid([0.01, 0.03, 0.06, 0.1, 0.3])];
  const factor = ({ rows }: typeof short) => {
    const [lora, one] = lo.bestRates(rows);
    return lora.loss.mean! / one.loss.mean!;
  };
  assertGreater(factor(short), 30);
  assertLess(factor(long), 10);
  assertEquals(short.table().map((row) => row["in its grid"]), ["upper end", "upper end"]);
  assertEquals(long.table().map((row) => row["in its grid"]), ["inside", "inside"]);
  assertStringIncludes(short.figure().caption!, "at an end of its grid for 2 of 2 by Adam (all)");
  assertStringIncludes(long.figure().caption!, "Every best rate lies inside its grid.");
  assertEquals(long.record.edited, ["methods", "optimizers", "rates"]);
  assertStringIncludes(svg(long.figure()), "Adam, all rates");
});

Deno.test("digits: a start of one's own, written in the paper's symbols, stands beside the others", async () => {
  // The script's start once more, and the same two factors with their gains exchanged.
  const spectral = (name: string, gain: number): lo.OwnMethod => ({
    name,
    factors: (layer) => {
      const { a, b } = lo.STARTS["LoRA-One script"].factors({ ...layer, gamma: 16 });
      const times = (m: typeof a, x: number) => ({ ...m, data: m.data.map((y) => x * y) });
      return { a: times(a, gain), b: times(b, 1 / gain) };
    },
  });
  const none: lo.OwnMethod = {
    name: "B = 0",
    factors: ({ gradient, r, draws }) => ({
      a: matrix(gradient.rows, r, draws[0].normals(gradient.rows * r)),
      b: matrix(r, gradient.columns),
    }),
  };
  const { rows, table, figure, record } = await lo.digits({
    ...{ ...small, rates: { Adam: [0.01] } },
    methods: ["LoRA-One", spectral("same", 1), spectral("tilted", 4), "LoRA", none],
  });
  const at = (method: string, step: number) => where(where(rows, "method", method), "at", step)[0];
  assertAlmostEquals(at("same", 20).loss / at("LoRA-One", 20).loss, 1, 1e-9);
  assertAlmostEquals(at("tilted", 0).loss / at("LoRA-One", 0).loss, 1, 1e-9);
  assertGreater(Math.abs(at("tilted", 20).loss / at("LoRA-One", 20).loss - 1), 0.01);
  assertAlmostEquals(at("B = 0", 0).loss, at("LoRA", 0).loss, 1e-12);
  assertEquals(table().map(({ method }) => method), [
    "LoRA-One",
    "same",
    "tilted",
    "LoRA",
    "B = 0",
  ]);
  assert(svg(figure()).includes("tilted"));
  assertStringIncludes(JSON.stringify(record.parameters), '"function":"(layer)');
});

Deno.test("digits: rank, data and seeds are those of the call, in rows, caption and record", async () => {
  const base = {
    ...small,
    methods: ["Full", "LoRA-One*"],
    rates: { Adam: [0.003, 0.01] },
  } as const;
  const first = (run: Awaited<ReturnType<typeof lo.digits>>, method: string) =>
    where(where(run.rows, "method", method), "at", 0)[0].loss;
  // The line search sees more of the gradient at a larger rank.
  const [one, eight] = [
    await lo.digits({ ...base, rank: 1 }),
    await lo.digits({ ...base, rank: 8 }),
  ];
  assertLess(first(eight, "LoRA-One*"), 0.9 * first(one, "LoRA-One*"));
  assertEquals(first(eight, "Full"), first(one, "Full"));
  assertStringIncludes(eight.figure().caption!, "r = 8");

  // Digits that the network has seen before are known: the shift is what fine-tuning has to learn.
  const known = await lo.digits({ ...base, target: [1, 3, 5, 7, 9] });
  assertLess(first(known, "Full"), 1);
  assertGreater(first(one, "Full"), 5);
  assertStringIncludes(known.figure().caption!, "digits 1 3 5 7 9, of a network trained on 1 3 5");

  const other = await lo.digits({ ...base, seeds: ["mine/0", "mine/1"] });
  assertEquals(other.record.seeds, ["mine/0", "mine/1"]);
  assertStringIncludes(other.figure().caption!, "means over 2 seeds");
  assertStringIncludes(one.figure().caption!, "one seed, no standard errors");
  const errors = other.table().map((row) => row["± training loss"]);
  assert(errors.every((se) => typeof se === "number" && se > 0));
  assertEquals(one.table().map((row) => row["± training loss"]), [null, null]);
});

Deno.test("digits: other update rules, thresholds that nobody reaches, and runs that diverge", async () => {
  const run = await lo.digits({
    ...{ pretraining: 60, steps: 12, seeds: ["0"], methods: ["LoRA", "PiSSA"], threshold: 1e-9 },
    optimizers: ["momentum", { name: "slow Adam", method: "adam", beta1: 0.99 }, "GD"],
    rates: { "momentum": [0.001], "slow Adam": [0.003], "GD": [0.01, 100] },
  });
  const { caption, panels } = run.figure();
  assertEquals([panels].flat().map(({ title }) => title), [
    ...["GD, best rate", "GD, all rates", "steps to loss 10⁻⁹"],
  ]);
  assertStringIncludes(caption!, "no bar: not by every seed within 12 steps (LoRA by momentum,");
  assertStringIncludes(caption!, "2 of 8 runs diverged (loss above 50)");
  assertEquals(run.figure("rates").columns, 3);
  assert(!svg(run.figure()).includes("NaN"));
  assert(!svg(run.figure("rates")).includes("NaN"));
});

Deno.test("digits: mistakes name the parameter, what it must be and what it is", async () => {
  const cases: [object, typeof RangeError, string][] = [
    [{ method: ["LoRA"] }, RangeError, "method must be one of its parameters (is methods meant?)"],
    [{ methods: ["LoRA-Two"] }, RangeError, 'current value is "LoRA-Two" (Cannot adapt'],
    [{ methods: ["LoRA", "LoRA"] }, RangeError, "methods must be of different names"],
    [{ rank: 8 }, RangeError, "rank must be at most 5 for LoRA-GA, which takes 2r directions"],
    [{ rank: 8, hidden: 6 }, RangeError, "rank must be at most the width 6 of the hidden layer"],
    [{ rank: 11 }, RangeError, "rank must be a whole number >= 1 and <= 10: current value is 11"],
    [{ rates: { Adam: [0.1] } }, RangeError, "rates must be given for GD, Adam: current value is"],
    [{ rates: { GD: [0.1], Adam: [] } }, RangeError, "Adam must have a list of finite numbers > 0"],
    [
      { rates: { GD: [0.1], Adam: [0.1], Lion: [1] } },
      RangeError,
      'rates must be of known optimizers, GD, Adam, AdamW, momentum: current value is ["Lion"]',
    ],
    [{ target: [2, 2] }, RangeError, "target must be digits that differ: current value is [2,2]"],
    [{ source: [] }, RangeError, "source must be a list of 1 or more"],
    [{ target: [10] }, RangeError, "target[0] must be a whole number >= 0 and <= 9"],
    [{ seeds: [1] }, RangeError, 'seeds[0] must be text, such as "0": current value is 1'],
  ];
  for (const [given, type, message] of cases) {
    await assertRejects(() => lo.digits({ preset: "quick", ...given } as never), type, message);
  }
});

Deno.test("label noise: the transition scales with the noise, and nothing else does", async () => {
  const sizes = { d: 40, k: 60, N: 1200, copies: 3, strengths: [0.5, 2], mapPoints: 2 };
  const [one, four] = [await lo.labelNoise(sizes), await lo.labelNoise({ ...sizes, sigma: 4 })];
  const { lambda } = one.rows[0];
  assertAlmostEquals(lambda, 0.5 * (40 * 60) ** 0.25 / Math.sqrt(1200), 1e-15);
  assertEquals(four.rows.map((row) => row.lambda), one.rows.map((row) => 4 * row.lambda));
  four.rows.forEach(({ u2, v2, top }, i) => {
    assertAlmostEquals(u2, one.rows[i].u2, 1e-9);
    assertAlmostEquals(v2, one.rows[i].v2, 1e-9);
    assertAlmostEquals(top / one.rows[i].top, 4, 1e-9);
  });
  assertStringIncludes(
    four.figure().caption!,
    "d = 40, k = 60, σ = 4; (a), (b): N = 1200, 3 draws",
  );
  assertEquals((await lo.labelNoise({ ...sizes, seed: "mine" })).record.seeds, [
    ...["mine/0", "mine/1", "mine/2"],
  ]);
});

Deno.test("label noise: which side is learnt better depends on the shape, as the formulas say", async () => {
  for (const [d, k] of [[60, 180], [180, 60]]) {
    const { table, parameters } = await lo.labelNoise({
      d,
      k,
      N: 9000,
      strengths: [2],
      copies: 16,
    });
    const [row] = table(), [u, v] = ["⟨û, u⟩²", "⟨v̂, v⟩²"].map((key) => Number(row[key]));
    const { u2, v2 } = lo.noisyOverlaps(parameters, 2 * lo.strengthUnit(parameters));
    // Standard errors are below 0.01; the rest is what d, k of a hundred leave of an asymptotic law.
    assertAlmostEquals(u, u2, 0.05);
    assertAlmostEquals(v, v2, 0.05);
    // The control: the formulas of the transposed shape exchange both sides.
    const other = lo.noisyOverlaps({ ...parameters, d: k, k: d }, 2 * lo.strengthUnit(parameters));
    assertGreater(Math.abs(u - other.u2), 0.1);
    assertGreater(Math.abs(v - other.v2), 0.1);
  }
});

Deno.test("label noise: formulas that do not hold are not drawn, and the caption says so", async () => {
  const few = await lo.labelNoise({ d: 40, k: 20, N: 80, copies: 2, mapPoints: 4 });
  const { caption, rows } = few.figure();
  assertEquals(Object.keys(rows), ["simulation", "simulated risk", "map", "critical"]);
  assertStringIncludes(
    caption!,
    "No lines in (a), (b): the formulas ask for d ≪ N, here d/N = 0.5",
  );
  const { map, critical } = rows as Record<string, { x: number; value: number | null }[]>;
  for (const { x, value } of map) assertEquals(value === null, x < 400);
  assert(critical.every(({ x }) => x >= 400));
  assert(!svg(few.figure()).includes("NaN"));

  const many = await lo.labelNoise({ d: 40, k: 20, N: 800, copies: 2, mapRatios: [10, 100] });
  assertStringIncludes(
    many.figure().caption!,
    "Largest distance of a mean above λ_c from its line",
  );
  assert(!many.figure().caption!.includes("white"));
  const one = await lo.labelNoise({ d: 40, k: 20, N: 800, copies: 1, mapPoints: 2 });
  assertStringIncludes(one.figure().caption!, "One draw, no standard errors.");
});

Deno.test("label noise: mistakes name the parameter, what it must be and what it is", async () => {
  const cases: [object, string][] = [
    [{ N: 400 }, "N must be above d = 400: current value is 400"],
    [
      { mapPoints: 1e5 },
      "mapPoints must be a whole number >= 2 and <= 400: current value is 100000",
    ],
    [{ lambda: [1] }, "lambda must be one of its parameters"],
    [{ strengths: [0] }, "strengths[0] must be a finite number > 0: current value is 0"],
    [{ mapRatios: [200, 2] }, "mapRatios must be two ends, the lower one first"],
    [{ mapStrengths: [1] }, "mapStrengths must be a list of 2 or more"],
    [{ copies: 0 }, "copies must be a whole number >= 1: current value is 0"],
  ];
  for (const [given, message] of cases) {
    await assertRejects(() => lo.labelNoise(given as never), RangeError, message);
  }
});
