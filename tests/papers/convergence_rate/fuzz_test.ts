/** Random searches and fuzzes against the plain model on the same draws. */
import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import {
  add,
  frobeniusNorm,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  scale,
  svd,
  transpose,
} from "lora-dynamics/linalg/mod.ts";
import * as cr from "lora-dynamics/papers/convergence_rate/mod.ts";
import { type Stream, stream } from "lora-dynamics/random/mod.ts";

const near = (found: number, wanted: number, rel = 1e-9) =>
  assertAlmostEquals(found, wanted, rel * Math.abs(wanted) + 1e-300);
const norm = (x: Matrix) => svd(x).values[0];
const inner = (x: Matrix, y: Matrix) => x.data.reduce((sum, v, i) => sum + v * y.data[i], 0);

/** Two factors of normals, scaled to a joint norm. */
function pair(
  rng: Stream,
  [m, n]: readonly [number, number],
  r: number,
  size: number,
): cr.Adapters {
  const b = cr.normals([m, r], rng, 1), a = cr.normals([r, n], rng, 1);
  const factor = size / Math.hypot(frobeniusNorm(b), frobeniusNorm(a));
  return { b: scale(b, factor), a: scale(a, factor) };
}

Deno.test("lemmaFuzz() has remainders and sizes of the plain model, a new loss after every fourth state", async () => {
  const cell = { kind: "quad", family: "quad", part: 2, trials: 9, size: 5, rank: 3 } as const;
  const rows = await cr.lemmaFuzz({ ...cell, decades: [-0.5, 0.7] }, {
    seed: "fuzz",
  }) as cr.LemmaRow[];
  assertEquals(rows.length, 9);
  const rng = stream("fuzz", "lemma", "quad", 2);
  let loss!: cr.Loss, r = 0;
  rows.forEach((row, trial) => {
    if (trial % 4 === 0) {
      const shape = [1 + rng.integer(5), 1 + rng.integer(5)] as const;
      loss = cr.quadratic(cr.normals(shape, rng, 1));
      r = 1 + rng.integer(Math.min(3, ...shape));
    }
    const shape = [loss.rows, loss.columns] as const;
    const at = pair(rng, shape, r, 10 ** (-0.5 + 1.2 * rng.uniform()));
    const delta = 10 ** (-0.5 + 1.2 * rng.uniform()), d = pair(rng, shape, r, delta);
    const { value, full, gradient } = cr.objective(loss, at);
    const linear = inner(gradient.b, d.b) + inner(gradient.a, d.a);
    const after = cr.objective(loss, { b: add(at.b, d.b), a: add(at.a, d.a) }).value;
    const magnitude = Math.abs(value) + Math.abs(after) + Math.abs(linear);
    assertAlmostEquals(row.remainder, after - value - linear, 1e-13 * magnitude);
    near(row.magnitude, magnitude);
    near(row.v, Math.sqrt(cr.stackSize(at)));
    near(row.vop, Math.hypot(norm(at.b), norm(at.a)), 1e-7);
    near(row.g, frobeniusNorm(full));
    near(row.gamma, norm(full), 1e-7);
    near(row.delta, delta);
  });
});

Deno.test("factorFuzz() has remainders and sizes of V ↦ f(VVᵀ) for losses written out", async () => {
  for (const kind of cr.FACTOR_KINDS) {
    const cell = { kind, part: 1, trials: 6, size: 4, rank: 3 };
    const rows = await cr.factorFuzz({ ...cell, decades: [-0.5, 0.5] }, {
      seed: "fuzz",
    }) as cr.LemmaRow[];
    assertEquals(rows.length, 6);
    const rng = stream("fuzz", "Burer-Monteiro", kind, 1);
    for (const row of rows) {
      const n = 1 + rng.integer(4), r = 1 + rng.integer(3), raw = cr.normals([n, n], rng, 1);
      const middle = scale(add(raw, transpose(raw)), 0.5).data;
      const omega = kind === "cosine" ? 1 + rng.uniform() : 0;
      // Value, slope and L of an entry.
      const entry = (x: number, c: number): [number, number] =>
        kind === "quad"
          ? [(x - c) ** 2 / 2, x - c]
          : kind === "cosine"
          ? [1 - Math.cos(omega * x + c) + 0.05 * x * x, omega * Math.sin(omega * x + c) + 0.1 * x]
          : [
            0.25 * (Math.sqrt(1 + 4 * (x - c) ** 2) - 1),
            (x - c) / Math.sqrt(1 + 4 * (x - c) ** 2),
          ];
      const f = (v: Matrix) => {
        const all = [...multiplyNT(v, v).data].map((x, i) => entry(x, middle[i]));
        const gradient = matrix(n, n, all.map(([, slope]) => slope));
        return { value: all.reduce((sum, [value]) => sum + value, 0), gradient };
      };
      const sizes: number[] = [];
      const draw = (size: number) => {
        sizes.push(size);
        const v = cr.normals([n, r], rng, 1);
        return scale(v, size / frobeniusNorm(v));
      };
      const power = () => 10 ** (-0.5 + rng.uniform());
      const v = draw(power()), d = draw(power());
      const { value, gradient } = f(v), after = f(add(v, d)).value;
      const linear = 2 * inner(multiply(gradient, v), d);
      const magnitude = Math.abs(value) + Math.abs(after) + Math.abs(linear);
      assertAlmostEquals(row.remainder, after - value - linear, 1e-12 * magnitude);
      near(row.magnitude, magnitude);
      near(row.smoothness, kind === "cosine" ? omega * omega + 0.1 : 1);
      assertEquals([row.v, row.delta].map((x) => x.toFixed(9)), sizes.map((x) => x.toFixed(9)));
      near(row.vop, norm(v), 1e-7);
      near(row.g, frobeniusNorm(gradient));
      near(row.gamma, norm(gradient), 1e-7);
    }
  }
});

