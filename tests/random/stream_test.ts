import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Stream, stream } from "lora-dynamics/random/mod.ts";
import { stateOf } from "lora-dynamics/random/seed.ts";
import { binTest, correlationTest, gammaTail, kolmogorovTest, normalCdf } from "../statistics.ts";
import { getState, setState } from "../kernels/_reference.ts";
import { kernels } from "lora-dynamics/kernels/mod.ts";

const n = 3000;
const normals = stream("7", "mixed").fillNormal(new Float64Array(n));
const uniforms = stream("7", "mixed").fillUniform(new Float64Array(n));

const command = fc.record({
  kind: fc.constantFrom("normal", "uniform", "fillNormal", "fillUniform", "gamma", "integer"),
  length: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 200, max: 700 })),
});

Deno.test("single draws and fills of every length, however mixed, give one sequence each", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
      const rng = stream("7", "mixed");
      const drawn: { normal: number[]; uniform: number[] } = { normal: [], uniform: [] };
      for (const { kind, length } of commands) {
        const out = new Float64Array(length);
        if (kind === "normal") drawn.normal.push(rng.normal());
        else if (kind === "uniform") drawn.uniform.push(rng.uniform());
        else if (kind === "fillNormal") drawn.normal.push(...rng.fillNormal(out));
        else if (kind === "fillUniform") drawn.uniform.push(...rng.fillUniform(out));
        else if (kind === "gamma") rng.gamma(0.3);
        else if (rng.integer(16) !== Math.floor(16 * uniforms[drawn.uniform.length])) return false;
        else drawn.uniform.push(uniforms[drawn.uniform.length]);
        if (drawn.normal.length > n || drawn.uniform.length > n) break;
      }
      assertEquals(drawn.normal.slice(0, n), [...normals.subarray(0, drawn.normal.length)]);
      assertEquals(drawn.uniform.slice(0, n), [...uniforms.subarray(0, drawn.uniform.length)]);
    }),
    { seed: 7 },
  );
});

Deno.test("streams that draw in turns give what each gives alone", () => {
  const draw = (
    rng: Stream,
    i: number,
  ) => [rng.normal(), rng.uniform(), rng.chiSquare(i + 1), ...rng.fillNormal(new Float64Array(i))];
  const names = ["a", "b", "c", "d"];
  const alone = names.map((name) => {
    const rng = stream("7", name);
    return Array.from({ length: 60 }, (_, i) => draw(rng, i));
  });
  const live = names.map((name) => stream("7", name));
  const inTurns: number[][][] = names.map(() => []);
  for (let i = 0; i < 60; i++) live.forEach((rng, k) => inTurns[k].push(draw(rng, i)));
  assertEquals(inTurns, alone);
});

Deno.test("normals, uniforms and gammas start 2^128 steps apart", () => {
  const words = new BigUint64Array(stateOf("7", ["apart"]).buffer);
  setState([...words]);
  kernels.fillNormal(5);
  assertEquals(stream("7", "apart").fillNormal(new Float64Array(5)), kernels.block.slice(0, 5));
  setState([...words]);
  kernels.jump();
  assertNotEquals(getState(), [...words]);
  kernels.fillUniform(5);
  assertEquals(stream("7", "apart").fillUniform(new Float64Array(5)), kernels.block.slice(0, 5));
});

Deno.test("the draws of a named stream never change", () => {
  // Made by this library at version 0.1.0; a change here changes every result of every notebook.
  const rng = stream("7", "golden", 1);
  assertEquals(Array.from({ length: 4 }, () => rng.normal()), [
    -0.3043143873165306,
    0.981258209163259,
    1.0581599259216836,
    -0.3638760951328315,
  ]);
  assertEquals(Array.from({ length: 4 }, () => rng.uniform()), [
    0.5711201817317356,
    0.2833546772724017,
    0.47420890261206583,
    0.903195963597197,
  ]);
  assertEquals(Array.from({ length: 4 }, () => rng.integer(1000)), [52, 559, 721, 896]);
  assertEquals([0, 0.1, 1, 3, 998, 1e15].map((nu) => rng.chiSquare(nu)), [
    0,
    0.0000011818637081854682,
    3.3448515646042734,
    4.131749856022167,
    1023.1259491734668,
    1000000032300308.2,
  ]);
  assertEquals([0.01, 0.5, 1, 20.5].map((shape) => rng.gamma(shape)), [
    5.370992045127132e-71,
    0.43134851702694643,
    0.07888995610070497,
    23.05842020082524,
  ]);
  assertEquals(stream("α", "", -1.5e-7).normal(), 0.10398861522145794);
  assertEquals(stream("7", "x".repeat(500)).normal(), 0.7755393263417436);
});

/** All bits of a long sample folded into one number. */
function fold(sample: Float64Array): string {
  let folded = 0n;
  for (const bits of new BigUint64Array(sample.buffer)) {
    folded = BigInt.asUintN(64, (folded ^ bits) * 0x9e3779b97f4a7c15n);
  }
  return folded.toString(16);
}

Deno.test("a long sample of a named stream never changes in any bit", () => {
  const rng = stream("7", "golden", 2);
  assertEquals(fold(rng.fillNormal(new Float64Array(100_000))), "53f1e96ca85fadab");
  assertEquals(fold(rng.fillUniform(new Float64Array(100_000))), "ff166aafef6d450c");
  assertEquals(fold(rng.fillChiSquare(new Float64Array(20_000), 0.9)), "bce2327f3fd5f5e4");
  assertEquals(fold(rng.fillChiSquare(new Float64Array(20_000), 2.1)), "3fed858013e7d3a6");
});

