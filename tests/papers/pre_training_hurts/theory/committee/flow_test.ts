/** Flow of a committee against plain steps, its least loss against other adapters. */
import { assert, assertAlmostEquals, assertEquals, assertGreater, assertThrows } from "@std/assert";
import {
  committeeFlow,
  committeeGradient,
  committeeLoss,
  committeeMinimum,
  LoraFlow,
  overlapsOf,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

const rowsAt = (mu: number) => [[mu, 0, 0], [0, mu, 0], [0, 0, 1]];
const dot = (x: number[], y: number[]) => x.reduce((sum, xq, q) => sum + xq * y[q], 0);

Deno.test("committeeFlow() is where plain steps on the sphere go as they get small", () => {
  const rows = rowsAt(0.4).map((row) => [...row, 0]),
    t = 30,
    start = {
      u: [[0.1, 0.05], [0.02, 0.1], [0, 0.03]],
      v: [[0.6, 0, 0, 0.8], [0, 0.8, 0.6, 0]],
    };
  const [flow] = committeeFlow({ student: "relu", rows: rowsAt(0.4) }, start, [t]);
  const after = (steps: number) => {
    const eta = t / steps;
    let { u, v } = structuredClone(start);
    for (let k = 0; k < steps; k++) {
      const w = rows.map((row, i) => row.map((x, q) => x + u[i][0] * v[0][q] + u[i][1] * v[1][q]));
      const gradient = committeeGradient("relu", w);
      const moved = v.map((row, j) =>
        row.map((x, q) => x - eta * gradient.reduce((s, g, i) => s + u[i][j] * g[q], 0))
      );
      u = u.map((row, i) => row.map((x, j) => x - eta * dot(gradient[i], v[j])));
      v = moved.map((row) => row.map((x) => x / Math.hypot(...row)));
    }
    return committeeLoss(
      "relu",
      overlapsOf(
        rows.map((row, i) => row.map((x, q) => x + u[i][0] * v[0][q] + u[i][1] * v[1][q])),
      ),
    );
  };
  // The error of plain steps is linear in their size.
  const [coarse, fine] = [after(40), after(80)];
  assertAlmostEquals(2 * fine - coarse, flow, 0.1 * Math.abs(coarse - fine) + 1e-8);
  assertGreater(Math.abs(coarse - flow), 1e-6);
});

Deno.test("of one unit it is the flow of the single index", () => {
  const [w0, u0, m0] = [0.5, 0.01, 0.2], times = [5, 20, 60];
  const single = new LoraFlow({ student: "erf", frozen: [w0], u0, a0: [m0] }).path(times);
  const start = { u: [[u0]], v: [[m0, Math.sqrt(1 - m0 * m0)]] };
  const losses = committeeFlow({ student: "erf", rows: [[w0]] }, start, times);
  losses.forEach((loss, i) => assertAlmostEquals(loss, single[i].loss, 1e-7));
});

Deno.test("no adapter of rank one is below the least loss, and descents agree on it", () => {
  const problem = { student: "relu", rows: rowsAt(0.3) },
    { loss, all } = committeeMinimum(problem, 1);
  for (const each of all) assertAlmostEquals(each, loss, 1e-9);
  const rng = stream("7", "adapters");
  let best = Infinity;
  for (let i = 0; i < 4000; i++) {
    const size = 1.2 * rng.uniform();
    const u = [0, 1, 2].map(() => rng.normal()), v = [0, 1, 2].map(() => rng.normal());
    const scale = size / (Math.hypot(...u) * Math.hypot(...v));
    const w = problem.rows.map((row, k) => row.map((x, q) => x + scale * u[k] * v[q]));
    best = Math.min(best, committeeLoss("relu", overlapsOf(w)));
  }
  assertGreater(best, loss);
  // Repairing one of two units is allowed, and is not the best.
  const repaired = committeeLoss("relu", overlapsOf([[1, 0, 0], [0, 0.3, 0], [0, 0, 1]]));
  assert(loss < repaired && loss > 0.3 * repaired, `${loss} of ${repaired}`);
});

Deno.test("the least loss is 0 from the rank of what is missing on", () => {
  assertEquals(committeeMinimum({ student: "relu", rows: rowsAt(0.3) }, 2), { loss: 0, all: [0] });
  assertEquals(committeeMinimum({ student: "erf", rows: [[0.2, 0], [0, 1]] }, 1).loss, 0);
  assertThrows(() => committeeMinimum({ student: "erf", rows: [[0.2]] }, 0), RangeError, "rank");
});