Deno.test("stepFuzz() has the decrease of one plain step of each rule, from states that the rules share", async () => {
  const rules = ["printed", "simple", 0.01] as const;
  const cell = {
    kind: "quad",
    family: "quad",
    part: 0,
    trials: 6,
    size: 4,
    rank: 2,
    rules,
  } as const;
  const rows = await cr.stepFuzz({ ...cell, decades: [-0.3, 0.5], scales: [-1, 1] }, {
    seed: "fuzz",
  }) as cr.StepRow[];
  assertEquals(rows.length, 18);
  const rng = stream("fuzz", "step", "quad", 0);
  let loss!: cr.Loss, r = 0, L = 0;
  for (let state = 0; state < 6; state++) {
    if (state % 4 === 0) {
      L = 10 ** (-1 + 2 * rng.uniform());
      const shape = [1 + rng.integer(4), 1 + rng.integer(4)] as const;
      loss = cr.rescaled(cr.quadratic(cr.normals(shape, rng, 1)), { factor: L });
      r = 1 + rng.integer(Math.min(2, ...shape));
    }
    const at = pair(rng, [loss.rows, loss.columns], r, 10 ** (-0.3 + 0.8 * rng.uniform()));
    const { value, full, gradient } = cr.objective(loss, at), v2 = cr.stackSize(at);
    const square = frobeniusNorm(gradient.b) ** 2 + frobeniusNorm(gradient.a) ** 2;
    const etas = [
      Math.min(1, 1 / (4 * Math.SQRT2 * L * (v2 + frobeniusNorm(full)))),
      0.8161123671775559 / (L * v2 + norm(full)),
      0.01,
    ];
    etas.forEach((eta, i) => {
      const row = rows.filter((row) => row.state === state)[i];
      const after = cr.objective(loss, cr.loraStep(loss, at, eta)).value;
      near(row.smoothness, L);
      near(row.eta, eta, 1e-7);
      near(row.decrease, (after - value) / (eta * square), 1e-6);
      near(row.noise, 1e-10 * (Math.abs(after) + Math.abs(value)) / (eta * square), 1e-6);
    });
  }
});

Deno.test("the adversary keeps what makes a state worse, in steps that grow by half, up to 2, and shrink by 7 %", async () => {
  const kappa = 0.9, tries = 30;
  const rows = await cr.kappaSearch({ kappa, size: 3, starts: 3, tries }, {
    seed: "fuzz",
  }) as cr.KappaRow[];
  for (const { start, worst } of rows) {
    const rng = stream("fuzz", "adversary", start);
    const m = 1 + rng.integer(3), n = 1 + rng.integer(3), r = 1 + rng.integer(Math.min(3, m, n));
    // The quadratic of L = 1 with the gradient G at BA, one step of its rule.
    const ratio = (g: Matrix, b: Matrix, a: Matrix) => {
      const loss = cr.quadratic(add(multiply(b, a), g, -1)), at = { b, a };
      const db = multiplyNT(g, a), da = multiplyTN(b, g);
      const square = frobeniusNorm(db) ** 2 + frobeniusNorm(da) ** 2;
      const eta = kappa / (cr.stackSize(at) + norm(g));
      const after = cr.objective(loss, { b: add(b, db, -eta), a: add(a, da, -eta) }).value;
      return (after - frobeniusNorm(g) ** 2 / 2) / (eta * square);
    };
    const spread = Math.exp(2 * rng.normal());
    let g = cr.normals([m, n], rng, spread), b = cr.normals([m, r], rng, 1);
    let a = cr.normals([r, n], rng, 1), most = ratio(g, b, a), step = 0.3, helped = 0;
    for (let turn = 0; turn < tries; turn++) {
      const near = (x: Matrix, factor: number) => {
        const size = step * frobeniusNorm(x) / Math.sqrt(x.data.length);
        return { ...x, data: x.data.map((value) => factor * (value + size * rng.normal())) };
      };
      const factor = Math.exp(2 * step * rng.normal());
      const next = [near(g, factor), near(b, 1), near(a, 1)] as const, found = ratio(...next);
      if (found > most) {
        [[g, b, a], most, step] = [next, found, Math.min(1.5 * step, 2)];
        helped++;
      } else step *= 0.93;
    }
    assertGreater(helped, 1);
    near(worst, most, 1e-7);
  }
});
