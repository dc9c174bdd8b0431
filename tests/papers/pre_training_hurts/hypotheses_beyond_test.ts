/** What a reader changes beyond the paper: weights past the target or beside its ray, warm starts, misspelt keys. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { summary, where } from "lora-dynamics/experiment/mod.ts";
import * as hurts from "lora-dynamics/papers/pre_training_hurts/mod.ts";

const quick = { preset: "quick" } as const;

Deno.test("a weight that is too long: the search at μ = 1.3 has the theory of 0.7, as (1 − μ)² has", async () => {
  const mine = { ...quick, mu: [0.7, 1.3], d: [1000, 1e9], copies: 40 };
  const exits = await hurts.dimensionExits(mine);
  const means = hurts.dimensionExitMeans(exits.rows, exits.parameters);
  const of = (mu: number) => where(means, "mu", mu);
  for (const [i, { mean, se, theory }] of of(1.3).entries()) {
    // But for u₀ = d⁻², which starts on the other side: 4e-3 steps at d = 1000.
    assertAlmostEquals(theory!, of(0.7)[i].theory!, 0.01);
    assertLess(Math.abs(mean - theory!), 4 * se);
  }
  // The control: a search from 0.6 is faster by more than the errors.
  const { rows, parameters } = await hurts.dimensionExits({ ...mine, mu: [0.6] });
  const [other] = hurts.dimensionExitMeans(rows, parameters);
  assertGreater(Math.abs(other.mean - of(1.3)[0].theory!), 4 * other.se);
});

Deno.test("a learnt w₀ in every experiment on noise and starts: runs, and a word on why no line", async () => {
  const mu = [[0.7, Math.sqrt(0.8 - 0.49)]], few = { ...quick, mu, copies: 2 };
  const floors = await hurts.noiseFloors({ ...few, averaged: 20, burnIn: 20 });
  assertStringIncludes(floors.figure().caption!, "it needs a frozen weight μω⋆");
  const ratios = await hurts.stepRatios({ ...few, raiseU: [4], raiseOmega: [4], raiseBoth: [4] });
  assertStringIncludes(ratios.figure().caption!, "it needs a frozen weight μω⋆");
  const starts = await hurts.spectralControl({ ...few, mu: [...mu, 0.7] });
  const { simulation: marks } = starts.figure().rows as Record<string, { x: number }[]>;
  assertEquals(marks.map(({ x }) => x), [0.7, 0.7, 0.7, 0.7]); // two weights from two starts
  assertStringIncludes(starts.figure().caption!, "Weights beside the ray");
});

Deno.test("exit times from a warm start: lines start there, too, and momentum leaves no law", async () => {
  const warm = { ...quick, activations: ["x"], mu: [0.3, 0.6], copies: 8, curve: 3 } as const;
  const start = { u: 0.01, a: [0.1] }, run = await hurts.exitTimes({ ...warm, start });
  const { caption, rows } = run.figure();
  assertStringIncludes(caption!, "flow from the start of the runs (u₀ = 0.01, m₀ = 0.1)");
  const [line] = (rows as Record<string, { x: number; y: number }[]>)["a, theory"];
  const exits = where(run.rows, "mu", 0.3).map(({ exit }) => exit!);
  assertLess(Math.abs(summary(exits).mean / line.y - 1), 0.15); // half of the typical start's
  const pushed = await hurts.exitTimes({ ...warm, rule: "momentum" });
  assertStringIncludes(pushed.figure().caption!, "rule momentum 0.9");
  assert(!pushed.figure().caption!.includes("(b)"));
});

Deno.test("an unstable optimum beyond the target, and a growth that is measured while it lasts", async () => {
  // erf at b = 50, d = 1000, η = 1: stable for |1 − μ| < 0.320.
  const own = { ...quick, student: "erf", batch: 50, step: 1, sizes: [1], copies: 6 } as const;
  const run = await hurts.optimumStability({ ...own, mu: [1.3, 1.5] });
  const growth = (mu: number) => summary(hurts.growthOfCopies(where(run.rows, "mu", mu)));
  const law = (mu: number) =>
    Math.log(
      hurts.optimumFactors({ student: "erf", d: 1000, batch: 50, step: 1 }, mu - 1).growth,
    );
  assertLess(Math.abs(growth(1.3).mean - law(1.3)), 4 * growth(1.3).se + 0.005);
  assertLess(Math.abs(growth(1.5).mean / law(1.5) - 1), 0.15); // the geometric mean is below the mean
  assertStringIncludes(run.figure().caption!, "critical strength μ = 1.320");
});

Deno.test("a phase diagram and the search times of an activation of one's own", async () => {
  const own = { f: (z: number) => Math.atan(2 * z), df: (z: number) => 2 / (1 + 4 * z * z) };
  const small = { ...quick, rows: 6, columns: 6, runs: [2, 2], length: 100 } as const;
  const map = await hurts.stepSizeMap({ ...small, activation: own });
  assertStringIncludes(map.figure().caption!, "atan");
  const times = await hurts.searchTimes({ activations: [own, "sin(z)"] });
  const { theory } = times.figure().rows as Record<string, { series: string }[]>;
  assertEquals([...new Set(theory.map(({ series }) => series))].at(-1), "sin(z)");
});

Deno.test("a protocol, a problem or an observation that is misspelt is an error, not another run", async () => {
  const protocols = [{ labels: "zero", batch: 5, step: 1, momentum: 0.9 }];
  const cases: [() => unknown, string][] = [
    [() => hurts.curriculumCourses({ protocols } as never), 'current value has "momentum"'],
    [() => new hurts.LoraFlow({ student: "x", frozen: [0.5], a0: [0.1], eta: 1 } as never), "eta"],
    [() => new hurts.LoraFlow({ student: "x", frozen: [0.5] } as never), "a0 must be a list"],
    [() => hurts.noiseSetting(0.5, "x", { d: 9, step: 1, noise: 1 } as never), '"noise"'],
    [() => hurts.noiseSetting(0.5, "x", { step: 1 } as never), "d must be a finite number > 0"],
    [() => hurts.exitSteps({ A: 1, B: -1 }, 0.1, { m0: 0.5, radius: 0.1 }), "at least m0 = 0.5"],
    [() => hurts.courses({ mu: [0.5], steps: 2, observe: (() => 3) as never }), "observe must"],
    [
      () => hurts.sgdRun({ student: "x", w0: 0, d: 9, step: 1, copies: 1, looks: [1] } as never),
      "batch must be an integer >= 1: current value is undefined",
    ],
  ];
  for (const [call, words] of cases) {
    const error = await assertRejects(async () => await call(), Error);
    assertStringIncludes(error.message, words);
    assertStringIncludes(error.message, "Cannot ");
  }
});

Deno.test("a warm-up that starts with a step of 0: the flow follows the sum of the steps", async () => {
  const step = "0.2 * min(1, t / 100)";
  const run = await hurts.courses({ mu: [0.5], batch: 1e9, steps: 200, points: 20, step });
  const { "b, theory": line } = run.figure().rows as Record<string, { x: number; y: number }[]>;
  const end = run.rows.at(-1)!, wanted = line.find(({ x }) => x === end.at)!;
  assertGreater(end.m, 0.2);
  assertAlmostEquals(end.m, wanted.y, 0.05);
});
