import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { DirectSgd, SingleIndexChain } from "lora-dynamics/chain/mod.ts";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { byColumns, dot, given, rows } from "../_given.ts";
import { combine, onSphere, type Plain, RULES, startOf } from "../_rules.ts";

const STEPS = 4;

/** Gradients of the batch loss `Σ (σ(λ) − y)²/(2b)` at a point, and the residuals times slopes. */
function gradients(now: Plain, frozen: number[], X: number[][]) {
  const { f, df } = activation("erf");
  const c = X.map((x) => {
    const lambda = dot(frozen, x) + now.u * dot(now.omega, x);
    return (f(lambda) - f(x[0])) * df(lambda);
  });
  const gu = dot(c, X.map((x) => dot(now.omega, x))) / X.length;
  const g = X[0].map((_, k) => now.u * dot(c, X.map((x) => x[k])) / X.length);
  return { c, gu, g };
}

/** A unit vector along what is left of `x` outside the span of orthonormal vectors, or undefined. */
function newDirection(x: number[], basis: number[][]): number[] | undefined {
  let left = x;
  for (let twice = 0; twice < 2; twice++) {
    left = combine([1, left], ...basis.map((e): [number, number[]] => [-dot(left, e), e]));
  }
  const length = Math.sqrt(dot(left, left));
  return length > 1e-9 * (1 + Math.sqrt(dot(x, x))) ? left.map((y) => y / length) : undefined;
}

/** Basis outside the frame: ω first, then the memory, the vector with most left first. */
function basisOf(now: Plain, p: number, spare: number[][]): number[][] {
  const outside = (x: number[]) => x.map((y, k) => k < p ? 0 : y);
  const basis = [newDirection(outside(now.omega), [])!];
  const memory = now.memory.map(({ omega }) => outside(omega));
  const left = (x: number[]) => {
    const rest = combine([1, x], ...basis.map((e): [number, number[]] => [-dot(x, e), e]));
    return dot(rest, rest);
  };
  while (memory.length > 0) {
    memory.sort((x, y) => left(y) - left(x));
    const next = newDirection(memory.shift()!, basis);
    if (next) basis.push(next);
  }
  while (basis.length < 1 + now.memory.length) {
    basis.push(newDirection(outside(spare.shift()!), basis)!);
  }
  return basis;
}

for (const test of RULES) {
  Deno.test(`SingleIndexChain is SGD by this rule path by path, given the same inputs: ${test.name}`, () => {
    const size = (min: number, max: number) => fc.integer({ min, max });
    fc.assert(
      fc.property(size(1, 3), size(1, 4), size(1, 5), fc.boolean(), size(0, 1e6), (
        p,
        more,
        b,
        sphere,
        seed,
      ) => {
        const rng = stream("7", "rule path", seed), normal = () => rng.normal();
        const d = p + 1 + test.memory + more, frozen = rows(1, p, normal)[0].map((w) => w / 2);
        let now = onSphere(startOf(test, normal(), rows(1, d, normal)[0]));
        const start = { u: now.u, a: now.omega.slice(0, p) };
        const data: number[] = [], across: number[] = [], chi2: number[] = [];
        const path: Plain[] = [];
        for (let t = 0; t < STEPS; t++) {
          const X = rows(b, d, normal), { c, gu, g } = gradients(now, frozen, X);
          const basis = basisOf(now, p, rows(3, d, normal));
          data.push(...byColumns(X.map((x) => [...x.slice(0, p), dot(x, basis[0])])));
          const sum = X[0].map((_, k) => k < p ? 0 : dot(c, X.map((x) => x[k])));
          const spread = Math.sqrt(dot(c, c)) || 1;
          across.push(...basis.slice(1).map((e) => dot(sum, e) / spread));
          const left = combine(
            [1, sum],
            ...basis.map((e): [number, number[]] => [-dot(sum, e), e]),
          );
          chi2.push(dot(left, left) / spread ** 2);
          now = test.plain(now, gu, g, t);
          if (sphere) now = onSphere(now);
          path.push(now);
        }
        const asked: number[] = [];
        const draws = given({
          normals: { data, memory: across },
          chi2: { remainder: chi2 },
        }, asked);
        const { rule, step } = test;
        const model = { student: activation("erf"), d, frozen, batch: b, step, sphere, rule };
        const chain = new SingleIndexChain(model, 1, draws, start);
        for (const { u, omega, memory } of path) {
          chain.step();
          const { state } = chain, size = 1 + Math.abs(u) + Math.sqrt(dot(omega, omega));
          const near = (x: number, y: number) => assertAlmostEquals(x, y, 1e-9 * size);
          near(state.u[0], u);
          for (let j = 0; j < p; j++) near(state.a[j], omega[j]);
          const rest = omega.slice(p);
          near(state.h[0], Math.sqrt(dot(rest, rest)));
          memory.forEach((kept, i) => {
            const found = state.memory[i], keptRest = kept.omega.slice(p);
            near(found.u[0], kept.u);
            for (let j = 0; j < p; j++) near(found.a[j], kept.omega[j]);
            near(dot(found.rest, found.rest), dot(keptRest, keptRest));
            near(found.rest[0] * state.h[0], dot(keptRest, rest));
            if (i === 1) {
              near(dot(found.rest, state.memory[0].rest), dot(keptRest, memory[0].omega.slice(p)));
            }
          });
        }
        assertEquals(asked, Array(STEPS).fill(d - p - 1 - test.memory));
        assertEquals(chain.status, "running");
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  Deno.test(`DirectSgd makes the steps of this rule as it is written out: ${test.name}`, () => {
    for (const batch of [1, 4]) {
      for (const sphere of [true, false]) {
        const d = 9, frozen = [0.4, -0.3], { rule, step } = test;
        const rng = stream("7", "direct rule", batch), data = rng.stream("data");
        const model = { student: activation("erf"), d, frozen, batch, step, sphere, rule };
        const sgd = new DirectSgd(model, rng, 0.7);
        let now = startOf(test, 0.7, [...sgd.omega]);
        for (let t = 0; t < 6; t++) {
          const X = Array.from({ length: batch }, () => [...data.fillNormal(new Float64Array(d))]);
          const { gu, g } = gradients(now, frozen, X);
          now = test.plain(now, gu, g, t);
          if (sphere) now = onSphere(now);
          sgd.step();
          assertAlmostEquals(sgd.u, now.u, 1e-13);
          now.omega.forEach((x, k) => assertAlmostEquals(sgd.omega[k], x, 1e-13));
          assertEquals(sgd.memory.length, test.memory);
          now.memory.forEach(({ u, omega }, i) => {
            assertAlmostEquals(sgd.memory[i].u, u, 1e-13);
            omega.forEach((x, k) => assertAlmostEquals(sgd.memory[i].omega[k], x, 1e-13));
          });
        }
        assertEquals([sgd.steps, sgd.status], [6, "running"]);
        assert(Math.abs(sgd.m() - sgd.omega[0]) === 0);
      }
    }
  });
}
