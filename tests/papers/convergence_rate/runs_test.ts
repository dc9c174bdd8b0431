/** Runs of the paper's tasks against plain loops that share nothing with them but the draws. */
import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import {
  add,
  frobeniusNorm,
  multiply,
  multiplyNT,
  multiplyTN,
  svd,
} from "lora-dynamics/linalg/mod.ts";
import * as cr from "lora-dynamics/papers/convergence_rate/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

const near = (found: number, wanted: number, rel = 1e-9) =>
  assertAlmostEquals(found, wanted, rel * Math.abs(wanted) + 1e-300);

Deno.test("boundRuns() counts shortfalls and ratios as the plain model does, also where a loss claims a wrong L", async () => {
  // Families that understate their L: by 12, steps are too long and fall short, some without a rise; by 9 some miss
  // a quarter of the first-order decrease and none a fifth.
  for (const factor of [12, 9]) {
    const family: cr.LossFamily = {
      name: "understated",
      make: (shape, rng) => ({
        ...cr.quadratic(cr.normals(shape, rng, 1)),
        smoothness: 1 / factor,
      }),
    };
    const steps = 15, { rows } = await cr.boundRuns({ losses: [family], copies: 6, steps });
    let short = 0, rises = 0;
    for (const row of rows) {
      const rng = stream("7", "bounds", "understated", row.copy);
      const shape = [1 + rng.integer(6), 1 + rng.integer(6)] as const,
        target = cr.normals(shape, rng, 1);
      const L = 1, loss = cr.rescaled(cr.quadratic(target), { factor }); // scaled to what it claims
      const r = 1 + rng.integer(Math.min(4, ...shape));
      const a = cr.uniforms([r, shape[1]], rng, 1 / Math.sqrt(shape[1]));
      let at: cr.Adapters = { a, b: cr.normals([shape[0], r], rng, row.copy % 2) };
      const v20 = cr.stackSize(at), gap = cr.objective(loss, at).value;
      let time = 0, shortfalls = 0, least = Infinity, full = 0, growth = 0;
      for (let t = 0; t < steps; t++) {
        const { value, full: g, gradient } = cr.objective(loss, at), v2 = cr.stackSize(at);
        const square = frobeniusNorm(gradient.b) ** 2 + frobeniusNorm(gradient.a) ** 2;
        const eta = Math.min(1, 1 / (4 * Math.SQRT2 * L * (v2 + frobeniusNorm(g))));
        least = Math.min(least, square);
        full = Math.max(full, value > 1e-9 ? frobeniusNorm(g) ** 2 / (2 * L * value) : 0);
        at = cr.loraStep(loss, at, eta);
        time += eta;
        const after = cr.objective(loss, at).value;
        if (after > value - eta * square / 4 + 1e-12 * (value + gap)) shortfalls++;
        if (after > value * (1 + 1e-9)) rises++;
        growth = Math.max(growth, cr.stackSize(at) / (2 * v20 + 8 * gap * time));
      }
      near(row.gap, gap);
      near(row.v2, v20);
      near(row.time, time);
      near(row.minGradient2, least, 1e-6);
      near(row.growthRatio, growth);
      near(row.fullRatio, full, 1e-6);
      assertEquals(row.shortfalls, shortfalls);
      short += shortfalls;
    }
    assertGreater(short, rises);
  }
});

Deno.test("the worst case has Δ → 1 at any L, and its ratio by hand", async () => {
  const { rows: [row] } = await cr.worstCases({ steps: [1e6], smoothness: 4 });
  assertAlmostEquals(row.gap, 1, 0.02); // T^{−1/3}
  near(cr.worstCaseRatio({ minGradient2: 3, steps: 50, gap: 4, smoothness: 2 }), 3 * 5 / 8);
});

