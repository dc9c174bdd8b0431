import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  add,
  columns,
  frobeniusNorm,
  identity,
  type Matrix,
  matrix,
  multiply,
  multiplyTN,
  spectralNorm,
  svd,
  transpose,
} from "lora-dynamics/linalg/mod.ts";
import * as lo from "lora-dynamics/papers/lora_one/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";

const gaussian = (seed: number, rows: number, cols: number) => lo.portableNormal(seed, rows, cols);
const gap = (x: Matrix, y: Matrix) => frobeniusNorm(add(x, y, -1));

/** The best approximation of rank r. */
function best(g: Matrix, r: number): Matrix {
  const { u, values, v } = svd(g);
  return lo.composed(columns(u, 0, r), values.slice(0, r), columns(v, 0, r));
}

Deno.test("LoRA-One starts at γ P_r(G) with balanced factors, for any shape and rank", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 7 }),
      fc.integer({ min: 2, max: 7 }),
      fc.double({ min: 0.1, max: 4, noNaN: true }),
      (d, k, gamma) => {
        const r = Math.min(d, k, 3), gradient = gaussian(10 * d + k, d, k);
        const { a, b, shifted } = lo.startOf("LoRA-One", { gradient, r, gamma });
        const wanted = best(gradient, r);
        assertLess(
          gap(multiply(a, b), { ...wanted, data: wanted.data.map((x) => gamma * x) }),
          1e-12,
        );
        assertLess(gap(multiplyTN(a, a), multiply(b, transpose(b))), 1e-12);
        assertEquals(shifted, false);
      },
    ),
    { seed: 7, numRuns: 40 },
  );
});

Deno.test("the script's start is the paper's one up to S₁γ, the README has S for its root", () => {
  const gradient = gaussian(3, 6, 5), top = svd(gradient).values[0];
  const script = lo.startOf("LoRA-One script", { gradient, r: 2, gamma: 16 });
  const paper = lo.startOf("LoRA-One", { gradient, r: 2, gamma: 1 / (16 * top) });
  assertLess(gap(script.a, paper.a) + gap(script.b, paper.b), 1e-13);
  const readme = lo.startOf("LoRA-One README", { gradient, r: 2, gamma: 4 });
  const { u, values, v } = svd(gradient, 2);
  const squares = lo.composed(u, values.map((x) => x * x / 4), v);
  assertLess(gap(multiply(readme.a, readme.b), squares), 1e-12);
  assert(gap(multiply(readme.a, readme.b), best(gradient, 2)) > 0.1);
});

Deno.test("LoRA-One toy and LoRA-SB share their subspaces; LoRA-SB's product is γ P_r(G)", () => {
  const gradient = gaussian(4, 6, 5);
  const toy = lo.startOf("LoRA-One toy", { gradient, r: 2 });
  const sb = lo.startOf("LoRA-SB", { gradient, r: 2 });
  assertLess(gap(toy.a, sb.a) + gap(toy.b, sb.b), 1e-14);
  assertLess(gap(lo.productOf(sb), best(gradient, 2)), 1e-12);
  assertEquals([toy.shifted, sb.shifted], [true, false]);
  assertLess(gap(multiplyTN(sb.a, sb.a), identity(2)), 1e-13);
});

Deno.test("LoRA-GA takes disjoint indices, both factors scaled by k^¼/√γ; PEFT scales B by S alone", () => {
  const gradient = gaussian(5, 7, 6), { u, values, v } = svd(gradient);
  const f = 6 ** 0.25 / 4, ga = lo.startOf("LoRA-GA", { gradient, r: 2 });
  assertLess(gap(ga.a, { ...ga.a, data: columns(u, 0, 2).data.map((x) => -f * x) }), 1e-13);
  assertLess(
    gap(transpose(ga.b), { ...columns(v, 2, 4), data: columns(v, 2, 4).data.map((x) => f * x) }),
    1e-13,
  );
  const peft = lo.startOf("LoRA-GA PEFT", { gradient, r: 2 });
  assertAlmostEquals(spectralNorm(peft.a), 1, 1e-13);
  assertAlmostEquals(spectralNorm(peft.b), f * values[2], 1e-12);
  // On a gradient of rank r* ≤ r PEFT's B vanishes, and LoRA-GA's is orthogonal to the rows.
  const low = best(gradient, 2);
  assertEquals(frobeniusNorm(lo.startOf("LoRA-GA PEFT", { gradient: low, r: 2 }).b), 0);
  const blind = lo.startOf("LoRA-GA", { gradient: low, r: 2 });
  assertLess(spectralNorm(multiply(blind.b, transpose(low))), 1e-12);
});

Deno.test("PiSSA's product is P_r(W), whatever the gradient", () => {
  const weight = gaussian(6, 5, 4);
  const start = lo.startOf("PiSSA", { gradient: gaussian(7, 5, 4), weight, r: 2 });
  assertLess(gap(lo.productOf(start), best(weight, 2)), 1e-12);
  assertEquals(start.shifted, true);
});

