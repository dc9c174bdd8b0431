import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { matrix } from "../../../lib/linalg/mod.ts";
import * as lo from "../../../lib/papers/lora_one/mod.ts";

/** `Σ̂ = diag(2, 1, ½)` and `Δ = 3 e₁e₁ᵀ`: the top direction of the inputs is the one to be learnt. */
const problem = lo.linearProblem(
  matrix(3, 3, [2, 0, 0, 0, 1, 0, 0, 0, 0.5]),
  matrix(3, 2, [3, 0, 0, 0, 0, 0]),
);

/** A point beside the minimum with `‖A‖² = 3/balance`, `‖B‖² = 3 balance`. */
function beside(balance: number): lo.Adapter {
  const [a, b] = [Math.sqrt(3 / balance), Math.sqrt(3 * balance)];
  return { a: matrix(3, 1, [a + 1e-6, 1e-6, -1e-6]), b: matrix(1, 2, [b, 1e-6]) };
}

/** Last risk over the first of a descent. */
function change(start: lo.Adapter, options: lo.DescentOptions, steps = 60): number {
  const run = new lo.LoraDescent(problem, start, options), first = run.risk();
  return run.advance(steps).risk() / first;
}

/** What a diverging run says of the step sizes. */
function said(start: lo.Adapter, options: lo.DescentOptions): string {
  const run = new lo.LoraDescent(problem, start, options);
  run.advance(200, () => run.hasDiverged());
  return run.status;
}

Deno.test("the stable step of gradient descent that a status names is the one beyond which no minimum holds", () => {
  for (const ratio of [1, 4, 0.25]) {
    // The flattest minimum has ‖B‖² = ratio ‖A‖², and its step is 1/(√ratio · 2 · 3).
    const flat = beside(Math.sqrt(ratio)), edge = 1 / (Math.sqrt(ratio) * 6);
    assertStringIncludes(
      said(flat, { rate: 20 * edge, ratio }),
      `gradient descent needs η below about ${edge.toPrecision(3)} near the optimum`,
    );
    assertLess(change(flat, { rate: 0.97 * edge, ratio }), 0.2);
    assertGreater(change(flat, { rate: 1.03 * edge, ratio }), 5);
    for (const other of [2, 0.5]) {
      assertGreater(
        change(beside(Math.sqrt(ratio) * other), { rate: 0.97 * edge, ratio }),
        5,
      );
    }
  }
});

Deno.test("the stable step of preconditioned descent follows the ratio of its two step sizes", () => {
  for (const ratio of [1, 3]) {
    const start = beside(1), optimiser = "preconditioned", edge = 2 / ((1 + ratio) * 2);
    assertStringIncludes(
      said(start, { rate: 3 * edge, ratio, optimiser }),
      `stable near the optimum for η < ${edge.toPrecision(3)}`,
    );
    assertLess(change(start, { rate: 0.95 * edge, ratio, optimiser }), 0.2);
    assertGreater(change(start, { rate: 1.05 * edge, ratio, optimiser }), 5);
  }
});

Deno.test("with A frozen descent is that of a linear model: c = 2 is the edge, and the status says so", () => {
  // A₀ᵀΣ̂A₀ = 2·1 + 1·4 + ½·4 = 8: η_B = c/8.
  const start = { a: matrix(3, 1, [1, 2, 2]), b: matrix(1, 2, [1, 1]) }, frozen = { A: 0 };
  const rate = (c: number) => ({ rate: c / 16, ratio: 2, rates: frozen });
  // The best B = AᵀΣ̂Δ/8 = (6/8, 0); its distance from the run shrinks by 1 − c a step.
  const distance = (c: number) => {
    const run = new lo.LoraDescent(problem, start, rate(c)).advance(100);
    return Math.hypot(run.b.data[0] - 0.75, run.b.data[1]);
  };
  assertAlmostEquals(distance(1.9) / Math.hypot(0.25, 1), 0.9 ** 100, 1e-12);
  assertGreater(distance(2.1), 1e3);
  assertStringIncludes(
    said(start, rate(6)),
    "gradient descent needs c = η_B λ_max(A₀ᵀΣ̂A₀) below 2 at the start: now it is 6.00",
  );
  assertStringIncludes(
    said(start, { rate: 6 / 8 }),
    "c = η λ_max(A₀ᵀΣ̂A₀) below 4 at the start: now",
  );
  // Of a schedule it is the first step size that the start meets.
  assertStringIncludes(
    said(start, { rate: (step) => step === 0 ? 0.75 : 5 }),
    "below 4 at the start: now it is 6.00",
  );
});

