import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { stream } from "lora-dynamics/random/mod.ts";
import { type PathStep, stateOf } from "lora-dynamics/random/seed.ts";
import { meanTest, varianceTest } from "../statistics.ts";

const seeds = fc.string({ minLength: 1, unit: "binary" });
const step = fc.oneof(fc.string({ unit: "binary" }), fc.integer(), fc.double({ noNaN: true }))
  .filter((value) => typeof value === "string" || Number.isFinite(value));
const names = fc.tuple(seeds, fc.array(step, { maxLength: 12 }));

/** The name with −0 as 0, which are one number. */
const normalised = (name: unknown) => JSON.stringify(name);

Deno.test("names that differ give states that differ", () => {
  fc.assert(
    fc.property(names, names, (a, b) => {
      fc.pre(normalised(a) !== normalised(b));
      assertNotEquals(stateOf(...a), stateOf(...b));
    }),
    { seed: 7, numRuns: 300 },
  );
});

Deno.test("names that look alike give states that differ", () => {
  const alike: [string, PathStep[]][] = [
    ["1", []],
    ["11", []],
    ["1", ["1"]],
    ["1", [1]],
    ["1", ["1", "1"]],
    ["1", [1, 1]],
    ["1", [11]],
    ["1", [""]],
    ["1", ["", ""]],
    ['1","1', []],
    ["1", ["α"]],
    ["1", ["±"]], // the code of α less 768: alike in their low 8 bits
    ["1", ["\\u03b1"]],
    ["1", ["é"]],
    ["1", ["e\u0301"]],
    ["1", [0]],
    ["1", [1e-300]],
    ["1", [2 ** 53]],
  ];
  const states = alike.map(([seed, path]) => stateOf(seed, path).join());
  assertEquals(new Set(states).size, alike.length);
});

Deno.test("a long name differs wherever one of its characters differs", () => {
  const long = "a".repeat(400);
  const states = new Set([stateOf("7", [long]).join()]);
  for (let i = 0; i < long.length; i++) {
    states.add(stateOf("7", [`${long.slice(0, i)}b${long.slice(i + 1)}`]).join());
  }
  assertEquals(states.size, long.length + 1);
});

function differingBits(a: Int32Array, b: Int32Array): number {
  let bits = 0;
  a.forEach((word, i) => {
    for (let rest = word ^ b[i]; rest; rest &= rest - 1) bits++;
  });
  return bits;
}

Deno.test("half of the 256 bits of the state turn from one number to the next, at any length", () => {
  // Lengths around the folds at 128 characters are the critical ones.
  for (const length of [0, 60, 110, 118, 119, 120, 121, 122, 180, 240, 300]) {
    const filler = "x".repeat(length);
    const turned = Array.from(
      { length: 400 },
      (_, i) => differingBits(stateOf("7", [filler, i]), stateOf("7", [filler, i + 1])),
    );
    assert(meanTest(turned, 128, 64).p > 1e-4, `mean at length ${length}`);
    assert(varianceTest(turned, 64).p > 1e-4, `variance at length ${length}`);
  }
});

Deno.test("a bad name is rejected", () => {
  const bad = stream as unknown as (...name: unknown[]) => unknown;
  for (const seed of [7, undefined, null, 7n, {}, ["7"], Symbol.iterator]) {
    assert(assertThrows(() => bad(seed)) instanceof TypeError, String(seed));
  }
  assertThrows(() => stream(""), RangeError, "seed must be a non-empty string");
  for (const path of [[null], ["a", undefined], [true], [["a"]], [{}], [1n]]) {
    assertThrows(() => bad("7", ...path), TypeError, `path[${path.length - 1}] must`);
  }
  for (const number of [NaN, Infinity, -Infinity]) {
    assertThrows(() => stream("7", "data", number), RangeError, "path[1] must be finite");
    assertThrows(() => stream("7").stream(number), RangeError, "path[0] must be finite");
  }
});

Deno.test("a child is the stream of the joined path, whatever its parent drew", () => {
  fc.assert(
    fc.property(names, fc.array(step, { maxLength: 3 }), ([seed, path], more) => {
      const parent = stream(seed, ...path);
      parent.normal();
      parent.uniform();
      const child = parent.stream(...more);
      assertEquals(child.path, [...path, ...more]);
      assertEquals(child.seed, seed);
      assertEquals(child.normal(), stream(seed, ...path, ...more).normal());
    }),
    { seed: 7 },
  );
});
