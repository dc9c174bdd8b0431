import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
} from "@std/assert";
import fc from "fast-check";
import { CommitteeChain, type CommitteeModel, SingleIndexChain } from "lora-dynamics/chain/mod.ts";
import { summary } from "lora-dynamics/experiment/mod.ts";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import { semidefiniteRoot } from "lora-dynamics/linalg/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { dot, given, rows } from "./_given.ts";

const RELU: CommitteeModel = {
  activation: activation("relu"),
  d: 60,
  frozen: [0.5, 0.5, 1],
  rank: 2,
  batch: 30,
  step: 0.5,
};

/** Product of two matrices given as rows. */
const product = (x: number[][], y: number[][]) =>
  x.map((row) => y[0].map((_, j) => row.reduce((sum, value, k) => sum + value * y[k][j], 0)));
const transpose = (x: number[][]) => x[0].map((_, j) => x.map((row) => row[j]));

/** Lower-triangular root of a positive definite matrix of one or two rows. */
function triangular(m: number[][]): number[][] {
  const t = Math.sqrt(m[0][0]);
  if (m.length === 1) return [[t]];
  const l = m[1][0] / t;
  return [[t, 0], [l, Math.sqrt(m[1][1] - l * l)]];
}

/** Inverse of a matrix of one or two rows. */
function inverse(m: number[][]): number[][] {
  if (m.length === 1) return [[1 / m[0][0]]];
  const [[a, b], [c, d]] = m, det = a * d - b * c;
  return [[d / det, -b / det], [-c / det, a / det]];
}

Deno.test("CommitteeChain is direct committee SGD path by path, given the same inputs", () => {
  const size = (min: number, max: number) => fc.integer({ min, max });
  fc.assert(
    fc.property(
      fc.constantFrom("erf", "relu", "sigmoid", "x"),
      size(1, 4),
      size(1, 2),
      size(0, 4),
      size(3, 6),
      size(0, 1e6),
      (name, K, r, more, b, seed) => {
        const rng = stream("7", "committee path", seed), normal = () => rng.normal();
        const d = K + 2 * r + 1 + more, sigma = activation(name), step = 0.3;
        const X = rows(b, d, normal), frozen = rows(1, K, normal)[0];
        const U = rows(K, r, normal);
        const V = rows(r, d, normal).map((v) => v.map((x) => x / Math.hypot(...v)));
        const S = sigma.odd ? Math.sqrt(K) : K;
        // Direct step.
        const input = product(X, transpose(V));
        const pre = input.map((s, i) => frozen.map((mu, k) => mu * X[i][k] + dot(U[k], s)));
        const delta = pre.map((row, i) => {
          const e = row.reduce((sum, l, k) => sum + sigma.f(l) - sigma.f(X[i][k]), 0) / S;
          return row.map((l) => e * sigma.df(l) / S);
        });
        const c = product(delta, U), rate = step / b;
        const U1 = product(transpose(delta), input).map((row, k) =>
          row.map((g, j) => U[k][j] - rate * g)
        );
        const moved = product(transpose(c), X).map((row, j) =>
          row.map((g, k) => V[j][k] - rate * g)
        );
        const V1 = moved.map((v) => v.map((x) => x / Math.hypot(...v)));
        // The same inputs as the chain sees them: frame, basis of the rows' remainders, the rest.
        const rest = V.map((v) => v.slice(K)), gramRest = product(rest, transpose(rest));
        const H = triangular(gramRest), E = product(inverse(H), rest);
        const outside = X.map((x) => x.slice(K)), G = product(outside, transpose(E));
        const left = outside.map((x, i) =>
          x.map((value, k) => value - dot(G[i], E.map((e) => e[k])))
        );
        const C = product(transpose(c), c).map((row) => row.map((x) => x * rate * rate));
        const det = r === 1 ? C[0][0] : C[0][0] * C[1][1] - C[0][1] * C[1][0];
        // A batch in which no sample or only one direction is active has no inverse root.
        fc.pre(det > 1e-6 * C[0][0] ** r && C[0][0] > 1e-12);
        const push = product(transpose(c), left).map((row) => row.map((x) => x * rate));
        const flat = semidefiniteRoot(Float64Array.from(C.flat()), r);
        const root = Array.from({ length: r }, (_, i) => [...flat.subarray(i * r, (i + 1) * r)]);
        const white = product(inverse(root), push);
        const T = triangular(product(white, transpose(white)));
        const draws = given({
          normals: {
            start: V.flatMap((v) => v.slice(0, K)),
            "start remainder": [0.1],
            data: [...X.flatMap((x) => x.slice(0, K)), ...G.flat()],
            remainder: r === 1 ? [] : [T[1][0]],
          },
          chi2: {
            "start remainder": [5, 5],
            remainder: T.map((row, i) => row[i] ** 2),
          },
        });
        const model = { activation: sigma, d, frozen, rank: r, batch: b, step };
        const chain = new CommitteeChain(model, draws);
        chain.u.set(U.flat());
        chain.a.set(V.flatMap((v) => v.slice(0, K)));
        chain.h.set(H.flat());
        chain.step();
        U1.flat().forEach((x, i) => assertAlmostEquals(chain.u[i], x, 1e-10 * (1 + Math.abs(x))));
        V1.flatMap((v) => v.slice(0, K)).forEach((x, i) =>
          assertAlmostEquals(chain.a[i], x, 1e-10)
        );
        const W = U1.map((u, k) =>
          Array.from(
            { length: d },
            (_, l) => (l === k ? frozen[k] : 0) + u.reduce((sum, x, j) => sum + x * V1[j][l], 0),
          )
        );
        const gram = product(W, transpose(W)).flat(), overlaps = W.map((w) => w.slice(0, K)).flat();
        const scale = 1 + Math.max(...gram);
        gram.forEach((x, i) => assertAlmostEquals(chain.gram()[i], x, 1e-9 * scale));
        overlaps.forEach((x, i) => assertAlmostEquals(chain.overlaps()[i], x, 1e-9 * scale));
      },
    ),
    { seed: 7, numRuns: 200 },
  );
});

