import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };
import { close } from "../_helpers.ts";

Deno.test("the rates are the golden ones, entry by entry", () => {
  for (const { delta_w, x1, x2, mu_theory, off } of golden.localRates) {
    const { mu, rows, columns } = mf.localRates(mf.problemQ({ delta: delta_w }), x1, x2);
    close(mu, mu_theory, 1e-12);
    for (const { entry: [i, j], theory } of off) {
      close(j === 2 ? rows[i] : columns[j], theory, 1e-12);
    }
  }
});

/** Time derivative of an entry of the error over the entry, near the end, by the model's own equations. */
function decay(
  problem: mf.Problem,
  x1: number,
  x2: number,
  rho: number,
  disturb: (adapters: mf.Adapters) => void,
  i: number,
  j: number,
): number {
  const { w2, w1, target: { rows: m, columns: n } } = problem, h = w2.columns;
  const place = (rows: number, columns: number, at: number, value: number) => {
    const data = new Float64Array(rows * columns);
    data[at] = value;
    return { rows, columns, data };
  };
  const adapters = {
    ...{ b1: place(h, 1, 1, Math.sqrt(x1)), a1: place(1, n, 1, Math.sqrt(x1)) },
    ...{ b2: place(m, 1, 1, Math.sqrt(x2)), a2: place(1, h, 1, Math.sqrt(x2)) },
  };
  // A target that these adapters meet exactly.
  const s2 = w2.data[h + 1], s1 = w1!.data[n + 1];
  const met = { ...problem, target: place(m, n, n + 1, s2 * x1 + s1 * x2 + x1 * x2) };
  disturb(adapters);
  const v = mf.velocity(met, adapters), e = mf.error(met, adapters), step = 1e-6;
  for (const [name, rate] of Object.entries({ b1: 1, a1: 1, b2: rho, a2: rho })) {
    const key = name as "b1";
    adapters[key].data.forEach((x, k) => adapters[key].data[k] = x + step * rate * v[key].data[k]);
  }
  const after = mf.error(met, adapters);
  return (1 - after.data[i * n + j] / e.data[i * n + j]) / step;
}

Deno.test("each entry of a small error falls at its rate", () => {
  const sizes = { m: 5, h: 6, n: 4 }, [x1, x2, rho] = [0.4, 0.25, 1.7];
  const s2 = [1.5, 1.2, 0.7], s1 = [0.9, 0.8, 0.5, 0.6];
  const sigma = 1.2 * x1 + 0.8 * x2 + x1 * x2;
  const problem = mf.aligned({ s2, s1, target: [0, sigma], ...sizes });
  const { mu, rows, columns } = mf.localRates(problem, x1, x2, { rho });
  const of = (disturb: (adapters: mf.Adapters) => void, i: number, j: number) =>
    decay(problem, x1, x2, rho, disturb, i, j);
  const small = 1e-6;
  // The signal, with both products of each adapter disturbed alike.
  close(
    of(
      ({ b1, a1 }) => {
        b1.data[1] += small;
        a1.data[1] += small;
      },
      1,
      1,
    ),
    mu,
    1e-4,
  );
  for (const i of [0, 2, 3, 4]) close(of(({ b2 }) => b2!.data[i] += small, i, 1), rows[i], 1e-4);
  for (const j of [0, 2, 3]) close(of(({ a1 }) => a1.data[j] += small, 1, j), columns[j], 1e-4);
  assertEquals([rows[1], columns[1]], [mu, mu]);
});

Deno.test("the slowest rate is that of the smallest singular value, or of an unseen row", () => {
  const problem = mf.problemQ({ delta: 0.5 }), { muPerp, rows } = mf.localRates(problem, 0.5, 1e-3);
  assertEquals(muPerp, rows[8]);
  close(muPerp, 0.4 ** 2 * 0.5 + (0.65 + 0.5) ** 2 * 1e-3, 1e-12);
  const tall = mf.aligned({ s2: [1, 0.5], s1: [0.6, 0.3], target: [1], m: 4, h: 4, n: 4 });
  close(mf.localRates(tall, 0.9, 1e-2).muPerp, (0.6 + 0.9) ** 2 * 1e-2, 1e-12);
  const columnFirst = mf.aligned({ s2: [0.5, 2], s1: [0.2, 3], target: [1], m: 2, n: 2 });
  const { muPerp: slowest, columns } = mf.localRates(columnFirst, 1.9, 1e-3);
  assertEquals(slowest, columns[1]);
});

Deno.test("the horizon lets the second stage fall as far below the end as it began above", () => {
  const horizon = mf.horizonFor({ halfTime: 5, muPerp: 0.2, stage2: 1e-7, final: 1e-12 });
  assertAlmostEquals(1e-7 * Math.exp(-2 * 0.2 * (horizon - 5)), 1e-17, 1e-20);
  assertEquals(mf.horizonFor({ halfTime: 5, muPerp: 0.2, stage2: 1e-12, final: 1e-7 }), 5);
  const good = { halfTime: 5, muPerp: 0.2, stage2: 1e-7, final: 1e-12 };
  for (const name of Object.keys(good)) {
    assertThrows(() => mf.horizonFor({ ...good, [name]: 0 }), RangeError, name);
  }
  assertThrows(() => mf.horizonFor({ ...good, rate: 1 } as never), TypeError, "rate");
});

Deno.test("products, rates and assumptions are checked", () => {
  const problem = mf.problemQ({ delta: 0.5 });
  assertThrows(() => mf.localRates(problem, 0, 1), RangeError, "x1");
  assertThrows(() => mf.localRates(problem, 1, NaN), RangeError, "x2");
  assertThrows(() => mf.localRates(problem, 1, 1, { rho: -1 }), RangeError, "rho");
  assertThrows(() => mf.localRates(problem, 1, 1, { rate: 1 } as never), TypeError, "rate");
  assertThrows(() => mf.localRates(mf.factorization({ m: 3 }), 1, 1), RangeError, "no w1");
});
