/** What a reader changes in the experiments on the search, as a reader writes it. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { distinct, summary, where } from "lora-dynamics/experiment/mod.ts";
import { svg } from "lora-dynamics/figure/mod.ts";
import * as hurts from "lora-dynamics/papers/pre_training_hurts/mod.ts";

const quick = { preset: "quick" } as const;

Deno.test("searchTimes takes expressions, functions, squared teachers and any strength", async () => {
  const softplus = (z: number) => Math.log1p(Math.exp(z));
  const { rows, figure } = await hurts.searchTimes({
    ...{ ...quick, points: 5, mu: [1.2, 1.6] },
    activations: ["tanh(z)", softplus, { student: "x", teacher: "x^2" }],
  });
  assertEquals(distinct(rows, "target"), ["tanh(z)", "softplus", "linear on x²"]);
  const squared = where(rows, "target", "linear on x²");
  // A = −μ, B = −1.
  squared.forEach(({ mu, tau }) =>
    assertAlmostEquals(tau!, 2 / (Math.sqrt(1 + 4 * mu * mu) - 1), 1e-9)
  );
  assertStringIncludes(figure().caption!, "A has no zero for 1.2 < μ < 1.6");
});

Deno.test("searchTimes marks critical strengths that no grid would hit, and its caption names them", async () => {
  const { rows, figure } = await hurts.searchTimes({
    ...quick,
    points: 7,
    activations: ["He10", "He6"],
  });
  const traps = where(rows, "tau", null);
  assertEquals(traps.map(({ target, mu }) => [target, mu.toFixed(4)]), [
    ["He_{10}", "0.3968"],
    ["He_{10}", "0.5732"],
  ]);
  assertStringIncludes(figure().caption!, "He10 0.3968 and 0.5732");
  const times = where(rows, "target", "He_{6}").map(({ tau }) => tau!);
  const most = times.indexOf(Math.max(...times.slice(0, 5)));
  assert(
    most > 0 && times[most] > times[0] && times[most] > times[5],
    "He6 has an interior maximum",
  );
});

Deno.test("the unit of slopes makes a factor of the activation disappear, the paper's does not", async () => {
  const times = async (unit: "paper" | "slope") => {
    const activations = ["erf", "3 erf(z)"];
    const { rows } = await hurts.searchTimes({
      ...quick,
      activations,
      unit,
      mu: [0.3, 0.6],
      points: 2,
    });
    return rows[0].tau! / rows[2].tau!;
  };
  assertAlmostEquals(await times("slope"), 1, 1e-9);
  assertAlmostEquals(await times("paper"), 9, 1e-8);
});

Deno.test("trapCourses shows the wrong basin in s, not in m, and puts no run where it says so", async () => {
  const { rows, figure } = await hurts.trapCourses({
    ...{ ...quick, mu: [0.2, 0.4], d: [1000, 1e6], copies: 1, points: 24 },
  });
  const end = (mu: number) =>
    where(where(where(rows, "mu", mu), "d", 1e6), "sampler", "flow").at(-1)!;
  assertGreater(end(0.2).m, 0.99);
  assertLess(Math.abs(end(0.2).s), 1e-2);
  assertAlmostEquals(end(0.4).s, 1, 1e-2);
  assertEquals(distinct(where(rows, "sampler", "exact chain"), "d"), [1000]);
  assertStringIncludes(figure().caption!, "exact chain (μ = 0.2, d = 1000 and μ = 0.4, d = 1000)");
});

Deno.test("exitTimes: dimension, step and start reach marks, lines and caption", async () => {
  const change = {
    d: 400,
    batch: 300,
    step: 0.1,
    radius: 0.3,
    copies: 12,
    most: 1e8,
    curve: 3,
  } as const;
  const { rows, figure } = await hurts.exitTimes({
    ...quick,
    ...change,
    activations: ["tanh(z)"],
    mu: [0.3, 0.5],
  });
  for (const mu of [0.3, 0.5]) {
    const own = where(rows, "mu", mu);
    const { mean, se } = summary(own.map(({ exit, corrected }) => exit! - corrected!));
    assertLess(Math.abs(mean), 5 * se, `mu = ${mu}`);
  }
  const { caption, rows: tables } = figure();
  for (const words of ["d = 400", "b = 300", "η = 0.1", "|m| = 0.3"]) {
    assertStringIncludes(caption!, words);
  }
  const [line] = where(
    (tables as Record<string, { x: number; y: number }[]>)["a, theory"],
    "x",
    0.3,
  );
  const flow = new hurts.LoraFlow({
    student: "tanh(z)",
    frozen: [0.3],
    u0: 400 ** -2,
    a0: [0.5298 / 20],
  });
  assertAlmostEquals(line.y / (flow.exitTime(0.3) / 0.1), 1, 0.02);
});

Deno.test("exitTimes leaves out what it has no theory for, and says why", async () => {
  const adaptive = await hurts.exitTimes({
    ...{
      ...quick,
      activations: ["x"],
      mu: [0.5],
      copies: 2,
      step: (t: number) => 0.2 / (1 + t / 1e4),
    },
  });
  assert(adaptive.rows.every(({ code, corrected }) => code === null && corrected === null));
  assertStringIncludes(adaptive.figure().caption!, "η = a schedule");
  const pushed = await hurts.exitTimes({
    ...quick,
    activations: ["x"],
    mu: [0.5],
    copies: 4,
    rule: "momentum",
  });
  const usual = await hurts.exitTimes({ ...quick, activations: ["x"], mu: [0.5], copies: 4 });
  const mean = (rows: readonly hurts.ExitRow[]) => summary(rows.map(({ exit }) => exit!)).mean;
  assertLess(mean(pushed.rows), 0.5 * mean(usual.rows));
});

Deno.test("publishedTimes judges a reader's own run time; a slower one moves to the other side", async () => {
  const one = async (steps: number, change = {}) => {
    const published = [{ student: "x", mu: 0.5, steps }];
    const { rows } = await hurts.publishedTimes({ ...quick, published, starts: 32, ...change });
    return hurts.publishedSummary(rows)[0];
  };
  const [fast, slow] = [await one(66.5), await one(120)];
  assert(fast.z < -0.7 && slow.z > 0.7);
  assertAlmostEquals((await one(66.5, { step: 0.1 })).mean / fast.mean, 2, 0.15);
});

Deno.test("even starts have the law of a uniform direction from the first few on", () => {
  const d = 300, starts = hurts.evenStarts(200, d, "7");
  for (const count of [12, 200]) {
    const own = starts.slice(0, count).map((m) => m * Math.sqrt(d)).toSorted((a, b) => a - b);
    // E|ξ| = √(2/π); stratified draws know it much better than 1/√n.
    assertAlmostEquals(
      own.reduce((sum, x) => sum + x, 0) / count,
      Math.sqrt(2 / Math.PI),
      2 / count + 0.01,
    );
    assertAlmostEquals(own[Math.round(0.8 * count)], 1.28, 0.2);
  }
  assert(hurts.evenStarts(3, d, "8")[0] !== starts[0]);
});

Deno.test("searchMap takes an expression, a family of functions, or one activation", async () => {
  const small = {
    ...quick,
    columns: 3,
    rows: 2,
    runs: [2, 1],
    length: 100,
    d: 50,
    batch: 50,
  } as const;
  const maps = [
    await hurts.searchMap({ ...small, activation: "tanh(a z)", a: [0.5, 2] }),
    await hurts.searchMap({
      ...small,
      activation: {
        of: (a) => ({ f: (z) => Math.tanh(a * z), df: (z) => a / Math.cosh(a * z) ** 2 }),
      },
      a: [0.5, 2],
    }),
    await hurts.searchMap({ ...small, activation: "tanh(z)" }),
  ];
  const cells = maps.map(({ rows }) => where(rows, "kind", "cell"));
  cells.forEach((own) => assertEquals(own.length, 6));
  cells[0].forEach(({ tau }, i) => assertAlmostEquals(tau! / cells[1][i].tau!, 1, 1e-6));
  assertEquals(maps.map((map) => (map.figure().panels as { y: { label: string } }).y.label), [
    "/{a} in tanh(/{a} z)",
    "/{a} in /{σ}_{/{a}}",
    "step size /{η}",
  ]);
  maps.forEach((map) => assertStringIncludes(svg(map.figure()), "pre-training strength"));
});

Deno.test("one unit: a factor of the activation changes neither colour nor stability", async () => {
  const map = async (activation: string) =>
    (await hurts.searchMap({ ...quick, activation, columns: 3, rows: 2, runs: [0, 0] })).rows;
  const [a, b] = [await map("tanh(z)"), await map("4 tanh(z)")];
  a.forEach((row, i) => {
    assertAlmostEquals((row.tau ?? 1) / (b[i].tau ?? 1), 1, 1e-8);
    assertAlmostEquals(row.mu, b[i].mu, 1e-8);
  });
});

Deno.test("mistakes in the experiments on the search are errors that name what is wanted", async () => {
  const cases: [(given: never) => Promise<unknown>, object, string][] = [
    [hurts.searchTimes, { activation: ["x"] }, "is activations meant?"],
    [hurts.searchTimes, { mu: [0.9, 0.1] }, "mu must be increasing"],
    [hurts.searchTimes, { activations: [{ student: "x", teachr: "He2" }] }, "teachr"],
    [hurts.searchTimes, { activations: ["nosuch"] }, "nosuch"],
    [hurts.exitTimes, { radius: 1.2 }, "radius must be a finite number > 0 and < 1"],
    [hurts.publishedTimes, { published: [{ student: "x", mu: 1.5, steps: 3 }] }, "0 < mu < 1"],
    [hurts.searchMap, { activation: "b z" }, "activation must be"],
    [hurts.searchMap, { a: [2, 0] }, "a must be increasing"],
    [hurts.hermiteBiases, { degrees: [3] }, "degrees must be even"],
  ];
  for (const [run, given, words] of cases) {
    const error = await assertRejects(() => run(given as never), Error);
    assertStringIncludes(error.message, words);
  }
});
