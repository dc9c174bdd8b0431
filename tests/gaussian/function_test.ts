/** Activations from a reader's own functions. */
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import { differentiate } from "../../lib/gaussian/activation/numerical_derivative.ts";

Deno.test("slopes that are not given are numerical, also beside a kink", () => {
  const elu = (x: number) => (x > 0 ? x : Math.expm1(x));
  const a = activation({ name: "elu", f: elu, kinks: [0] });
  for (const x of [-2, -0.3, -0.01, -1e-4, -1e-9]) {
    assertAlmostEquals(a.df(x), Math.exp(x), 2e-9, `${x}`);
    assertAlmostEquals(a.d2f(x), Math.exp(x), 2e-5, `${x}`);
  }
  for (const x of [1e-9, 1e-4, 0.01, 0.3, 2]) {
    assertAlmostEquals(a.df(x), 1, 1e-9);
    assertAlmostEquals(a.d2f(x), 0, 1e-6);
  }
  const steep = activation((x: number) => Math.tanh(20 * x));
  assertAlmostEquals(steep.df(0.03), 20 / Math.cosh(0.6) ** 2, 1e-8);
  const cubic = activation({ name: "x³", f: (x) => x ** 3, df: (x) => 3 * x * x });
  assertAlmostEquals(cubic.d2f(0.7), 4.2, 1e-11);
});

Deno.test("kinks that nobody told are found, at round numbers exactly", () => {
  assertEquals(activation(Math.abs).kinks, [0]);
  assertEquals(activation((x: number) => Math.abs(x - 0.3)).kinks, [0.3]);
  assertEquals(activation((x: number) => Math.max(x, -1) + Math.abs(x - 2)).kinks, [-1, 2]);
  const third = activation((x: number) => Math.abs(x - 1 / 3)).kinks;
  assertEquals(third.length, 1);
  assertAlmostEquals(third[0], 1 / 3, 1e-10);
});

Deno.test("whether a function is odd is told, refuted, or not known", () => {
  assertEquals(activation(Math.tanh).odd, undefined);
  assertEquals(activation({ f: Math.tanh, odd: true }).odd, true);
  assertEquals(activation(Math.exp).odd, false);
  assertEquals(activation("tanh(z) + sin(z)^3").odd, true);
  assertEquals(activation("tanh(z) + exp(-200 (z - 2.3)^2)").odd, false);
  assertEquals(
    ["tanh(z)^3", "1/tanh(z^2 + 1)^3", "tanh(z)^2"].map((text) => activation(text).odd),
    [
      ...[true, false, false],
    ],
  );
  assertEquals(["(z + exp(z))^3", "2^tanh(z)"].some((f) => activation(f).odd), false);
  assertThrows(() => activation({ f: Math.exp, odd: true }), RangeError, "odd must be true of f");
});

Deno.test("a function that is no activation is refused with its name and the reason", () => {
  const cases: [Parameters<typeof activation>[0], string][] = [
    [Math.sign, "of the function sign as it must be continuous at 0"],
    [(x: number) => (x > 1 ? 1 : 0), "must be continuous at 1: current value is 0 on the left"],
    [(x: number) => Math.floor(x + 0.5), "must be continuous at "],
    [() => NaN, "must be finite at every z"],
    [(x: number) => Math.log(2 + x), "must be finite at every z"],
    [(x: number) => Math.exp(x * x / 2), "the moment E σ(z)² over a standard normal z must exist"],
    [{ f: Math.tanh, df: (x) => 1 - Math.tanh(x) }, "df must be the derivative of f"],
    [{ f: Math.sin, df: Math.cos, d2f: Math.sin }, "d2f must be the derivative of df"],
    [{ name: "mine", f: (x) => Math.sqrt(Math.abs(x)) }, "of the function mine as its slope"],
  ];
  for (const [x, message] of cases) assertThrows(() => activation(x), RangeError, message);
});

Deno.test("numerical slopes of steep functions are not those on which coarse steps agree by chance", () => {
  // Stopped after four steps the slope of tanh(3z) is wrong by 1e-2 somewhere.
  for (const a of [1, 2, 3]) {
    const own = activation((z: number) => Math.tanh(a * z));
    for (let z = -4; z <= 4; z += 0.00173) {
      const t = Math.tanh(a * z), slope = a * (1 - t * t);
      assertAlmostEquals(own.df(z), slope, 1e-12, `${a} ${z}`);
      assertAlmostEquals(own.d2f(z), -2 * a * t * slope, 1e-9, `${a} ${z}`);
    }
  }
});

Deno.test("numerical slopes take seven steps where the seventh brings no more, and at most ten", () => {
  const calls = (
    f: (x: number) => number,
    x: number,
    order: 1 | 2,
    kinks: readonly number[] = [],
  ) => {
    let count = 0;
    const counted = (z: number) => {
      count++;
      return f(z);
    };
    differentiate(counted, x, order, kinks);
    return count;
  };
  // The value itself, and two for each central difference; one or two for a one-sided one.
  for (const f of [Math.exp, Math.sin]) {
    for (const order of [1, 2] as const) assertEquals(calls(f, 0.3, order), 1 + 2 * 7);
  }
  const square = (x: number) => x * x;
  assertEquals([calls(square, 0.01, 1, [0]), calls(square, 0.01, 2, [0])], [1 + 7, 1 + 2 * 7]);
  // A slope on which all steps agree has no worse value that ends the search.
  assertEquals(calls(Math.abs, 0.3, 1), 1 + 2 * 10);
});
