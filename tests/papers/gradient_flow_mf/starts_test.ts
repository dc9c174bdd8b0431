/** Starts: the law of each, the order of draws, what they share, and a reader's own. */
import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { summary } from "lora-dynamics/experiment/mod.ts";
import { frobeniusNorm, type Matrix, matrix, multiply, svd } from "lora-dynamics/linalg/mod.ts";
import {
  AdapterFlow,
  aligned,
  frame,
  growthModes,
  imbalance,
  type LayerStart,
  layerStart,
  lossParts,
  modalVector,
  problemQ,
  rotated,
  scaledAdapters,
  signalDirections,
  startAdapters,
  type StartName,
  startWords,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable, stream } from "lora-dynamics/random/mod.ts";
import golden from "../../golden/gradient-flow-mf.json" with { type: "json" };
import { distance } from "./_random.ts";

const problem = problemQ({ delta: 0.5 });
const from = (start: StartName, seed = 9, alpha = 0.01, r: number | [number, number] = 3) =>
  startAdapters(problem, { start, r, alpha, draws: portable(seed) });
const zero = ({ data }: Matrix) => data.every((x) => x === 0);

Deno.test("B₁, A₁, B₂, A₂ are drawn in this order, row by row; zero factors too, so that starts share", () => {
  const gauss = from("gauss", 9, 0.01, [2, 3]), draws = portable(9);
  for (const factor of [gauss.b1, gauss.a1, gauss.b2!, gauss.a2!]) {
    const wanted = draws.normals(factor.data.length).map((x) => 0.01 * x);
    assertLess(distance(factor, { ...factor, data: wanted }), 1e-15);
  }
  const { b1, a1, b2, a2 } = from("gauss"), zeroB = from("zeroB"), zeroA = from("zeroA");
  assertEquals([zeroB.a1, zeroB.a2, zeroA.b1, zeroA.b2], [a1, a2, b1, b2]);
  assertEquals([zeroB.b1, zeroB.b2!, zeroA.a1, zeroA.a2!].map(zero), [true, true, true, true]);
});

Deno.test("the golden entries of the portable draws", () => {
  const { uniforms, normals } = golden.draws, draws = portable(7);
  uniforms.forEach((x) => assertAlmostEquals(draws.uniform(), x, 1e-15));
  portable(7).normals(4).forEach((x, i) => assertAlmostEquals(x, normals[i], 1e-14));
});

Deno.test("entries are independent normals of deviation α; what grows is ½α²χ²_r or α²χ²_r", () => {
  const seeds = Array.from({ length: 400 }, (_, i) => 1000 + i), r = 3;
  for (const [start, share] of [["zeroB", 0.5], ["zeroA", 0.5], ["gauss", 1]] as const) {
    const pair = growthModes(problem).modes1[0], entries: number[] = [], powers: number[] = [];
    for (const seed of seeds) {
      const { b1, a1 } = from(start, seed, 2);
      const z = modalVector(b1, a1, pair);
      entries.push(...[...b1.data, ...a1.data].filter((x) => x !== 0));
      powers.push(z.reduce((sum, x) => sum + x * x, 0) / 4);
    }
    const spread = summary(entries.map((x) => x * x / 4)), { mean, se } = summary(powers);
    assertLess(Math.abs(spread.mean - 1), 4 * spread.se);
    assertLess(Math.abs(mean - share * r), 4 * se);
  }
});

Deno.test("per factor: deviations over the roots of the rows of B and the columns of A", () => {
  const options = { start: "gauss", r: 3, alpha: 0.01 } as const;
  const scaled = startAdapters(problem, { ...options, draws: portable(9), perFactor: true });
  const { b1, a1, b2, a2 } = from("gauss"),
    pairs = [
      ...[[scaled.b1, b1, 12], [scaled.a1, a1, 7], [scaled.b2!, b2!, 9], [
        scaled.a2!,
        a2!,
        12,
      ]] as const,
    ];
  for (const [x, y, size] of pairs) {
    assertLess(distance(x, { ...y, data: y.data.map((z) => z / Math.sqrt(size)) }), 1e-14);
  }
});

