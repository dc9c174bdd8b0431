import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  add,
  dot,
  type Matrix,
  multiply,
  multiplyNT,
  multiplyTN,
} from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import { close } from "../_helpers.ts";

/** A problem with left and right vectors that no hidden direction leads to, and a hidden one unseen. */
const uneven = mf.aligned({
  s2: [1.5, 1.2, 0.7],
  s1: [0.9, 0.8, 0, 0.6],
  target: [0, 0.9],
  ...{ m: 5, h: 6, n: 7 },
});

const start = (problem: mf.Problem, name: "zeroB" | "zeroA" | "gauss", seed = 3) =>
  mf.startAdapters(problem, { start: name, r: 3, alpha: 1e-2, draws: portable(seed) });

const row = ({ columns, data }: Matrix, i: number) => data.subarray(i * columns, (i + 1) * columns);
const column = ({ rows, columns, data }: Matrix, j: number) =>
  Float64Array.from({ length: rows }, (_, i) => data[i * columns + j]);

/** The factors in the common bases; the target is at index 1. */
function inBases({ u, g, v }: mf.Bases, { b1, a1, b2, a2 }: mf.Adapters): mf.Adapters {
  return {
    b1: multiplyTN(g, b1),
    a1: multiply(a1, v),
    b2: multiplyTN(u, b2!),
    a2: multiply(a2!, g),
  };
}

Deno.test("the parts of a start are its rows and columns along ζ", () => {
  const adapters = start(uneven, "gauss"), found = mf.noiseStart("test", uneven, adapters);
  const { b1, a1, b2, a2 } = inBases(found.mode, adapters);
  const z1 = row(b1, 1).map((x, k) => (x + a1.data[k * 7 + 1]) / Math.SQRT2);
  const z2 = row(b2!, 1).map((x, k) => (x + a2!.data[k * 6 + 1]) / Math.SQRT2);
  close(found.x1, 0.5 * dot(z1, z1), 1e-12);
  close(found.x2, 0.5 * dot(z2, z2), 1e-12);
  const size1 = Math.sqrt(dot(z1, z1)), size2 = Math.sqrt(dot(z2, z2));
  for (let k = 0; k < 3; k++) {
    assertAlmostEquals(found.zeta1[k], z1[k] / size1, 1e-14);
    assertAlmostEquals(found.zeta2[k], z2[k] / size2, 1e-14);
  }
  assertEquals(found.indices.map(({ hidden, left, right }) => [hidden, left, right]), [
    ...[[0, 0, 0], [2, 2, -1], [3, -1, 3], [4, -1, -1], [5, -1, -1]],
    ...[[-1, 3, -1], [-1, 4, -1], [-1, -1, 2], [-1, -1, 4], [-1, -1, 5], [-1, -1, 6]],
  ]);
  found.indices.forEach(({ hidden, left, right, s2, s1 }, i) => {
    assertEquals(s2, [1.5, 1.2, 0.7, 0, 0, 0][hidden] ?? 0);
    assertEquals(s1, [0.9, 0.8, 0, 0.6, 0, 0][hidden] ?? 0);
    const along = (x: Float64Array, zeta: Float64Array) => dot(x, zeta);
    const zero = new Float64Array(3);
    close(1 + found.beta1[i], 1 + along(hidden < 0 ? zero : row(b1, hidden), found.zeta1), 1e-14);
    close(1 + found.beta2[i], 1 + along(left < 0 ? zero : row(b2!, left), found.zeta2), 1e-14);
    close(1 + found.p[i], 1 + along(right < 0 ? zero : column(a1, right), found.zeta1), 1e-14);
    close(1 + found.q[i], 1 + along(hidden < 0 ? zero : column(a2!, hidden), found.zeta2), 1e-14);
  });
});

