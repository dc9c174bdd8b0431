/** Problems: their entries by their formulas, golden values, and what they refuse. */
import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import {
  frobeniusNorm,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  svd,
} from "lora-dynamics/linalg/mod.ts";
import {
  aligned,
  canonical,
  factorization,
  frame,
  generic,
  modes,
  paperProblem,
  problemQ,
  problemS,
  rotated,
  seedNumber,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../golden/gradient-flow-mf.json" with { type: "json" };
import { distance } from "../_random.ts";

const shape = ({ rows, columns }: { rows: number; columns: number }) => [rows, columns];

Deno.test("aligned(): diagonals in layers of the given or of the smallest sizes", () => {
  const { name, w2, w1, target } = aligned({
    ...{ name: "mine", s2: [3, 2], s1: [0.5, 0.4, 0.3], target: [0, 7], m: 2, h: 4, n: 3 },
  });
  assertEquals([name, shape(w2), shape(w1!), shape(target)], ["mine", [2, 4], [4, 3], [2, 3]]);
  assertEquals([...w2.data], [3, 0, 0, 0, 0, 2, 0, 0]);
  assertEquals([...w1!.data], [0.5, 0, 0, 0, 0.4, 0, 0, 0, 0.3, 0, 0, 0]);
  assertEquals([...target.data], [0, 0, 0, 0, 7, 0]);
  const usual = aligned({ s2: [3, 2], s1: [1, 1, 1], target: [1] });
  assertEquals([shape(usual.w2), shape(usual.w1!)], [[2, 3], [3, 3]]);
  const single = aligned({ s2: [3, 2], target: [1] });
  assertEquals([shape(single.target), single.w1], [[2, 2], undefined]);
  assertEquals(single.name, "own aligned problem");
});

Deno.test("factorization(): W₂ = sI and the target on the diagonal", () => {
  const { name, w2, target } = factorization({ m: 3, n: 2, s: 1.7, sigma: [0.6, 0.2] });
  assertEquals([...w2.data], [1.7, 0, 0, 0, 1.7, 0, 0, 0, 1.7]);
  assertEquals([...target.data], [0.6, 0, 0, 0.2, 0, 0]);
  assertEquals(name, "factorisation, 3 × 2, W₂ = 1.7 I");
  const usual = factorization();
  assertEquals([shape(usual.target), usual.name], [[20, 20], "factorisation, 20 × 20"]);
});

Deno.test("canonical(): falling values in both layers, the target in the plane of the first and the last", () => {
  const { w2, w1, target, name } = canonical({
    ...{ d: 5, s2: 1.7, s1: 0.6, sigma: 2, degrees: 25, gmin: 0.2 },
  });
  const phi = 25 * Math.PI / 180, u = [Math.cos(phi), 0, 0, 0, Math.sin(phi)];
  for (let i = 0; i < 5; i++) {
    for (let j = 0; j < 5; j++) {
      const g = i === j ? 1 - 0.8 * i / 4 : 0;
      assertAlmostEquals(w2.data[5 * i + j], 1.7 * g, 1e-15);
      assertAlmostEquals(w1!.data[5 * i + j], 0.6 * g, 1e-15);
      assertAlmostEquals(target.data[5 * i + j], 2 * u[i] * u[j], 1e-15);
    }
  }
  assertEquals(name, "canonical problem, d = 5, s₂ = 1.7, s₁ = 0.6, target at 25°");
  const usual = canonical({ d: 3 });
  assertEquals([
    [...usual.w2.data].filter((x) => x),
    usual.w1,
    [...usual.target.data].filter((x) => x),
  ], [
    ...[[1, 0.75, 0.5], undefined, [1]],
  ]);
  // Aligned exactly: no rounding of a sine.
  assertEquals(canonical({ d: 3, degrees: 0, sigma: 3 }).target.data[8], 0);
  const half = canonical({ d: 2, degrees: 90 }).target.data;
  assertAlmostEquals(half[3], 1, 1e-15);
});

Deno.test("problem Q: λ = 0.91, δ_w as given, nothing along the target equal to 1", () => {
  const { w2, w1, target, name } = problemQ({ delta: 0.6 });
  assertEquals([shape(w2), shape(w1!), shape(target)], [[9, 12], [12, 7], [9, 7]]);
  const diagonal = (x: { columns: number; data: Float64Array }, count: number) =>
    Array.from({ length: count }, (_, i) => x.data[i * x.columns + i]);
  assertEquals(diagonal(w2, 9), [1.9, 1.6, 1.3, 1.1, 0.9, 0.75, 0.6, 0.5, 0.4]);
  assertEquals(diagonal(w1!, 7), [1.2, 1, 1.3 * 0.6, 0.8, 0.7, 0.5, 0.4]);
  assertEquals([frobeniusNorm(target), target.data[16]], [0.7, 0.7]);
  assertEquals(name, "problem Q, δ_w = 0.6");
});

Deno.test("the paper's problem: singular values of a Gaussian Y_pre, their roots split by c", () => {
  const { values, sigmaW2 } = golden.paperProblem, { w2, w1, target } = paperProblem();
  assertEquals([shape(w2), shape(w1!), shape(target)], [[10, 100], [100, 10], [10, 10]]);
  assertAlmostEquals(w2.data[0], sigmaW2, 1e-12);
  values.forEach((y, i) => {
    assertAlmostEquals(w2.data[101 * i], 1.05 * Math.sqrt(y), 1e-12);
    assertAlmostEquals(w1!.data[11 * i], Math.sqrt(y) / 1.05, 1e-12);
  });
  assertEquals([target.data[0], frobeniusNorm(target)], [5, 5]);

  const drawn = svd(matrix(4, 3, portable(8).normals(12))).values;
  const other = paperProblem({ seed: "8", m: 4, h: 6, n: 3, c: 2, along: "bottom", sigma: 1.5 });
  assertEquals([shape(other.w2), shape(other.w1!)], [[4, 6], [6, 3]]);
  drawn.forEach((y, i) => {
    assertAlmostEquals(other.w2.data[7 * i], 2 * Math.sqrt(y), 1e-13);
    assertAlmostEquals(other.w1!.data[4 * i], Math.sqrt(y) / 2, 1e-13);
  });
  assertEquals([other.target.data[8], frobeniusNorm(other.target)], [1.5, 1.5]);
  assertAlmostEquals(modes(other).deltaW!, 0.25, 1e-12);
  assertEquals(paperProblem({ along: 3 }).target.data[33], 5);
  assertEquals(
    paperProblem({ along: 3, c: 2 }).name,
    "the paper's problem (Y_pre 1001, c = 2, pair 4)",
  );
  assertEquals(paperProblem().name, "the paper's problem (Y_pre 1001, c = 1.05, top pair)");
});

Deno.test("rotated(): each layer between its own bases; another basis for W₁ alone breaks Assumption 2.1", () => {
  const draws = portable(2),
    u = frame(draws, 9, 9),
    g = frame(draws, 12, 12),
    v = frame(draws, 7, 7);
  const plain = problemQ({ delta: 0.5 }), turned = rotated(plain, { u, g, v });
  assertLess(distance(multiply(multiplyTN(u, turned.w2), g), plain.w2), 1e-13);
  assertLess(distance(multiply(multiplyTN(g, turned.w1!), v), plain.w1!), 1e-13);
  assertLess(distance(multiply(multiplyTN(u, turned.target), v), plain.target), 1e-13);
  assertEquals(turned.name, "problem Q, δ_w = 0.5, rotated");
  const g1 = frame(draws, 12, 12), broken = rotated(plain, { g1 });
  assertEquals([broken.w2, broken.target], [plain.w2, plain.target]);
  assertLess(distance(multiplyTN(g1, broken.w1!), plain.w1!), 1e-13);
  const { w2, target } = plain;
  assertEquals(rotated({ w2, target }, { u }).name, "own problem, rotated");
  assertEquals(rotated({ w2, target }, { u }).w1, undefined);
});

Deno.test("a frame has orthonormal columns and is drawn by Gram–Schmidt of normals", () => {
  const q = frame(portable(4), 6, 3), gauss = matrix(6, 3, portable(4).normals(18));
  const gram = multiplyTN(q, q).data;
  gram.forEach((x, i) => assertAlmostEquals(x, i % 4 === 0 ? 1 : 0, 1e-14));
  const r = multiplyTN(q, gauss);
  for (let i = 0; i < 3; i++) {
    assertLess(0, r.data[4 * i]);
    for (let j = 0; j < i; j++) assertAlmostEquals(r.data[3 * i + j], 0, 1e-14);
  }
  assertLess(distance(multiply(q, r), gauss), 1e-13);
  assertLess(Math.abs(frobeniusNorm(multiplyNT(q, q)) - Math.sqrt(3)), 1e-13);
});

Deno.test("seeds are whole numbers as text", () => {
  assertEquals([seedNumber("x", "0"), seedNumber("x", "4294967295")], [0, 2 ** 32 - 1]);
  for (const bad of ["4294967296", "-1", "1.5", "seven", "", "12345678901", 7]) {
    const words = "seed must be a whole number below 2^32 as text";
    assertThrows(() => seedNumber("draw", bad as string), RangeError, words);
  }
});

Deno.test("the smallest sizes are sizes", () => {
  assertEquals(shape(paperProblem({ m: 1, n: 3, h: 1 }).target), [1, 3]);
  assertEquals(shape(paperProblem({ m: 3, n: 1, h: 1 }).target), [3, 1]);
  assertEquals(shape(aligned({ s2: [2], s1: [1], target: [1], m: 1, h: 1, n: 1 }).w1!), [1, 1]);
  assertEquals(shape(factorization({ m: 1, n: 1 }).target), [1, 1]);
  assertEquals(shape(canonical({ d: 2 }).target), [2, 2]);
});

Deno.test("factorization() in random bases: the frames in their order, W₂ = sQ with the target in its range", () => {
  const sigma = [0.9, 0.4], draws = portable(5), u = frame(draws, 6, 2), v = frame(draws, 4, 2);
  const turned = factorization({ m: 6, n: 4, sigma, s: 1.3, seed: "5" });
  const weighted = { ...u, data: u.data.map((x, i) => x * sigma[i % 2]) };
  assertLess(distance(turned.target, multiplyNT(weighted, v)), 1e-15);
  assertEquals([...turned.w2.data.slice(0, 8)], [1.3, 0, 0, 0, 0, 0, 0, 1.3]);
  const again = portable(5), q = frame(again, 6, 3), inner = frame(again, 3, 2);
  const right = frame(again, 4, 2);
  const tall = factorization({ m: 6, h: 3, n: 4, sigma, s: 1.3, seed: "5" });
  assertEquals([shape(tall.w2), tall.name], [[6, 3], "factorisation, 6 × 4, W₂ = 1.3 Q"]);
  assertLess(distance(tall.w2, { ...q, data: q.data.map((x) => 1.3 * x) }), 1e-15);
  const small = { ...inner, data: inner.data.map((x, i) => x * sigma[i % 2]) };
  assertLess(distance(tall.target, multiply(q, multiplyNT(small, right))), 1e-15);
  assertThrows(() => factorization({ m: 6, h: 3 }), RangeError, "seed must be given with h");
  assertThrows(() => factorization({ m: 3, h: 4, seed: "1" }), RangeError, "h must be an integer");
  assertThrows(() => factorization({ m: 6, h: 1, sigma, seed: "1" }), RangeError, "sigma must be");
});

Deno.test("problemS() is the reference's problem away from special values", () => {
  const problem = problemS(), { u, values, v } = svd(problem.target);
  assertEquals([shape(problem.w2), shape(problem.target), problem.name], [
    [7, 6],
    [7, 5],
    "problem S",
  ]);
  assertAlmostEquals(values[0], 0.6, 1e-12);
  const found = svd(problem.w2).values, wanted = [2.2, 1.7, 1.3, 1.1, 0.9, 0.8];
  wanted.forEach((x, i) => assertAlmostEquals(found[i], x, 1e-12));
  const draws = portable(880), frames = frame(draws, 7, 7);
  frame(draws, 6, 6);
  const direction = frame(draws, 5, 1), sign = Math.sign(v.data[0] * direction.data[0]);
  for (let i = 0; i < 5; i++) {
    assertAlmostEquals(v.data[i * v.columns], sign * direction.data[i], 1e-12);
  }
  for (let i = 0; i < 7; i++) {
    assertAlmostEquals(u.data[i * u.columns], sign * frames.data[7 * i + 1], 1e-12);
  }
  assertThrows(() => problemS({ seed: "x" }), RangeError, "seed must be a whole number");
});

Deno.test("generic(): entries of the given size, drawn as W₂, W₁, Δ", () => {
  const { w2, w1, target, name } = generic({ m: 3, h: 2, n: 4, deviation: 0.5, seed: "9" });
  const draws = portable(9);
  for (const x of [w2, w1!, target]) {
    assertEquals([...x.data], [...draws.normals(x.data.length)].map((y) => 0.5 * y));
  }
  assertEquals([name, shape(w2), shape(w1!)], ["generic problem, 3 × 2 × 4", [3, 2], [2, 4]]);
  assertEquals(shape(generic().target), [10, 8]);
  assertThrows(() => generic({ h: 0 }), RangeError, "h must be an integer");
  assertThrows(() => generic({ deviation: 0 }), RangeError, "deviation must be");
});