Deno.test("a start with B₀ ≠ 0 leaves the digits' model as it was", async () => {
  const { rows } = await cr.digitsStarts({
    ...{ starts: ["lora", "large"], rules: [0.1], epochs: 1, copies: 2, preset: "quick" },
  });
  for (const copy of [0, 1]) {
    const [lora, large] = ["lora", "large"].map((start) =>
      rows.find((row) => row.start === start && row.copy === copy && row.step === 1)!
    );
    near(large.loss, lora.loss, 1e-12);
    assertGreater(large.v2, 50 * lora.v2);
  }
});

Deno.test("a long run counts the steps in which the loss rises or V shrinks", async () => {
  // A constant step beyond 2/λ_max makes both happen.
  const { rows } = await cr.digitsLong({ rules: [0.9], once: [], steps: 120, copies: 1 });
  const dense = rows.filter(({ t }) => t <= 12); // every step is reported at first
  let rises = 0, falls = 0;
  dense.forEach((row, i) => {
    if (i > 0 && row.loss > dense[i - 1].loss) rises++;
    if (i > 0 && row.v2 < dense[i - 1].v2) falls++;
    assertEquals([row.rises, row.falls], [rises, falls]);
  });
  const last = rows.at(-1)!;
  assertGreater(last.rises, 0);
});

Deno.test("the adversary's first ratio is that of one plain step on the quadratic that is worst for it", async () => {
  const { rows } = await cr.kappaSharpness({ kappas: [0.9], starts: 12, tries: 0 });
  for (const { start, m, n, r, first, worst } of rows) {
    const rng = stream("7", "adversary", start);
    [m, n, r].forEach((size, i) =>
      assertEquals(1 + rng.integer(i < 2 ? 3 : Math.min(3, m, n)), size)
    );
    const scale = Math.exp(2 * rng.normal()), g = cr.normals([m, n], rng, scale);
    const at = { b: cr.normals([m, r], rng, 1), a: cr.normals([r, n], rng, 1) };
    // ½‖X − M‖² has the gradient G at BA for M = BA − G, and curvature 1 in every direction.
    const loss = cr.quadratic(add(multiply(at.b, at.a), g, -1));
    const run = new cr.Descent(loss, at);
    run.measure();
    const eta = 0.9 / (run.v2 + run.gamma), after = cr.objective(loss, cr.loraStep(loss, at, eta));
    near((after.value - run.loss) / (eta * run.gradient2), first, 1e-8);
    assertEquals(worst, first);
  }
});

Deno.test("noisyDescent() averages the gradient without noise over its bins, as a plain loop does", async () => {
  const { rows } = await cr.noisyDescent({
    powers: [0.4],
    steps: 1000,
    copies: 2,
    scale: 0.3,
    noise: 0.05,
  });
  const target = cr.lowRank([6, 5], [2, 1]),
    loss = cr.quadratic(target),
    draws = stream("7/1", "noise");
  let at: cr.Adapters = cr.sineStart(loss, 2, 0.3);
  const squares: number[] = [], etas: number[] = [];
  for (let t = 0; t <= 1000; t++) {
    const { full, gradient } = cr.objective(loss, at);
    squares.push(frobeniusNorm(gradient.b) ** 2 + frobeniusNorm(gradient.a) ** 2);
    if (t < 1000) full.data.forEach((_, i) => full.data[i] += 0.05 * draws.normal());
    const gamma = svd(full).values[0];
    const eta = 0.8161123671775559 / (cr.stackSize(at) + gamma) * (1 + t / 100) ** -0.4;
    etas.push(eta);
    const noisy = { b: multiplyNT(full, at.a), a: multiplyTN(at.b, full) };
    at = { b: add(at.b, noisy.b, -eta), a: add(at.a, noisy.a, -eta) };
  }
  const own = rows.filter(({ copy }) => copy === 0),
    mean = (x: number[]) => x.reduce((a, b) => a + b) / x.length;
  let from = 10;
  for (const row of own) {
    const to = Math.round(row.t ** 2 / from); // t is the geometric middle of the bin
    near(row.gradient2, mean(squares.slice(from, to)), 1e-6);
    near(row.eta, mean(etas.slice(from, to)), 1e-6);
    from = to;
  }
  assertEquals(from, 1000);
});
