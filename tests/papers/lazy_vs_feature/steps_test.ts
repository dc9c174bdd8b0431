/** Chains step by step, against whole vectors that take the same draws. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  cholesky,
  matrix,
  multiplyNT,
  polarFactor,
  semidefiniteRoot,
} from "lora-dynamics/linalg/mod.ts";
import * as lf from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
import { checkRun } from "lora-dynamics/papers/lazy_vs_feature/simulation/options.ts";
import { Rows } from "lora-dynamics/papers/lazy_vs_feature/simulation/rows.ts";
import { bartlett, type Stream, stream } from "lora-dynamics/random/mod.ts";

const inner = (x: ArrayLike<number>, y: ArrayLike<number>) =>
  Array.from(x).reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
const plus = (x: readonly number[], by: number, y: readonly number[]) =>
  Array.from({ length: Math.max(x.length, y.length) }, (_, i) => (x[i] ?? 0) + by * (y[i] ?? 0));
const unit = (x: readonly number[]) => x.map((value) => value / Math.hypot(...x));
const normals = (rng: Stream, count: number) => Array.from({ length: count }, () => rng.normal());
/** Length of a normal vector of so many entries. */
const length = (rng: Stream, entries: number) =>
  entries > 0 ? Math.sqrt(rng.chiSquare(entries)) : 0;
const rowsOf = (data: ArrayLike<number>, columns: number) =>
  Array.from(
    { length: data.length / columns },
    (_, i) => Array.from(data).slice(i * columns, (i + 1) * columns),
  );

/** Correlated neurons, weights of all signs, a factor of another length. */
const GRAM = [1, 0.4, -0.2, 0.4, 1, 0.3, -0.2, 0.3, 1];
const PARTS = { k: 3, activation: "h3", kappa: 0.7, lambda: [0.5, 0.3, -0.4] } as const;
const crooked = (gram?: number[]) =>
  lf.fineTuning({ ...PARTS, hatC: [0.5, 0.2, 0.6], ...(gram ? { gram } : {}) });

Deno.test("towards a general direction a step is that of a whole vector", () => {
  for (
    const [gram, d, m0, parallel] of [
      [undefined, 5, undefined, 0.6],
      [GRAM, 9, 0.3, 0.8],
      [GRAM, 6, undefined, 0],
    ] as const
  ) {
    const model = crooked(gram && [...gram]), { k, xi, hatC } = model, alpha = 0.3;
    const options = { d, alpha, parallel, ...(m0 === undefined ? {} : { m0 }) };
    const chain = new lf.GeneralChain(model, options, stream("7", "whole"));
    const rng = stream("7", "whole"), frame = lf.generalFrame(model, parallel, rng.stream("frame"));
    const base = rowsOf(frame.base, k), u = [...frame.u, 0];
    base.forEach((x, i) =>
      base.forEach((y, j) =>
        assertAlmostEquals(inner(x, y), gram ? gram[i * k + j] : Number(i === j), 1e-12)
      )
    );
    assertAlmostEquals(Math.hypot(...u.slice(0, k)), parallel, 1e-12);
    assertAlmostEquals(Math.hypot(...u), 1, 1e-12);
    // Coordinates in the span of the base and along u, and the length of what is left.
    const start = rng.stream("start"), drawn = [...start.normals(k + 1), length(start, d - k - 1)];
    const across = unit(plus(drawn, -inner(drawn, u), u));
    let hatU = m0 === undefined
      ? unit(drawn)
      : plus(across.map((x) => x * Math.sqrt(1 - m0 * m0)), m0, u);
    const data = rng.stream("data");
    for (let step = 0; step < 12; step++) {
      assertAlmostEquals(chain.m, inner(hatU, u), 1e-11);
      assertAlmostEquals(chain.inside, Math.hypot(...hatU.slice(0, k)) ** 2, 1e-11);
      const x = [...normals(data, k + 2), length(data, d - k - 2)], s = inner(hatU, x);
      const { error, slope } = lf.response(model, base.map((w) => inner(w, x)), s, inner(u, x));
      const gamma = xi * error * inner(slope, hatC), at = [...hatU, 0];
      const moved = unit(plus(at, -alpha / d * gamma, plus(x, -s, at)));
      hatU = [...moved.slice(0, k + 1), Math.hypot(...moved.slice(k + 1))];
      chain.step();
    }
    chain.run(3);
    assertEquals(chain.steps, 15);
  }
});

