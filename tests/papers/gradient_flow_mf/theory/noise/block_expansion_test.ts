import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { multiply, multiplyNT } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import { close } from "../_helpers.ts";

const problem = mf.aligned({
  ...{ s2: [1.5, 1.2, 0.7], s1: [0.9, 0.8, 0.5, 0.6], target: [0, 0.9], m: 5, h: 6, n: 7 },
});
const near = (size: number, of = problem) =>
  mf.nearSignal(of, { x1: 0.35, x2: 0.2, r: 3, size, draws: portable(11) });

Deno.test("what the expansion neglects is of second order in the signal, of third and fourth elsewhere", () => {
  const [coarse, fine] = [1e-3, 1e-4].map((size) => mf.blockExpansion(problem, near(size)));
  for (const [block, order] of [["signal", 2], ["row", 3], ["column", 3], ["rest", 4]] as const) {
    const found = Math.log10(coarse[block].difference / fine[block].difference);
    assertAlmostEquals(found, order, 0.1, block);
    assertLess(fine[block].difference, 1e-3 * fine[block].exact, block);
    close(fine[block].exact, fine[block].expansion, 1e-3);
  }
  assertAlmostEquals(Math.log10(coarse.row.exact / fine.row.exact), 1, 0.01);
  assertAlmostEquals(Math.log10(coarse.rest.exact / fine.rest.exact), 2, 0.01);
});

Deno.test("the blocks together are the error", () => {
  const adapters = near(0.05), blocks = Object.values(mf.blockExpansion(problem, adapters));
  const squares = blocks.reduce((sum, { exact }) => sum + exact ** 2, 0);
  close(0.5 * squares, mf.loss(problem, adapters), 1e-12);
});

Deno.test("on the manifold the products are x₁ and x₂, and the bases do not matter", () => {
  const draws = portable(3), [u, g, v] = [5, 6, 7].map((size) => mf.frame(draws, size, size));
  const turned = mf.rotated(problem, { u, g, v }), there = near(0, turned), here = near(0);
  const { p, u: left, v: right } = mf.signalDirections(turned);
  assertAlmostEquals(mf.learnt(there.b1, there.a1, p, right), 0.35, 1e-12);
  assertAlmostEquals(mf.learnt(there.b2, there.a2, left, p), 0.2, 1e-12);
  assertAlmostEquals(
    mf.learnt(
      here.b1,
      here.a1,
      p.map((_, i) => i === 1 ? 1 : 0),
      right.map((_, i) => i === 1 ? 1 : 0),
    ),
    0.35,
    1e-12,
  );
  const e = 0.9 + 0.8 * 1.2 - (1.2 + 0.2) * (0.8 + 0.35);
  close(mf.blockExpansion(turned, there).signal.exact, e, 1e-10);
  close(mf.blockExpansion(problem, here).signal.expansion, e, 1e-12);
  // The same noise in turned bases has the same blocks.
  const noisy = near(1e-2);
  const moved = {
    ...{ b1: multiply(g, noisy.b1), a1: multiplyNT(noisy.a1, v) },
    ...{ b2: multiply(u, noisy.b2), a2: multiplyNT(noisy.a2, g) },
  };
  const [plain, other] = [mf.blockExpansion(problem, noisy), mf.blockExpansion(turned, moved)];
  for (const block of ["signal", "row", "column", "rest"] as const) {
    close(other[block].exact, plain[block].exact, 1e-9);
    close(other[block].expansion, plain[block].expansion, 1e-9);
  }
});

Deno.test("values and assumptions are checked", () => {
  const good = { x1: 0.35, x2: 0.2, r: 3, size: 0, draws: portable(1) };
  for (const [name, value] of [["x1", 0], ["x2", -1], ["r", 0], ["size", -1]] as const) {
    assertThrows(() => mf.nearSignal(problem, { ...good, [name]: value }), RangeError, name);
  }
  assertThrows(() => mf.nearSignal(problem, { ...good, seed: 1 } as never), TypeError, "seed");
  assertThrows(() => mf.nearSignal(mf.factorization({ m: 4 }), good), RangeError, "no w1");
  assertThrows(() => mf.blockExpansion(mf.problemQ({ delta: 0.5 }), near(0)), TypeError, "shapes");
  assertEquals(near(0).b1.rows, 6);
});
