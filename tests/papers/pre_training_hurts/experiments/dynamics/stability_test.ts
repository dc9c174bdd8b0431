import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { summary, where } from "lora-dynamics/experiment/mod.ts";
import {
  growthOfCopies,
  optimumStability,
  searchRates,
  spectralControl,
  squaredLabelRates,
  unitWeights,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import golden from "../../../../golden/pre-training-hurts.json" with { type: "json" };

type Place = { series: string; x: number; y: number };
const tablesOf = (figure: { rows: unknown }) => figure.rows as Record<string, Place[]>;

Deno.test("growthOfCopies() is the slope of ln h² without the first quarter", () => {
  const rows = [0, 1].flatMap((copy) =>
    [0, 10, 20, 30, 40].map((at) => ({
      ...{ copy, at, square: 1e-6 * Math.exp(-0.03 * (copy + 1) * at) * (at === 0 ? 50 : 1) },
    }))
  );
  const [first, second] = growthOfCopies(rows as never);
  assertAlmostEquals(first, -0.03, 1e-14);
  assertAlmostEquals(second, -0.06, 1e-14);
});

Deno.test("growthOfCopies() looks at small deviations only: a copy that has left does not stand still", () => {
  // h² grows by e^{0.2} a step from 1e-12 and stays at 1 from step 138 on.
  const rows = [0, 40, 80, 120, 160, 200].map((at) => (
    { copy: 0, at, square: Math.min(1, 1e-12 * Math.exp(0.2 * at)) }
  ));
  assertAlmostEquals(growthOfCopies(rows as never)[0], 0.2, 1e-12);
  assertEquals(growthOfCopies([rows[0], ...rows.slice(4)] as never), []);
});

Deno.test("the linear target at b = d/8: its growth is the mean-square law, which d does not change", async () => {
  const own = { student: "x", d: 800, batch: 100, step: 0.3, sizes: [1, 8], copies: 8, steps: 80 };
  const mu = [0.1, 0.5], { rows } = await optimumStability({ ...own, mu });
  for (const each of mu) {
    const u2 = (1 - each) ** 2, law = Math.log(1 - 0.6 * u2 + 0.09 * u2 * u2 * (1 + 8));
    const { mean, se } = summary(growthOfCopies(where(where(rows, "d", 6400), "mu", each)));
    assert(Math.abs(mean - law) < 4 * se + 0.004, `${each}: ${mean} ${law} ${se}`);
  }
});

Deno.test("stability is drawn for plain SGD at a constant step only, at the critical strength of its parameters", async () => {
  const sizes = { d: 40, batch: 20, mu: [0.3, 0.6], sizes: [1], steps: 8, copies: 2 };
  const figure = async (rest: object) => (await optimumStability({ ...sizes, ...rest })).figure();
  const usual = await figure({});
  assertStringIncludes(usual.caption!, "critical strength μ = 0.432");
  assertEquals(
    tablesOf(usual)["b, guide"].filter(({ series }) => series === "critical strength").length,
    2,
  );
  assertStringIncludes((await figure({ student: "erf" })).caption!, "stable at every strength");
  for (const rest of [{ rule: "momentum" }, { step: "0.1/(1 + t)" }]) {
    const other = await figure(rest);
    assertStringIncludes(other.caption!, "No theory is drawn");
    assert(tablesOf(other)["b, theory"] === undefined);
  }
});

Deno.test("the lines of the control are flow times over η, and they end where runs are given up", async () => {
  const run = await spectralControl({
    preset: "quick",
    mu: [0.5, 0.9],
    starts: ["spectral"],
    copies: 2,
  });
  const line = tablesOf(run.figure()).theory;
  assertAlmostEquals(0.2 * line[0].y, 15.9652, 1e-3); // ∫ ds/A from 0.5
  assertAlmostEquals(0.2 * line.at(-1)!.y, 6.9645, 1e-3);
  const short = await spectralControl({ preset: "quick", mu: [0.5, 0.9], maxSteps: 50, copies: 2 });
  assertStringIncludes(short.figure().caption!, "runs did not arrive");
  assert(tablesOf(short.figure()).theory.every(({ y }) => y <= 50));
});

Deno.test("search times beside the ray are the reference's at its angles", async () => {
  const sizes = { batch: 100, copies: 2, steps: 2 } as const;
  for (const { student, degrees, c, B, tau } of golden.angles) {
    if (degrees === 0) continue; // nothing to search
    const pairs = [{ student }], w0 = unitWeights([degrees]);
    const { rows: [row] } = await searchRates({ ...sizes, pairs, w0 });
    assertAlmostEquals(row.A, c, 1e-12, `${student} ${degrees}`);
    assertAlmostEquals(row.B, B, 1e-12);
    assertAlmostEquals(0.2 / Math.expm1(row.predicted), tau as number, 1e-9 * (tau as number));
    assertAlmostEquals(row.x, degrees, 1e-12);
  }
});

Deno.test("search on the squares of x is A = −μ, B = −1, and He3 on labels 0 has no trap", async () => {
  const { rows } = await squaredLabelRates({ w0: [0.2, 0.5], batch: 100, copies: 2, steps: 2 });
  where(rows, "pair", "linear on x²").forEach(({ A, B, x }) => {
    assertAlmostEquals(A, x, 1e-13); // its size: the sign is that of the direction
    assertAlmostEquals(B, -1, 1e-13);
  });
  // A = −μ G₃'(μ²)/18 with G₃' = 45r² − 36r + 9.
  where(rows, "pair", "He3 on labels 0").forEach(({ A, x }) =>
    assertAlmostEquals(A, x * (45 * x ** 4 - 36 * x * x + 9) / 18, 1e-13)
  );
});
