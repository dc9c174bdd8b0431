/** What a reader changes in a cell, as a reader writes it. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { slope, summary, where } from "lora-dynamics/experiment/mod.ts";
import * as hurts from "lora-dynamics/papers/pre_training_hurts/mod.ts";

/** Difference of the mean |m| at the last step between two samplers, in standard errors. */
function distance(rows: readonly hurts.DynamicsRow[], other = rows): number {
  const ends = (of: readonly hurts.DynamicsRow[], sampler: hurts.DynamicsRow["sampler"]) =>
    summary(where(where(of, "sampler", sampler), "at", 60).map(({ m }) => m));
  const chain = ends(rows, "exact chain"), direct = ends(other, "SGD on whole inputs");
  return Math.abs(chain.mean - direct.mean) / Math.hypot(chain.se, direct.se);
}

Deno.test("another activation in one line: the exact chain has the law of SGD on whole inputs", async () => {
  const sizes = { d: 20, batch: 10, step: 0.5, steps: 60, copies: 150, direct: 150, points: 2 };
  const df = (z: number) => (1 + z * z) ** -1.5; // a reader's own, with its slope
  for (
    const student of ["tanh(z)", "log(1 + exp(z))", { f: (z: number) => z / Math.hypot(1, z), df }]
  ) {
    const weak = await hurts.dynamics({ ...sizes, student, mu: [0.2] });
    assertLess(distance(weak.rows), 4, JSON.stringify(student));
    // The control: another strength is another law, and the same comparison says so.
    const strong = await hurts.dynamics({ ...sizes, student, mu: [0.9] });
    assert(distance(weak.rows, strong.rows) > 4, JSON.stringify(student));
  }
});

Deno.test("another dimension, batch and step: a linear target grows at the rate of its 2 by 2 matrix", async () => {
  const mu = 0.4, step = 0.05, d = 1e9;
  const { rows } = await hurts.dynamics({
    mu: [mu],
    step,
    d,
    batch: d,
    steps: 1500,
    copies: 4,
    points: 60,
  });
  const rate = (Math.sqrt(1 + 4 * (1 - mu) ** 2) - 1) / 2; // of u' = −u + (1 − μ)m, m' = (1 − μ)u
  for (const copy of [0, 1, 2, 3]) {
    const search = where(rows, "copy", copy).filter(({ at, m }) => at > 200 && m < 0.02);
    const found = slope(search.map(({ at }) => at), search.map(({ m }) => Math.log(m)));
    // The flow's rate is that of small steps: log(1 + ηλ) a step, and noise of order (b/d)^½/√d.
    assertAlmostEquals(found, Math.log1p(step * rate), 0.01 * step * rate);
  }
});

Deno.test("caption and legend say what was run", async () => {
  const run = await hurts.dynamics({
    student: "tanh(z)",
    d: 77,
    batch: 9,
    step: 0.3,
    steps: 20,
    copies: 1,
    direct: 2,
    points: 4,
  });
  const { caption, legend, rows } = run.figure();
  for (const words of ["tanh(z) target", "d = 77", "b = 9", "η = 0.3", "1 copy", "2 runs of SGD"]) {
    assertStringIncludes(caption!, words);
  }
  assertEquals(legend!.at(-1)!.label, "whole inputs");
  assertEquals(Object.keys(rows), ["simulation", "control", "flow"]);
});

Deno.test("the axes hold stronger pre-training and larger targets, the caption says what divides the step", async () => {
  const sizes = { d: 20, batch: 20, steps: 5, copies: 1, points: 3 };
  const run = await hurts.dynamics({ ...sizes, student: "9 z", mu: [0.5, 2] });
  const [loss, , s] = [run.figure().panels].flat();
  const starts = where(run.rows, "at", 0);
  assert(starts.every((row) => row.loss < (loss.y!.domain as number[])[1] && row.s < 2.1));
  assertEquals(s.y!.domain, [-0.05, 2.1]);
  assertStringIncludes(run.figure().caption!, "η = 0.2/81:");
  const cubic = await hurts.dynamics({ ...sizes, student: "He3", mu: [0.5] });
  assertStringIncludes(cubic.figure().caption!, "η = 0.2/18:");
});

Deno.test("another seed is another run, and the record says so", async () => {
  const sizes = { mu: [0.5], d: 50, batch: 10, steps: 10, copies: 1, points: 2 };
  const [a, b] = [await hurts.dynamics(sizes), await hurts.dynamics({ ...sizes, seed: "11" })];
  assert(a.rows[2].m !== b.rows[2].m);
  assertEquals(b.record.seeds, ["11"]);
});

Deno.test("mistakes are errors that name key, wanted and found", async () => {
  const cases: [object, string][] = [
    [{ momentum: 0.9 }, "momentum must be one of its parameters: student = "],
    [{ mue: [0.5] }, "(is mu meant?)"],
    [{ mu: [] }, "mu must be a list of 1 or more, each a finite number > 0: current value is []"],
    [{ mu: [0.5, NaN] }, "mu[1] must be a finite number > 0: current value is NaN"],
    [{ d: 10.5 }, "d must be a whole number >= 2: current value is 10.5"],
    [{ batch: 0 }, "batch must be a whole number >= 1: current value is 0"],
    [{ step: "0.2" }, 'step must be a finite number > 0: current value is "0.2"'],
    [{ seed: 7 }, "seed must be text"],
    [{ student: "nosuch" }, "student must be an activation"],
    [{ student: "tanh(x)" }, 'current value is "tanh(x)"'],
    [{ student: "exp(z^2)" }, 'current value is "exp(z^2)"'],
    [{ student: "1/z" }, 'current value is "1/z"'],
  ];
  for (const [given, words] of cases) {
    const error = await assertRejects(() => hurts.dynamics(given as never), Error);
    assertStringIncludes(error.message, words);
    assertStringIncludes(error.message, 'Cannot run "dynamics" as ');
  }
});
