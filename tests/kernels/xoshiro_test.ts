import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { kernels } from "lora-dynamics/kernels/mod.ts";
import { binTest, kolmogorovTest } from "../statistics.ts";
import { getState, next, setState } from "./_reference.ts";

const anyState = fc.array(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), {
  minLength: 4,
  maxLength: 4,
}).filter((state) => state.some((word) => word !== 0n));

function midpoint(output: bigint): number {
  return (Number(output >> 12n) + 0.5) / 2 ** 52;
}

Deno.test("the reference gives the published outputs from the state 1, 2, 3, 4", () => {
  // The test vector that the implementations of xoshiro256++ share.
  const state = [1n, 2n, 3n, 4n];
  assertEquals(Array.from({ length: 6 }, () => next(state)), [
    41943041n,
    58720359n,
    3588806011781223n,
    3591011842654386n,
    9228616714210784205n,
    9973669472204895162n,
  ]);
});

Deno.test("fillUniform() is the reference, from any state, and leaves its state", () => {
  fc.assert(
    fc.property(anyState, fc.integer({ min: 0, max: 60 }), (start, n) => {
      const state = [...start];
      setState(state);
      kernels.fillUniform(n);
      const expected = Array.from({ length: n }, () => midpoint(next(state)));
      assertEquals([...kernels.block.subarray(0, n)], expected);
      assertEquals(getState(), state);
    }),
    { seed: 7 },
  );
});

Deno.test("uniforms stay inside (0, 1) at both ends of the 64 bits", () => {
  // Outputs of all zeros and all ones: rotl(s0 + s3, 23) + s0 with s0 = 0 and s3 = 0 or −1.
  setState([0n, 1n, 0n, 0n]);
  kernels.fillUniform(1);
  assertEquals(kernels.block[0], 2 ** -53);
  setState([0n, 1n, 0n, (1n << 64n) - 1n]);
  kernels.fillUniform(1);
  assertEquals(kernels.block[0], 1 - 2 ** -53);
});

/** Characteristic polynomial of a bit sequence by Berlekamp and Massey; bit i holds x^i. */
function recurrence(bits: readonly number[]): { polynomial: bigint; degree: number } {
  let connection = 1n;
  let previous = 1n;
  let degree = 0;
  let gap = 1n;
  let window = 0n;
  for (let n = 0; n < bits.length; n++) {
    window = (window << 1n) | BigInt(bits[n]);
    let parity = connection & window;
    for (let width = 512n; width > 0n; width >>= 1n) parity ^= parity >> width;
    if (!(parity & 1n)) {
      gap++;
      continue;
    }
    const kept = connection;
    connection ^= previous << gap;
    if (2 * degree <= n) {
      degree = n + 1 - degree;
      previous = kept;
      gap = 1n;
    } else gap++;
  }
  let polynomial = 0n;
  for (let i = 0; i <= degree; i++) {
    if (connection >> BigInt(i) & 1n) polynomial |= 1n << BigInt(degree - i);
  }
  return { polynomial, degree };
}

function squareModulo(x: bigint, modulus: bigint, degree: number): bigint {
  let square = 0n;
  for (let i = 0n; x >> i; i++) if (x >> i & 1n) square |= 1n << (2n * i);
  for (let i = 2 * degree; i >= degree; i--) {
    if (square >> BigInt(i) & 1n) square ^= modulus << BigInt(i - degree);
  }
  return square;
}

Deno.test("jump() moves on by 2^128 steps", () => {
  // The lowest bit of s0 obeys the characteristic polynomial P of the step, of degree 256.
  const state = [1n, 2n, 3n, 4n];
  const bits = Array.from({ length: 600 }, () => {
    const bit = Number(state[0] & 1n);
    next(state);
    return bit;
  });
  const { polynomial, degree } = recurrence(bits);
  assertEquals(degree, 256);
  let power = 2n; // x, squared 128 times modulo P: x^(2^128)
  for (let i = 0; i < 128; i++) power = squareModulo(power, polynomial, degree);
  const expected = [0n, 0n, 0n, 0n];
  const walker = [5n, 6n, 7n, 8n];
  for (let i = 0n; i < 256n; i++) {
    if (power >> i & 1n) walker.forEach((word, k) => expected[k] ^= word);
    next(walker);
  }
  setState([5n, 6n, 7n, 8n]);
  kernels.jump();
  assertEquals(getState(), expected);
});

Deno.test("uniforms are flat in 1000 bins, and the check sees a slope of 5 %", () => {
  const counts = new Float64Array(1000);
  const sloped = new Float64Array(1000);
  setState([11n, 12n, 13n, 14n]);
  const blocks = 1000;
  for (let i = 0; i < blocks; i++) {
    kernels.fillUniform(kernels.block.length);
    for (const u of kernels.block) {
      counts[Math.floor(1000 * u)]++;
      sloped[Math.floor(1000 * (u - 0.05 * u * (1 - u)))]++;
    }
  }
  const expected = counts.map(() => blocks * kernels.block.length / 1000);
  assert(binTest(counts, expected).p > 1e-4);
  assert(binTest(sloped, expected).p < 1e-9);
});

Deno.test("uniforms follow the uniform law, and the check sees u^1.02", () => {
  setState([21n, 22n, 23n, 24n]);
  const sample = new Float64Array(50 * kernels.block.length);
  for (let i = 0; i < sample.length; i += kernels.block.length) {
    kernels.fillUniform(kernels.block.length);
    sample.set(kernels.block, i);
  }
  assert(kolmogorovTest(sample, (u) => u).p > 1e-4);
  assert(kolmogorovTest(sample.map((u) => u ** 1.02), (u) => u).p < 1e-6);
});