Deno.test("CommitteeChain of one unit and rank 1 has SingleIndexChain's step, given the same draws", () => {
  const rng = stream("7", "one unit"), data = rows(1, 60, () => rng.normal())[0];
  const model = {
    activation: activation("erf"),
    d: 40,
    frozen: [0.5],
    rank: 1,
    batch: 30,
    step: 0.4,
  };
  const committee = new CommitteeChain(
    model,
    given({
      normals: { start: [0.3], data },
      chi2: { "start remainder": [0.91], remainder: [35] },
    }),
  );
  committee.u[0] = 0.6;
  const start = { u: 0.6, a: [committee.a[0]] };
  const draws = given({ normals: { data }, chi2: { remainder: [35] } });
  const { activation: student, d, frozen, batch, step } = model;
  const single = new SingleIndexChain({ student, d, frozen, batch, step }, 1, draws, start);
  committee.step();
  single.step();
  assertAlmostEquals(committee.u[0], single.state.u[0], 1e-15);
  assertAlmostEquals(committee.a[0], single.state.a[0], 1e-15);
  assertAlmostEquals(committee.h[0], single.state.h[0], 1e-15);
});

Deno.test("CommitteeChain keeps unit rows, starts at U = d^-2, and is the same for one seed", () => {
  const run = (seed: string) => {
    const chain = new CommitteeChain({ ...RELU, rank: 3 }, stream(seed));
    assert(chain.u.every((u) => u === 60 ** -2));
    chain.run(40);
    for (let j = 0; j < 3; j++) {
      const row = [...chain.a.subarray(3 * j, 3 * j + 3), ...chain.h.subarray(3 * j, 3 * j + 3)];
      assertAlmostEquals(Math.hypot(...row), 1, 1e-13);
    }
    assertEquals(chain.steps, 40);
    return [...chain.u, ...chain.a, ...chain.h];
  };
  assertEquals(run("7"), run("7"));
  assertNotEquals(run("7"), run("8"));
});

