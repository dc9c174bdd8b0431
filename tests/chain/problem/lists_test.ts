/** Losses and laws by themselves: slopes against differences, moments against closed forms. */
import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { chainLosses, inputLaws, type Named, noiseLaws } from "lora-dynamics/chain/mod.ts";
import { inputsOf, sizeSampler } from "lora-dynamics/chain/problem/inputs.ts";
import { lossOf } from "lora-dynamics/chain/problem/loss.ts";
import { noiseOf, noiseSampler } from "lora-dynamics/chain/problem/noise.ts";
import { summary } from "lora-dynamics/experiment/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

const LOSSES: [string | Named, string][] = [
  ["square", "(p - y)^2 / 2"],
  ["absolute", "abs(p - y)"],
  [{ name: "huber", delta: 0.7 }, "abs(p - y) < 0.7 ? (p - y)^2 / 2 : 0.7 abs(p - y) - 0.245"],
  ["log-cosh", "log(cosh(p - y))"],
  [{ name: "quantile", level: 0.2 }, "p > y ? 0.8 * (p - y) : 0.2 * (y - p)"],
  ["logistic", "log(1 + exp(-y * p))"],
  ["hinge", "max(0, 1 - y * p)"],
];

Deno.test("built-in losses are their formulas, and their slopes those of differences", () => {
  assertEquals(LOSSES.map(([loss]) => typeof loss === "string" ? loss : loss.name), [
    ...Object.keys(chainLosses),
  ]);
  const rng = stream("7", "losses"), h = 1e-5;
  for (const [choice, text] of LOSSES) {
    const { name, slope, value } = lossOf("test", choice), formula = lossOf("test", text);
    for (let k = 0; k < 50; k++) {
      const p = 2 * rng.normal(), y = 2 * rng.normal();
      assertAlmostEquals(value!(p, y), formula.value!(p, y), 1e-12, name);
      assertAlmostEquals(slope(p, y), formula.slope(p, y), 1e-12, name);
      const wanted = (value!(p + h, y) - value!(p - h, y)) / (2 * h);
      assertAlmostEquals(slope(p, y), wanted, 1e-7, `${name} at ${p}, ${y}`);
    }
  }
});

Deno.test("losses stay finite far away, and are flat where they have a kink", () => {
  for (const [choice] of LOSSES) {
    const { name, slope, value } = lossOf("test", choice);
    for (const p of [-1e3, 1e3]) {
      for (const y of [-1e3, 1e3]) assert(Number.isFinite(slope(p, y) + value!(p, y)), name);
    }
  }
  for (const name of ["absolute", "quantile"]) assertEquals(lossOf("test", name).slope(2, 2), 0);
  assertEquals(lossOf("test", "hinge").slope(1, 1), 0);
});

Deno.test("names of losses and laws show their parameters", () => {
  assertEquals(lossOf("test", "square").name, "square");
  assertEquals(lossOf("test", { name: "huber", delta: 2 }).name, "huber (delta = 2)");
  assertEquals(lossOf("test", "p y").name, "p y");
  assertEquals(lossOf("test", { slope: "p - y^3" }).name, "p - y^3");
  assertEquals(inputsOf("test", "mixture").name, "mixture (share = 0.1, ratio = 3)");
  assertEquals(noiseOf("test", "student t").name, "student t (degrees = 5)");
});

/** Fourth moments; what a law without one is checked by stands for it. */
const FOURTH: [string | Named, number][] = [
  ["normal", 3],
  ["signs", 1],
  ["uniform", 9 / 5],
  ["laplace", 6],
  [{ name: "student t", degrees: 12 }, 3 * 10 / 8],
];

Deno.test("laws of label noise have mean 0, variance 1 and their fourth moment (1e5 draws, 4 s.e.)", () => {
  assertEquals(
    FOURTH.map(([law]) => typeof law === "string" ? law : law.name),
    Object.keys(noiseLaws),
  );
  for (const [choice, fourth] of FOURTH) {
    const law = noiseOf("test", choice), draws = new Float64Array(100_000);
    noiseSampler(law, stream("7", "noise", law.name)).fill(draws);
    for (const [power, wanted] of [[1, 0], [2, 1], [3, 0], [4, fourth]]) {
      const { mean, se } = summary(draws.map((z) => z ** power));
      assertLess(Math.abs(mean - wanted), 4 * se + 1e-11, `${law.name}, moment ${power}`);
    }
    const { mean, se } = summary(draws.map((z) => z ** 4));
    if (law.name !== "normal") assertGreater(Math.abs(mean - 3), 4 * se, `control: ${law.name}`);
  }
});

Deno.test("radii of inputs have a mean square of 1 and their fourth moment (1e5 draws, 4 s.e.)", () => {
  const share = 0.2, ratio = 4, small = 1 / (1 - share + share * ratio ** 2);
  for (
    const [choice, fourth] of [
      [{ name: "student t", degrees: 12 }, 10 / 8],
      [{ name: "mixture", share, ratio }, small ** 2 * (1 - share + share * ratio ** 4)],
    ] as [Named, number][]
  ) {
    const draws = new Float64Array(100_000);
    sizeSampler(inputsOf("test", choice), 9, stream("7", "radii", choice.name))!.fill(draws);
    for (const [power, wanted] of [[2, 1], [4, fourth]]) {
      const { mean, se } = summary(draws.map((rho) => rho ** power));
      assertLess(Math.abs(mean - wanted), 4 * se, `${choice.name}, moment ${power}`);
    }
    assertGreater(Math.abs(fourth - 1), 0.1);
  }
});

Deno.test("laws of whole inputs have entries of mean 0, variance 1 and their fourth moment", () => {
  for (const [name, fourth] of [["signs", 1], ["uniform", 9 / 5]] as const) {
    const x = new Float64Array(100_000);
    inputLaws[name].make({}).fill!(stream("7", "entries", name), x);
    for (const [power, wanted] of [[1, 0], [2, 1], [4, fourth]]) {
      const { mean, se } = summary(x.map((entry) => entry ** power));
      assertLess(Math.abs(mean - wanted), 4 * se + 1e-11, `${name}, moment ${power}`);
    }
  }
});
