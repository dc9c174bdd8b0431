/** Final errors: rows beside the golden numbers, means and exponents, what the figure says of itself. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { svg } from "lora-dynamics/figure/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };

const close = (x: number, y: number, rel: number) => assertLess(Math.abs(x / y - 1), rel);
const few = { preset: "quick", problems: [mf.problemQ({ delta: 0.6 })] } as const;

Deno.test("runs, noise equations and limit laws of the golden starts", async () => {
  const { rows, figure } = await mf.finalErrors({ ...few, alpha: [1e-3, 1e-4] });
  const means = mf.finalErrorMeans(rows);
  assertEquals(means.length, 6);
  for (const mean of means) {
    const wanted = golden.finalErrors.rows.find((row) =>
      row.delta_w === 0.6 && row.scheme === mean.start && row.alpha === mean.alpha
    )!;
    close(mean.rest, wanted.Lpp_geomean, 1e-8);
    close(mean.off, wanted.noise_eq_max_abs_dlogL, 1e-4);
    // The reference leaves out what the conserved imbalance keeps of the misalignment.
    const here = rows.filter((row) => row.start === mean.start && row.alpha === mean.alpha);
    const without = here.map((row) => Math.abs(Math.log(row.gap / (row.theoryGap - row.keptGap))));
    const known = wanted.noise_eq_max_abs_dlog_gap;
    assertAlmostEquals(Math.max(...without), known, 0.02 * known);
    if (mean.start === "zeroB") assertLess(mean.gapOff, 0.5 * known);
    if (wanted.leading_law_max_abs_dlogL) {
      close(mean.leadingOff!, wanted.leading_law_max_abs_dlogL, 1e-5);
    }
  }
  // Exponents are means over the starts of those to the next smaller scale.
  const [coarse, fine] = means.filter(({ start }) => start === "zeroA");
  assertAlmostEquals(coarse.exponent!, Math.log10(coarse.rest / fine.rest), 1e-12);
  assertAlmostEquals(coarse.theoryExponent!, Math.log10(coarse.theory / fine.theory), 1e-12);
  assertEquals(fine.exponent, null);
  assertEquals(fine.starts, 3);
  const { caption, panels } = figure();
  assertStringIncludes(caption!, "r = 3, flow time 1.3 log(1/α)/λ + 60");
  assertEquals([panels].flat().length, 6);
  assert((await svg(figure())).length > 1000);
});

Deno.test("other starts, problems and sizes: the panels follow", async () => {
  const own = mf.aligned({ name: "mine", s2: [1, 0.8], s1: [0.4, 0.3], target: [1], m: 3, n: 3 });
  const { figure, rows } = await mf.finalErrors({
    ...{ preset: "quick", problems: [own], starts: ["zeroB", "spectralPaper"], alpha: [1e-3] },
    ...{ r: 2, copies: 1, wait: 30 },
  });
  const titles = [figure().panels].flat().map(({ title }) => title);
  assertEquals(titles, ["B = 0", "spectral", "run / theory", "run / limit law"]);
  assertStringIncludes(figure().caption!, "mine (r = 2, flow time 1.3 log(1/α)/λ + 30)");
  assertEquals(rows[1].rest, 0);
  assertEquals(rows.map(({ problem, leading }) => [problem, leading === null]), [
    ["mine", false],
    ["mine", true],
  ]);
  assertAlmostEquals(rows[0].at, 1.3 * Math.log(1e3) + 30, 1e-9);
  assert((await svg(figure())).length > 1000);
});

Deno.test("a problem outside the assumptions is refused before any run", async () => {
  const of = (problem: mf.Problem) => mf.finalErrors({ preset: "quick", problems: [problem] });
  await assertRejects(() => of(mf.problemQ({ delta: 1.5 })), RangeError, "exchange the layers");
  await assertRejects(() => of(mf.factorization({ m: 4 })), RangeError, "no w1");
  const tilted = mf.canonical({ d: 4, s1: 0.5, degrees: 30 });
  await assertRejects(() => of(tilted), RangeError, "Assumption 2.2");
  const twice = [mf.problemQ({ delta: 0.6 }), mf.problemQ({ delta: 0.6 })];
  await assertRejects(() => mf.finalErrors({ problems: twice }), RangeError, "different names");
  await assertRejects(() => mf.finalErrors({ starts: ["zeroB", "zeroB"] }), RangeError, "starts");
  await assertRejects(() => mf.finalErrors({ alpha: [0] }), RangeError, "alpha");
});

Deno.test("local rates: T13 and fits of the golden start", async () => {
  const { rows, figure } = await mf.localRateFits({ preset: "quick" });
  for (const { delta_w, mu_theory, mu_fit, off } of golden.localRates) {
    const here = rows.filter((row) => Math.abs(row.deltaW - delta_w) < 1e-9);
    assertEquals(here.length, 1 + 8 + 6);
    close(here[0].theory, mu_theory, 1e-6);
    close(here[0].fit, mu_fit, 2e-3);
    for (const { entry: [i, j], theory, fit } of off) {
      const block = j === 2 ? "row" : "column", index = j === 2 ? i : j;
      const row = here.find((row) => row.block === block && row.index === index)!;
      close(row.theory, theory, 1e-6);
      close(row.fit, theory, 3e-3);
      close(row.fit, fit, 4e-3);
    }
  }
  // Without x₂ the rows are s₂ᵢ²x₁, and slower.
  assert(rows.every(({ theory, without }) => without < theory));
  const [{ without }] = rows.filter(({ block, index }) => block === "row" && index === 8);
  close(without / 0.4 ** 2, golden.localRates[0].x1, 1e-6);
  assertStringIncludes(figure().caption!, "α = 10⁻⁴, r = 3, 1 start");
  await assertRejects(
    () => mf.localRateFits({ windows: [1, 2, 3, 4, 5, 6, 7] }),
    RangeError,
    "pairs",
  );
});