Deno.test("CommitteeChain starts with independent uniform rows (4000 chains, 4 s.e.)", () => {
  const d = 8, K = 3, rng = stream("7", "rows");
  const inside: number[] = [], outside: number[] = [];
  for (let run = 0; run < 4000; run++) {
    const { a, h } = new CommitteeChain({ ...RELU, d, batch: 1 }, rng.stream(run));
    inside.push(a[1] ** 2);
    outside.push((h[0] * h[2] + h[1] * h[3]) ** 2);
  }
  // Unit rows v, w: E v_k² = 1/d, and E(Σ v_k w_k)² over d − K coordinates is (d − K)/d².
  for (const [sample, mean] of [[inside, 1 / d], [outside, (d - K) / d ** 2]] as const) {
    const found = summary(sample);
    assertLess(Math.abs(found.mean - mean), 4 * found.se);
    // Control: one dimension fewer is found out.
    assertGreater(Math.abs(found.mean - mean * d / (d - 1)), 4 * found.se);
  }
});

Deno.test("CommitteeChain has a first step whose update matrix is singular", () => {
  // Equal entries of U make c rank one: its square root must not fail.
  const chain = new CommitteeChain({ ...RELU, rank: 3, d: 9 }, stream("7", "singular"));
  chain.u.fill(0.7);
  chain.step();
  assert([...chain.u, ...chain.a, ...chain.h].every(Number.isFinite));
});

Deno.test("CommitteeChain does not move when the student is the teacher", () => {
  const chain = new CommitteeChain({ ...RELU, frozen: [1, 1, 1] }, stream("7", "fixed"));
  chain.u.fill(0);
  const before = [...chain.a];
  chain.run(5);
  assert(chain.u.every((u) => u === 0));
  chain.a.forEach((x, i) => assertAlmostEquals(x, before[i], 1e-14));
});

Deno.test("CommitteeChain is equivariant when its units change places", () => {
  const b = 20, rng = stream("7", "units"), Z = rows(b, 2, () => rng.normal());
  const g = rows(1, b, () => rng.normal())[0];
  const run = (frozen: number[], u: number[], a: number[], inputs: number[][]) => {
    const draws = given({
      normals: { start: [1, 1], data: [...inputs.flat(), ...g] },
      chi2: { "start remainder": [5], remainder: [30] },
    });
    const model = { ...RELU, frozen, rank: 1, batch: b };
    const chain = new CommitteeChain(model, draws);
    chain.u.set(u);
    chain.a.set(a);
    chain.h.set([Math.sqrt(1 - a[0] ** 2 - a[1] ** 2)]);
    chain.step();
    return chain;
  };
  const plain = run([0.3, 0.9], [0.4, -0.2], [0.5, 0.1], Z);
  const swapped = run([0.9, 0.3], [-0.2, 0.4], [0.1, 0.5], Z.map(([x, y]) => [y, x]));
  [1, 0].forEach((k, i) => {
    assertAlmostEquals(swapped.u[i], plain.u[k], 1e-15);
    assertAlmostEquals(swapped.a[i], plain.a[k], 1e-15);
  });
  assertAlmostEquals(swapped.h[0], plain.h[0], 1e-15);
});

Deno.test("gram() holds overlaps() and never less than their square", () => {
  const chain = new CommitteeChain(RELU, stream("7", "gram"));
  chain.run(200);
  const K = 3, q = chain.overlaps(), gram = chain.gram();
  for (let i = 0; i < K; i++) {
    const inside = dot(q.subarray(i * K, i * K + K), q.subarray(i * K, i * K + K));
    assertGreater(gram[i * K + i], inside - 1e-15);
    for (let k = 0; k < K; k++) assertAlmostEquals(gram[i * K + k], gram[k * K + i], 1e-15);
  }
});

Deno.test("CommitteeChain of full rank learns the degraded units", () => {
  const model = { ...RELU, frozen: [0.1, 0.1, 1], rank: 2, batch: 100, step: 1 };
  const chain = new CommitteeChain(model, stream("7", "learns"));
  chain.run(2500);
  const gram = chain.gram(), q = chain.overlaps();
  const identity = (i: number) => i % 4 === 0 ? 1 : 0;
  gram.forEach((x, i) => assertLess(Math.abs(x - identity(i)), 1e-3));
  q.forEach((x, i) => assertLess(Math.abs(x - identity(i)), 1e-3));
});
