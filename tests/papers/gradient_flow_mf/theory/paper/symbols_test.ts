import { assertAlmostEquals, assertThrows } from "@std/assert";
import { multiply, spectralNorm, transpose } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";

const column = (x: Float64Array) => ({ rows: x.length, columns: 1, data: x });

Deno.test("paperSymbols() of a rotated problem are its singular triples along the target", () => {
  const draws = portable(3), q = mf.problemQ({ delta: 0.6 });
  const problem = mf.rotated(q, {
    ...{ u: mf.frame(draws, 9, 9), g: mf.frame(draws, 12, 12), v: mf.frame(draws, 7, 7) },
  });
  const { u, g, v, ...symbols } = mf.paperSymbols(problem);
  const equal = (found: Float64Array, wanted: Float64Array, factor: number) =>
    found.forEach((x, i) => assertAlmostEquals(x, factor * wanted[i], 1e-12));
  equal(multiply(problem.w2, column(g)).data, u, 1.3);
  equal(multiply(problem.w1!, column(v)).data, g, 0.78);
  equal(multiply(problem.target, column(v)).data, u, 0.7);
  equal(multiply(transpose(problem.target), column(u)).data, v, 0.7);
  for (
    const [key, value] of Object.entries({
      ...{ sigma: 0.7, sigmaW2: 1.3, sigmaW1: 0.78, deltaW: 0.6, lambda: 0.91 },
      ...{ normW2: spectralNorm(problem.w2), normW1: spectralNorm(problem.w1!) },
    })
  ) assertAlmostEquals(symbols[key as keyof typeof symbols], value, 1e-12, key);
});

Deno.test("paperSymbols() refuses what the paper's statements are not about, and says which part fails", () => {
  const q = mf.problemQ({ delta: 0.6 }), { w2, target } = q;
  const cases: [mf.Problem, typeof Error, string][] = [
    [{ w2, target }, TypeError, "must have w1: the paper's Problem 2"],
    [mf.canonical({ d: 6, s1: 0.5, degrees: 30 }), RangeError, "Assumption 2.2 must hold"],
    [
      mf.rotated(q, { g1: mf.frame(portable(1), 12, 12) }),
      RangeError,
      "Assumption 2.1 must hold",
    ],
    [
      mf.aligned({ s2: [2, 1], s1: [1, 0.5], target: [1, 0.5] }),
      RangeError,
      "the target must have rank one: its rank is 2",
    ],
  ];
  for (const [problem, type, text] of cases) {
    assertThrows(() => mf.paperSymbols(problem), type, text);
  }
});

Deno.test("statements for δ_w < 1 refuse the rest and say what to do", () => {
  const problem = mf.problemQ({ delta: 1.2 });
  const start = mf.startAdapters(problem, {
    ...{ start: "zeroB", r: 2, alpha: 1e-4, draws: portable(1) },
  });
  for (
    const evaluate of [
      () => mf.theorem32(problem),
      () => mf.theoremConstants(problem),
      () => mf.paperLemmas(problem),
      () => mf.alignmentTimes(problem, start, { alpha: 1e-4 }),
    ]
  ) assertThrows(evaluate, RangeError, "delta_w must be < 1, else exchange the layers");
});