Deno.test("the normals of a stream follow the normal law, and rounded ones do not", () => {
  const sample = stream("7", "law").fillNormal(new Float64Array(200_000));
  assert(kolmogorovTest(sample, normalCdf).p > 1e-4);
  assert(kolmogorovTest(sample.map((z) => Math.round(20 * z) / 20), normalCdf).p < 1e-9);
});

Deno.test("the uniforms of a stream follow the uniform law", () => {
  const sample = stream("7", "law").fillUniform(new Float64Array(200_000));
  assert(kolmogorovTest(sample, (u) => u).p > 1e-4);
});

/** p-value of the hypothesis that no two of the samples are correlated. */
function independence(samples: Float64Array[]): number {
  let statistic = 0;
  let pairs = 0;
  for (let i = 0; i < samples.length; i++) {
    for (let j = 0; j < i; j++, pairs++) {
      statistic += correlationTest(samples[i], samples[j]).statistic ** 2;
    }
  }
  return gammaTail(pairs / 2, statistic / 2);
}

Deno.test("streams that differ in one number are independent, and a shared 5 % is seen", () => {
  const samples = Array.from(
    { length: 40 },
    (_, run) => stream("7", "data", run).fillNormal(new Float64Array(2000)),
  );
  assert(independence(samples) > 1e-4);
  assert(independence(samples.map((sample) => sample.map((z) => z * z))) > 1e-4);
  const common = stream("7", "common").fillNormal(new Float64Array(2000));
  const tied = samples.map((sample) => sample.map((z, i) => z + 0.3 * common[i]));
  assert(independence(tied) < 1e-9);
});

Deno.test("normals, uniforms and χ² of one stream are independent", () => {
  const rng = stream("7", "parts");
  const samples = [
    rng.fillNormal(new Float64Array(100_000)),
    rng.fillUniform(new Float64Array(100_000)),
    rng.fillChiSquare(new Float64Array(100_000), 3),
  ];
  assert(independence(samples) > 1e-4);
});

Deno.test("the first draws of many streams follow the normal law", () => {
  const first = Float64Array.from({ length: 4000 }, (_, run) => stream("7", "run", run).normal());
  assert(kolmogorovTest(first, normalCdf).p > 1e-4);
});

Deno.test("integer() stays below n and is flat, and rounding a uniform is not", () => {
  const rng = stream("7", "integers");
  for (const n of [1, 2, 3, 10, 1000]) {
    const counts = new Float64Array(n);
    const draws = 200 * n + 10_000;
    for (let i = 0; i < draws; i++) counts[rng.integer(n)]++;
    assertEquals(counts.length, n);
    assert(n === 1 || binTest(counts, counts.map(() => draws / n)).p > 1e-4, `n = ${n}`);
  }
  const rounded = new Float64Array(10);
  for (let i = 0; i < 10_000; i++) rounded[Math.round(9 * rng.uniform())]++;
  assert(binTest(rounded, rounded.map(() => 1000)).p < 1e-9);
});

Deno.test("integer() reaches the whole range up to 2^32", () => {
  const rng = stream("7", "range");
  const n = 3 * 2 ** 30;
  const sample = Float64Array.from({ length: 20_000 }, () => rng.integer(n));
  assert(sample.every((k) => Number.isInteger(k) && k >= 0 && k < n));
  assert(kolmogorovTest(sample, (k) => k / n).p > 1e-4);
  assert(Number.isInteger(rng.integer(2 ** 32)));
});

Deno.test("a bad argument of a draw is rejected and moves nothing", () => {
  const rng = stream("7", "bad");
  for (const n of [0, -1, 1.5, NaN, Infinity, 2 ** 32 + 1]) {
    assertThrows(() => rng.integer(n), RangeError, "n must be an integer from 1 to 4294967296");
  }
  for (const nu of [-1, -1e-300, NaN, Infinity, 1.1e15]) {
    assertThrows(() => rng.chiSquare(nu), RangeError, "nu must lie in [0, 1000000000000000]");
    assertThrows(() => rng.fillChiSquare(new Float64Array(1), nu), RangeError, "nu must lie");
    assertThrows(() => rng.gamma(nu), RangeError, "shape must lie in [0, 500000000000000]");
  }
  const text = "3" as unknown as number;
  assertThrows(() => rng.chiSquare(text), TypeError, 'current value is "3"');
  assertThrows(() => rng.gamma(text), TypeError, "shape must");
  assertThrows(() => rng.integer(text), TypeError, "n must");
  for (const out of [[0, 0], new Float32Array(2), 2, undefined]) {
    const wrong = out as unknown as Float64Array;
    assertThrows(() => rng.fillNormal(wrong), TypeError, "out must be a Float64Array");
    assertThrows(() => rng.fillUniform(wrong), TypeError, "out must be a Float64Array");
    assertThrows(() => rng.fillChiSquare(wrong, 3), TypeError, "out must be a Float64Array");
  }
  assertEquals(rng.normal(), stream("7", "bad").normal());
  assertEquals(rng.uniform(), stream("7", "bad").uniform());
  assertEquals(rng.chiSquare(3), stream("7", "bad").chiSquare(3));
});

Deno.test("normals() are the draws of normal(), in an array of their own", () => {
  const some = stream("7", "array").normals(5), one = stream("7", "array");
  assertEquals([...some], Array.from({ length: 5 }, () => one.normal()));
  const twice = stream("7", "array");
  assertEquals([...twice.normals(2), ...twice.normals(3)], [...some]);
  assertEquals(stream("7").normals(0).length, 0);
  for (const count of [-1, 2.5, NaN]) {
    assertThrows(() => stream("7").normals(count), RangeError, "count must be an integer >= 0");
  }
});