Deno.test("LoRA's start is Gaussian in A, zero in B; LoRA+ with ratio 1 is LoRA", () => {
  const { a, b } = lo.loraStart(portable(4), { d: 100, k: 3, r: 8, initStd: 0.5 });
  assertAlmostEquals(frobeniusNorm(a) / Math.sqrt(800), 0.5, 0.05);
  assertEquals(frobeniusNorm(b), 0);
  const problem = lo.linearProblem(identity(5), gaussian(8, 5, 3));
  const start = lo.loraStart(portable(5), { d: 5, k: 3, r: 2, initStd: 0.3 });
  const run = (ratio?: number) =>
    new lo.LoraDescent(problem, start, { rate: 0.01, ...(ratio ? { ratio } : {}) }).advance(50);
  assertEquals(run().a, run(1).a);
  assert(gap(run().a, run(16).a) > 1e-3);
});

Deno.test("completed vectors are orthonormal, values beyond the rank are exactly 0, draws decide", () => {
  const low = multiply(gaussian(1, 8, 2), gaussian(2, 2, 7));
  const { u, values, v, rank } = lo.completedSvd(low, [4, 6]);
  assertEquals([u.columns, v.columns, rank, values.length], [4, 6, 2, 6]);
  assertEquals([...values.slice(2)], [0, 0, 0, 0]);
  assertLess(gap(multiplyTN(u, u), identity(4)) + gap(multiplyTN(v, v), identity(6)), 1e-13);
  assertEquals(lo.completedSvd(low, [4, 6]).u, u);
  const other = lo.completedSvd(low, [4, 6], [portable(1), portable(2)]);
  assert(gap(other.u, u) > 0.1);
});

Deno.test("starts refuse a zero gradient, a rank that is too large, and what is not finite", () => {
  const gradient = gaussian(9, 6, 5),
    bad: [() => unknown, string][] = [
      [() => lo.startOf("LoRA-One", { gradient: matrix(3, 3), r: 1 }), "gradient must not be zero"],
      [
        () => lo.startOf("LoRA-One", { gradient, r: 6 }),
        "r for a 6 x 5 layer must be an integer from 1 to 5",
      ],
      [
        () => lo.startOf("LoRA-GA", { gradient, r: 3 }),
        "(2r directions) must be an integer from 1 to 2",
      ],
      [() => lo.startOf("LoRA-One", { gradient, r: 0 }), "r for a 6 x 5 layer"],
      [
        () => lo.startOf("LoRA-One", { gradient, r: 2, gamma: NaN }),
        "gamma must be a finite number > 0",
      ],
      [
        () => lo.startOf("LoRA-One", { gradient: matrix(1, 2, [1, NaN]), r: 1 }),
        "gradient[1] must be finite",
      ],
      [
        () => lo.startOf("lora" as lo.StartName, { gradient, r: 1 }),
        "name must be one of LoRA, LoRA+,",
      ],
      [() => lo.loraStart(portable(1), { d: 3, k: 2, r: 4, initStd: 1 }), "r for d = 3"],
      [() => lo.loraStart(portable(1), { d: 3, k: 2, r: 2, initStd: 0 }), "initStd"],
    ];
  for (const [run, message] of bad) assertThrows(run, RangeError, message);
  assertThrows(() => lo.startOf("PiSSA", { gradient, r: 2 }), TypeError, "weight must be given");
});

Deno.test("a reader's own start stands where a name does, and its factors are looked at", () => {
  const gradient = gaussian(9, 6, 5);
  const half: lo.StartRule = {
    name: "half a step",
    gamma: 0.5,
    factors: (layer) => lo.STARTS["LoRA-One"].factors(layer),
  };
  const mine = lo.startOf(half, { gradient, r: 2 });
  assertEquals([mine.name, mine.shifted], ["half a step", false]);
  const twice = { ...best(gradient, 2), data: best(gradient, 2).data.map((x) => x / 2) };
  assertLess(gap(lo.productOf(mine), twice), 1e-12);

  const factors = () => ({ a: matrix(6, 2), b: matrix(2, 4) });
  const cases: [unknown, string][] = [
    [{ name: "x", factors }, "factors must be 6 x 2 and 2 x 5: current shapes are 6 x 2 and 2 x 4"],
    [
      { name: "x", factor: factors },
      "no other keys than name, about, source, shifted, rootScale, gamma",
    ],
    [{ name: "x" }, "start x must be a record with factors"],
    [{ factors }, "name must be a string: current value is undefined"],
    [7, "a start must be an object: current value is 7"],
  ];
  for (const [start, message] of cases) {
    assertThrows(() => lo.startOf(start as lo.StartRule, { gradient, r: 2 }), TypeError, message);
  }
  const blown = {
    name: "x",
    factors: () => ({ a: matrix(6, 1, Array(6).fill(NaN)), b: matrix(1, 5) }),
  };
  assertThrows(() => lo.startOf(blown, { gradient, r: 1 }), RangeError, "a[0] must be finite");
});