Deno.test("from scratch a step is that of whole students", () => {
  const model = lf.standard("h3", { k: 3, kappa: 1, lambda: [0.5, 0.3, -0.4] }), eta = 0.3;
  const { k, lambda, activation: { f, df } } = model;
  const teachers = rowsOf(semidefiniteRoot(Float64Array.from(lf.teacherGram(model)), k), k);
  for (const d of [6, 11]) {
    const chain = new lf.ScratchChain(model, { d, eta }, stream("7", "students"));
    const rng = stream("7", "students"), start = rng.stream("start"), data = rng.stream("data");
    const inside = rowsOf(start.normals(k * k), k), rest = rowsOf(bartlett(start, d - k, k), k);
    let students = inside.map((x, i) => unit([...x, ...rest[i]]));
    for (let step = 0; step < 8; step++) {
      const overlaps = students.map((w) => teachers.map((v) => inner(v, w)));
      students.forEach((w, i) =>
        students.forEach((other, j) => {
          assertAlmostEquals(chain.overlap(i, j), overlaps[i][j], 1e-10);
          assertAlmostEquals(chain.between(i, j), inner(w, other), 1e-10);
        })
      );
      assertAlmostEquals(chain.best, Math.max(...overlaps.flat()), 1e-10);
      const x = [...normals(data, 2 * k), length(data, d - 2 * k)];
      const z = students.map((w) => inner(w, x));
      const error = z.reduce((sum, y, i) => sum + lambda[i] * (f(y) - f(inner(teachers[i], x))), 0);
      const moved = students.map((w, i) =>
        unit(plus(w, -eta * error * lambda[i] * df(z[i]), plus(x, -z[i], w)))
      );
      // Outside the teachers' span the students are seen in a triangular frame of their own.
      const outside = matrix(k, k + 1, moved.flatMap((w) => w.slice(k)));
      const frame = rowsOf(cholesky(multiplyNT(outside, outside)).data, k);
      students = moved.map((w, i) => [...w.slice(0, k), ...frame[i]]);
      chain.step();
    }
    chain.run(3);
    assertEquals(chain.steps, 11);
  }
});

Deno.test("in a plane a step is that of two whole directions and their polar factor", () => {
  const { lambda, activation: { f, df } } = lf.planeModel(), eta = 0.3;
  for (const d of [4, 8]) {
    const chain = new lf.PlaneChain({ d, eta }, stream("7", "two"));
    const rng = stream("7", "two"), start = rng.stream("start"), data = rng.stream("data");
    const g = rowsOf(start.normals(4), 2), rest = rowsOf(bartlett(start, d - 2, 2), 2);
    const polar = (rows: readonly number[][]) =>
      rowsOf(polarFactor(matrix(2, rows[0].length, rows.flat())).data, rows[0].length)
        .map((row) => row.slice(0, 2));
    let overlaps = polar(g.map((row, i) => [...row, ...rest[i]]));
    for (let step = 0; step < 12; step++) {
      overlaps.flat().forEach((x, i) => assertAlmostEquals(chain.overlaps[i], x, 1e-9));
      assertAlmostEquals(chain.found, inner(overlaps.flat(), overlaps.flat()) / 2, 1e-9);
      const gram = overlaps.map((x, i) => overlaps.map((y, j) => Number(i === j) - inner(x, y)));
      const frame = rowsOf(cholesky(matrix(2, 2, gram.flat())).data, 2);
      const rows = overlaps.map((row, i) => [...row, ...frame[i]]);
      const x = [...normals(data, 4), length(data, d - 4)], [z1, z2] = rows.map((w) => inner(w, x));
      let error = 0, first = 0, second = 0;
      lf.PLANE.forEach((a, i) => {
        error += lambda[i] * (f(a * z1 + z2) - f(a * x[0] + x[1]));
        first += lambda[i] * a * df(a * z1 + z2);
        second += lambda[i] * df(a * z1 + z2);
      });
      const slopes = [first, second];
      overlaps = polar(rows.map((row, i) => plus(row, -eta * error * slopes[i], x)));
      chain.step();
    }
    chain.run(3);
    assertEquals(chain.steps, 15);
  }
});

