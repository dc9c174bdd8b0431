import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { formula, formulaOfTwo } from "lora-dynamics/gaussian/mod.ts";

Deno.test("formula() is the function of the variable that it names", () => {
  const f = formula("0.2 exp(-t / 3) + (t >= 2 and t < 4 ? t^2 : pi)", "t");
  for (const t of [0, 1.9, 2, 3, 4, 10]) {
    const wanted = 0.2 * Math.exp(-t / 3) + (t >= 2 && t < 4 ? t * t : Math.PI);
    assertAlmostEquals(f(t), wanted, 1e-14);
  }
  assertEquals(formula("0.3", "t")(17), 0.3);
});

Deno.test("formula() names what it cannot read, with the variable's name", () => {
  const refuse = (text: string, message: string) =>
    assertThrows(() => formula(text, "t"), SyntaxError, message);
  refuse("1 / z", "the variable must be t: current value is z");
  refuse("sqrt", "a function must have its argument, as in sqrt(t)");
  refuse("1 +", "there must be a number, t, a function or (");
  refuse("t ? 1 : 2", "a condition must be a comparison such as t > 0");
  refuse("0 < t < 1", "joined by and, as in 0 < t and t < 1");
  refuse("floor(t)", "a function must not jump");
  refuse("t # 2", "it must consist of numbers, t, operations and functions");
  refuse("t(2)", "a product must be written as t * (...)");
});

Deno.test("formulaOfTwo() is the function of both variables, with its slope in the first", () => {
  const { value, slope } = formulaOfTwo("exp(p / 3) y + (p > y ? (p - y)^2 : p * y^3)", ["p", "y"]);
  for (const [p, y] of [[0.3, -1.2], [-0.5, 0.4], [1.7, 1.1], [2, 2.5]]) {
    const rest = p > y ? (p - y) ** 2 : p * y ** 3, bend = p > y ? 2 * (p - y) : y ** 3;
    assertAlmostEquals(value(p, y), Math.exp(p / 3) * y + rest, 1e-14);
    assertAlmostEquals(slope(p, y), Math.exp(p / 3) * y / 3 + bend, 1e-14);
  }
  // Variables of one expression are those of another under other names.
  assertEquals(formulaOfTwo("y - z", ["y", "z"]).value(3, 1), 2);
});

Deno.test("formulaOfTwo() names what it cannot read, with both names", () => {
  const refuse = (text: string, message: string) =>
    assertThrows(() => formulaOfTwo(text, ["p", "y"]), SyntaxError, message);
  refuse("p - z", "the variable must be p or y: current value is z");
  refuse("p +", "there must be a number, p, y, a function or (");
  refuse("p # y", "it must consist of numbers, p, y, operations and functions");
  refuse("y(p)", "a product must be written as y * (...)");
});

Deno.test("formula() still knows one variable only", () => {
  assertThrows(
    () => formula("t y", "t"),
    SyntaxError,
    "the variable must be t: current value is y",
  );
});
