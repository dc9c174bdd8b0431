/** The least sizes, the ends of ranges, and what is taken when nothing is said. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { matrix } from "lora-dynamics/linalg/mod.ts";
import * as cr from "lora-dynamics/papers/convergence_rate/mod.ts";

const near = (found: number, wanted: number, rel = 1e-12) =>
  assertAlmostEquals(found, wanted, rel * Math.abs(wanted) + 1e-300);
/** `½(ab − y)²` from `a`, `b`. */
const scalar = (a: number, b: number, y = 1) => (
  { loss: cr.quadratic(matrix(1, 1, [y])), start: { a: matrix(1, 1, [a]), b: matrix(1, 1, [b]) } }
);

Deno.test("formulas take 0 where 0 has a meaning", () => {
  const none = { smoothness: 2, gap: 0, v2: 3 };
  assertEquals(
    [cr.boundLog(none, 1), cr.boundSqrt(none, 1), cr.boundNormalised(none, 1)],
    [0, 0, 0],
  );
  near(cr.growthBound({ smoothness: 1, gap: 2, v2: 3 }, 0), 6);
  assertEquals(cr.growthBound({ smoothness: 1, gap: 2, v2: 0 }, 0), 0);
  near(cr.boundBounded({ smoothness: 0.2, gap: 1e-6, v2: 0 }, 0, 1), 4e-6);
  assertEquals(cr.decayBound(0, 0.1), 0);
  assertEquals(cr.noiseFloor([3], { eta: 0, noise: 1 }), 0);
  assertEquals(cr.noiseFloor([3], { eta: 0.1, noise: 0 }), 0);
  assertEquals(cr.balancedSpectrum([5], { rows: 1, columns: 1, r: 1 }), [10, 0]);
  near(cr.powerExponents(3, 1).time, cr.powerExponents(3).time);
  // Near V = 0 on a slope g the printed step is 1/(cLg): a rise begins where that is 2/g.
  const slope = 3, step = 1 / (4 * Math.SQRT2 * cr.RISING_SMOOTHNESS * slope);
  assertAlmostEquals(cr.slopeDecrease(step, slope), 0, 1e-15);
});

Deno.test("runs take the least numbers of steps, and zeros that freeze", () => {
  const { loss, start } = scalar(2, 0);
  const step = (more: object) => {
    const run = new cr.Descent(loss, start);
    cr.descend(run, { steps: 1, rule: 0.1, ...more });
    return [run.b.data[0], run.a.data[0]];
  };
  assertEquals(step({}), [0.2, 2]);
  assertEquals(step({ ratio: 1, decay: 0, momentum: 0 }), [0.2, 2]);
  assertEquals(step({ ratio: 0 }), [0, 2]);
  const [row] = cr.balancedRun(cr.logistic, 0.5, [0]);
  assertEquals([row.t, row.time, row.minGradient2], [0, 0, Infinity]);
  near(row.gradient2, 0.5 / (1 + Math.exp(0.25)) ** 2);
  const [still] = cr.balancedRun(cr.logistic, 0.5, [3], () => 0);
  assertEquals([still.x, still.time], [0.25, 0]);
  const one = cr.constantRun({ a0: 2, eta: 0.1, steps: 1 });
  assertEquals(one, { state: "bounded", monotone: true, steps: 1 });
  assertEquals(cr.constantRun({ a0: 2, b0: 0, y: 1, smoothness: 1, eta: 0.1, steps: 1 }), one);
  assertEquals(cr.divergenceStep(2, 1), cr.divergenceStep(2, 1, 0));
  assertEquals(cr.worstCaseRun("valley", 50), cr.worstCaseRun("valley", 50, 1));
  const times = [3], lab = { slope: "-1 / (1 + x)^2", smoothness: 2, x0: 1, times };
  assertEquals(cr.laboratory(lab), cr.laboratory({ ...lab, power: 1 }));
});

Deno.test("a loss or a gradient that is not finite ends a run, each for itself", () => {
  for (const [value, slope] of [[Infinity, 1], [-Infinity, 1], [1, Infinity], [NaN, 1], [1, NaN]]) {
    const loss: cr.Loss = {
      ...{ name: "wall", rows: 1, columns: 1, smoothness: 1, low: 0 },
      evaluate: (_, gradient) => {
        gradient.data[0] = slope;
        return value;
      },
    };
    const run = new cr.Descent(loss, scalar(1, 1).start);
    const { status, steps } = cr.descend(run, { steps: 3, rule: 0.1 });
    assertEquals(status.slice(0, 42), "diverged: loss and squared gradient of ste");
    assertEquals(steps, 0);
  }
  // A slope that vanishes everywhere: nothing moves, and the exponent of 0 is −∞.
  const { rows: [still] } = cr.laboratory({ slope: () => 0, smoothness: 1, x0: 2, times: [10] });
  assertEquals([still.x, still.gradient2, still.exponent], [2, 0, -Infinity]);
  // At the curvature 2 the step 1 reflects: the rule norm stalls there too.
  assertEquals(cr.normStall(0.3, 2), { eta: 1, gradient: 0.3 ** 2 });
});