Deno.test("the frozen part is that of the products with ζ projected out", () => {
  const adapters = start(uneven, "gauss"), { b1, a1, b2, a2 } = adapters;
  const found = mf.noiseStart("test", uneven, adapters);
  const beside = (b: Matrix, zeta: Float64Array): Matrix => ({
    ...b,
    data: b.data.map((x, at) => {
      const i = Math.floor(at / 3);
      return x - dot(row(b, i), zeta) * zeta[at % 3];
    }),
  });
  const first = multiply(uneven.w2, multiply(beside(b1, found.zeta1), a1));
  const second = multiply(multiply(beside(b2!, found.zeta2), a2!), uneven.w1!);
  const { u, v } = found.mode, sum = add(first, second);
  const inside = multiply(multiplyTN(u, sum), v);
  let largest = 0;
  found.indices.forEach(({ left }, i) =>
    found.indices.forEach(({ right }, j) => {
      const wanted = left < 0 || right < 0 ? 0 : inside.data[left * 7 + right];
      assertAlmostEquals(found.frozen.data[i * 11 + j], wanted, 1e-16);
      largest = Math.max(largest, Math.abs(wanted));
    })
  );
  assert(largest > 1e-5);
});

Deno.test("another basis changes signs and order at most", () => {
  const problem = mf.problemQ({ delta: 0.6 }), draws = portable(9);
  const [u, g, v] = [9, 12, 7].map((size) => mf.frame(draws, size, size));
  const plain = start(problem, "gauss"), turned = mf.rotated(problem, { u, g, v });
  const moved = {
    b1: multiply(g, plain.b1),
    a1: multiplyNT(plain.a1, v),
    b2: multiply(u, plain.b2!),
    a2: multiplyNT(plain.a2!, g),
  };
  const here = mf.noiseStart("test", problem, plain), there = mf.noiseStart("test", turned, moved);
  close(there.x1, here.x1, 1e-10);
  close(there.x2, here.x2, 1e-10);
  const norm = (x: ArrayLike<number>) => Math.hypot(...Array.from(x));
  for (const key of ["beta1", "beta2", "p", "q"] as const) {
    close(norm(there[key]), norm(here[key]), 1e-9);
  }
  close(norm(there.frozen.data), norm(here.frozen.data), 1e-9);
});

Deno.test("what the noise equations assume is asked for by name", () => {
  const of = (problem: mf.Problem, adapters = start(problem, "gauss")) =>
    mf.noiseStart("follow the noise", problem, adapters);
  assertThrows(() => of(mf.factorization({ m: 5 })), RangeError, "no w1");
  assertThrows(() => of(mf.canonical({ d: 5, s1: 0.5, degrees: 9 })), RangeError, "Assumption 2.2");
  const q = mf.problemQ({ delta: 0.5 }), g1 = mf.frame(portable(4), 12, 12);
  assertThrows(() => of(mf.rotated(q, { g1 })), RangeError, "Assumption 2.1");
  const two = mf.aligned({ s2: [1, 0.9], s1: [0.5, 0.4], target: [1, 0.5], m: 4, n: 4 });
  assertThrows(() => of(two), RangeError, "rank one: its rank is 2");
  assertThrows(() => of(mf.problemQ({ delta: 1 })), RangeError, "exchange the layers");
  assertThrows(() => of(mf.problemQ({ delta: 1.2 })), RangeError, "current value is 1.2");
  const silent = start(q, "zeroB"), { a1, a2 } = silent;
  for (let k = 0; k < 3; k++) a1.data[k * 7 + 2] = 0;
  assertThrows(() => of(q, silent), RangeError, "adapter 1 must hold a part along the target");
  for (let k = 0; k < 3; k++) {
    a1.data[k * 7 + 2] = 1e-3;
    a2!.data[k * 12 + 2] = 0;
  }
  assertThrows(() => of(q, silent), RangeError, "adapter 2 must hold");
  assertThrows(() => of(q, start(uneven, "zeroB")), TypeError, "current shapes");
});
