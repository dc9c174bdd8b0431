/** What readers ask of the notebook, with its imports and in its words. */
import {
  assert,
  assertEquals,
  assertGreater,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { geomspace, where } from "lora-dynamics/experiment/mod.ts";
import { svg } from "lora-dynamics/figure/mod.ts";
import * as cr from "lora-dynamics/papers/convergence_rate/mod.ts";

const a0 = geomspace(0.3, 15, 9);
/** Whether theory and simulation agree at a point. */
const agrees = ({ ratio, state }: cr.PhasePoint) => (state === "diverged") === (ratio > 1);

Deno.test("the boundary of divergence holds from another start, for another target", async () => {
  const mine = await cr.phaseDiagram({ preset: "quick", a0, b0: 1.5, y: -2 });
  assertGreater(mine.rows.length, 250);
  assertEquals(mine.rows.filter((point) => !agrees(point)), []);
  // The control: measured by the boundary of LoRA's start, many points are on the wrong side.
  const wrong = mine.rows.map((point) => ({
    ...point,
    ratio: point.eta / cr.divergenceStep(point.a0, -2),
  }));
  assertGreater(wrong.filter((point) => !agrees(point)).length, 20);

  const { caption, rows, run } = mine.figure();
  assertStringIncludes(caption!, "L = 1, y = −2, from b₀ = 1.5: " + `${mine.rows.length} runs`);
  assertStringIncludes(caption!, "none for the first rise, which is known for b₀ = 0");
  assertEquals(Object.keys(rows), ["points", "boundary"]);
  assertEquals(run.edited, ["a0", "b0", "y"]);
  assertStringIncludes(svg(mine.figure()), "−2");
});

Deno.test("a smoothness constant rescales the step and nothing else", async () => {
  const one = await cr.phaseDiagram({ preset: "quick", a0, y: 3 });
  const four = await cr.phaseDiagram({ preset: "quick", a0, y: 3, smoothness: 4 });
  assertEquals(four.rows.map(({ eta }) => 4 * eta), one.rows.map(({ eta }) => eta));
  const ends = (rows: readonly cr.PhasePoint[]) => rows.map(({ state }) => state === "diverged");
  assertEquals(ends(four.rows), ends(one.rows));
  const limit = four.figure().rows as Record<string, { a0: number; eta: number }[]>;
  assertEquals(limit["first rise"].map(({ a0, eta }) => Math.round(4e9 * eta * a0 * a0)), [
    ...limit["first rise"].map(() => 2e9),
  ]);
  assertStringIncludes(four.figure().caption!, "L = 4, y = 3");
});

Deno.test("a loss with linear tails diverges above η = √2 only: each step multiplies a² − b² by 1 − (ηφ′)²", async () => {
  const logCosh = {
    name: "log cosh",
    value: (z: number) => Math.log(Math.cosh(z)),
    slope: Math.tanh,
  };
  for (const loss of ["pseudo-Huber", logCosh] as const) {
    const mine = await cr.phaseDiagram({ preset: "quick", a0, loss });
    const diverged = where(mine.rows, "state", "diverged");
    assertGreater(diverged.length, 10);
    assert(diverged.every(({ eta }) => eta > Math.SQRT2));
    // From a large start the quadratic diverges at such small steps.
    assert(mine.rows.some((point) => !agrees(point) && point.eta < 0.1));
    const { caption, rows } = mine.figure();
    assertStringIncludes(caption!, `φ: ${typeof loss === "string" ? loss : "log cosh"}`);
    assertStringIncludes(caption!, "No lines");
    assertEquals(Object.keys(rows), ["points"]);
  }
});

Deno.test("fewer steps leave more runs undecided", async () => {
  const [few, many] = await Promise.all(
    [20, 3000].map((steps) => cr.phaseDiagram({ preset: "quick", a0, steps })),
  );
  const undecided = ({ rows }: typeof few) => where(rows, "state", "bounded").length;
  assertGreater(undecided(few), 2 * undecided(many));
  const words = '"bounded" those that had neither converged nor diverged by then';
  assertStringIncludes(few.figure().caption!, `at most 20 steps, "monotone"`);
  assertStringIncludes(few.figure().caption!, words);
  few.rows.forEach(({ state }, i) => {
    if (state === "diverged") assertEquals(many.rows[i].state, state);
  });
  assertStringIncludes(few.figure().caption!, "of at most 20 steps");
});

Deno.test("mistakes name the parameter, what it must be and what it is", async () => {
  const cases: [object, new () => Error, string][] = [
    [{ a1: [1] }, RangeError, "a1 must be one of its parameters (is a0 meant?): a0 = [0.2,"],
    [{ a0: [1, 0] }, RangeError, "a0[1] must be a finite number > 0: current value is 0"],
    [{ ratios: [] }, RangeError, "ratios must be a list of 1 or more"],
    [
      { ratios: [3], a0: [0.1] },
      RangeError,
      "ratios must be small enough that Lη|y| < 2 somewhere",
    ],
    [
      { loss: "huber" },
      RangeError,
      "loss must be quadratic, pseudo-Huber, or { name, value, slope }",
    ],
    [{ y: 2, b0: 0.5, a0: [1, 4] }, RangeError, "y must be another number than every a0 × b0"],
    [{ y: 0 }, RangeError, "where the start has nothing to learn: current value is 0"],
    [{ steps: 0 }, RangeError, "steps must be a whole number >= 1: current value is 0"],
    [{ b0: "1" }, TypeError, 'b0 must be a finite number: current value is "1"'],
  ];
  for (const [given, type, message] of cases) {
    await assertRejects(() => cr.phaseDiagram(given as never), type, message);
  }
});

Deno.test("norm does not stall where 2/λ_max is above its cap, and no level is drawn", async () => {
  const run = await cr.normStalls({ problem: "softmax", alphas: [0.1], preset: "quick" });
  const [row] = run.table();
  assert(row["last ‖∇J‖"] as number < 1e-6);
  assertEquals(row["min{2/λ_max, 1}"], 1);
  assertStringIncludes(run.figure().caption!, "no step up to the cap stalls");
  assertStringIncludes(svg(run.figure()), "<svg");
});

Deno.test("a lower bound that the loss of a reader falls below is an error, not a wrong bound", async () => {
  const { loss, start } = cr.referenceQuadratic();
  await assertRejects(
    () => cr.boundCourses({ problems: [{ loss: { ...loss, low: 1 }, start }], preset: "quick" }),
    RangeError,
    "low of quad must be a lower bound of its loss",
  );
});

Deno.test("the boundary of a matrix has the lines that its start and rank allow", async () => {
  const options = { preset: "quick", scales: [0.1, 3], steps: 300 } as const;
  const names = (figure: string) =>
    ["scalar formula with", "mixed directions", "is for B₀ = 0"].map((text) =>
      figure.includes(text)
    );
  const of = async (more: object) => {
    const run = await cr.topMode({ ...options, ...more });
    assertStringIncludes(svg(run.figure()), "<svg");
    return names(run.figure().caption!);
  };
  assertEquals(await of({}), [true, true, false]);
  assertEquals(await of({ r: 1 }), [true, false, false]);
  assertEquals(await of({ start: "large", seed: "7" }), [false, true, true]);
  assertEquals(await of({ start: "large", seed: "7", r: 1 }), [false, false, true]);
});

Deno.test("a run that does not come to a minimum has no λ₊ there, one that does not escape no time", async () => {
  const rates = await cr.linearRates({ rules: [{ name: "norm", alpha: 0.1 }], steps: 2000 });
  const stalled = rates.table().map((row) => [row.rate, row.curvature, row["1 − η λ₊"]]);
  assertEquals(stalled, Array.from({ length: 4 }, () => [null, null, null]));
  assertStringIncludes(rates.figure().caption!, "4 runs did not come to their minimum");

  const escape = await cr.escapeTimes({ rule: 1e-9, scales: [0.1, 0.01], steps: 100 });
  assertEquals(escape.table().map((row) => row["more than the row above"]), [null, null]);
  assertStringIncludes(escape.figure().caption!, "2 runs needed more than 10² steps");
});