Deno.test("with momentum a step is that of whole velocities, on spheres and free", () => {
  for (const algorithm of ["sphere", "joint", "adapter", "free"] as const) {
    const model = crooked(), { k, xi, c } = model, n = 6, alpha = 0.4, ratio = 0.7, momentum = 0.6;
    const start = algorithm === "free" ? {} : { m0: 0.3 };
    const run = { n, alpha, ratio, momentum, algorithm, ...start };
    const chain = new lf.FineTuningChain(model, run, stream("7", "ball"));
    const rows = new Rows(model, checkRun(model, run), stream("7", "ball").stream("data"));
    const sphere = algorithm === "sphere" || algorithm === "joint";
    const trains = algorithm === "joint" || algorithm === "adapter";
    // Along u, along û across u, and beside both.
    let u = algorithm === "free" ? [0, 0, 0, 0] : [0.3, Math.sqrt(0.91), 0, 0], v = [0, 0, 0, 0];
    let hatC: readonly number[] = model.hatC, moveC: readonly number[] = [0, 0, 0];
    for (let step = 0; step < 25; step++) {
      if (step > 0 || algorithm !== "free") {
        assertAlmostEquals(chain.m, u[0], 1e-10, algorithm);
        assertAlmostEquals(chain.across, u[1], 1e-10, algorithm);
        assertAlmostEquals(chain.q, inner(hatC, c), 1e-10, algorithm);
      }
      rows.left();
      const at = rows.at * rows.width, input = [...rows.block.subarray(at, at + rows.width)];
      const x = [...input.slice(k), Math.sqrt(rows.rests[rows.at++])], s = inner(u, x);
      const { error, slope } = lf.response({ ...model, hatC }, input.slice(0, k), s, x[0]);
      const gamma = xi * error * inner(slope, hatC), raw = x.map((value) => gamma * value);
      v = plus(sphere ? plus(raw, -inner(raw, u), u) : raw, momentum, v);
      const moved = plus(u, -alpha / n, v), there = sphere ? unit(moved) : moved;
      const beside = [0, ...there.slice(1)], across = Math.hypot(...beside);
      const along = inner(v, beside) / across;
      u = [there[0], across, 0, 0];
      v = [v[0], along, Math.sqrt(Math.max(0, inner(v, v) - v[0] ** 2 - along ** 2)), 0];
      if (trains) {
        const g = slope.map((value) => xi * error * s * value), size = Math.hypot(...hatC);
        const own = sphere ? unit(hatC) : hatC;
        const force = sphere ? plus(g, -inner(g, own), own).map((value) => value * size) : g;
        moveC = plus(force, momentum, moveC);
        const next = plus(own, -alpha / n * ratio, moveC);
        hatC = sphere ? unit(next).map((value) => value * size) : next;
      }
      chain.step();
    }
  }
});