Deno.test("a course is the plain loop at its points, also where the gradient rises first, and ends at its floor", () => {
  const steps = 60, rule = (_: cr.Sizes, t: number) => 0.02 + 1e-4 * t;
  for (const [a, b] of [[2, 0.1], [0.1, 0.1]]) {
    const { loss, start } = scalar(a, b);
    let at: cr.Adapters = start, time = 0, least = Infinity;
    const wanted = new Set(cr.logSteps(steps, 8)), plain: number[][] = [];
    for (let t = 0; t <= steps; t++) {
      const { value, full, gradient } = cr.objective(loss, at), v2 = cr.stackSize(at);
      const square = gradient.b.data[0] ** 2 + gradient.a.data[0] ** 2;
      const eta = t < steps ? 0.02 + 1e-4 * t : 0;
      if (wanted.has(t)) plain.push([t, eta, square, least, time, value, v2]);
      assert(full.data.length === 1);
      least = Math.min(least, square);
      time += eta;
      at = cr.loraStep(loss, at, eta);
    }
    const { status, points, end } = cr.course({ loss, start }, { steps, rule });
    assertEquals([status, points.length], ["done", plain.length]);
    plain.forEach(([t, eta, square, least, time, value, v2], i) => {
      const row = points[i];
      assertEquals([row.t, row.eta], [t, eta]);
      if (t > 0) near(row.minGradient2, least, 1e-9);
      for (
        const [found, known] of [[row.gradient2, square], [row.time, time], [row.loss, value], [
          row.v2,
          v2,
        ]]
      ) {
        near(found, known, 1e-6);
      }
    });
    near(end.v2, plain.at(-1)![6], 1e-9);
  }
  const { loss, start } = scalar(2, 0.1);
  const short = cr.course({ loss, start }, { steps, rule, floor: 0.01 });
  assertEquals(short.status, "stopped");
  assert(short.points.at(-1)!.gradient2 < 0.01 && short.points.at(-2)!.gradient2 >= 0.01);
  assertEquals(
    cr.course({ loss, start }, { steps, rule, density: 2 }).points.map(({ t }) => t),
    cr.logSteps(steps, 2),
  );
});

Deno.test("what lies beyond a range is refused with it", () => {
  const bad: [() => unknown, string][] = [
    [
      () => cr.laboratory({ slope: "x", smoothness: 1, x0: 1, times: [0.99] }),
      "times[0] must lie in [1",
    ],
    [
      () => cr.laboratory({ slope: "x", smoothness: 1, x0: 1, times: [1], power: -1 }),
      "power must be",
    ],
    [() => cr.balancedRun(cr.logistic, 1, [-1]), "times[0] must be an integer >= 0"],
    [() => cr.constantRun({ a0: 1, eta: 1, steps: 0 }), "steps must be an integer >= 1"],
    [
      () => cr.balancedSpectrum([1], { rows: 1, columns: 1, r: 2 }),
      "r must be an integer from 1 to 1",
    ],
    [
      () => cr.balancedSpectrum([1, 1], { rows: 1, columns: 1, r: 1 }),
      "the number of singular values",
    ],
    [() => cr.decayBound(-1, 1), "gap must be"],
    [() => cr.noiseFloor([1], { eta: -1, noise: 1 }), "eta must be"],
    [() => cr.noiseFloor([20], { eta: 0.1, noise: 1 }), "must be < 2"],
    [() => cr.logisticDecayLimit(0.5), "1 - 2 decay"],
    [() => cr.logisticAsymptotics(1.4), "steps / sqrt 2 - 1"],
    [() => cr.valleySteps({ epsilon: 1, smoothness: 1, v0: 1 }, -2), "v must be"],
    [() => cr.valleySteps({ epsilon: 1, smoothness: 1, v0: -1 }, 2), "v0 must be"],
  ];
  for (const [run, message] of bad) assertThrows(run, RangeError, message);
  const { loss, start } = scalar(1, 1);
  for (const other of [loss, { ...loss, select: 1 } as unknown as cr.Loss]) {
    const batch = () => [0];
    assertThrows(
      () => cr.descend(new cr.Descent(other, start), { steps: 1, batch }),
      TypeError,
      "batch needs a loss with a method select",
    );
  }
});
