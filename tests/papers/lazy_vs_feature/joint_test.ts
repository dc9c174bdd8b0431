import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  bilinearFlow,
  conserved,
  type CourseRow,
  courses,
  jointFlow,
  levelCurve,
  standard,
} from "lora-dynamics/papers/lazy_vs_feature/mod.ts";

Deno.test("the joint flow from ĉ = c keeps it, and its overlap is that of the plain flow", () => {
  const points = jointFlow(standard(), { alpha: 0.2, times: [4, 20] });
  for (const { q } of points) assertAlmostEquals(q, 1, 1e-9);
  assertAlmostEquals(points[0].m, 0.32758, 1e-4); // as printed for model S
  assertAlmostEquals(points[1].m, 0.93580, 1e-4);
  assert(points[1].loss < points[0].loss);
});

Deno.test("the bilinear flow conserves (1 − m²)^ρ/(1 − q²) from every start", () => {
  const overlap = fc.double({ min: -0.95, max: 0.95, noNaN: true });
  const ratio = fc.double({ min: 0.1, max: 8, noNaN: true });
  fc.assert(
    fc.property(overlap, overlap, ratio, (m, q, rho) => {
      const level = conserved({ m, q }, rho);
      for (const point of bilinearFlow({ m, q }, { ratio: rho, times: [0.5, 1] })) {
        const now = conserved(point, rho);
        if (Math.abs(point.q) < 0.999) assertAlmostEquals(now / level, 1, 1e-5);
      }
    }),
    { seed: 7, numRuns: 60 },
  );
  assertAlmostEquals(levelCurve(conserved({ m: 0.3, q: 0.6 }, 2), 0.6, 2), 0.3, 1e-12);
  assert(Number.isNaN(levelCurve(2, 0.1)));
});

Deno.test("joint and frozen copies of one number share signs and start", () => {
  const signs = { c: "random signs", hatC: "random signs" } as const;
  const cell = {
    draws: "x",
    model: { activation: "h3", k: 9, kappa: 0.7, ...signs },
    run: { n: 60, alpha: 0.05 },
    first: 0,
    copies: 3,
    times: [0, 5],
  };
  const frozen = courses(cell, { seed: "7" }) as CourseRow[];
  const joint = courses({ ...cell, run: { ...cell.run, algorithm: "joint" } }, {
    seed: "7",
  }) as CourseRow[];
  const starts = (rows: CourseRow[]) => rows.map(({ q0, m0, A }) => ({ q0, m0, A }));
  assertEquals(starts(joint), starts(frozen));
  for (const { q, q0, tau, loss, A } of frozen) {
    assertEquals(q, q0); // frozen
    assertEquals(loss === null, tau === 0);
    assertAlmostEquals(Math.abs(A * 9 % 2), 1, 1e-9); // product of two odd sums
  }
  assert(joint.some(({ q, q0 }) => q !== q0));
});

Deno.test("joint flows refuse bad input with a sentence", () => {
  const model = standard(), options = { alpha: 0.1, times: [1] };
  assertThrows(() => jointFlow(model, { ...options, alpha: 0 }), RangeError, "alpha must be");
  assertThrows(() => jointFlow(model, { ...options, ratio: -1 }), RangeError, "ratio must be");
  assertThrows(() => jointFlow(model, { ...options, times: [2, 1] }), RangeError, "times[1]");
  assertThrows(() => jointFlow(model, { ...options, m0: 2 }), RangeError, "m0 must");
  assertThrows(() => bilinearFlow({ m: 2, q: 0 }, { times: [1] }), RangeError, "m must");
});
