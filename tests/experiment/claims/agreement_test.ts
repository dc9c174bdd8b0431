import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { agree, type Agreement, atMost, comparison } from "lora-dynamics/experiment/mod.ts";

const passes = (measured: number, expected: number, rule: Agreement) =>
  agree({ x: measured }, { x: expected }, rule).pass;

Deno.test("agree() allows abs + rel |expected|, edges included", () => {
  assertEquals(passes(1.5, 1, { abs: 0.5 }), true);
  assertEquals(passes(1.5000001, 1, { abs: 0.5 }), false);
  assertEquals(passes(-1.25, -1, { rel: 0.25 }), true);
  assertEquals(passes(-1.26, -1, { rel: 0.25 }), false);
  assertEquals(passes(2.75, 2, { abs: 0.25, rel: 0.25 }), true);
  assertEquals(passes(2.76, 2, { abs: 0.25, rel: 0.25 }), false);
  assertEquals(passes(1e-9, 0, { rel: 1 }), false);
  assertEquals(passes(0, 0, { rel: 0 }), true);
});

Deno.test("agree() is symmetric in the sign of both and of their difference", () => {
  const number = fc.double({ min: -10, max: 10, noNaN: true });
  const bound = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(number, number, bound, bound, (x, y, abs, rel) => {
      assertEquals(passes(-x, -y, { abs, rel }), passes(x, y, { abs, rel }));
      assertEquals(passes(x, y, { abs, rel }), Math.abs(x - y) <= abs + rel * Math.abs(y));
    }),
    { seed: 7 },
  );
});

Deno.test("agree() takes the bound of an entry in place of abs and rel", () => {
  const rule = { rel: 0.5, bounds: { b: 0.1 }, text: "b closer" };
  assertEquals(agree({ a: 1.4, b: 1.05 }, { a: 1, b: 1 }, rule).pass, true);
  assertEquals(agree({ a: 1.4, b: 1.4 }, { a: 1, b: 1 }, rule).pass, false);
  assertEquals(agree({ a: 1, b: 2 }, { a: 1, b: 2 }, { bounds: { a: 0, b: 0 } }).pass, true);
  // An entry without bound must then be equal.
  assertEquals(agree({ a: 1, b: 2.1 }, { a: 1, b: 2 }, { bounds: { a: 0 } }).pass, false);
});

Deno.test("agree() fails on what was not measured, on NaN, and when nothing is expected", () => {
  assertEquals(agree({}, { x: 1 }, { abs: 1 }).pass, false);
  assertEquals(passes(NaN, 1, { abs: 1e9 }), false);
  assertEquals(passes(1, NaN, { abs: 1e9 }), false);
  assertEquals(passes(Infinity, 1, { abs: 1 }), false);
  assertEquals(passes(Infinity, 1, { rel: 1e9 }), false);
  assertEquals(agree({ x: 1 }, {}, { abs: 1 }).pass, false);
  assertEquals(agree({ x: 1, more: 7 }, { x: 1 }, { abs: 0 }).pass, true);
});

Deno.test("agree() fails when infinity is expected and a number measured", () => {
  assertEquals(passes(5, Infinity, { rel: 0.1 }), false);
  assertEquals(passes(5, -Infinity, { abs: 1, rel: 0.1 }), false);
});

Deno.test("agree() fails when one of many disagrees", () => {
  assertEquals(agree({ a: 1, b: 1, c: 9 }, { a: 1, b: 1, c: 1 }, { abs: 0.1 }).pass, false);
});

Deno.test("agree() passes on what was measured and says its rule in words", () => {
  const measured = { x: 1 }, expected = { x: 1 };
  const result = agree(measured, expected, { abs: 1e-9 });
  assertEquals([result.measured, result.expected], [measured, expected]);
  const words = (rule: Agreement) => agree(measured, expected, rule).tolerance;
  assertEquals(words({ abs: 1e-9 }), "abs 1e-9");
  assertEquals(words({ rel: 0.05 }), "rel 0.05");
  assertEquals(words({ abs: 1, rel: 0.1 }), "abs 1 + rel 0.1");
  assertEquals(words({ bounds: { x: 4 }, text: "4 steps" }), "4 steps");
  assertEquals(words({ bounds: { x: 4 } }), '{"x":4}');
});

Deno.test("agree() refuses a rule that says nothing", () => {
  const wanted = "the rule must give abs, rel or bounds: none is";
  assertThrows(() => agree({ x: 1 }, { x: 1 }, {}), TypeError, wanted);
  assertThrows(() => agree({ x: 1 }, { x: 1 }, { text: "close" }), TypeError, wanted);
});

Deno.test("atMost() takes sizes up to the bound, either sign, and fails just above", () => {
  assertEquals(atMost({ x: 1 }, { x: 1 }).pass, true);
  assertEquals(atMost({ x: -1 }, { x: 1 }).pass, true);
  assertEquals(atMost({ x: 1.0000001 }, { x: 1 }).pass, false);
  assertEquals(atMost({ x: -1.0000001 }, { x: 1 }).pass, false);
  assertEquals(atMost({ x: 0 }, { x: 0 }).pass, true);
});

Deno.test("atMost() of nothing fails: nothing was compared", () => {
  assertEquals(atMost({}, {}).pass, false);
  assertEquals(atMost({ x: 0 }, {}).pass, false);
});

Deno.test("atMost() fails on what was not measured, on NaN, and when one of many is too large", () => {
  assertEquals(atMost({}, { x: 1 }).pass, false);
  assertEquals(atMost({ x: NaN }, { x: Infinity }).pass, false);
  assertEquals(atMost({ a: 0, b: 2, c: 0 }, { a: 1, b: 1, c: 1 }).pass, false);
  assertEquals(atMost({ a: 0, b: 1, more: 7 }, { a: 1, b: 1 }).pass, true);
});

Deno.test("comparison() bounds each entry by its own, and of nothing fails", () => {
  const one = (found: number) => {
    const { put, result } = comparison();
    put("wide", 1, 2, 1);
    put("narrow", found, 1, 0.1);
    return result("each its own");
  };
  assertEquals([one(1.05).pass, one(1.2).pass, one(0.8).pass], [true, false, false]);
  assertEquals(one(1.05).tolerance, "each its own");
  assertEquals(comparison().result("none").pass, false);
});
