/** Two adapters and one target: runs beside the roots, the map, adapter 2 slowed down, three causes. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { where } from "lora-dynamics/experiment/mod.ts";
import { svg } from "lora-dynamics/figure/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };

const close = (x: number, y: number, rel: number) => assertLess(Math.abs(x / y - 1), rel);

Deno.test("competition: the golden runs, roots and exponents", async () => {
  const problems = [0.25, 0.9].map((s1) => mf.canonical({ d: 12, s1 }));
  const { rows, figure } = await mf.competition({ problems, alpha: [1e-3, 1e-4], copies: 10 });
  const means = mf.competitionMeans(rows);
  for (const mean of means) {
    const wanted = golden.competition.rows.find(({ s1, alpha }) =>
      s1 === mean.ratio && alpha === mean.alpha
    )!;
    close(mean.x2, wanted.x2_geomean_sim, 1e-8);
    close(mean.root, wanted.x2_geomean_theory, 1e-10);
    close(mean.off, wanted.max_abs_log_ratio, 1e-3);
  }
  assertAlmostEquals(means[0].exponent!, Math.log10(means[0].x2 / means[1].x2), 1e-12);
  assertEquals([means[1].exponent, means[0].starts], [null, 10]);
  assertStringIncludes(figure().caption!, "start: all random (ours), r = 3, ρ = 1");
  assert((await svg(figure())).length > 1000);
});

Deno.test("competition with a faster adapter 2: rates of the runs and the root follow", async () => {
  const problems = [mf.canonical({ d: 5, s1: 0.5 })];
  const { rows, figure } = await mf.competition({
    ...{ problems, start: "zeroB", rho: 1.5, alpha: [1e-5], copies: 2, seed: "another" },
  });
  for (const { x2, root2, x1, root1, rho } of rows) {
    close(x2!, root2, 1e-6);
    close(x1, root1, 1e-6);
    assertEquals(rho, 1.5);
  }
  assertStringIncludes(figure().caption!, "start: B = 0 (paper), r = 3, ρ = 1.5");
  await assertRejects(() => mf.competition({ problems: [...problems, ...problems] }), RangeError);
  const tilted = [mf.canonical({ d: 5, s1: 0.5, degrees: 5 })];
  await assertRejects(() => mf.competition({ problems: tilted }), RangeError, "Assumption 2.2");
});

Deno.test("map: the golden matrix runs, and T10 at every place", async () => {
  const { rows, figure, table } = await mf.competitionMap({
    ...{ ratios: [0.5, 0.7], rates: [0.5, 1.2, 2], runRatios: [0.5, 0.7], runRates: [1.2, 2] },
  });
  const runs = where(rows, "kind", "run");
  for (const { s1, rho, x_sim: [x1, x2], x2_theory } of golden.competition.matrices) {
    const run = runs.find((row) => row.deltaW === s1 && row.rho === rho);
    if (!run) continue;
    close(run.x1, x1, 1e-7);
    close(run.x2, x2, 1e-7);
    close(run.root2, x2_theory, 1e-9);
    // W₁ = s₁ along the target, which is 1: the parts of both add up.
    assertAlmostEquals(run.share, (s1 + 0.5 * x1) * x2, 1e-7);
    assertAlmostEquals(run.share + (1 + 0.5 * x2) * x1, 1, 1e-6);
    const root = rows.find((row) => row.kind === "root" && row.deltaW === s1 && row.rho === rho)!;
    close(root.x2, run.root2, 1e-9);
  }
  assertEquals([rows.length, table().length], [6 + 4, 4]);
  assertStringIncludes(figure().caption!, "α = 10⁻⁵, r = 3, 1 start");
  assert((await svg(figure())).length > 1000);
  await assertRejects(
    () => mf.competitionMap({ ratios: [0.5, 0.5] }),
    RangeError,
    "different numbers",
  );
});

Deno.test("adapter 2 slowed down: less is left, and nothing when it is frozen", async () => {
  const { rows, figure } = await mf.slowedAdapter({
    ...{ rates: [0, 0.5, 1], alpha: [1e-3, 1e-4], copies: 3 },
  });
  const means = mf.slowedMeans(rows), at = (rho: number) => where(means, "rho", rho);
  const wanted = golden.finalErrors.rows.find(({ delta_w, scheme, alpha }) =>
    delta_w === 0.6 && scheme === "zeroB" && alpha === 1e-4
  )!;
  close(at(1)[1].rest, wanted.Lpp_geomean, 1e-8);
  close(at(1)[1].off!, wanted.noise_eq_max_abs_dlogL, 1e-4);
  assertEquals(at(0).map(({ rest, theory, off, exponent }) => [rest, theory, off, exponent]), [
    [0, null, null, null],
    [0, null, null, null],
  ]);
  // With ρ = ½ at δ_w = 0.6 the exponent is that of δ_w = 0.3.
  assertAlmostEquals(at(0.5)[0].exponent!, 4 * (2 - 0.3), 0.02);
  close(at(0)[0].half, at(1)[0].half, 2e-3);
  assertStringIncludes(figure().caption!, "Frozen (ρ = 0), it leaves exactly 0");
  assert((await svg(figure())).length > 1000);
  const { figure: other } = await mf.slowedAdapter({
    ...{ rates: [0.5, 1], alpha: [1e-3], copies: 1, start: "zeroA" },
  });
  assert(!other().caption!.includes("Frozen"));
  await assertRejects(() => mf.slowedAdapter({ rates: [1, 1] }), RangeError, "different numbers");
});

Deno.test("three causes: each run is beside its own theory", async () => {
  const { rows, figure } = await mf.causes({
    ...{ mixing: mf.canonical({ d: 8, s1: 0.5 }), excess: mf.factorization({ m: 8 }) },
    ...{ outside: mf.tiltedProblem({ m: 8, degrees: 30 }), alpha: [1e-3], copies: 2, points: 9 },
  });
  const at = (cause: string, t: number) =>
    rows.filter((row) => row.cause === cause && Math.abs(row.at - t) < 1e-9);
  assertEquals(rows.length, 3 * 2 * 10); // compareAt is a time of its own
  for (const { loss, theory } of [...at("mixing", 200), ...at("mixing", 40)]) {
    close(loss, theory!, 0.02);
  }
  for (const { loss, theory } of at("excess rank", 200)) close(loss, theory!, 0.02);
  for (const { loss, theory } of at("outside", 40)) close(loss, theory!, 0.02);
  assert(
    rows.some(({ cause, at, theory }) => cause === "excess rank" && at < 10 && theory === null),
  );
  assertStringIncludes(figure().caption!, "plateau ∝ α⁶");
  assertEquals([figure().panels].flat().length, 4);
  assert((await svg(figure())).length > 1000);
  await assertRejects(() => mf.causes({ compareAt: 300 }), RangeError, "compareAt");
  await assertRejects(
    () => mf.causes({ alpha: [1e-3], excess: mf.tiltedProblem() }),
    RangeError,
    "T9",
  );
});
