/** The open laboratory: its rows beside theory, its figures, and what they say of themselves. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertStringIncludes,
} from "@std/assert";
import { summary, where } from "lora-dynamics/experiment/mod.ts";
import { type Figure, svg } from "lora-dynamics/figure/mod.ts";
import {
  courses,
  escapeTimeOf,
  factorization,
  noiseCourse,
  problemQ,
  startAdapters,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";

const small = {
  ...{
    preset: "quick",
    starts: ["zeroB"],
    alpha: [1e-3],
    copies: 2,
    points: 5,
    horizon: 20,
  } as const,
};
const titles = ({ panels }: Figure) => [panels].flat().map(({ title }) => title);
const close = (x: number, y: number, rel: number) => assertLess(Math.abs(x / y - 1), rel);

Deno.test("rows carry the prediction of their own start, at their own time", async () => {
  const { rows } = await courses({ ...small, starts: ["zeroB", "gauss"] });
  assertEquals(rows.length, 2 * 2 * 5);
  for (const start of ["zeroB", "gauss"] as const) {
    for (const [copy, seed] of [[0, 840], [1, 841]] as const) {
      const mine = where(where(rows, "start", start), "copy", copy);
      assertEquals([mine[0].seed, mine.map(({ at }) => at)], [String(seed), [0, 5, 10, 15, 20]]);
      const problem = problemQ({ delta: 0.5 }), draws = portable(seed);
      const adapters = startAdapters(problem, { start, r: 3, alpha: 1e-3, draws });
      const course = noiseCourse(problem, adapters, [0, 5, 10, 15, 20]);
      mine.forEach((row, i) => {
        const found = [row.predicted, row.predictedSignal, row.predictedMixed, row.predictedRest];
        const wanted = [course.losses[i], course.signal[i], course.mixed[i], course.rest[i]];
        assertEquals(found, wanted);
        assertEquals([row.predictedGap, row.predictedX2, row.predictedHalf], [
          course.gaps[i],
          course.x2[i],
          course.half,
        ]);
      });
    }
  }
});

Deno.test("rates of a layer: the noise equations at another time and ratio", async () => {
  const rates = { b1: 2, a1: 2 };
  const { rows } = await courses({ ...small, alpha: [1e-5], rates, horizon: 30 });
  for (const row of where(rows, "at", 30)) {
    close(row.loss, row.predicted!, 0.02); // O(α^{2ρδ_w}) = 3·10⁻³
    close(row.x2!, row.predictedX2!, 1e-3);
    close(row.half!, row.predictedHalf!, 1e-3);
  }
  const problem = problemQ({ delta: 0.5 }), draws = portable(840);
  const start = startAdapters(problem, { start: "zeroB", r: 3, alpha: 1e-5, draws });
  const { half, losses } = noiseCourse(problem, start, [60], { rho: 0.5 });
  assertAlmostEquals(rows[0].predictedHalf!, half / 2, 1e-12);
  close(rows[4].predicted!, losses[0], 1e-12);
});

Deno.test("one adapter: no noise equations, but the escape time", async () => {
  const problem = factorization({ m: 5, n: 4, s: 1.3, sigma: [0.7] });
  const run = await courses({ ...small, problem, rates: { b1: 3, a1: 3 } });
  const draws = portable(840),
    start = startAdapters(problem, { start: "zeroB", r: 3, alpha: 1e-3, draws });
  assertAlmostEquals(run.rows[0].predictedHalf!, escapeTimeOf(problem, start) / 3, 1e-12);
  close(run.rows[0].half!, run.rows[0].predictedHalf!, 1e-4);
  assertEquals(run.rows[0].predicted, null);
  assertStringIncludes(
    run.figure().caption!,
    "No line of theory, as layer 2 has no adapter; a thin",
  );
  assertEquals(titles(run.figure()), ["loss", "alignment", "adapter 1"]);
});

Deno.test("the table holds the ends: mean logarithms, half-times and products over starts", async () => {
  const run = await courses({ ...small, alpha: [1e-2, 1e-3] }), table = run.table();
  assertEquals(table.map((row) => [row.start, row["α"], row.runs]), [
    ...[["B = 0 (paper)", 1e-2, 2], ["B = 0 (paper)", 1e-3, 2]],
  ]);
  const last = where(where(run.rows, "at", 20), "alpha", 1e-3);
  const logs = summary(last.map(({ loss }) => Math.log10(loss)));
  assertAlmostEquals(table[1]["log10 loss"] as number, logs.mean, 1e-12);
  assertAlmostEquals(table[1]["± sd"] as number, logs.sd, 1e-12);
  assertAlmostEquals(
    table[1]["half-time"] as number,
    summary(last.map(({ half }) => half!)).mean,
    1e-12,
  );
  assertAlmostEquals(table[1]["x₂"] as number, summary(last.map(({ x2 }) => x2!)).mean, 1e-12);
  assertAlmostEquals(
    table[1]["predicted log10 loss"] as number,
    summary(last.map(({ predicted }) => Math.log10(predicted!))).mean,
    1e-12,
  );
  assertEquals([table[1]["flow time t"], table[1].status], [20, "done"]);
});

Deno.test("the figures: a panel for each quantity, own columns, parts, and a start at a time where there are many", async () => {
  const run = await courses({ ...small, observe: ({ t }) => ({ twice: 2 * t }) });
  assertEquals(titles(run.figure()), [
    ...["loss", "simulated / predicted loss", "alignment", "adapter 2", "adapter 1", "adapter 2"],
    "own column",
  ]);
  assertEquals(where(run.rows, "at", 20)[0].twice, 40);
  assertStringIncludes(svg(run.figure()), "twice");
  assertEquals(titles(run.figure("parts")), ["B = 0 (paper)"]);
  assertStringIncludes(run.figure("parts").caption!, "of second order in the noise");
  assertEquals(
    Object.keys(run.figure().rows).slice(0, 4),
    [
      ...["a, theory", "a, simulation", "a, simulation, every time", "a, spread"].filter((x) =>
        !/every/.test(x)
      ),
      ...["b, simulation", "b, simulation, every time"],
    ].slice(0, 4),
  );

  const many = await courses({
    ...{ ...small, copies: 1, points: 2 },
    ...{ starts: ["zeroB", "zeroA", "gauss"], alpha: [0.1, 0.01, 0.001] },
  });
  assertEquals(titles(many.figure())[6], "A = 0, loss");
  assertEquals(many.figure().legend!.map(({ label }) => label), [
    "/{α} = 0.1",
    "/{α} = 10⁻²",
    "/{α} = 10⁻³",
  ]);
  assertEquals(titles(many.figure("parts")).length, 9);
  assert(svg(many.figure()).length > 1000 && svg(many.figure("parts")).length > 1000);
});

Deno.test("the caption follows what was run", async () => {
  const caption = async (changes: object) =>
    (await courses({ ...small, points: 2, ...changes })).figure().caption!;
  assertStringIncludes(
    await caption({}),
    "Problem Q, δ_w = 0.5, r = 3, α = 10⁻³, gradient flow. Symbols: mean over 2 starts",
  );
  assertStringIncludes(
    await caption({ copies: 1 }),
    "One start each. Lines: noise equations from the same starts.",
  );
  assertStringIncludes(await caption({ eta: 0.05 }), "gradient descent with step 0.05. ");
  assertStringIncludes(await caption({ eta: 0.05 }), "from the same starts, for the flow.");
  assertStringIncludes(await caption({ decay: 0.25 }), "as the weights decay at rate 0.25;");
  assertStringIncludes(await caption({ rates: { b2: 0, a2: 0 } }), "as an adapter is frozen;");
  assertStringIncludes(
    await caption({ rates: { b2: 2 } }),
    "as the rates of B₂ and A₂ differ, 2 and 1;",
  );
  assertStringIncludes(
    await caption({ problem: problemQ({ delta: 2 }) }),
    "as delta_w must be < 1, else exchange the layers",
  );
  // A start that holds nothing along the target has no law, the others do.
  const zero = {
    name: "nothing",
    random: false,
    factors: ({ weight, rank }: { weight: { rows: number; columns: number }; rank: number }) => ({
      b: { rows: weight.rows, columns: rank, data: new Float64Array(weight.rows * rank) },
      a: { rows: rank, columns: weight.columns, data: new Float64Array(rank * weight.columns) },
    }),
  };
  const mixed = await caption({ starts: ["zeroB", zero] });
  assertStringIncludes(
    mixed,
    "Lines: noise equations from the same starts. No line of nothing, as adapter 1 must hold a part along the target",
  );
});

Deno.test("random starts have a seed each; under another text fresh ones", async () => {
  const seeds = async (seed: string) => (await courses({ ...small, points: 2, seed })).record.seeds;
  assertEquals(await seeds("reference"), ["840", "841"]);
  assertEquals(await seeds("from 77"), ["77", "78"]);
  const fresh = await seeds("7");
  assertEquals([fresh.length, fresh[0] !== "840", await seeds("7")], [2, true, fresh]);
  assert(fresh[0] !== (await seeds("8"))[0]);
});

Deno.test("equal runs are computed once, whatever they are called", async () => {
  const one = await courses(small),
    same = await courses({ ...small, eta: 0, rates: {}, decay: 0, rule: "gd" });
  assertEquals(same.rows === one.rows, true);
});
