/** The two-input portrait against a plain loop, and its distance against a fine grid. */
import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import * as lo from "lora-dynamics/papers/lora_one/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";

const near = (found: number, wanted: number, rel = 1e-9) =>
  assertAlmostEquals(found, wanted, rel * Math.abs(wanted) + 1e-300);

Deno.test("the portrait's data, starts and steps are a plain loop for another truth and sample size", () => {
  const truth = [-0.7, 1.3] as const, N = 3, x = portable(5).normals(6);
  const data = lo.portraitData(portable(5), N, truth),
    rows = [0, 1, 2].map((i) => [x[2 * i], x[2 * i + 1]]);
  const mean = (f: (row: number[]) => number) => rows.reduce((sum, row) => sum + f(row) / N, 0);
  const s = [mean(([a]) => a * a), mean(([a, b]) => a * b), mean(([, b]) => b * b)];
  s.forEach((value, i) => near(data.covariance[i], value));
  const g = [s[0] * truth[0] + s[1] * truth[1], s[1] * truth[0] + s[2] * truth[1]];
  g.forEach((value, i) => near(data.gradient[i], value));
  const [a1, a2, b0] = lo.portraitSpectral(data), size = Math.hypot(...g);
  near(b0 * b0, size);
  near(a1 * b0, g[0]);
  near(a2 * b0, g[1]);
  assertEquals([...lo.portraitLora(portable(6))], [...portable(6).normals(2), 0]);

  const start = [0.4, -0.2, 0.3] as const, rate = 0.07;
  let [p, q, b] = start as readonly number[], hit = NaN;
  const path = [[p, q, b]];
  for (let t = 0; t <= 900; t++) {
    const e = [p * b - truth[0], q * b - truth[1]];
    const r = [s[0] * e[0] + s[1] * e[1], s[1] * e[0] + s[2] * e[1]];
    if (Number.isNaN(hit) && (e[0] * r[0] + e[1] * r[1]) / 2 < 1e-6) hit = t;
    [p, q, b] = [p - rate * r[0] * b, q - rate * r[1] * b, b - rate * (p * r[0] + q * r[1])];
    path.push([p, q, b]);
  }
  assert(hit > 10, String(hit));
  const run = lo.portraitRun(data, start, { rate, most: 900 });
  assertEquals([run.steps, run.path.length], [hit, 901]);
  [1, 30, 900].forEach((t) => path[t].forEach((value, i) => near(run.path[t][i], value, 1e-8)));
  const stopped = lo.portraitRun(data, start, { rate, most: 900, stop: true });
  assertEquals([stopped.steps, stopped.path.length], [hit, 1]);
  assertEquals(lo.portraitRun(data, start, { rate, most: hit - 1 }).steps, NaN);
  assertEquals(lo.portraitRun(data, start, { rate, most: hit }).steps, hit);
  assertEquals(lo.portraitRun(data, start, { most: 0 }), { path: [start], steps: NaN });
  const wild = lo.portraitRun(data, [30, 30, 30], { rate: 1, most: 50 });
  assertLess(wild.path.length, 20);
});

Deno.test("the distance to the minimisers is the least over both branches, by a fine grid", () => {
  const truth = [2, 1] as const;
  const points = [[2.4, 0.7, 1.1], [-1, -0.2, -1.6], [0.3, 2, 3], [-9, -3, -0.4], [0, 0, 0.2]];
  // Between the arms of a branch there are two minima.
  for (const [a1, a2, b] of [...points, [4.9, 2.3, 5.4], [5.2, 2.7, 4.7], [-5, -2.6, -5.1]]) {
    let best = Infinity;
    for (let i = 0; i <= 100_000; i++) {
      const size = 0.05 * 120 ** (i / 100_000);
      for (const tau of [size, -size]) {
        best = Math.min(best, Math.hypot(a1 - truth[0] / tau, a2 - truth[1] / tau, b - tau));
      }
    }
    near(lo.portraitDistance([a1, a2, b]), best, 1e-7);
  }
  // However far out the nearest minimiser lies: moved along the normal of the curve.
  for (const [d1, d2] of [[30, 40], [-0.03, 0.01]] as const) {
    for (const tau of [0.02, -1, 9, 200]) {
      const [n1, n2, n3] = [d1 / tau, d2 / tau, (d1 * d1 + d2 * d2) / tau ** 3]; // ⊥ (−Δ₁/τ², −Δ₂/τ², 1)
      const step = 1e-4 / Math.hypot(n1, n2, n3);
      const state = [d1 / tau + step * n1, d2 / tau + step * n2, tau + step * n3] as const;
      near(lo.portraitDistance(state, [d1, d2]), 1e-4, 1e-6);
    }
  }
  near(
    lo.portraitDistance([3 / 0.7, -2 / 0.7, 0.7 + 1e-3], [3, -2]),
    1e-3 * Math.hypot(3, 2) / 0.49 /
      Math.hypot(1, Math.hypot(3, 2) / 0.49),
    1e-2,
  );
});
