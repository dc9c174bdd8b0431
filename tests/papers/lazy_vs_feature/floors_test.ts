/** Floors of read-outs and of linearised models, against least squares on a product rule of all variables. */
import { assertAlmostEquals } from "@std/assert";
import { gaussHermite } from "lora-dynamics/gaussian/mod.ts";
import {
  frobeniusNorm,
  matrix,
  multiply,
  multiplyTN,
  orthonormalBasis,
} from "lora-dynamics/linalg/mod.ts";
import * as lf from "lora-dynamics/papers/lazy_vs_feature/mod.ts";

const { nodes, weights } = gaussHermite(9);

/** All points of the rule in some dimensions, with the root of their weight. */
function points(dim: number): { readonly at: readonly number[]; readonly root: number }[] {
  let out = [{ at: [] as readonly number[], root: 1 }];
  for (let i = 0; i < dim; i++) {
    out = out.flatMap(({ at, root }) =>
      Array.from(nodes, (z, j) => ({ at: [...at, z], root: root * Math.sqrt(weights[j]) }))
    );
  }
  return out;
}

/** Squared distance of a target from the span of features, both weighted rows of points. */
function missed(features: readonly (readonly number[])[], target: readonly number[]): number {
  const basis = orthonormalBasis(matrix(features.length, features[0].length, features.flat()));
  const y = matrix(target.length, 1, target), along = multiplyTN(basis, y);
  const reached = multiply(basis, along);
  return frobeniusNorm({ ...y, data: y.data.map((x, i) => x - reached.data[i]) }) ** 2;
}

const PARTS = { activation: "h3", k: 2, kappa: 0.8, lambda: [0.7, -0.4] } as const;
/** Rows that make the base features of two normals, and the Gram matrix of these rows. */
const BASES: readonly (readonly [readonly number[], number[] | undefined])[] = [
  [[1, 0, 0, 1], undefined],
  [[1, 0, 0.6, 0.8], [1, 0.6, 0.6, 1]],
  [[1, 0, -1, 0], [1, -1, -1, 1]],
];
const featuresOf = (rows: readonly number[], x: number, y: number) => [
  rows[0] * x + rows[1] * y,
  rows[2] * x + rows[3] * y,
];

Deno.test("floors of linearised training are least squares, for any base of two neurons", () => {
  for (const [rows, gram] of BASES) {
    const own = { c: [0.6, 0.8], hatC: [0.8, -0.3], ...(gram ? { gram } : {}) };
    const model = lf.fineTuning({ ...PARTS, ...own });
    const { lambda, c, hatC, xi, r0, activation: { f, df } } = model, all = points(3);
    const delta = ([x, y, s]: readonly number[]) =>
      featuresOf(rows, x, y).reduce(
        (sum, a, i) => sum + lambda[i] * (f((a + xi * c[i] * s) / r0) - f(a / r0)),
        0,
      );
    /** Part of degree 0 or 1 in `s`. */
    const part = (x: number, y: number, degree: 0 | 1) =>
      Array.from(nodes).reduce((sum, s, i) => sum + weights[i] * s ** degree * delta([x, y, s]), 0);
    const parts = all.map(({ at: [x, y] }) => [part(x, y, 0), part(x, y, 1)]);
    const weighted = (g: (at: readonly number[], i: number) => number) =>
      all.map(({ at, root }, i) => root * g(at, i));
    const square = weighted(delta).reduce((sum, x) => sum + x * x, 0);
    const tangent = all.map(({ at: [x, y, s], root }) => {
      const a = featuresOf(rows, x, y), gate = a.map((z) => df(z / r0));
      return gate.flatMap((g) => [s, ...a].map((z) => root * g * z));
    });
    const psi = all.map(({ at: [x, y, s], root }) => {
      const a = featuresOf(rows, x, y);
      return [a.reduce((sum, z, i) => sum + root * s * lambda[i] * hatC[i] * df(z / r0), 0)];
    });
    const found = lf.tangentFloor(model);
    assertAlmostEquals(found.square, square, 1e-10);
    assertAlmostEquals(found.full, missed(tangent, weighted(delta)) / square, 1e-8);
    assertAlmostEquals(found.rankOne, missed(psi, weighted(delta)) / square, 1e-8);
    const rest = weighted((at, i) => delta(at) - parts[i][0] - at[2] * parts[i][1]);
    assertAlmostEquals(found.lost, rest.reduce((sum, x) => sum + x * x, 0) / square, 1e-8);
    const first = weighted((at, i) => at[2] * parts[i][1]), zero = weighted((_, i) => parts[i][0]);
    assertAlmostEquals(found.degree1, missed(tangent, first) / square, 1e-8);
    assertAlmostEquals(found.degree0, missed(tangent, zero) / square, 1e-8);
  }
});

Deno.test("second layers are least squares on the features of both signs", () => {
  for (const [rows, gram] of BASES) {
    const r2 = Math.SQRT1_2, more = { c: [r2, -r2], ...(gram ? { gram } : {}) };
    const model = lf.fineTuning({ ...PARTS, ...more });
    const { lambda, c, kappa, r0, activation: { f } } = model, all = points(4);
    for (const m of [0.6, -0.3]) {
      const inputs = all.map(({ at: [x, y, sStar, z], root }) => (
        { a: featuresOf(rows, x, y), sStar, s: m * sStar + Math.sqrt(1 - m * m) * z, root }
      ));
      const teacher = inputs.map(({ a, sStar, root }) =>
        root *
        a.reduce((sum, z, i) => sum + lambda[i] * f((z + Math.sign(c[i]) * kappa * sStar) / r0), 0)
      );
      const features = inputs.map(({ a, s, root }) =>
        a.flatMap((z) => [1, -1].map((sign) => root * f((z + sign * kappa * s) / r0)))
      );
      const own = inputs.map(({ a, s, root }) =>
        root *
        a.reduce(
          (sum, z, i) => sum + lambda[i] * f((z + Math.sign(m) * Math.sign(c[i]) * kappa * s) / r0),
          0,
        )
      );
      const found = lf.secondLayer(model, m);
      assertAlmostEquals(found.square, teacher.reduce((sum, x) => sum + x * x, 0), 1e-10);
      const candidate = teacher.reduce((sum, x, i) => sum + (x - own[i]) ** 2, 0);
      assertAlmostEquals(found.candidate, candidate, 1e-10);
      assertAlmostEquals(found.best, missed(features, teacher), 1e-8);
    }
  }
});