Deno.test("flows under another law of the features are sums over it", () => {
  const hatC = [0.8, -0.3], c = [0.6, 0.8], lambda = [0.7, -0.4], kappa = 0.8;
  for (const activation of ["h2", "h3", "h4"]) {
    const model = lf.fineTuning({ activation, k: 2, kappa, c, hatC, lambda });
    const flow = new lf.OverlapFlow(model, { law: "rademacher", noise: 0.3 }), { xi, r0 } = model;
    const { f } = model.activation,
      step = 0.25,
      grid = Array.from({ length: 81 }, (_, i) => i - 40);
    /** A mean over both signs of both features and over the two projections, on an even grid. */
    const mean = (m: number, g: (a: number[], s: number, sStar: number) => number) => {
      let sum = 0, total = 0;
      for (const p of grid) {
        for (const q of grid) {
          const sStar = p * step, y = q * step, weight = Math.exp(-(sStar ** 2 + y ** 2) / 2);
          const s = m * sStar + Math.sqrt(1 - m * m) * y;
          for (const a of [[1, 1], [1, -1], [-1, 1], [-1, -1]]) sum += weight * g(a, s, sStar);
          total += 4 * weight;
        }
      }
      return sum / total;
    };
    const correlation = (m: number) =>
      mean(m, (a, s, sStar) => {
        const sum = (by: readonly number[], x: number) =>
          inner(lambda, a.map((value, i) => f((value + xi * by[i] * x) / r0)));
        return sum(hatC, s) * sum(c, sStar);
      });
    for (const m of [-0.7, 0.2, 0.9]) {
      const slope = (correlation(m + 1e-4) - correlation(m - 1e-4)) / 2e-4;
      assertAlmostEquals(flow.slope(m), slope, 1e-6 * (1 + Math.abs(slope)));
      const square = mean(m, (a, s, sStar) => {
        const { error, slope } = lf.response(model, a, s, sStar);
        return xi * xi * (error * error + 0.3) * inner(slope, hatC) ** 2;
      });
      assertAlmostEquals(flow.square(m), square, 1e-8 * square);
      const drift = 0.2 * (1 - m * m) * flow.slope(m) - 0.02 * m * square;
      assertAlmostEquals(flow.drift(0.2, m), drift, 1e-8 * (1 + square));
    }
  }
});

Deno.test("where a solver tries an overlap a little beyond 1 the slope is that of the end", () => {
  for (const activation of ["relu", "h3", lf.ERF]) {
    const flow = new lf.OverlapFlow(lf.standard(activation));
    for (const end of [1, -1]) {
      assertAlmostEquals(flow.slope(end * (1 + 1e-9)), flow.slope(end), 1e-6);
    }
  }
});

Deno.test("runs on whole inputs make as many steps as they are asked for, and start where they are told", () => {
  const model = lf.standard("h3", { k: 2, kappa: 1 }), rng = () => stream("7", "count");
  const general = { d: 7, alpha: 0.3, parallel: 0.5, m0: 0.6 };
  const opens = [
    () => {
      const run = new lf.DirectScratch(model, { d: 7, eta: 0.2 }, rng());
      return { run, read: () => run.overlap(0, 1) };
    },
    () => {
      const run = new lf.DirectPlane({ d: 7, eta: 0.2 }, rng());
      return { run, read: () => run.overlap(0, 1) };
    },
    () => {
      const run = new lf.DirectGeneral(model, general, rng());
      return { run, read: () => run.m };
    },
    () => {
      const run = new lf.DirectFineTuning(model, { n: 7, alpha: 0.3, m0: 0.6 }, rng());
      return { run, read: () => run.m };
    },
  ];
  for (const open of opens) {
    const [whole, parts] = [open(), open()], start = whole.read();
    whole.run.run(3);
    for (const steps of [1, 0, 2]) parts.run.run(steps);
    assertEquals(parts.read(), whole.read());
    assert(whole.read() !== start);
  }
  const [towards, tuned] = opens.slice(2).map((open) => open());
  for (const { read } of [towards, tuned]) assertAlmostEquals(read(), 0.6, 1e-12);
});