Deno.test("the paper's spectral start: B = 0, A = Σ along the target first, sizes drawn for A₁, then A₂", () => {
  const start = from("spectralPaper", 871, 1e-3, 4), draws = portable(871);
  const sizes = [draws.normals(4), draws.normals(4)];
  assertEquals([start.b1, start.b2!].map(zero), [true, true]);
  // In the bases of Q the target is index 2, then come the others by their values.
  const wanted = (which: number, columns: number) => {
    const a = matrix(4, columns);
    [2, 0, 1, 3].forEach((j, k) => a.data[k * columns + j] = 1e-3 * sizes[which][k]);
    return a;
  };
  const upToSign = (x: Matrix) => ({ ...x, data: x.data.map(Math.abs) });
  assertLess(distance(upToSign(start.a1), upToSign(wanted(0, 7))), 1e-12);
  assertLess(distance(upToSign(start.a2!), upToSign(wanted(1, 12))), 1e-12);

  const flow = new AdapterFlow(problem, start), { losses, states } = flow.solve([12, 40]);
  assertLess(Math.abs(losses[0] / golden.spectralPaper.loss12 - 1), 1e-8);
  const { mixed, rest } = lossParts(flow.error(states[0]), signalDirections(problem));
  assertEquals([mixed, rest], [0, 0]);
  assertLess(losses[1], 1e-24);
});

Deno.test("the paper's spectral start in rotated bases is the same start, rotated", () => {
  const draws = portable(3);
  const u = frame(draws, 9, 9), g = frame(draws, 12, 12), v = frame(draws, 7, 7);
  const options = { start: "spectralPaper", r: 4, alpha: 0.1 } as const;
  const turned = startAdapters(rotated(problem, { u, g, v }), { ...options, draws: portable(4) });
  const plain = startAdapters(problem, { ...options, draws: portable(4) });
  const absolute = (x: Matrix) => ({ ...x, data: x.data.map(Math.abs) });
  assertLess(distance(absolute(multiply(turned.a1, v)), absolute(plain.a1)), 1e-10);
  assertLess(distance(absolute(multiply(turned.a2!, g)), absolute(plain.a2!)), 1e-10);
});

Deno.test("the balanced spectral start: α times the singular vectors of the negative gradients, no draws", () => {
  const three = aligned({
    s2: [2, 1, 1.5],
    s1: [0.5, 0.4, 0.3],
    target: [0.2, 0.7, 0],
    h: 4,
    m: 3,
    n: 3,
  });
  const start = startAdapters(three, { start: "spectral", r: 3, alpha: 0.01 });
  // W₂ᵀΔ = diag(0.4, 0.7): its first pair is the second direction; its rank is 2.
  const wanted = matrix(4, 3), product = multiply(start.b1, start.a1);
  wanted.data[0] = wanted.data[4] = 1e-4;
  assertLess(distance(product, wanted), 1e-12);
  assertEquals(Math.abs(start.b1.data[3]), 0.01);
  for (let i = 0; i < 4; i++) assertEquals(start.b1.data[3 * i + 2], 0);
  for (const [b, a] of [[start.b1, start.a1], [start.b2!, start.a2!]]) {
    assertLess(frobeniusNorm(imbalance(b, a)), 1e-18);
  }
  const one = startAdapters(three, { start: "spectral", r: 1, alpha: 0.01 });
  assertEquals(one.b1.data.filter((x) => x !== 0).length, 1);
  const z = modalVector(start.b1, start.a1, growthModes(three).modes1[0]);
  assertAlmostEquals(z.reduce((sum, x) => sum + x * x, 0), 2e-4, 1e-15); // ‖z₁‖² = 2α²
});

Deno.test("the balanced start: B drawn, A of the same singular values in random directions", () => {
  const { b1, a1, b2, a2 } = from("balanced", 9, 0.3), draws = portable(9);
  const wanted = draws.normals(36).map((x) => 0.3 * x);
  assertLess(distance(b1, { ...b1, data: wanted }), 1e-15);
  for (const [b, a] of [[b1, a1], [b2!, a2!]]) {
    assertLess(frobeniusNorm(imbalance(b, a)), 1e-14);
    svd(b).values.forEach((x, i) => assertAlmostEquals(x, svd(a).values[i], 1e-13));
  }
  // A = (BᵀB)^{1/2}Oᵀ with the frame O drawn next: the root is symmetric and positive.
  const root = multiply(a1, frame(draws, 7, 3)), { values } = svd(root);
  assertLess(
    frobeniusNorm({
      ...root,
      data: root.data.map((x, i) => x - root.data[(i % 3) * 3 + Math.floor(i / 3)]),
    }),
    1e-14,
  );
  assertAlmostEquals(
    root.data[0] + root.data[4] + root.data[8],
    values.reduce((sum, x) => sum + x, 0),
    1e-13,
  );
});