Deno.test("of a start from zero only the optimum's step size is said, with A frozen there nothing is", () => {
  const zero = { a: matrix(3, 1), b: matrix(1, 2, [1, 1]) }, { bound } = lo.linearModel(problem);
  const said = (shares: readonly [number, number]) => bound(zero, { eta: 0.1, shares }, "gd");
  assertEquals(said([1, 1]), "gradient descent needs η below about 0.167 near the optimum");
  assertEquals(said([0, 1]), "");
  assertEquals(bound(zero, { eta: 0.1, shares: [1, 1] }, "adam"), "");
});

Deno.test("a middle factor has no ratio, and a figure says that it goes its own way", async () => {
  const start = lo.startOf("LoRA-SB", { gradient: problem.gradient, r: 1 });
  for (const options of [{ ratio: 16 }, { rates: { B: 2 } }]) {
    assertThrows(
      () => lo.descend(problem, start, { rate: 0.1, ...options }),
      RangeError,
      "ratio and rates must be left out: A and B of LoRA-SB are frozen",
    );
  }
  const small = {
    ...{ d: 8, k: 6, N: 40, values: [1], r: 2, steps: 4, damping: 0, optimiser: "gd", eta: 0.1 },
    starts: ["LoRA-One", "LoRA-SB"],
  } satisfies Parameters<typeof lo.offsetStarts>[0];
  const own = "; LoRA-SB: gradient descent on the middle factor with η, nothing else is trained)";
  const ends = async (
    experiment: typeof lo.offsetStarts | typeof lo.alignmentCourses,
    ratio: number,
  ) => {
    const run = await (experiment as typeof lo.offsetStarts)({ ...small, ratio });
    const rows = Array.isArray(run.rows)
      ? run.rows
      : (run.rows as unknown as { runs: lo.OffsetRow[] }).runs;
    const risks = small.starts.map((name) => rows.findLast((row) => row.start === name)!.risk);
    return { risks, caption: run.figure().caption! };
  };
  for (const experiment of [lo.offsetStarts, lo.alignmentCourses]) {
    const [one, plus] = [await ends(experiment, 1), await ends(experiment, 16)];
    assert(!one.caption.includes("middle factor"), one.caption);
    assertStringIncludes(plus.caption, "B 16 times faster");
    assertStringIncludes(plus.caption, own);
    assertEquals(plus.risks[1], one.risks[1]);
    assert(plus.risks[0] !== one.risks[0]);
  }
  const mica = await lo.alignmentCourses({ ...small, starts: ["MiCA"], ratio: 16 });
  assertStringIncludes(mica.figure().caption!, "B 16 times faster, from MiCA");
  assertStringIncludes(mica.figure().caption!, "; MiCA: B is frozen)");
  const alone = await lo.offsetStarts({ ...small, starts: ["LoRA-One"], ratio: 16 });
  assert(!alone.figure().caption!.includes("LoRA-SB"), alone.figure().caption);
});

Deno.test("what a problem of one's own takes the place of is refused beside it", async () => {
  const words = "must be left out, or problem null: the problem has";
  const many = { problem, r: 1, d: 3, noise: 0.1 }, one = { problem, r: 1, values: [1, 1] };
  for (const experiment of [lo.alignmentCourses, lo.offsetStarts, lo.offsetSizes]) {
    const run = experiment as typeof lo.alignmentCourses;
    await assertRejects(() => run(many), RangeError, `as d, noise ${words} them: current value is`);
    await assertRejects(
      () => run(one),
      RangeError,
      `as values ${words} it: current value is [1,1]`,
    );
  }
  await assertRejects(() => lo.catapults({ problem, r: 1, N: 40 }), RangeError, `as N ${words} it`);
  // Another experiment's defaults are no reader's wish.
  const variant = lo.alignmentCourses.with("mine", {
    problem,
    r: 1,
    steps: 2,
    starts: ["LoRA-One"],
  });
  assertEquals((await variant()).rows.runs.length, 3);
  await assertRejects(
    () => variant({ N: 40 }),
    RangeError,
    `as N ${words} it: current value is 40`,
  );
  assertEquals((await variant({ N: 400, problem: null })).parameters.N, 400);
});