Deno.test("adapters at another scale, and streams in place of portable draws", () => {
  const start = from("gauss"), twice = scaledAdapters(start, 2);
  for (const name of ["b1", "a1", "b2", "a2"] as const) {
    assertEquals(twice[name]!.data, start[name]!.data.map((x) => 2 * x));
  }
  const { b1, a1 } = start;
  assertEquals(Object.keys(scaledAdapters({ b1, a1 }, 2)), ["b1", "a1"]);
  const options = { start: "zeroB", r: 2, alpha: 1 } as const;
  const one = startAdapters(problem, { ...options, draws: stream("7", "start") });
  assertEquals(one, startAdapters(problem, { ...options, draws: stream("7", "start") }));
});

Deno.test("a start of one's own sees its layer: weights, negative gradient, rank, scale, draws in order", () => {
  const seen: unknown[] = [];
  const own: LayerStart = {
    ...{ name: "own", words: "my start", random: true },
    factors: ({ weight, descent, rank, alpha, deviation, draws }) => {
      seen.push([weight.rows, weight.columns, rank, alpha, deviation.b, deviation.a]);
      seen.push(frobeniusNorm(descent));
      const b = matrix(weight.rows, rank, draws.normals(weight.rows * rank));
      return { b, a: matrix(rank, weight.columns) };
    },
  };
  const { b1, b2 } = startAdapters(problem, {
    start: own,
    r: [1, 2],
    alpha: 0.5,
    draws: portable(3),
  });
  const gradients = [0.91, 0.455].map((x) => Math.round(1e12 * x));
  assertEquals(seen.filter((x) => Array.isArray(x)), [[12, 7, 1, 0.5, 0.5, 0.5], [
    9,
    12,
    2,
    0.5,
    0.5,
    0.5,
  ]]);
  assertEquals(
    seen.filter((x) => typeof x === "number").map((x) => Math.round(1e12 * (x as number))),
    gradients,
  );
  const draws = portable(3);
  assertEquals([b1.data, b2!.data], [draws.normals(12), draws.normals(18)]);
  assertEquals(startWords(own), "my start");
  assertEquals(startWords({ name: "x", random: false, factors: own.factors }), "x");
  assertEquals(startWords("zeroB"), "B = 0 (paper)");
});

Deno.test("a single layer that has no weights yet has zeros for them", () => {
  const { w2, target } = problem, seen: number[] = [];
  const own: LayerStart = {
    ...{ name: "own", random: false },
    factors: ({ weight, rank }) => {
      seen.push(weight.rows, weight.columns, frobeniusNorm(weight));
      return {
        b: matrix(weight.rows, rank),
        a: matrix(rank, weight.columns, new Array(rank * weight.columns).fill(1)),
      };
    },
  };
  startAdapters({ w2, target }, { start: own, r: 2, alpha: 1 });
  assertEquals(seen, [12, 7, 0]);
});

Deno.test("names, sources and mistakes", () => {
  const names: StartName[] = ["zeroB", "zeroA", "spectralPaper", "gauss", "balanced", "spectral"];
  for (const name of names) {
    const start = layerStart(name);
    assertEquals([start.name, start.random], [name, name !== "spectral"]);
    assertEquals(/^(the paper|ours)/.test(start.source!), true);
  }
  const bad: [() => unknown, string][] = [
    [
      () => layerStart("orthogonal" as never),
      "the start must be one of zeroB, zeroA, spectralPaper",
    ],
    [() => layerStart("toString" as never), 'current value is "toString"'],
    [() => layerStart({ name: "x", random: true } as never), "the start must be one of"],
    [
      () => layerStart({ name: "x", random: 1, factors: () => 0 } as never),
      "random of the start x must be",
    ],
    [
      () => layerStart({ name: 5, random: true, factors: () => 0 } as never),
      "name of the start must be a string",
    ],
    [() => layerStart({ name: "x", random: true, factors: () => 0, scale: 2 } as never), '"scale"'],
  ];
  for (const [call, words] of bad) assertThrows(call, Error, words);
});

Deno.test("directions below 10⁻¹² of the largest are none of the spectral start", () => {
  const at = (small: number) => ({
    w2: matrix(2, 2, [1, 0, 0, small]),
    target: matrix(2, 2, [0.7, 0, 0, 0.7]),
  });
  const used = (small: number) => {
    const { b1 } = startAdapters(at(small), { start: "spectral", r: 2, alpha: 1 });
    return b1.data.filter((x) => Math.abs(x) > 0.5).length;
  };
  assertEquals([used(5e-13), used(5e-12)], [1, 2]);
});
